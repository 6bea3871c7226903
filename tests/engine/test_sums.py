"""The sum of a file: whole once the judge has been past it, and always in balance."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sekisho.core.records.parsed import Tally
from sekisho.core.tables import REJECTS
from sekisho.engine.sums import again, judged_message, read_message, sum_of
from sekisho.flow import Outcome
from sekisho.ports import TALLY_TOPIC
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

READ = Tally(rows_in=20, calls=12, merged=3, not_a_record=4, rejects=1)


@pytest.fixture
def log(tmp_path):
    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path)}), [])
    yield home.log
    home.close()


def judged(entry: str, calls: int, merged: int, duplicates: int, refused: int):
    rejects = pa.RecordBatch.from_pylist([{"file": "f", "row": 1, "reason": "r"}] * refused, REJECTS)
    return judged_message(entry, Outcome(None, None, rejects if refused else None, calls, duplicates, merged))


def test_the_sum_is_known_once_every_entry_was_judged(log):
    assert sum_of(log, "file") is None
    log.append({TALLY_TOPIC: [judged("file:1", 5, 2, 1, 0), read_message("file", READ, ["file:1", "file:2"])]})
    assert sum_of(log, "file") is None
    log.append({TALLY_TOPIC: [judged("file:2", 2, 0, 1, 1)]})
    total = sum_of(log, "file")
    assert total == Tally(rows_in=20, calls=7, merged=5, duplicates=2, not_a_record=4, rejects=2)
    assert total.balanced


def test_a_file_without_calls_needs_no_judge(log):
    log.append({TALLY_TOPIC: [read_message("file", Tally(rows_in=2, not_a_record=2), [])]})
    assert sum_of(log, "file") == Tally(rows_in=2, not_a_record=2)


def test_delivered_again_every_call_is_a_duplicate():
    total = again(Tally(rows_in=20, calls=7, merged=5, duplicates=2, not_a_record=4, rejects=2))
    assert total == Tally(rows_in=20, calls=0, merged=5, duplicates=9, not_a_record=4, rejects=2)
    assert total.balanced
