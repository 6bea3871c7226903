"""What a `screening` message changes: the caller has proved himself by PIN, or has not."""

from __future__ import annotations

from numba import njit

from sekisho.core.terms.destination import NO_COUNTRY
from sekisho.core.terms.instants import MINUTE_MS, NEVER
from sekisho.core.watch.habit import CALM_MINUTES, country_slot
from sekisho.core.watch.release import calm
from sekisho.core.watch.state import NONE, PROVED, Record, WatchState, touch
from sekisho.core.watch.suspects import clear_suspect


def proved(state: WatchState, line: int, country: int, at: int, *, probation_ms: int, hold_ms: int) -> None:
    """The caller has proved himself on a call to `country` at `at` (ms): the ask on the line ends.

    It is not asked again for `hold_ms`. The score that led to it is zero again, and the country is known from now on:
    past probation, one call at least. A hold stays as it is: what it rests on was not disproved.
    """
    record = state.lines[line]
    touch(state, line=line, abroad=int(record["abroad"]))
    end_ask(record, at + hold_ms)
    clear_suspect(state, line)
    if record["abroad"] != NONE:
        know(state.abroad[int(record["abroad"])], country, at, probation_ms)


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


@njit(cache=True)
def end_ask(line: Record, until: int) -> None:
    """The ask on the line ends, and it is not asked again until then; so does the silence after an alert."""
    line.asked_until = until
    line.asked_country = PROVED
    line.alerted_at = NEVER


@njit(cache=True)
def know(abroad: Record, country: int, at: int, probation_ms: int) -> None:
    """The line's own calls go to `country`: it is past its probation, and what raised the score is forgotten."""
    calm(abroad, at)
    abroad.said_minute = min(abroad.said_minute, at // MINUTE_MS - CALM_MINUTES)
    slot = country_slot(abroad, country, at)
    abroad.country_since[slot] = min(abroad.country_since[slot], (at - probation_ms) // MINUTE_MS)
    abroad.country_calls[slot] = max(abroad.country_calls[slot], 1.0)
