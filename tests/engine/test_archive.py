"""The archive: every rated call once in the lake, in as many writes as it takes."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from sekisho.bodies import body_of
from sekisho.core.tables import RATED
from sekisho.core.terms.errors import LogDamaged
from sekisho.core.terms.instants import start_of_japanese_day
from sekisho.engine.archive import Archive
from sekisho.ports import RATED_TOPIC, Message
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

MANY = 16  # parts of the youngest date that the lake leaves alone
MONDAY = start_of_japanese_day(date(2026, 11, 23))


def rated(numbers: range) -> pa.RecordBatch:
    """RATED rows whose `row` is their number."""
    columns = []
    for field in RATED:
        if pa.types.is_dictionary(field.type):
            column = pa.DictionaryArray.from_arrays(np.zeros(len(numbers), np.int32), pa.array([f"{numbers[0]}"]))
        elif field.type == pa.string():
            column = pa.array(map(str, numbers))
        elif field.name == "start":
            column = pa.array([MONDAY + number for number in numbers]).cast(field.type)
        elif field.nullable:
            column = pa.nulls(len(numbers), field.type)
        else:
            column = pa.array(numbers, pa.int64()).cast(pa.bool_() if field.type == pa.bool_() else field.type)
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=RATED)


@pytest.fixture
def home(tmp_path):
    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path)}))
    bodies = [body_of([rated(range(at, at + 10))], RATED) for at in range(0, 400, 10)]
    home.log.append({RATED_TOPIC: [Message("rated", str(place), body) for place, body in enumerate(bodies)]})
    yield home
    home.close()


@pytest.mark.parametrize(("rows", "writes"), [(1_000, 1), (160, 3), (1, 3)])
def test_every_call_reaches_the_lake_once(home, rows, writes):
    archive = Archive(home.log, home.lake, rows)
    count = 0
    while archive.step():
        count += 1
    assert count == writes  # entries are read sixteen at a time
    assert home.lake.offset() == 40
    assert sorted(home.lake.read()["row"].to_pylist()) == list(range(400))
    assert archive.step() is False


def test_another_archive_goes_on_where_the_lake_ends(home):
    Archive(home.log, home.lake, 1).step()
    home.log.append({RATED_TOPIC: [Message("rated", "more", body_of([rated(range(400, 401))], RATED))]})
    archive = Archive(home.log, home.lake, 1_000)
    while archive.step():
        pass
    assert sorted(home.lake.read()["row"].to_pylist()) == list(range(401))
    assert [(part.first, part.last) for part in home.lake.parts()] == [(1, 16), (17, 41)]


def append(home, number: int) -> None:
    home.log.append(
        {RATED_TOPIC: [Message("rated", f"live {number}", body_of([rated(range(number, number + 1))], RATED))]}
    )


def test_with_nothing_to_write_it_merges(home):
    archive = Archive(home.log, home.lake, 1_000)
    archive.step()
    for number in range(400, 400 + MANY):
        append(home, number)
        assert archive.step() is True
    assert len(home.lake.parts()) == MANY + 1
    assert archive.step() is True
    assert [part.rows for part in home.lake.parts()] == [400, MANY]
    assert archive.step() is False
    assert sorted(home.lake.read()["row"].to_pylist()) == list(range(400 + MANY))


def test_where_there_is_always_something_to_write_it_merges_too(home):
    archive = Archive(home.log, home.lake, 1_000)
    archive.step()
    most = 0
    for number in range(400, 400 + 5 * MANY):
        append(home, number)
        archive.step()
        most = max(most, len(home.lake.parts()))
    assert most < 2 * MANY + 2
    assert sorted(home.lake.read()["row"].to_pylist()) == list(range(400 + 5 * MANY))


def test_a_lake_of_another_log_is_refused(home):
    home.lake.write([], 1, 41)
    with pytest.raises(LogDamaged, match="the lake includes 41 rated entries, the log has 40"):
        Archive(home.log, home.lake, 10)
