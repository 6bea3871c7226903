"""A line however it was written → E.164 with `+`."""

from __future__ import annotations

from functools import lru_cache

from sekisho.core.numbering.plan import build_plan, resolve
from sekisho.core.terms.errors import BadSetting


def normalised(number: str) -> str:
    """A line as E.164 with `+`: `0312345678` → `+81312345678`. Raises BadSetting for what is no number."""
    digits = _digits(number)
    if not digits:
        raise BadSetting(f"line {number!r} is not a telephone number; give E.164 or a national number like 0312345678")
    return f"+{digits}"


@lru_cache(maxsize=65_536)
def _digits(number: str) -> str:
    return resolve(build_plan(), "", number).line
