"""An attempt as the gate sees it, before anybody knows what becomes of it: one call at a time, quickly.

Attempts change the judge's state at once and reach the journal a little later (the gate does not wait for a disk), each
with what was decided. So a replay applies what was decided instead of deciding again.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np

from sekisho.core.identity.calls import DUPLICATE, MERGED
from sekisho.core.numbering.plan import number_call
from sekisho.core.rating.charge import price_of
from sekisho.core.terms.destination import DestinationClass
from sekisho.core.terms.instants import NEVER
from sekisho.core.units import Price
from sekisho.core.watch.judged import CALL
from sekisho.core.watch.state import NONE, Records
from sekisho.flow.outcome import Outcome
from sekisho.flow.stages import END, START, Stages

INTERNATIONAL: Final = int(DestinationClass.INTERNATIONAL)
OVER_BITS: Final = 0b100100  # somebody told the call's end
BEGUN_BITS: Final = 0b011011  # event bits, charging and evidence: somebody told the call's start or answer
_START_BIT: Final = 1 << (START + 3)  # three places higher: told by evidence
_END_BIT: Final = 1 << (END + 3)


class Attempt(NamedTuple):
    """One INVITE: company of the switch that asks, Call-ID, the line and the number as signalled, instant (ms).

    `emergency`: the address itself says so (urn:service:sos), whatever the number.
    """

    company: str
    call_id: str
    line: str
    number: str
    at_ms: int
    emergency: bool = False


class Way(IntEnum):
    """Which way an attempt under an ask went on. The values are part of stored data."""

    NONE = 0  # there was no ask, or it was refused
    ASKED = 1  # to the screening announcement
    ALLOWANCE = 2  # on, for the switch cannot ask


class Told(NamedTuple):
    """An attempt as the log keeps it: which of its events the judge was told, and which way it went.

    `begun`: it was let begin; `over`: it was refused, before or after it was judged. Both: the judging led to a hold.
    """

    attempt: Attempt
    begun: bool
    over: bool
    way: Way = Way.NONE


class Judged(NamedTuple):
    """What the judge was told of an attempt, and what that led to."""

    told: Told
    outcome: Outcome


class Numbered(NamedTuple):
    """What numbering says of an attempt; numbers are packed."""

    line: int
    e164: int
    class_: int
    country: int
    valid: bool


class Prepared(NamedTuple):
    """An event of an attempt for the kernel: one record of CALL, its place among the calls told, whether it is news."""

    calls: Records
    place: int
    fresh: bool


def attempts_body(after: int, told: Sequence[Told]) -> bytes:
    """The body of an `attempts` entry: `after` is the last journal entry that had been applied before them."""
    rows = [[*one.attempt[:5], one.begun, one.over, int(one.way)] for one in told]
    return json.dumps({"after": after, "rows": rows}, ensure_ascii=True).encode()


def applied_after(body: bytes) -> int:
    """The journal entry after which these attempts were applied: their place in a replay."""
    return int(json.loads(body)["after"])


def read_attempts(body: bytes) -> Iterator[Told]:
    """The inverse of `attempts_body`; logs of before tell no way."""
    for company, call_id, line, number, at_ms, begun, over, *way in json.loads(body)["rows"]:
        yield Told(Attempt(company, call_id, line, number, at_ms), begun, over, Way(way[0]) if way else Way.NONE)


def number_attempt(stages: Stages, attempt: Attempt) -> Numbered:
    """Which line and destination an attempt means."""
    return Numbered(*number_call(stages.plan, attempt.number, attempt.line))


def line_row(stages: Stages, attempt: Attempt, number: int) -> int:
    """The row of the attempt's line, -1 where it is no number."""
    known = stages.lines.row_of(attempt.company, number)
    if known >= 0:
        return known
    before = stages.lines.count
    rows = stages.lines.rows_of(attempt.company, np.array([number], np.uint64))
    if stages.lines.count > before:
        text = np.array([attempt.line.encode()], np.bytes_)
        stages.lines.note_texts(before, rows, lambda picked: text[picked])
    return int(rows[0])


def prepare_attempt(
    stages: Stages, attempt: Attempt, numbered: Numbered, row: int, contract: int, *, end: bool
) -> Prepared:
    """Identity and price of one event of an international attempt, as an evidence source would tell it.

    Its start, or with `end` the end of a refused one, at the same instant. `row` and
    `contract` are the line's.
    """
    at = attempt.at_ms
    status, place, told = stages.calls.admit_one(
        attempt.call_id.encode(), row, _END_BIT if end else _START_BIT, at, at if end else NEVER, stages.reach(at)
    )
    calls = np.empty(1, CALL)
    calls[0] = (
        at,
        NEVER,
        at if end else NEVER,
        numbered.e164,
        0,
        place if status <= DUPLICATE else NONE,
        row,
        contract,
        _rate(stages, attempt, numbered),
        numbered.country,
        1,  # international
        1,  # outgoing
        numbered.valid,
        stages.hot_lists.has(attempt.company, numbered.e164),
        told & BEGUN_BITS != 0,
        1,  # scored
        0,  # proves: a message will say so
    )
    return Prepared(calls, place, status <= MERGED and not told & OVER_BITS)


def price_of_attempt(stages: Stages, attempt: Attempt, numbered: Numbered) -> Price | None:
    """What the call will cost, None where the company's tariff does not say."""
    rate = _rate(stages, attempt, numbered)
    return None if rate == NONE else Price(*stages.tariffs[attempt.company].prices[rate].tolist())


def _rate(stages: Stages, attempt: Attempt, numbered: Numbered) -> int:
    """The row of the company's prices, NONE where it has no tariff or the tariff no price."""
    tariff = stages.tariffs.get(attempt.company)
    if tariff is None:
        return NONE
    table = tariff.tables[max(bisect_right(tariff.begins, attempt.at_ms) - 1, 0)]
    return int(price_of(table.rates, np.uint64(numbered.e164), numbered.class_, numbered.country, attempt.at_ms))
