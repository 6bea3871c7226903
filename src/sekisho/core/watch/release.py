"""What a `release` message changes: the desk ends a hold, the score that led to it and the floor it left."""

from __future__ import annotations

from sekisho.core.watch.state import NEVER, WatchState, touch


def release(state: WatchState, line: int, at: int, *, honest: bool, probation_ms: int) -> None:
    """End the hold of the line in row `line` at instant `at` (ms).

    The score is zero again. `honest`: the calls that raised it were the line's own, so what it remembers of countries
    is past probation and counts as one call at least; else nothing is learnt.
    """
    record = state.lines[line]
    touch(state, line=line)
    record["held_until"] = NEVER
    record["alerted_at"] = NEVER
    record["scored_at"] = max(int(record["scored_at"]), at)
    record["score"] = 0.0
    record["shares"] = 0.0
    if honest:
        for slot, country in enumerate(record["country"]):
            if country != 0:
                record["country_since"][slot] = min(int(record["country_since"][slot]), at - probation_ms)
                record["country_calls"][slot] = max(float(record["country_calls"][slot]), 1.0)
