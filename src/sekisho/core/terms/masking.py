"""Numbers of calls are secret (通信の秘密): whatever leaves for a log, a reject or a mail is masked first."""

from __future__ import annotations

import re

_HIDDEN = 4
_LONG_DIGITS = re.compile(r"\d{5,}")


def mask_number(text: str) -> str:
    """A number with its last four digits hidden: `0312345678` → `031234****`; short numbers are hidden whole."""
    return text[:-_HIDDEN] + "*" * _HIDDEN if len(text) > _HIDDEN else "*" * len(text)


def mask_digits(text: str) -> str:
    """Free text in which every run of five or more digits has its last four hidden."""
    return _LONG_DIGITS.sub(lambda match: mask_number(match.group()), text)
