"""A snapshot is the state at one instant, whatever was judged while it was taken; and no step of it copies much."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.judge_arrays import arrays_of
from tests.flow.test_judge_replay import Entry, apply, cut_up, journal, run, state_of

from sekisho.core.tables import CALLS
from sekisho.core.terms.errors import LogDamaged
from sekisho.core.terms.instants import parse_rfc3339
from sekisho.core.watch.state import CONTRACT, LINE
from sekisho.flow import Judge, JudgeSettings
from sekisho.flow import snapshot as snapshot_module
from sekisho.flow.attempt import Attempt
from sekisho.flow.snapshot import SLICE, Taking
from sekisho.ports import SCATTERED, Piece

NIGHT = parse_rfc3339("2026-11-23T17:52:57Z")


def kept(pieces: list[Piece]) -> list[Piece]:
    """As a file keeps them: what a step gave lasts until the next one."""
    return [piece._replace(rows=piece.rows.copy()) for piece in pieces]


def taken(judge: Judge, between: Iterator[Entry], *, whole: bool, small: int) -> list[Piece]:
    """A snapshot, between whose steps the judge goes on with `between`; at most `small` steps have an entry behind."""
    taking, pieces, steps = judge.take(whole=whole), [], 0
    while not taking.settled:
        pieces += kept(taking.step())
        steps += 1
        if steps <= small and (entry := next(between, None)) is not None:
            apply(judge, entry)
    return [*pieces, *kept(taking.finish())]


@given(
    st.sampled_from([1, 2]),
    st.sets(st.integers(1, 300), max_size=30),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), min_size=1, max_size=4),
    st.sampled_from([1, 3, 8_192]),
)
@settings(deadline=None, max_examples=40)
def test_whatever_is_judged_meanwhile_it_is_the_state_when_it_ended(seed, cuts, snapshots, slice_):
    """A whole one and some that follow it, in slices of a few rows, with entries between their steps."""
    entries = cut_up(journal(seed), cuts)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(snapshot_module, "SLICE", slice_)
        judge, left, pieces, whole = Judge(JudgeSettings()), iter(entries), [], True
        for wait, between in snapshots:
            for _, entry in zip(range(wait), left, strict=False):
                apply(judge, entry)
            pieces += taken(judge, left, whole=whole, small=between)
            whole = False
            again = Judge.restore(JudgeSettings(), pieces)
        rest = list(left)
        for entry in rest:
            assert said(apply(again, entry)) == said(apply(judge, entry))
        assert state_of(again) == state_of(judge) == run(entries)[1]


def said(outcome) -> list:
    tables = (outcome.verdicts, outcome.rated, outcome.rejects)
    return [None if table is None else table.to_pylist() for table in tables]


def calls_of(lines: range, at: int, tag: str) -> bytes:
    """One call of each line, every tenth abroad and still up."""
    size = len(lines)
    up = np.arange(size) % 10 == 0
    columns = {
        "call_id": pa.array([f"{tag}-{line}" for line in lines]),
        "source": pa.array(["sbc"] * size),
        "direction": pa.array(["out"] * size),
        "line": pa.array([f"+81{300_000_000 + line}" for line in lines]),
        "number": pa.array(np.where(up, "01012125550100", "0398765432")),
        "start": pa.array(np.full(size, at)),
        "answer": pa.array(np.full(size, at + 1_000)),
        "end": pa.array(np.full(size, at + 60_000), mask=up),
        "cause": pa.array([200] * size),
        "talk_ms": pa.nulls(size),
        "company": pa.array(["east"] * size),
        "file_sha256": pa.array(["f"] * size),
        "row": pa.array(np.arange(size) + 1),
    }
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, CALLS) as stream:
        stream.write_table(pa.table(columns).cast(CALLS))
    return bytes(sink.getvalue())


LINES = 200_000


@pytest.fixture(scope="module")
def many() -> Judge:
    """A judge of many lines, all of them touched."""
    judge = Judge(JudgeSettings())
    judge.apply(*journal(1)[0])
    for first, last in pairwise(range(0, LINES + 1, 10_000)):
        judge.apply("calls", calls_of(range(first, last), NIGHT, "a"))
    return judge


def sizes(taking: Taking) -> list[int]:
    """Bytes of every step, the last one too."""
    found = []
    while not taking.settled:
        found.append(sum(piece.rows.nbytes for piece in taking.step()))
    return [*found, sum(piece.rows.nbytes for piece in taking.finish() if not piece.name.startswith(OWN))]


OWN = ("calls", "numbers", "tariff")  # handed over, not copied
MOST = 4 << 20  # bytes: a millisecond


def test_no_step_copies_much_however_many_lines_there_are(many):
    steps = sizes(many.take(whole=True))
    assert sum(steps) > LINES * (LINE.itemsize + CONTRACT.itemsize)
    assert max(steps) <= MOST
    assert steps[-1] <= MOST


def test_what_follows_holds_what_was_touched(many):
    many.pieces()
    many.apply("calls", calls_of(range(0, LINES, 40), NIGHT, "b"))  # later, all calls in progress would be looked at
    steps = sizes(many.take(whole=False))
    touched = LINES // 40
    assert touched * CONTRACT.itemsize < sum(steps) < 3 * touched * (LINE.itemsize + CONTRACT.itemsize + 300)
    assert max(steps) <= MOST


def test_a_decision_meanwhile_leaves_a_few_rows_for_the_end(many):
    """Once no entries are applied, the last step is short however long the snapshot took."""
    taking, steps = many.take(whole=True), 0
    while not taking.settled:
        taking.step()
        line, steps = f"+81{300_000_000 + steps * 997}", steps + 1
        many.decide(Attempt("east", f"i{steps}", line, "01012125550100", NIGHT + 700_000 + steps))
    rows = [piece.rows.size for piece in taking.finish() if piece.first == SCATTERED]
    assert steps > LINES // SLICE
    assert sum(rows) < 200


def test_a_call_with_a_long_id_keeps_it_through_a_snapshot():
    judge, long_id = Judge(JudgeSettings()), "x" * 500
    judge.apply(*journal(1)[0])
    judge.apply("lines", b'[{"company": "east", "line": "0312345678", "daily_limit_yen": 100}]')
    judge.decide(Attempt("east", long_id, "0312345678", "01012125550100", NIGHT))
    again = Judge.restore(JudgeSettings(), judge.pieces())
    assert [each._open_ids.text(0) for each in (judge, again)] == [long_id] * 2


def test_a_snapshot_of_another_version_is_refused():
    """Fields would be copied by their place, and mean something else."""
    judge = Judge(JudgeSettings())
    judge.apply(*journal(1)[0])
    judge.apply("calls", calls_of(range(3), NIGHT, "a"))
    swapped = np.dtype([(name, CONTRACT[name]) for name in CONTRACT.names[::-1]], align=True)
    strange = np.dtype([("row", np.int64), ("record", swapped)], align=True)
    pieces = [
        piece._replace(rows=np.zeros(piece.rows.size, strange)) if piece.name == "contracts" else piece
        for piece in judge.pieces()
    ]
    with pytest.raises(LogDamaged, match="the snapshot's contracts have other fields"):
        Judge.restore(JudgeSettings(), pieces)


def test_pieces_may_have_lost_the_alignment_of_their_records():
    """A file keeps the fields, not the flag."""
    judge = Judge(JudgeSettings())
    judge.apply(*journal(1)[0])
    judge.apply("calls", calls_of(range(3), NIGHT, "a"))
    pieces = judge.pieces()
    plain = [
        piece._replace(rows=np.frombuffer(piece.rows.tobytes(), np.lib.format.descr_to_dtype(described)))
        if piece.rows.dtype.names and (described := np.lib.format.dtype_to_descr(piece.rows.dtype))
        else piece
        for piece in pieces
    ]
    again = Judge.restore(JudgeSettings(), plain)
    assert arrays_of(again)["contracts"].tobytes() == arrays_of(judge)["contracts"].tobytes()
    assert again._state.contracts.dtype.isalignedstruct
