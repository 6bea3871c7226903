"""What a `release` message changes: the desk ends a hold or an ask, and the score that led to it."""

from __future__ import annotations

from typing import Final

from sekisho.core.terms.destination import NO_COUNTRY
from sekisho.core.terms.instants import MINUTE_MS
from sekisho.core.watch.evidence.number import PROVEN_HOURS
from sekisho.core.watch.state import NEVER, NONE, Record, WatchState, touch

LATELY: Final = (
    "calls_2m",
    "calls_15m",
    "calls_2h",
    "calls_day",
    "fresh_15m",
    "fresh_day",
    "missed_2h",
    "walked_2h",
    "prefixed_2h",
    "through_day",
    "probes_2d",
    "young_calls",
    "young_numbers",
    "young_spend",
    "spend_2h",
    "spend_day",
    "peak_hours",
    "peak_calls",
    "peak_spend",
    "peak_open",
)
_HOURS_KEPT: Final = 0xFFFF


def release(state: WatchState, line: int, at: int, *, honest: bool, probation_ms: int) -> None:
    """End the hold, and the ask, of the line in row `line` at instant `at` (ms).

    The score is zero again, and what was counted lately too. `honest`: the calls that raised it were the line's own, so
    what it remembers of countries and numbers is past probation and counts as one call at least, and its most of late
    is its usual most; else nothing is learnt.
    """
    record = state.lines[line]
    touch(state, line=line, abroad=int(record["abroad"]))
    record["held_until"] = record["asked_until"] = record["alerted_at"] = NEVER
    record["held_country"] = record["asked_country"] = NO_COUNTRY
    record["signal"] = 0
    if record["abroad"] == NONE:
        return
    abroad = state.abroad[int(record["abroad"])]
    if honest:
        proven = (at - probation_ms) // MINUTE_MS
        for slot, country in enumerate(abroad["country"]):
            if country != 0:
                abroad["country_since"][slot] = min(int(abroad["country_since"][slot]), proven)
                abroad["country_calls"][slot] = max(float(abroad["country_calls"][slot]), 1.0)
        abroad["number_since"][abroad["number"] != 0] = (proven // 60 - int(PROVEN_HOURS)) & _HOURS_KEPT
        for name in ("hours", "calls", "spend", "open"):
            abroad[f"usual_{name}"] = max(float(abroad[f"usual_{name}"]), float(abroad[f"peak_{name}"]))
    calm(abroad, at)


def calm(abroad: Record, at: int) -> None:
    """The score of a line is zero again at `at`, and so is what was counted lately."""
    abroad["at"] = max(int(abroad["at"]), at)
    abroad["score"] = 0.0
    abroad["shares"] = 0.0
    for name in LATELY:
        abroad[name] = 0.0
