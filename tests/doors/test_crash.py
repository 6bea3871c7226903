"""Killed anywhere, the engine ends where it would have ended undisturbed: calls, charges, verdicts, record by record.

200,000 calls of 2,000 lines go in as files, in batches of 2,000 rows, with ticks, limits and new tariffs in between. A
process of its own is killed by SIGKILL at a failpoint, some twice, and started again until it is done.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sekisho.bench.traffic import make_calls, write_csv, write_parquet
from sekisho.bodies import batches_of
from sekisho.core.tables import CALL_FIELDS, CANONICAL_COLUMNS, RATED
from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS, SECOND_MS, start_of_japanese_day
from sekisho.failpoint import FAILPOINTS
from sekisho.ports import JOURNAL, REJECT_TOPIC, TALLY_TOPIC, VERDICT_TOPIC, Entry
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

DRIVER = Path(__file__).with_name("crash_driver.py")
TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_text("utf-8")
SETTINGS = {
    "SEKISHO_BATCH_ROWS": "2000",
    "SEKISHO_JUDGE_ENTRIES": "2",
    "SEKISHO_SNAPSHOT_ENTRIES": "4",
}
CALLS, LINES, DAYS = 200_000, 2_000, 3
ATTACKS, CALLS_AN_ATTACK = 20, 100
BEGIN = start_of_japanese_day(date(2026, 11, 23))
FILE_ROWS = 4_500
CRASHES = 30
IN_NORMAL_SUITE = (0, 1, 2, 4, 5, 6, 8)  # the lake's own test is killed at `parquet_rename`


def attacks(rng: np.random.Generator, honest: pa.Table) -> pa.Table:
    """Calls of hacked lines: every ten seconds to Sierra Leone, in the third night."""
    count = ATTACKS * CALLS_AN_ATTACK
    victims = honest["line"].take(pa.array(rng.integers(0, honest.num_rows, ATTACKS)))
    start = BEGIN + 49 * HOUR_MS + np.tile(np.arange(CALLS_AN_ATTACK) * 10 * SECOND_MS, ATTACKS)
    columns = {
        "call_id": pa.array([f"attack-{number}" for number in range(count)]),
        "source": pa.array(["sbc-east-1"] * count),
        "direction": pa.array(["out"] * count),
        "line": victims.take(pa.array(np.repeat(np.arange(ATTACKS), CALLS_AN_ATTACK))),
        "number": pa.array([f"01023276{number % 1_000:06d}" for number in range(count)]),
        "start": pa.array(start),
        "answer": pa.array(start + 2 * SECOND_MS),
        "end": pa.array(start + MINUTE_MS),
        "cause": pa.array([200] * count),
        "talk_ms": pa.nulls(count, pa.int64()),
    }
    return pa.table(columns).cast(pa.schema(CALL_FIELDS))


def changed(table: pa.Table, **columns: Any) -> pa.Table:
    for name, column in columns.items():
        field = table.schema.field(name)
        table = table.set_column(table.schema.get_field_index(name), field, column.cast(field.type))
    return table


def events(rng: np.random.Generator, calls: pa.Table) -> pa.Table:
    """Rows in the order in which they arrive: live events of a tenth of the calls, CDRs at the end, some rows twice."""
    none, nothing = pa.nulls(calls.num_rows, pa.timestamp("ms", "UTC")), pa.nulls(calls.num_rows, pa.int16())
    live = pa.array(rng.random(calls.num_rows) < 0.1)
    answered = pc.and_(live, calls["answer"].is_valid())
    starts = changed(calls, answer=none, end=none, cause=nothing).filter(live)
    answers = changed(calls, end=none, cause=nothing).filter(answered)
    twice = calls.filter(pa.array(rng.random(calls.num_rows) < 0.02))
    rows = pa.concat_tables([starts, answers, calls, twice]).combine_chunks()
    late = np.concatenate([np.zeros(rows.num_rows - twice.num_rows), rng.integers(0, HOUR_MS, twice.num_rows)])
    seen = pc.coalesce(rows["end"], rows["answer"], rows["start"]).cast(pa.int64()).to_numpy() + late
    return rows.take(pa.array(np.argsort(seen, kind="stable")))


def control_message(number: int, seen: int, lines: pa.ChunkedArray) -> dict[str, Any]:
    """A tick, limits and contracts of some lines, or a tariff with another price abroad; by turns."""
    if number % 3 == 1:
        return {"kind": "tick", "at": seen}
    if number % 3 == 2:
        told = [lines[(number * 37 + at) % LINES].as_py() for at in range(3)]
        limits = {"company": "default", "contract": f"c{number}", "daily_limit_yen": 500 * number}
        return {"kind": "lines", "lines": [{"line": line, **limits} for line in dict.fromkeys(told)]}
    csv = TARIFF.replace(",60,175,", f",60,{175 + number},")
    return {"kind": "tariff", "company": "default", "file": f"tariff-{number}.csv", "csv": csv}


@pytest.fixture(scope="module")
def traffic(tmp_path_factory) -> Path:
    """A home in which everything waits: files of calls, and the control messages that go before each."""
    rng = np.random.default_rng(20261123)
    honest = make_calls(rng, CALLS - ATTACKS * CALLS_AN_ATTACK, LINES, BEGIN, DAYS)
    rows = events(rng, pa.concat_tables([honest, attacks(rng, honest)]).combine_chunks())
    home = tmp_path_factory.mktemp("traffic")
    inbox = home / "feed" / "inbox"
    inbox.mkdir(parents=True)
    messages, lines = [], honest["line"].unique()
    for number, at in enumerate(range(0, rows.num_rows, FILE_ROWS)):
        piece, path = rows.slice(at, FILE_ROWS).select(list(CANONICAL_COLUMNS)), inbox / f"calls-{number:04d}"
        if number % 2:
            write_parquet(piece, str(path.with_suffix(".parquet")))
        else:
            write_csv(piece, str(path.with_suffix(".csv")))
            with path.with_suffix(".csv").open("a") as file:
                file.write(f"x{number},sbc,out,nobody,117,2026-11-24T00:00:00Z,,,,\nnot a call\n")
        messages.append(control_message(number, piece["start"][-1].cast(pa.int64()).as_py(), lines))
    messages.append({"kind": "tick", "at": BEGIN + (DAYS + 1) * 24 * HOUR_MS})
    (home / "control.json").write_text(json.dumps(messages))
    return home


def run(home: Path, crash_at: str = "") -> int:
    """Run the driver in a process of its own; its exit code."""
    environment = os.environ | SETTINGS | {"SEKISHO_HOME": str(home)}
    environment.pop("SEKISHO_CRASH_AT", None)
    if crash_at:
        environment["SEKISHO_CRASH_AT"] = crash_at
    return subprocess.run([sys.executable, DRIVER], env=environment, check=False).returncode


def copy_of(traffic: Path, place: Path) -> Path:
    """The same files under names of their own; nobody writes to them, so links will do."""
    return shutil.copytree(traffic, place, copy_function=os.link)


class Results:
    """What an engine left behind in its home."""

    def __init__(self, home: Path) -> None:
        opened = open_embedded(read_settings({"SEKISHO_HOME": str(home)}), [])
        entries = {
            topic: opened.log.read(topic, 0, 1_000_000) for topic in (JOURNAL, VERDICT_TOPIC, REJECT_TOPIC, TALLY_TOPIC)
        }
        self.journal, self.verdicts = entries[JOURNAL], table_of(entries[VERDICT_TOPIC])
        # Intake and judge both write to these two, so their order depends on who was killed.
        self.tallies = {entry.key: (entry.kind, entry.body) for entry in entries[TALLY_TOPIC]}
        self.rejects = table_of(entries[REJECT_TOPIC]).sort_by([("file", "ascending"), ("row", "ascending")])
        plain = pa.schema([(field.name, value_type(field.type)) for field in RATED])
        self.calls = opened.lake.read().cast(plain).sort_by([("file_sha256", "ascending"), ("row", "ascending")])
        self.parts = opened.lake.parts()
        opened.close()


def table_of(entries: list[Entry]) -> pa.Table:
    batches = [batch for entry in entries for batch in batches_of(entry.body)]
    table = pa.Table.from_batches(batches)
    return table.cast(pa.schema([(field.name, value_type(field.type)) for field in table.schema]))


def value_type(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


@pytest.fixture(scope="module")
def undisturbed(traffic, tmp_path_factory) -> Results:
    home = copy_of(traffic, tmp_path_factory.mktemp("undisturbed") / "home")
    assert run(home) == 0
    return Results(home)


def passes(undisturbed: Results, name: str) -> int:
    """How often an undisturbed run passes a failpoint, at least."""
    files = sum(kind == "read" for kind, _ in undisturbed.tallies.values())
    return {
        "append": 2 * 4 * files,  # before and after the commit of: control message, two batches, rest and sum
        "judge": len(undisturbed.journal),
        "verdict_write": 2 * files,
        "parquet_rename": len(undisturbed.parts),
        "snapshot_piece": len(undisturbed.journal) // 6,
        "snapshot_rename": len(undisturbed.journal) // 6,
        "snapshot_tidy": len(undisturbed.journal) // 6,
        "merge_rename": len({part.day for part in undisturbed.parts})
        - 1,  # each date but the last is merged in the end
        "offset_commit": len({part.last for part in undisturbed.parts}),
    }[name]


def crash_points(number: int, undisturbed: Results) -> list[str]:
    """Where run `number` is killed: once, every fifth one twice."""
    rng = np.random.default_rng(number)
    names = [FAILPOINTS[(number + step) % len(FAILPOINTS)] for step in range(2 if number % 5 == 4 else 1)]
    most = [passes(undisturbed, name) // len(names) for name in names[:1]] + [2] * (len(names) - 1)
    return [f"{name}:{rng.integers(1, limit + 1)}" for name, limit in zip(names, most, strict=True)]


def killed_and_restarted(number: int, traffic: Path, undisturbed: Results, home: Path) -> list[tuple[str, int]]:
    """Run `number` to its end in `home`; where it was to be killed, and the exit code of every process."""
    copy_of(traffic, home)
    points = [*crash_points(number, undisturbed), ""]
    return [(point, run(home, point)) for point in points]


def assert_alike(codes: list[tuple[str, int]], home: Path, undisturbed: Results) -> None:
    assert codes == [(point, -signal.SIGKILL if point else 0) for point, _ in codes]
    results = Results(home)
    assert results.calls.equals(undisturbed.calls)
    assert results.verdicts.equals(undisturbed.verdicts)
    assert results.rejects.equals(undisturbed.rejects)
    assert results.journal == undisturbed.journal
    assert results.tallies == undisturbed.tallies


@pytest.fixture(scope="module")
def normal_runs(traffic, undisturbed, tmp_path_factory) -> dict[int, tuple[list[tuple[str, int]], Path]]:
    """The runs of the normal suite, two at a time: half of their time is the start of processes."""
    homes = {number: tmp_path_factory.mktemp("killed") / "home" for number in IN_NORMAL_SUITE}
    with ThreadPoolExecutor(max_workers=2) as pool:
        jobs = {n: pool.submit(killed_and_restarted, n, traffic, undisturbed, home) for n, home in homes.items()}
        return {number: (job.result(), homes[number]) for number, job in jobs.items()}


def test_the_undisturbed_run_has_something_to_lose(undisturbed):
    assert undisturbed.calls.num_rows == CALLS
    assert len(undisturbed.calls["call_id"].unique()) == CALLS
    assert pc.sum(pc.greater(undisturbed.calls["charge_milliyen"], 0)).as_py() > CALLS // 2
    assert pc.count_distinct(undisturbed.calls["tariff_version"]).as_py() > 10
    assert undisturbed.verdicts.filter(pc.equal(undisturbed.verdicts["action"], "hold")).num_rows >= ATTACKS
    kinds = [entry.kind for entry in undisturbed.journal]
    assert min(kinds.count(kind) for kind in ("tick", "lines", "tariff")) > 10
    assert kinds.count("calls") > CALLS // 2_000
    told = [json.loads(body) for kind, body in undisturbed.tallies.values() if kind == "judged"]
    assert sum(one["duplicates"] for one in told) > 1_000
    assert sum(one["merged"] for one in told) > 10_000
    assert sum(one["rejects"] for one in told) > 10
    assert undisturbed.rejects.num_rows > 20


def test_all_failpoints_have_their_turn():
    assert {FAILPOINTS[number % len(FAILPOINTS)] for number in range(CRASHES)} == set(FAILPOINTS)


@pytest.mark.parametrize("number", IN_NORMAL_SUITE)
def test_killed_and_started_again_it_ends_alike(number, normal_runs, undisturbed):
    codes, home = normal_runs[number]
    assert_alike(codes, home, undisturbed)


@pytest.mark.soak
@pytest.mark.parametrize("number", range(CRASHES))
def test_killed_at_any_of_thirty_points_it_ends_alike(number, traffic, undisturbed, tmp_path):
    home = tmp_path / "home"
    assert_alike(killed_and_restarted(number, traffic, undisturbed, home), home, undisturbed)
    shutil.rmtree(home)
