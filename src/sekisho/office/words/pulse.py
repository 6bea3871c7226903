"""How fresh the pages are: when the judge spoke last, and which part is late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from sekisho.office.words import instants
from sekisho.office.words.states import PARTS

JUDGE = "judge"


def judge_said(parts: Sequence[Any], now_ms: int) -> str:
    """How old the judge's last word is (`parts`: queries' PartState)."""
    for part in parts:
        if part.part == JUDGE and part.at_ms is not None:
            return gettext("Last word of the judge: %(ago)s.") % {"ago": instants.ago(part.at_ms, now_ms)}
    return gettext("The judge has not spoken yet.")


def late_parts(parts: Sequence[Any], now_ms: int) -> str:
    """Which parts are late and since when; empty where all keep up."""
    told = [_late(part, now_ms) for part in parts if part.late]
    return gettext("Late: %(parts)s.") % {"parts": gettext(", ").join(told)} if told else ""


def _late(part: Any, now_ms: int) -> str:
    name = PARTS.get(part.part, part.part)
    if part.at_ms is None:
        return gettext("%(part)s (no sign of life yet)") % {"part": name}
    return gettext("%(part)s (last sign of life %(ago)s)") % {"part": name, "ago": instants.ago(part.at_ms, now_ms)}
