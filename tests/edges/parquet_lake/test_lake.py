"""The lake: what is written comes back, once; days are Japanese; a kill leaves no half of anything."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sekisho.core.tables import RATED
from sekisho.core.terms.errors import InUse, LogDamaged
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, start_of_japanese_day
from sekisho.edges.parquet_lake.lake import GRACE_MS, ROW_GROUP, ParquetLake
from sekisho.edges.parquet_lake.manifest import NAME as MANIFEST
from sekisho.edges.parquet_lake.merging import MANY

MONDAY = start_of_japanese_day(date(2026, 11, 23))


def rated(starts: list[int], word: str = "east") -> pa.RecordBatch:
    """RATED rows that begin at `starts`; every other column is filled by its type."""
    columns = []
    for field in RATED:
        if field.name == "start":
            values = pa.array(starts).cast(field.type)
        elif field.nullable:
            values = pa.nulls(len(starts), field.type)
        elif pa.types.is_dictionary(field.type):
            unused = pa.array([f"never {field.name}", word])
            values = pa.DictionaryArray.from_arrays(pa.array(np.ones(len(starts), np.int32)), unused)
        elif field.type == pa.string():
            values = pa.array([f"{field.name} {start}" for start in starts])
        else:
            values = pa.array(np.arange(len(starts)) % 2, pa.int64()).cast(field.type)
        columns.append(values)
    return pa.RecordBatch.from_arrays(columns, schema=RATED)


def calls(table: pa.Table) -> list[dict]:
    """The rows in an order of their own."""
    return sorted(table.to_pylist(), key=lambda row: (row["call_id"], row["company"]))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "home" / "lake"


@pytest.fixture
def lake(folder):
    return ParquetLake(folder, writer=True)


def files(folder) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_an_empty_lake(lake):
    assert lake.offset() == 0
    assert lake.read() == RATED.empty_table()


def test_what_is_written_comes_back_with_its_types_and_nulls(lake, folder):
    batches = [rated([MONDAY + 5, MONDAY + 2]), rated([MONDAY + 9], "west")]
    lake.write(batches, 1, 4)
    table = ParquetLake(folder).read()
    table.validate(full=True)
    assert table.schema == RATED
    assert calls(table) == calls(pa.Table.from_batches(batches))
    assert lake.offset() == 4


def test_in_a_part_calls_lie_by_company_line_and_start(lake, folder):
    lake.write([rated([MONDAY + 50, MONDAY + 7], "west"), rated([MONDAY + 60, MONDAY + 2], "east")], 1, 1)
    rows = pq.read_table(folder / lake.parts()[0].path, columns=["company", "line", "start"]).to_pylist()
    placed = [(row["company"], row["line"], row["start"]) for row in rows]
    assert [row[0] for row in placed] == ["east", "east", "west", "west"]
    assert placed == sorted(placed)


def test_a_large_part_is_read_in_pieces(lake, folder):
    lake.write([rated([MONDAY + at for at in range(ROW_GROUP + 1)])], 1, 1)
    assert pq.ParquetFile(folder / lake.parts()[0].path).metadata.num_row_groups == 2


@pytest.mark.parametrize(
    ("lines", "plain"),
    [(["0312345678", "+81312345678"], True), (["0312345678", "03-1234-5678"], False), (["0312345678;x=1"], False)],
)
def test_a_part_tells_whether_its_lines_are_plain(lake, lines, plain):
    batch = rated([MONDAY + at for at in range(len(lines))])
    lake.write([batch.set_column(RATED.get_field_index("line"), RATED.field("line"), pa.array(lines))], 1, 1)
    assert [part.plain for part in lake.parts()] == [plain]


def test_a_call_lies_under_the_japanese_date_of_its_start(lake, folder):
    lake.write([rated([MONDAY - 1, MONDAY, MONDAY + DAY_MS - 1, MONDAY + DAY_MS])], 1, 1)
    assert files(folder) == [
        "date=2026-11-22/part-000000000001-000000000001.parquet",
        "date=2026-11-23/part-000000000001-000000000001.parquet",
        "date=2026-11-24/part-000000000001-000000000001.parquet",
        MANIFEST,
    ]
    monday = pq.ParquetFile(folder / "date=2026-11-23/part-000000000001-000000000001.parquet")
    assert monday.read(["start"])["start"].cast(pa.int64()).to_pylist() == [MONDAY, MONDAY + DAY_MS - 1]
    assert monday.metadata.row_group(0).column(0).compression == "ZSTD"


def test_writes_follow_each_other(lake):
    lake.write([rated([MONDAY])], 1, 3)
    lake.write([rated([MONDAY + 1])], 4, 4)
    lake.write([], 5, 6)
    assert lake.offset() == 6
    assert lake.read().num_rows == 2
    assert [(part.first, part.last, part.rows) for part in lake.parts()] == [(1, 3, 1), (4, 4, 1)]


def test_a_repeated_write_does_nothing(lake):
    lake.write([rated([MONDAY])], 1, 3)
    lake.write([rated([MONDAY])], 1, 3)
    lake.write([rated([MONDAY + 1])], 2, 2)
    assert lake.read().num_rows == 1
    assert lake.offset() == 3


@pytest.mark.parametrize(("first", "last"), [(5, 6), (3, 5)])
def test_a_write_that_does_not_follow_is_refused(lake, first, last):
    lake.write([rated([MONDAY])], 1, 3)
    with pytest.raises(LogDamaged, match="holds 3 rated entries"):
        lake.write([rated([MONDAY])], first, last)


def test_a_reader_sees_writes_and_writes_nothing(lake, folder):
    reader = ParquetLake(folder)
    lake.write([rated([MONDAY])], 1, 3)
    assert reader.offset() == 3
    assert reader.read().num_rows == 1
    with pytest.raises(TypeError, match="opened to be read"):
        reader.write([], 4, 4)


def test_a_reader_makes_nothing(folder):
    reader = ParquetLake(folder)
    assert (reader.offset(), reader.read().num_rows) == (0, 0)
    assert not folder.exists()
    ParquetLake(folder, writer=True).write([rated([MONDAY])], 1, 1)
    assert reader.read().num_rows == 1


class Watch:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.ms = MONDAY

    def now_ms(self) -> int:
        return self.ms


def write_one_by_one(lake: ParquetLake, count: int, begin: int = MONDAY) -> list[dict]:
    """So many writes of one call each; all calls the lake holds then."""
    after = lake.offset()
    for number in range(count):
        lake.write([rated([begin + after + number])], after + number + 1, after + number + 1)
    return calls(lake.read())


def test_many_small_parts_become_one_with_the_same_calls(lake):
    before = write_one_by_one(lake, MANY)
    assert lake.merge() is False
    before = write_one_by_one(lake, 1)
    assert lake.merge() is True
    assert [(part.first, part.last, part.rows) for part in lake.parts()] == [(1, MANY + 1, MANY + 1)]
    assert calls(lake.read()) == before
    assert lake.offset() == MANY + 1
    assert lake.merge() is False


def test_a_merge_touches_one_date_and_writes_go_on_behind_it(lake):
    write_one_by_one(lake, 3)
    before = write_one_by_one(lake, 2, MONDAY + DAY_MS)
    assert lake.merge() is True
    told = [(part.day, part.first, part.last, part.rows) for part in lake.parts()]
    assert told == [("2026-11-23", 1, 3, 3), ("2026-11-24", 4, 4, 1), ("2026-11-24", 5, 5, 1)]
    assert calls(lake.read()) == before
    lake.write([rated([MONDAY])], 6, 6)
    assert lake.read().num_rows == 6


def test_merged_parts_stay_for_a_grace(folder):
    watch = Watch()
    lake = ParquetLake(folder, writer=True, clock=watch)
    write_one_by_one(lake, MANY + 1)
    before = set(files(folder))
    lake.merge()
    watch.ms += GRACE_MS - 1
    lake.merge()
    assert before < set(files(folder))
    watch.ms += 1
    lake.merge()
    assert files(folder) == [f"date=2026-11-23/part-000000000001-0000000000{MANY + 1}.parquet", MANIFEST]


def test_merged_parts_go_when_the_lake_is_opened_again(lake, folder):
    write_one_by_one(lake, MANY + 1)
    lake.merge()
    lake.merge()
    assert len(files(folder)) == MANY + 3
    ParquetLake(folder)
    assert len(files(folder)) == MANY + 3
    again = ParquetLake(folder, writer=True)
    assert files(folder) == [again.parts()[0].path, MANIFEST]


def test_a_reader_does_not_merge(lake, folder):
    write_one_by_one(lake, MANY + 1)
    with pytest.raises(TypeError, match="opened to be read"):
        ParquetLake(folder).merge()


def test_a_damaged_part_is_not_merged(lake, folder):
    write_one_by_one(lake, MANY + 1)
    (folder / lake.parts()[3].path).write_bytes(b"PAR1")
    with pytest.raises(LogDamaged, match=r"part-000000000004"):
        lake.merge()
    assert len(lake.parts()) == MANY + 1


KILLED_MERGE = """
import sys
from pathlib import Path
from sekisho.edges.parquet_lake.lake import ParquetLake
ParquetLake(Path(sys.argv[1]), writer=True).merge()
"""


@pytest.mark.parametrize(
    ("crash_at", "left"),
    [
        ("merge_rename", ["date=2026-11-23/.part-000000000001-000000000017.parquet.tmp"]),
        ("offset_commit", [".manifest.json.tmp", "date=2026-11-23/part-000000000001-000000000017.parquet"]),
    ],
)
def test_a_kill_in_a_merge_loses_and_doubles_nothing(lake, folder, crash_at, left):
    before = write_one_by_one(lake, MANY + 1)
    there = files(folder)
    program = [sys.executable, "-c", KILLED_MERGE, str(folder)]
    done = subprocess.run(program, env=os.environ | {"SEKISHO_CRASH_AT": crash_at}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert files(folder) == sorted(there + left)
    assert calls(ParquetLake(folder).read()) == before
    again = ParquetLake(folder, writer=True)
    assert [name for name in files(folder) if not name.startswith(".")] == there
    assert again.merge() is True
    assert calls(again.read()) == before
    assert again.offset() == MANY + 1


def test_however_small_the_writes_the_parts_stay_few(lake):
    most = 0
    for number in range(100):
        lake.write([rated([MONDAY + number])], number + 1, number + 1)
        lake.merge()
        most = max(most, len(lake.parts()))
    assert most <= MANY + 1
    assert lake.read().num_rows == 100


KILLED = """
import sys
from pathlib import Path
import pyarrow as pa
from sekisho.edges.parquet_lake.lake import ParquetLake
batches = pa.ipc.open_stream(sys.argv[2]).read_all().to_batches()
ParquetLake(Path(sys.argv[1]), writer=True).write(batches, 3, 5)
"""


@pytest.mark.parametrize(
    ("crash_at", "left"),
    [
        ("parquet_rename:1", ["date=2026-11-23/.part-000000000003-000000000005.parquet.tmp"]),
        (
            "parquet_rename:2",
            [
                "date=2026-11-23/part-000000000003-000000000005.parquet",
                "date=2026-11-24/.part-000000000003-000000000005.parquet.tmp",
            ],
        ),
        (
            "offset_commit:1",
            [
                ".manifest.json.tmp",
                "date=2026-11-23/part-000000000003-000000000005.parquet",
                "date=2026-11-24/part-000000000003-000000000005.parquet",
            ],
        ),
    ],
)
def test_a_kill_in_the_middle_leaves_the_lake_as_it_was(lake, folder, tmp_path, crash_at, left):
    lake.write([rated([MONDAY])], 1, 2)
    before = files(folder)
    batch = rated([MONDAY + 1, MONDAY + DAY_MS])
    with pa.ipc.new_stream(tmp_path / "batch", RATED) as stream:
        stream.write_batch(batch)
    program = [sys.executable, "-c", KILLED, str(folder), str(tmp_path / "batch")]
    done = subprocess.run(program, env=os.environ | {"SEKISHO_CRASH_AT": crash_at}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert files(folder) == sorted(before + left)
    reader = ParquetLake(folder)
    assert (reader.offset(), reader.read().num_rows) == (2, 1)
    assert files(folder) == sorted(before + left)  # a reader removes nothing: the writer may be at work
    again = ParquetLake(folder, writer=True)
    assert [name for name in files(folder) if not name.startswith(".")] == before
    again.write([batch], 3, 7)
    assert (again.offset(), again.read().num_rows) == (7, 3)


def test_a_lost_manifest_is_told_and_nothing_is_removed(lake, folder):
    lake.write([rated([MONDAY])], 1, 1)
    (folder / MANIFEST).unlink()
    before = files(folder)
    for writer in (False, True):
        with pytest.raises(LogDamaged, match=r"manifest.json is gone"):
            ParquetLake(folder, writer=writer)
    assert files(folder) == before


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', '{"format": 2}', '{"format": 1, "offset": 1}'])
def test_a_damaged_manifest_is_told(lake, folder, text):
    (folder / MANIFEST).write_text(text)
    with pytest.raises(LogDamaged, match=r"manifest\.json"):
        ParquetLake(folder)


def test_a_part_that_is_gone_is_told(lake, folder):
    lake.write([rated([MONDAY])], 1, 1)
    (folder / lake.parts()[0].path).unlink()
    with pytest.raises(LogDamaged, match=r"part-000000000001"):
        lake.read()


def test_a_changed_part_is_told(lake, folder):
    lake.write([rated([MONDAY + hour * HOUR_MS for hour in range(20)])], 1, 1)
    part = folder / lake.parts()[0].path
    content = bytearray(part.read_bytes())
    content[150] ^= 1
    part.write_bytes(content)
    with pytest.raises(LogDamaged):
        lake.read()


def test_a_part_with_other_rows_is_told(lake, folder):
    lake.write([rated([MONDAY, MONDAY + 1])], 1, 1)
    told = json.loads((folder / MANIFEST).read_text())
    told["parts"][0]["rows"] = 3
    (folder / MANIFEST).write_text(json.dumps(told))
    with pytest.raises(LogDamaged, match="holds 2 calls, 3 were written"):
        lake.read()


def test_a_disk_that_takes_no_more_is_told(lake, folder):
    (folder / "date=2026-11-23").write_text("in the way")
    with pytest.raises(InUse, match="cannot be written"):
        lake.write([rated([MONDAY])], 1, 1)
    assert lake.offset() == 0
