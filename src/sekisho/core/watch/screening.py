"""What a `screening` message changes: the caller has proved himself by PIN, or has not."""

from __future__ import annotations

from sekisho.core.terms.destination import NO_COUNTRY
from sekisho.core.terms.instants import MINUTE_MS
from sekisho.core.watch.habit import UNKNOWN_COUNTRY
from sekisho.core.watch.release import calm
from sekisho.core.watch.state import NEVER, NONE, Record, WatchState, touch

NO_MINUTE = (1 << 31) - 1


def proved(state: WatchState, line: int, country: int, at: int, *, probation_ms: int) -> None:
    """The caller has proved himself on a call to `country` at `at` (ms): the ask on the line ends.

    The score that led to it is zero again, and the country is known from now on: past probation, one call at least. A
    hold stays as it is: what it rests on was not disproved.
    """
    record = state.lines[line]
    touch(state, line=line, abroad=int(record["abroad"]))
    record["asked_until"] = record["alerted_at"] = NEVER
    record["asked_country"] = NO_COUNTRY
    if record["abroad"] == NONE:
        return
    abroad = state.abroad[int(record["abroad"])]
    calm(abroad, at)
    slot = _slot_of(abroad, country)
    abroad["country_since"][slot] = min(int(abroad["country_since"][slot]), (at - probation_ms) // MINUTE_MS)
    abroad["country_calls"][slot] = max(float(abroad["country_calls"][slot]), 1.0)


def failed(state: WatchState, line: int, country: int, at: int, *, hold_ms: int) -> bool:
    """The caller has not proved himself: where the terms allow it, calls to that country are held from `at` (ms).

    False where no new hold begins: the terms have no clause, or a hold covers those calls with more than half its time
    to run. A line that is held on another country, or was asked on a call nobody knows whereto, is held on all from now
    on. An ask on that country alone ends: the hold takes its place.
    """
    record = state.lines[line]
    touch(state, line=line)
    if state.contracts["automatic_hold"][record["contract"]] != 1:
        return False
    there, held_until = int(record["held_country"]), int(record["held_until"])
    holds = at < held_until
    covers = holds and there in (NO_COUNTRY, country)
    if covers and at < held_until - hold_ms // 2:
        return False
    if not holds:
        record["held_country"] = country
    elif not covers:
        record["held_country"] = NO_COUNTRY
    record["held_until"] = max(held_until, at + hold_ms)
    if country != NO_COUNTRY and int(record["asked_country"]) == country:
        record["asked_until"] = NEVER
        record["asked_country"] = NO_COUNTRY
    return True


def _slot_of(abroad: Record, country: int) -> int:
    """Where the line remembers this country; a new one takes the place of the one it rings least."""
    remembered = country if country != NO_COUNTRY else UNKNOWN_COUNTRY
    known = abroad["country"].tolist()
    if remembered in known:
        return int(known.index(remembered))
    slot = known.index(0) if 0 in known else int(abroad["country_calls"].argmin())
    abroad["country"][slot] = remembered
    abroad["country_since"][slot] = NO_MINUTE
    abroad["country_calls"][slot] = 0.0
    return slot
