"""What a `release` message changes: the desk ends a hold or an ask, and the score that led to it."""

from __future__ import annotations

from typing import Final

from numba import njit

from sekisho.core.terms.destination import NO_COUNTRY
from sekisho.core.terms.instants import MINUTE_MS, NEVER
from sekisho.core.watch.evidence.number import PROVEN_HOURS
from sekisho.core.watch.state import EVIDENCES, HYPOTHESES, NONE, Record, WatchState, touch
from sekisho.core.watch.suspects import clear_suspect

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
    if honest:
        clear_suspect(state, line)
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


@njit(cache=True)
def calm(abroad: Record, at: int) -> None:
    """The score of a line is zero again at `at`, and so is what was counted lately."""
    abroad.at = max(abroad.at, at)
    for hypothesis in range(HYPOTHESES):
        abroad.score[hypothesis] = 0.0
    for evidence in range(EVIDENCES):
        abroad.shares[evidence] = 0.0
    abroad.calls_2m = abroad.calls_15m = abroad.calls_2h = abroad.calls_day = 0.0
    abroad.fresh_15m = abroad.fresh_day = abroad.missed_2h = abroad.walked_2h = abroad.prefixed_2h = 0.0
    abroad.through_day = abroad.probes_2d = 0.0
    abroad.young_calls = abroad.young_numbers = abroad.young_spend = 0.0
    abroad.spend_2h = abroad.spend_day = 0.0
    abroad.peak_hours = abroad.peak_calls = abroad.peak_spend = 0.0
    abroad.peak_open = 0
