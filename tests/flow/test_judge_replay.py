"""The judge is its journal: replayed, cut into other batches or restored from a snapshot it says the same.

One made-up hour and a half stands in for traffic: two companies, a burst abroad, limits that running calls cross, two
sources that tell one call, repeats, late answers, lines that are no numbers.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.flow.judge_arrays import arrays_of

from sekisho.core.tables import CALLS
from sekisho.core.terms.instants import MINUTE_MS, SECOND_MS, parse_rfc3339
from sekisho.flow import Judge, JudgeSettings, Outcome

HIKARI = (Path(__file__).parents[2] / "examples/tariffs/hikari-style.csv").read_text("utf-8")
NIGHT = parse_rfc3339("2026-11-23T17:52:57Z")
ABROAD = ("01023276000001", "01022070000001", "0102356600001", "01088112345678", "01012125550100")
AT_HOME = ("0398765432", "09012345678", "05012345678", "0120345678", "110")
LINES = ("0312000000", "0312000001", "+81312000002", "0612000003")

Row = dict[str, Any]


class Entry(NamedTuple):
    """One entry of the journal before it is cut: rows of calls, or a message."""

    kind: str
    what: Any


def message(kind: str, told: Any) -> Entry:
    return Entry(kind, json.dumps(told).encode())


def told_live(call: Row) -> list[tuple[int, Row]]:
    """(instant, row) of every event of a call, as a live feed sends them."""
    events = [(call["start"], call | {"answer": None, "end": None, "cause": None})]
    if call["answer"] is not None:
        events.append((call["answer"], call | {"end": None, "cause": None}))
    return [*events, (call["end"], call)]


def traffic(seed: int, calls: int = 70) -> list[Row]:
    """Rows in the order in which they arrive."""
    chance = np.random.default_rng(seed)
    told: list[tuple[int, Row]] = []
    for at in range(calls):
        thief = at >= calls // 2 and at % 3 == 0
        numbers = ABROAD if thief or chance.random() < 0.1 else AT_HOME
        start = NIGHT + int(chance.integers(0, 90 * MINUTE_MS))
        answer = start + int(chance.integers(0, 9 * SECOND_MS)) if chance.random() < 0.8 else None
        call = {
            "call_id": f"c{at}" if at % 9 else f"c{at % 4}",
            "source": "sbc",
            "direction": "in" if chance.random() < 0.1 else "out",
            "line": LINES[0] if thief else LINES[int(chance.integers(len(LINES)))] if at % 11 else "nobody",
            "number": str(chance.choice(numbers)),
            "start": start,
            "answer": answer,
            "end": (answer or start) + int(chance.integers(0, 40 * MINUTE_MS)),
            "cause": 200 if answer else 486,
            "company": "west" if at % 4 == 0 else "east",
            "file_sha256": "f",
        }
        told += told_live(call) if chance.random() < 0.7 else [(call["end"], call)]
        if chance.random() < 0.2:  # the PBX tells it too, a little later, and is evidence
            told += [(instant + 700, row | {"source": "pbx"}) for instant, row in told_live(call)]
        if chance.random() < 0.1:
            told.append((call["end"] + MINUTE_MS, told_live(call)[-2][1]))
    told.sort(key=lambda each: each[0])
    return [row | {"row": at + 1} for at, (_, row) in enumerate(told)]


def journal(seed: int) -> list[Entry]:
    """Tariffs, sources and limits first; two thirds into the calls a tick, a limit and a new tariff."""
    rows = traffic(seed)
    cut = 2 * len(rows) // 3
    now = max(row["start"] for row in rows[:cut])
    return [
        *(message("tariff", {"company": company, "file": "t.csv", "csv": HIKARI}) for company in ("east", "west")),
        message("source", {"company": "east", "name": "pbx", "charging": False}),
        message("lines", [{"company": "east", "line": LINES[1], "daily_limit_yen": 60, "automatic_hold": False}]),
        message("lines", [{"company": "west", "line": each, "contract": "W", "daily_limit_yen": 40} for each in LINES]),
        Entry("calls", rows[:cut]),
        Entry("tick", now.to_bytes(8, "little", signed=True)),
        message("lines", [{"company": "east", "line": LINES[3], "monthly_limit_yen": 20}]),
        message("tariff", {"company": "west", "file": "t.csv", "csv": HIKARI.replace("60,17.5,", "60,20,")}),
        Entry("calls", rows[cut:]),
        Entry("tick", (now + 60 * MINUTE_MS).to_bytes(8, "little", signed=True)),
    ]


def cut_up(entries: list[Entry], cuts: Iterable[int]) -> list[Entry]:
    """The same journal with its calls cut at these places (counted over all its rows)."""
    pieces, before = [], 0
    for kind, what in entries:
        if kind != "calls":
            pieces.append(Entry(kind, what))
            continue
        inside = sorted({cut - before for cut in cuts if before < cut < before + len(what)})
        pieces += [Entry(kind, what[first:last]) for first, last in pairwise([0, *inside, len(what)])]
        before += len(what)
    return pieces


def apply(judge: Judge, entry: Entry) -> Outcome:
    if entry.kind != "calls":
        return judge.apply(*entry)
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, CALLS) as writer:
        writer.write_batch(pa.RecordBatch.from_pylist(entry.what, schema=CALLS))
    outcome = judge.apply("calls", sink.getvalue())
    rejects = outcome.rejects.num_rows if outcome.rejects is not None else 0
    assert outcome.calls + outcome.merged + outcome.duplicates + rejects == len(entry.what)
    return outcome


class Said(NamedTuple):
    """All that came out of a journal."""

    verdicts: list[Row]
    rated: list[Row]
    rejects: list[Row]
    counts: tuple[int, int, int]


def all_of(outcomes: list[Outcome]) -> Said:
    tables = [
        [row for each in outcomes if (table := getattr(each, name)) is not None for row in table.to_pylist()]
        for name in ("verdicts", "rated", "rejects")
    ]
    counts = [sum(getattr(each, name) for each in outcomes) for name in ("calls", "merged", "duplicates")]
    rejects = sorted(tables[2], key=lambda row: row["row"])
    return Said(tables[0], sorted(tables[1], key=lambda row: row["row"]), rejects, tuple(counts))


def plain(array: np.ndarray) -> Any:
    """An array as lists, field by field."""
    names = array.dtype.names
    return {name: array[name].tolist() for name in names} if names else array.tolist()


def state_of(judge: Judge) -> dict[str, Any]:
    """What the judge remembers, apart from where in memory its calls lie and the slots nobody uses."""
    arrays = arrays_of(judge)
    calls = sorted(arrays.pop("calls")[:, :3].tolist()) if "calls" in arrays else []
    shown = arrays.pop("open", np.zeros(0, [("line", np.int32)]))
    opened = shown[shown["line"] >= 0]
    ids = [judge._open_ids.text(slot) for slot in np.flatnonzero(shown["line"] >= 0).tolist()]
    if opened.size:
        opened["handle"] = 0
    told = json.loads(arrays.pop("told").tobytes())
    del told["latest"]  # follows the middle of the batches
    rest = {name: plain(array) for name, array in arrays.items()}
    return {"calls": calls, "open": plain(opened), "ids": ids, "told": told, **rest}


def run(entries: list[Entry], restore_before: Iterable[int] = ()) -> tuple[Said, dict[str, Any]]:
    judge, outcomes = Judge(JudgeSettings()), []
    for at, entry in enumerate(entries):
        if at in restore_before:
            judge = through_a_snapshot(judge)
        outcomes.append(apply(judge, entry))
    return all_of(outcomes), state_of(judge)


def through_a_snapshot(judge: Judge) -> Judge:
    return Judge.restore(JudgeSettings(), judge.pieces())


WHOLE = {seed: run(journal(seed)) for seed in (1, 2)}


def test_the_traffic_holds_what_the_properties_are_about():
    for said, state in WHOLE.values():
        spoken = [(row["company"], row["action"], row["evidence"][0]["name"]) for row in said.verdicts]
        assert ("east", "hold", "rate") in spoken
        assert ("east", "alert", "daily_limit") in spoken
        assert ("west", "hold", "daily_limit") in spoken
        assert min(said.counts) > 3
        assert said.rejects
        assert {row["source"] for row in said.rated if row["company"] == "east"} == {"sbc"}
        assert state["open"]


def test_a_replay_says_the_same_to_the_letter():
    for seed, (said, state) in WHOLE.items():
        again, state_again = run(journal(seed))
        assert [row["verdict_id"] for row in again.verdicts] == [row["verdict_id"] for row in said.verdicts]
        assert again == said
        assert state_again == state


def test_no_two_verdicts_share_an_id():
    for said, _ in WHOLE.values():
        assert len({row["verdict_id"] for row in said.verdicts}) == len(said.verdicts)


def test_every_charged_call_is_charged_once():
    for said, _ in WHOLE.values():
        # A call_id may come again, in a call that began at another time.
        calls = [(row["company"], row["line"], row["direction"], row["call_id"], row["start"]) for row in said.rated]
        assert len(set(calls)) == len(calls)


CUTS = st.sets(st.integers(1, 300), max_size=40)


@given(st.sampled_from(sorted(WHOLE)), CUTS)
@settings(deadline=None, max_examples=30)
def test_batches_cut_anywhere_lead_to_the_same(seed, cuts):
    assert run(cut_up(journal(seed), cuts)) == WHOLE[seed]


def test_one_row_a_batch_leads_to_the_same():
    for seed, whole in WHOLE.items():
        assert run(cut_up(journal(seed), range(1, 300))) == whole


@given(st.sampled_from(sorted(WHOLE)), CUTS, st.sets(st.integers(0, 50), max_size=4))
@settings(deadline=None, max_examples=30)
def test_a_judge_restored_anywhere_goes_on_as_if_nothing_had_happened(seed, cuts, restores):
    assert run(cut_up(journal(seed), cuts), restores) == WHOLE[seed]


def test_a_snapshot_is_the_same_state():
    judge = Judge(JudgeSettings())
    for entry in journal(1):
        apply(judge, entry)
    assert state_of(through_a_snapshot(judge)) == state_of(judge)


def test_an_empty_judge_survives_a_snapshot():
    assert state_of(through_a_snapshot(Judge(JudgeSettings()))) == state_of(Judge(JudgeSettings()))


def test_what_a_restored_judge_does_leaves_the_snapshot_as_it_was():
    judge, entries = Judge(JudgeSettings()), journal(1)
    for entry in entries[:6]:
        apply(judge, entry)
    before = state_of(judge)
    restored = Judge.restore(JudgeSettings(), judge.pieces())
    for entry in entries[6:]:
        apply(restored, entry)
    assert state_of(restored) != before
    assert state_of(judge) == before
