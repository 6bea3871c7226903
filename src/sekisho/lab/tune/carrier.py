"""A carrier's own calls as made-up thieves need them: its lines, and how its calls look from outside.

Nothing that a thief's calls have beside number, instant and length may tell them from the carrier's own: ids, dialling
forms, how long it rings, milliseconds, causes, the switch's charged duration are drawn from these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sekisho.core.columns import filled
from sekisho.core.digits.packed import unpack_all
from sekisho.core.identity.calls import CallTable
from sekisho.core.identity.lines import LineTable
from sekisho.core.numbering.plan import NumberPlan, build_plan
from sekisho.core.rating.tariff import Tariff
from sekisho.core.terms.errors import BadSetting
from sekisho.core.terms.instants import DAY_MS, NEVER, SECOND_MS
from sekisho.core.watch.judged import CALL
from sekisho.core.watch.state import Records
from sekisho.flow.stages import Stages

I64 = npt.NDArray[np.int64]
MOST_SAMPLES: Final = 20_000
ID_CHANCES: Final = 64  # ids that are tried before a made-up one is given up
NO_CAUSE: Final = -1
ANSWERED_RING: Final = np.array([8_000], np.int64)  # ms, where a carrier has no call to draw from
MISSED_RING: Final = np.array([25_000], np.int64)


@dataclass(frozen=True, slots=True)
class Looks:
    """What is drawn from the carrier's own calls abroad (from all outgoing ones where there are none): samples.

    `answered_ring`, `missed_ring`: ms from start to answer, from start to the end of an unanswered call. `start_ms`,
    `talk_ms`: milliseconds within the second. `charged_more`: the switch's charged duration less end - answer; empty
    where it writes none. `answered_cause`, `missed_cause`: NO_CAUSE = null. `forms`: what stands before the E.164
    digits as dialled. `callers`: numbers of incoming calls as they come.
    """

    answered_ring: I64
    missed_ring: I64
    start_ms: I64
    talk_ms: I64
    charged_more: I64
    answered_cause: I64
    missed_cause: I64
    forms: npt.NDArray[np.str_]
    callers: npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Carrier:
    """All calls of one company. `calls`: the kernel's records, row for row as `table` (CALLS).

    `begins`, `ends`: instants of its first and last call; `abroad`: rows of outgoing calls abroad, in order of time.
    """

    table: pa.Table
    calls: Records
    lines: LineTable
    plan: NumberPlan
    tariff: Tariff
    abroad: I64
    looks: Looks
    begins: int
    ends: int

    @property
    def days(self) -> float:
        """How many days the calls span."""
        return (self.ends - self.begins) / DAY_MS

    def line_text(self, line: int) -> str:
        """A line as its records write it."""
        return self.lines.text(line)


def read_carrier(
    batches: Iterable[pa.RecordBatch], tariff: Tariff, company: str, told: Callable[[int], None] = lambda _rows: None
) -> Carrier:
    """The calls of `company`, numbered and rated. `told` hears of every batch's rows.

    Raises BadSetting where there is no call in them.
    """
    plan = build_plan()
    stages = Stages(plan, LineTable(), CallTable())
    stages.tariffs[company] = tariff
    kept, records, rows = [], [], 0
    for batch in batches:
        if batch.num_rows:
            room = np.empty(batch.num_rows, CALL)
            stages.describe(batch, company, rows, room)
            kept.append(batch)
            records.append(room)
            rows += batch.num_rows
            told(batch.num_rows)
    if not kept:
        raise BadSetting("there are no calls to tune on; give the files of some weeks")
    table, calls = pa.Table.from_batches(kept), np.concatenate(records)
    outgoing = (calls["outgoing"] == 1) & (calls["line"] >= 0)
    abroad = np.flatnonzero(outgoing & (calls["international"] == 1))
    abroad = abroad[np.argsort(calls["start"][abroad], kind="stable")]
    looks = _looks(table, calls, abroad if abroad.size else np.flatnonzero(outgoing), abroad)
    begins, ends = int(calls["start"].min()), int(calls["start"].max())
    return Carrier(table, calls, stages.lines, plan, tariff, abroad, looks, begins, ends)


def _some(values: I64, otherwise: I64) -> I64:
    """At most MOST_SAMPLES of the values, evenly; `otherwise` where there are none."""
    if values.size == 0:
        return otherwise
    return values[:: max(values.size // MOST_SAMPLES, 1)]


def _looks(table: pa.Table, calls: Records, like: I64, abroad: I64) -> Looks:
    start, answer, end = (calls[name][like] for name in ("start", "answer", "end"))
    answered, over = answer != NEVER, end != NEVER
    spoken, missed = answered & over, ~answered & over
    cause = np.asarray(pc.fill_null(table.column("cause").cast(pa.int64()), NO_CAUSE).to_numpy(), np.int64)[like]
    charged = filled(table.column("talk_ms").combine_chunks(), NEVER)[like]
    told = spoken & (charged != NEVER)
    return Looks(
        answered_ring=_some((answer - start)[answered], ANSWERED_RING),
        missed_ring=_some((end - start)[missed], MISSED_RING),
        start_ms=_some(start % SECOND_MS, np.zeros(1, np.int64)),
        talk_ms=_some(((end - answer) % SECOND_MS)[spoken], np.zeros(1, np.int64)),
        charged_more=_some((charged - (end - answer))[told], np.zeros(0, np.int64)),
        answered_cause=_some(cause[answered], np.array([200])),
        missed_cause=_some(cause[missed], np.array([487])),
        forms=_forms(table, calls, abroad),
        callers=_callers(table, calls),
    )


def _texts(table: pa.Table, rows: I64) -> list[str]:
    return table.column("number").take(pa.array(rows)).to_pylist()


def _forms(table: pa.Table, calls: Records, abroad: I64) -> npt.NDArray[np.str_]:
    """What stands before the digits of each of some numbers abroad, as dialled: as often as the carrier's lines do."""
    rows = _some(abroad, abroad[:0])
    digits = unpack_all(np.ascontiguousarray(calls["number"][rows])).to_pylist()
    written = zip(_texts(table, rows), digits, strict=True)
    found = [text[: -len(digit)] for text, digit in written if digit and text.endswith(digit)]
    return np.array(found or ["010"], np.str_)


def _callers(table: pa.Table, calls: Records) -> npt.NDArray[np.str_]:
    rows = np.flatnonzero((calls["outgoing"] == 0) & (calls["number"] != 0))
    return np.array(_texts(table, _some(rows, rows[:0])) or ["09012345678", "0312345678"], np.str_)


def made_up_ids(table: pa.Table, count: int, rng: np.random.Generator) -> list[str]:
    """`count` call ids that look like the carrier's: each character is that of one of its ids at that place.

    None is an id of the carrier's, and none comes twice.
    """
    column = table.column("call_id")
    known = set(column.to_pylist())
    sample = column.take(pa.array(rng.integers(0, len(column), min(len(column), MOST_SAMPLES)))).to_pylist()
    by_length: dict[int, Any] = {}
    for text in sample:
        by_length.setdefault(len(text), []).append(list(text))
    letters = {length: np.array(texts, np.str_) for length, texts in by_length.items()}
    lengths = rng.permutation([len(text) for text in sample])
    made: list[str] = []
    for index in range(count):
        length = int(lengths[index % lengths.size])
        made.append(_new_id(letters[length], length, known, rng))
    return made


def _new_id(letters: Any, length: int, known: set[str], rng: np.random.Generator) -> str:
    """One id of this length, added to those known; longer by a few digits where the shape has none left."""
    place = np.arange(length)
    for _ in range(ID_CHANCES):
        text = "".join(letters[rng.integers(0, letters.shape[0], length), place].tolist())
        if text not in known:
            known.add(text)
            return text
    while True:
        longer = f"{text}{rng.integers(0, 10**9)}"
        if longer not in known:
            known.add(longer)
            return longer
