"""The archive: every rated call once in the lake, in as many writes as it takes."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from sekisho.core.tables import RATED
from sekisho.core.terms.errors import LogDamaged
from sekisho.core.terms.instants import start_of_japanese_day
from sekisho.engine.archive import Archive
from sekisho.bodies import body_of
from sekisho.ports import RATED_TOPIC, Message
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

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
    assert home.lake.read()["row"].to_pylist() == list(range(400))
    assert archive.step() is False


def test_another_archive_goes_on_where_the_lake_ends(home):
    Archive(home.log, home.lake, 1).step()
    home.log.append({RATED_TOPIC: [Message("rated", "more", body_of([rated(range(400, 401))], RATED))]})
    archive = Archive(home.log, home.lake, 1_000)
    while archive.step():
        pass
    assert home.lake.read()["row"].to_pylist() == list(range(401))
    assert [(part.first, part.last) for part in home.lake.parts()] == [(1, 16), (17, 41)]


def test_a_lake_of_another_log_is_refused(home):
    home.lake.write([], 1, 41)
    with pytest.raises(LogDamaged, match="the lake includes 41 rated entries, the log has 40"):
        Archive(home.log, home.lake, 10)
