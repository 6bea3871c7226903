"""A snapshot of the judge, taken while it judges.

1. Every row of a line, a contract and an open call has a mark: it was touched since a snapshot took it. A step copies a
   few thousand marked rows and clears their marks; the judge goes on between two steps.
2. When a round over all marks found few, `finish` takes what is left in one go, with the few things that are always
   taken whole. At that instant, and only then, what was taken is the state: a later copy of a row replaces an earlier.
3. What is only ever added to (numbers of lines, calls told, names of contracts, bars) or changed as a
   whole (hot lists) needs no marks: what came since the last snapshot is taken.

A snapshot holds what changed since the one before, or `whole` everything. See decision 0018.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sekisho.core.restrict.restrictions import Restrictions
from sekisho.core.terms.errors import LogDamaged
from sekisho.core.watch.places import BLOCK, COUNTRY
from sekisho.core.watch.state import (
    ABROAD,
    AGREED,
    CONTRACT,
    LINE,
    MARKS,
    NONE,
    OPEN_CALL,
    TIMER,
    TOTALS,
    WatchState,
    filled,
)
from sekisho.flow.contracts import Contracts
from sekisho.flow.open_ids import CALL_ID_TEXT, OpenIds
from sekisho.flow.restricting import Asks
from sekisho.flow.stages import Stages
from sekisho.ports import SCATTERED, WHOLE, Piece

SLICE: Final = 8_192  # rows a step copies: three megabytes, less than a millisecond
_SEGMENTS: Final = 8  # of calls told, a step
_NUMBERS: Final = 65_536  # lines a step
_TEXTS: Final = 1_000  # names or bars a step puts into words
_OPEN: Final = np.dtype(
    [("row", np.int64), ("record", OPEN_CALL), ("id", CALL_ID_TEXT), ("entry", np.uint64, (4,))], align=True
)
_KINDS: Final = {"lines": LINE, "abroad": ABROAD, "contracts": CONTRACT, "agreed": AGREED}
_USED: Final = {
    "lines": "lines",
    "abroad": "abroad",
    "contracts": "contracts",
    "agreed": "agreed",
    "open": "slots_used",
}


@dataclass(slots=True)
class Remembered:
    """All that a judge remembers."""

    state: WatchState
    stages: Stages
    open_ids: OpenIds
    contracts: Contracts
    restrictions: Restrictions
    asks: Asks
    tariffs: dict[str, bytes]  # the message that told each company's tariff
    lines_taken: int = 0  # lines whose numbers a snapshot has


def _json(told: Any) -> npt.NDArray[np.uint8]:
    return np.frombuffer(json.dumps(told).encode(), np.uint8)


class Taking:
    """A snapshot being taken: `step` until `settled`, then `finish`. The arrays of a step last until the next one."""

    def __init__(self, judge: Callable[[], Remembered], *, whole: bool) -> None:
        """`judge` gives what is remembered now. One at a time: what one has taken, the next one does not take."""
        self._judge, self._whole = judge, whole
        self._steps = self._all_steps()
        self._buffers = {name: np.empty(SLICE, kind) for name, kind in _KINDS.items()}
        self.rounds = 0  # over all marks, so far
        self.settled = False

    def step(self) -> list[Piece]:
        """Take a few thousand rows."""
        return next(self._steps)

    def finish(self) -> list[Piece]:
        """Take what is left. With what the steps gave, the pieces are the state as it is now."""
        judge = self._judge()
        pieces = [piece for name in _USED for piece in self._marked(name, keep=True)]
        pieces += [Piece("calls", WHOLE, each) for each in judge.stages.calls.take_changes()]
        pieces += [piece for step in self._added() for piece in step]
        pieces += [
            Piece(f"tariff:{company}", WHOLE, np.frombuffer(told, np.uint8)) for company, told in judge.tariffs.items()
        ]
        state, stages = judge.state, judge.stages
        told = {
            "evidence_sources": sorted(stages.evidence_sources),
            "latest": stages.latest,
            "companies": stages.lines.companies,
            "asks": judge.asks.to_json(),
            "long_ids": {slot: text.decode("latin-1") for slot, text in judge.open_ids.long.items()},
        }
        timers = state.timers[: int(state.totals["timers"][0])].copy()
        return [
            *pieces,
            Piece("timers", WHOLE, timers),
            Piece("totals", WHOLE, state.totals.copy()),
            Piece("blocks", WHOLE, state.blocks.copy()),
            Piece("countries", WHOLE, state.countries.copy()),
            Piece("told", WHOLE, _json(told)),
        ]

    def _all_steps(self) -> Iterator[list[Piece]]:
        if self._whole:
            yield from self._everything()
        while True:
            yield from self._added()
            taken = 0
            for name in _USED:
                for piece in self._marked(name):
                    taken += piece.rows.size
                    yield [piece]
            self.rounds += 1
            self.settled = taken <= SLICE
            yield []

    def _everything(self) -> Iterator[list[Piece]]:
        """Mark all, and take what has no marks."""
        judge = self._judge()
        for name in _USED:
            _marks(judge.state, name)[:] = 1
        judge.lines_taken = 0
        judge.stages.calls.take_changes()
        yield from self._added(whole=True)
        first = 0
        while first < judge.stages.calls.segments:
            yield [Piece("calls", WHOLE, judge.stages.calls.entries_of(first, first + _SEGMENTS))]
            first += _SEGMENTS

    def _added(self, *, whole: bool = False) -> Iterator[list[Piece]]:
        """Lines, hot lists, names of contracts, bars since they were taken last; `whole`: all lists and names."""
        judge = self._judge()
        while (first := judge.lines_taken) < (count := judge.stages.lines.count):
            judge.lines_taken = min(count, first + _NUMBERS)
            kept = judge.stages.lines.kept(first, judge.lines_taken)
            yield [Piece(f"numbers.{name}", first, rows) for name, rows in kept.items()]
        for name, numbers in judge.stages.hot_lists.take_changed(whole=whole).items():
            yield [Piece(name, WHOLE, numbers)]
        given, bars = judge.contracts.take_given(whole=whole), judge.restrictions.take_changed(whole=whole)
        for name, texts in (("contracts.given", given), ("bars", bars)):
            for first in range(0, len(texts), _TEXTS):
                yield [Piece(name, WHOLE, _json(texts[first : first + _TEXTS]))]

    def _marked(self, name: str, *, keep: bool = False) -> Iterator[Piece]:
        """The marked rows of one kind, whose marks are cleared, in pieces of about SLICE rows; `keep`: own copies."""
        pending: list[npt.NDArray[np.int64]] = []
        count = first = 0
        while first < (used := int(self._judge().state.totals[_USED[name]][0])):
            marks = _marks(self._judge().state, name)[first : min(first + SLICE, used)].view(np.bool_)
            marked = int(np.count_nonzero(marks))
            if marked > SLICE // 4 and name in _KINDS:
                yield self._run(name, first, first + marks.size, keep=keep)
            elif marked:
                pending.append(first + np.flatnonzero(marks))
                count += marked
            if count >= SLICE:
                yield self._rows(name, np.concatenate(pending))
                pending, count = [], 0
            first += SLICE
        if pending:
            yield self._rows(name, np.concatenate(pending))

    def _run(self, name: str, first: int, last: int, *, keep: bool) -> Piece:
        state = self._judge().state
        rows = getattr(state, name)[first:last]
        copy = rows.copy() if keep else self._buffers[name][: rows.size]
        copy[:] = rows
        _marks(state, name)[first:last] = 0
        return Piece(name, first, copy)

    def _rows(self, name: str, places: npt.NDArray[np.int64]) -> Piece:
        judge = self._judge()
        _marks(judge.state, name)[places] = 0
        if name == "open":
            rows = np.zeros(places.size, _OPEN)
            rows["id"] = judge.open_ids.short[places]
            rows["record"] = judge.state.open[places]
            taken = rows["record"]["line"] != NONE
            rows["entry"][taken] = judge.stages.calls.entries_at(rows["record"]["handle"][taken])
        else:
            rows = np.empty(places.size, _scattered(name))
            rows["record"] = getattr(judge.state, name)[places]
        rows["row"] = places
        return Piece(name, SCATTERED, rows)


def _marks(state: WatchState, name: str) -> npt.NDArray[np.uint8]:
    marks: npt.NDArray[np.uint8] = getattr(state, MARKS[name])
    return marks


def _scattered(name: str) -> np.dtype[np.void]:
    return np.dtype([("row", np.int64), ("record", _KINDS[name])], align=True)


def take_whole(judge: Callable[[], Remembered]) -> list[Piece]:
    """All of a judge in one go, in arrays of its own."""
    taking, pieces = Taking(judge, whole=True), []
    while not taking.settled:
        pieces += [piece._replace(rows=piece.rows.copy()) for piece in taking.step()]
    return [*pieces, *(piece._replace(rows=piece.rows.copy()) for piece in taking.finish())]


def put_back(judge: Remembered, pieces: Sequence[Piece]) -> dict[str, bytes]:
    """Fill an empty judge with what snapshots took, the whole one first; the newest tariff messages by company.

    Raises LogDamaged where a record has other fields than ours: a snapshot of another version.
    """
    _check(pieces)
    last = {piece.name: piece for piece in pieces}
    _put_told(judge, last)
    slots = int(last["totals"].rows["slots_used"][0])
    entries = np.zeros((slots, 4), np.uint64)
    with ThreadPoolExecutor(1) as other:  # half of the work is that of the memory
        known = other.submit(_put_known, judge, pieces)
        for piece in pieces:
            _put_records(judge, piece, entries)
        known.result()
    _point_at_open(judge, entries)
    return {name.partition(":")[2]: piece.rows.tobytes() for name, piece in last.items() if name.startswith("tariff:")}


def _put_told(judge: Remembered, last: Mapping[str, Piece]) -> None:
    """Room for all rows, and what is taken whole."""
    totals, timers = last["totals"].rows, last["timers"].rows
    rows = {name: int(totals[used][0]) for name, used in _USED.items()} | {"timers": timers.size}
    judge.state = filled(judge.state, rows, totals)
    judge.state.timers[: timers.size] = timers
    judge.state.blocks[:] = last["blocks"].rows
    judge.state.countries[:] = last["countries"].rows
    told = json.loads(last["told"].rows.tobytes())
    judge.stages.lines.companies = told["companies"]
    judge.stages.evidence_sources = frozenset((company, source) for company, source in told["evidence_sources"])
    judge.stages.latest = told["latest"]
    judge.asks.put(told["asks"])
    judge.open_ids.long = {int(slot): text.encode("latin-1") for slot, text in told["long_ids"].items()}


def _check(pieces: Iterable[Piece]) -> None:
    kinds = {**_KINDS, "timers": TIMER, "totals": TOTALS, "blocks": BLOCK, "countries": COUNTRY}
    scattered = {name: _scattered(name) for name in _KINDS} | {"open": _OPEN}
    for piece in pieces:
        wanted = (scattered if piece.first == SCATTERED else kinds).get(piece.name)
        if wanted is not None and piece.rows.dtype != wanted:
            raise LogDamaged(
                f"the snapshot's {piece.name} have other fields than this version's; "
                "move the snapshots away to have the journal judged again"
            )


def _put_records(judge: Remembered, piece: Piece, entries: npt.NDArray[np.uint64]) -> None:
    """Rows of lines, contracts and open calls; of the last also their entries among the calls told."""
    name, rows = piece.name, piece.rows
    if name == "open":
        judge.state.open[rows["row"]] = rows["record"]
        judge.open_ids.short[rows["row"]] = rows["id"]
        entries[rows["row"]] = rows["entry"]
    elif name in _KINDS and piece.first == SCATTERED:
        getattr(judge.state, name)[rows["row"]] = rows["record"]
    elif name in _KINDS:
        target = getattr(judge.state, name)[piece.first : piece.first + rows.size]
        target.view(np.uint8)[:] = rows.view(np.uint8)  # bytes, for which numpy lets the other thread work


def _put_known(judge: Remembered, pieces: Sequence[Piece]) -> None:
    """Calls told, numbers of lines, hot lists, names of contracts, bars."""
    numbers: dict[int, dict[str, npt.NDArray[Any]]] = {}
    judge.stages.calls.expect(sum(piece.rows.shape[0] for piece in pieces if piece.name == "calls"))
    for piece in pieces:
        room, _, name = piece.name.partition(".")
        if room == "numbers":
            numbers.setdefault(piece.first, {})[name] = piece.rows
        elif piece.name == "calls":
            judge.stages.calls.put(piece.rows)
        elif piece.name == "contracts.given":
            judge.contracts.put(json.loads(piece.rows.tobytes()))
        elif piece.name == "bars":
            judge.restrictions.put(json.loads(piece.rows.tobytes()))
    judge.stages.hot_lists.put((piece.name, piece.rows) for piece in pieces)
    for first, kept in numbers.items():
        judge.stages.lines.put(first, kept)
        judge.lines_taken = max(judge.lines_taken, first + kept["numbers"].size)
    judge.stages.lines.enter(judge.lines_taken)


def _point_at_open(judge: Remembered, entries: npt.NDArray[np.uint64]) -> None:
    """Open calls and the calls told point at each other again: the places of calls are others than before."""
    opened = judge.state.open[: entries.shape[0]]
    slots = np.flatnonzero(opened["line"] != NONE)
    places = judge.stages.calls.places_of(entries[slots])
    opened["handle"][slots] = places
    judge.stages.calls.handles[places] = slots
