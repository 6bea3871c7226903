"""The live kernel over recorded calls: what would it have held, and when.

No verdict is judged with later knowledge: the events of all calls are put in the order of time, and in a `live` feed
the judge learns of a call's answer and end only when they happen; in a `cdr` feed it learns of a call only at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sekisho.core.identity.calls import DUPLICATE, MERGED, NEW, CallTable
from sekisho.core.identity.lines import LineTable
from sekisho.core.numbering.plan import build_plan
from sekisho.core.rating.tariff import Tariff
from sekisho.core.terms.call import Feed
from sekisho.core.watch.assign import make_lines_by
from sekisho.core.watch.book import aids_of
from sekisho.core.watch.features import TRACE, Traces, room_for_traces
from sekisho.core.watch.judged import Events, room_for_verdicts
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.state import NONE, Records, new_state, with_room
from sekisho.core.watch.step import DONE, NEEDS_ABROAD_ROOM, NEEDS_CALL_ROOM, run
from sekisho.core.watch.verdicts import verdict_batch
from sekisho.flow.restricting import scope_text
from sekisho.flow.stages import Stages
from sekisho.lab.loading import Loaded, load
from sekisho.lab.ordering import events_of
from sekisho.lab.truth import HONEST, Truth

TRACED_AT_ONCE = 1 << 16


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
    truth: Truth | None = None,
) -> Backtest:
    """Judge CALLS batches of one company from an empty state. `trace`: keep what every score was made of, for training.

    `progress` hears of every batch's rows as it is read; `expected` is about how many rows will come, if that is known.
    `hot` are numbers known for fraud, as in controls.hot_list_body. `truth`: whose calls are not in it gives the right
    PIN when he is asked for it; without it nobody does.
    """
    stages = Stages(build_plan(), LineTable(), CallTable())
    stages.tariffs[company] = tariff
    stages.hot_lists.apply({"company": company, "name": "hot", "version": 1, "numbers": " ".join(hot)})
    loaded = load(batches, stages, company, progress, expected)
    calls, taken = loaded.calls, loaded.status == NEW
    if truth is not None:
        calls["proves"] = truth.labels(loaded.call_ids)[0] == HONEST
    seen, at, what = events_of(calls, taken, live=feed == Feed.LIVE)
    traced: list[Records] = []
    room = room_for_traces(TRACED_AT_ONCE if trace else 0)
    events = Events(what, at)
    verdict_rows = _judge(calls, events, tariff, policy, stages.lines, room, lambda rows: traced.append(rows.copy()))
    all_new = bool(taken.all())
    return Backtest(
        verdicts=_table(verdict_rows, loaded, company, policy),
        verdict_lines=verdict_rows["line"],
        calls=calls if all_new else calls[taken],
        lines=stages.lines,
        call_ids=loaded.call_ids if all_new else loaded.call_ids.filter(pa.array(taken)),
        rows=calls.size,
        duplicates=int((loaded.status == DUPLICATE).sum()),
        merged=int((loaded.status == MERGED).sum()),
        refused=int((loaded.status > DUPLICATE).sum()),
        charged=seen.charged,
        charge_milliyen=seen.charge,
        international=seen.international,
        events=what.size,
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


def _table(rows: Records, loaded: Loaded, company: str, policy: Policy) -> pa.Table:
    # A timer speaks for an open call, whose handle is its row.
    where = np.where(rows["row"] == NONE, rows["handle"], rows["row"])
    call_ids, lines = loaded.texts_of(where)

    def scope_of(country: int) -> str:
        return scope_text(build_plan(), country)

    return pa.Table.from_batches(
        [verdict_batch(rows, [company] * rows.size, lines, call_ids, policy.version, scope_of)]
    )
