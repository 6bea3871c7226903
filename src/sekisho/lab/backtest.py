"""The live kernel over recorded calls: what would it have held, and when.

No verdict is judged with later knowledge: the events of all calls are put in the order of time, and in a `live` feed
the judge learns of a call's answer and end only when they happen; in a `cdr` feed it learns of a call only at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

from sekisho.core.identity.calls import DUPLICATE, MERGED, NEW, CallTable
from sekisho.core.identity.lines import LineTable
from sekisho.core.numbering.plan import build_plan
from sekisho.core.rating.tariff import Tariff
from sekisho.core.terms.call import CallEvent, Feed
from sekisho.core.watch.assign import make_lines_by
from sekisho.core.watch.book import aids_of
from sekisho.core.watch.features import TRACE, Traces, room_for_traces
from sekisho.core.watch.judged import CALL, Events, room_for_verdicts
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.state import NEVER, NONE, Records, new_state, with_room
from sekisho.core.watch.step import DONE, NEEDS_ABROAD_ROOM, NEEDS_CALL_ROOM, run
from sekisho.core.watch.verdicts import verdict_batch
from sekisho.flow.restricting import scope_text
from sekisho.flow.stages import Stages
from sekisho.lab.ordering import in_order

START, ANSWER, END = (int(event) for event in CallEvent)
I64 = npt.NDArray[np.int64]
TRACED_AT_ONCE = 1 << 16


@njit(cache=True)
def _merge(calls: Any, rows: Any, into: Any) -> None:
    """Fold later rows of a call into its first row."""
    for index in range(rows.size):
        later, call = calls[rows[index]], calls[into[index]]
        call.start = min(call.start, later.start)
        if call.answer == NEVER:
            call.answer = later.answer
        if call.end == NEVER and later.end != NEVER:
            call.end = later.end
        call.charge = max(call.charge, later.charge)
        if call.rate == NONE:
            call.rate = later.rate


@dataclass(slots=True)
class Backtest:
    """A run's outcome.

    `verdicts`: VERDICTS in the order they were spoken; `calls`: the kernel's records, one a call, `call_ids` beside
    them; `charged`, `international`: calls with a charge, calls abroad.
    """

    verdicts: pa.Table
    verdict_lines: npt.NDArray[np.int32]  # the line row of each verdict
    calls: Records
    lines: LineTable
    call_ids: pa.ChunkedArray
    rows: int = 0
    duplicates: int = 0
    merged: int = 0
    refused: int = 0
    charged: int = 0
    charge_milliyen: int = 0
    international: int = 0
    events: int = 0
    traces: Records = field(default_factory=lambda: np.zeros(0, TRACE))  # rows of TRACE; `row` is a row of all calls


@dataclass(slots=True)
class _Loaded:
    """All rows: `room` holds the kernel's records of the first `rows`; `further` rows tell more of calls in `first`."""

    room: Records
    rows: int = 0
    status: list[npt.NDArray[np.int8]] = field(default_factory=list)
    further: list[I64] = field(default_factory=list)
    first: list[I64] = field(default_factory=list)
    call_ids: list[pa.Array] = field(default_factory=list)
    line_texts: list[pa.Array] = field(default_factory=list)

    def make_room(self, rows: int) -> Records:
        """Room for so many further rows."""
        if self.rows + rows > self.room.size:
            grown = np.empty(max(self.rows + rows, 2 * self.room.size), CALL)
            grown[: self.rows] = self.room[: self.rows]
            self.room = grown
        return self.room[self.rows : self.rows + rows]


def _load(
    batches: Iterable[pa.RecordBatch], stages: Stages, company: str, progress: Callable[[int], None], expected: int
) -> _Loaded:
    loaded = _Loaded(np.empty(expected, CALL))
    stages.calls.make_room(expected, 0)
    for batch in batches:
        room = loaded.make_room(batch.num_rows)
        admission = stages.prepare(batch, company, loaded.rows, room).admission
        merged = np.flatnonzero(admission.status == MERGED)
        loaded.status.append(admission.status.copy())
        loaded.further.append(merged + loaded.rows)
        loaded.first.append(admission.handle[merged])
        loaded.call_ids.append(batch.column("call_id"))
        loaded.line_texts.append(batch.column("line"))
        loaded.rows += batch.num_rows
        progress(batch.num_rows)
    return loaded


def _events(calls: Records, rows: I64, feed: Feed) -> Events:
    """The events of the calls in `rows`, in the order in which this feed tells them."""
    if feed == Feed.CDR:
        rows = rows[calls["end"][rows] != NEVER]
        at, what = in_order(calls["end"][rows], rows * 4 + END)
        return Events(what, at)
    # Three events a call, side by side, so that equal instants stay in the order start, answer, end.
    at = np.stack([calls[name][rows] for name in ("start", "answer", "end")], axis=1).ravel()
    what = (rows[:, None] * 4 + np.array([START, ANSWER, END])).ravel()
    happened = at != NEVER
    at, what = in_order(at[happened], what[happened])
    return Events(what, at)


def backtest(
    batches: Iterable[pa.RecordBatch],
    tariff: Tariff,
    policy: Policy,
    feed: Feed,
    company: str = "default",
    progress: Callable[[int], None] = lambda _rows: None,
    expected: int = 0,
    *,
    trace: bool = False,
    hot: Collection[str] = (),
) -> Backtest:
    """Judge CALLS batches of one company from an empty state. `trace`: keep what every score was made of, for training.

    `progress` hears of every batch's rows as it is read; `expected` is about how many rows will come, if that is known.
    `hot` are numbers known for fraud, as in controls.hot_list_body.
    """
    stages = Stages(build_plan(), LineTable(), CallTable())
    stages.tariffs[company] = tariff
    stages.hot_lists.apply({"company": company, "name": "hot", "version": 1, "numbers": " ".join(hot)})
    loaded = _load(batches, stages, company, progress, expected)
    calls = loaded.room[: loaded.rows]
    nothing: list[I64] = [np.zeros(0, np.int64)]
    status = np.concatenate(loaded.status or [np.zeros(0, np.int8)])
    further = np.concatenate(loaded.further or nothing)
    _merge(calls, further, np.concatenate(loaded.first or nothing))
    rows = np.flatnonzero(status == NEW)
    all_new = rows.size == calls.size
    events = _events(calls, rows, feed)
    traced: list[Records] = []
    room = room_for_traces(TRACED_AT_ONCE if trace else 0)
    verdict_rows = _judge(calls, events, tariff, policy, stages.lines, room, lambda rows: traced.append(rows.copy()))
    ids, texts = pa.chunked_array(loaded.call_ids, pa.string()), pa.chunked_array(loaded.line_texts, pa.string())
    return Backtest(
        verdicts=_table(verdict_rows, ids, texts, company, policy),
        verdict_lines=verdict_rows["line"],
        calls=calls if all_new else calls[rows],
        lines=stages.lines,
        call_ids=ids if all_new else ids.take(pa.array(rows)),
        rows=loaded.rows,
        duplicates=int((status == DUPLICATE).sum()),
        merged=further.size,
        refused=int((status > DUPLICATE).sum()),
        charged=int((calls["charge"][rows] > 0).sum()),
        charge_milliyen=int(calls["charge"][rows].sum()),
        international=int((calls["international"][rows] & calls["outgoing"][rows]).sum()),
        events=events.what.size,
        traces=np.concatenate(traced),
    )


def _judge(
    calls: Records,
    events: Events,
    tariff: Tariff,
    policy: Policy,
    lines: LineTable,
    traces: Traces,
    told: Callable[[Records], None],
) -> Records:
    state = make_lines_by(policy, new_state(max(lines.count, 1), 1024), lines.count)
    settings, slot_of = dials(policy), np.full(calls.size, NONE, np.int64)
    room = room_for_verdicts(1 << 16)
    tools = aids_of(policy, traces)
    done, why = 0, NONE
    spoken: list[Records] = []
    while why != DONE:
        done, why = run(state, settings, calls, events, done, tariff.prices, slot_of, room, tools)
        told(traces.rows[: traces.filled[0]])
        traces.filled[0] = 0
        spoken.append(room.rows[: room.filled[0]].copy())
        room.filled[0] = 0
        if why == NEEDS_ABROAD_ROOM:
            state = with_room(state, 0, 0, abroad=state.abroad.size + 1)
        if why == NEEDS_CALL_ROOM:
            state = with_room(state, 0, state.open.size + 1)
    return np.concatenate(spoken)


def _table(rows: Records, ids: pa.ChunkedArray, texts: pa.ChunkedArray, company: str, policy: Policy) -> pa.Table:
    # A timer speaks for an open call, whose handle is its row.
    where = pa.array(np.where(rows["row"] == NONE, rows["handle"], rows["row"]))
    call_ids, lines = ids.take(where).to_pylist(), texts.take(where).to_pylist()

    def scope_of(country: int) -> str:
        return scope_text(build_plan(), country)

    return pa.Table.from_batches(
        [verdict_batch(rows, [company] * rows.size, lines, call_ids, policy.version, scope_of)]
    )
