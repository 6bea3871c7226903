"""A judge that is killed at its worst moments: bars hold afterwards, and the log tells one story, however often told.

While INVITEs come in and bars and calls are appended, the process kills itself at a failpoint; another one takes over.
Then everything the log says was said is what a judge says who reads journal and attempts from the beginning.
"""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from tests.doors.judge_process import JudgeRun, furnish, opened_log, running_judge, tell_bar, until
from tests.flow.judge_arrays import EAGER

from sekisho.bodies import body_of
from sekisho.core.tables import CALLS
from sekisho.demo.probe import probe
from sekisho.engine.judge import JudgeProcess
from sekisho.flow import JudgeSettings
from sekisho.ports import (
    ATTEMPT_TOPIC,
    EFFECT_TOPIC,
    JOURNAL,
    RATED_TOPIC,
    REJECT_TOPIC,
    VERDICT_TOPIC,
    Log,
    Message,
)
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

BARRED, ATTACKED = "+81312000002", "+81312000003"
LINES = [{"company": "east", "line": line, "automatic_hold": True} for line in (BARRED, ATTACKED)]
SAID = (VERDICT_TOPIC, RATED_TOPIC, REJECT_TOPIC)
START_MS = 1_795_456_800_000
ROUNDS = 12


def calls(place: int) -> Message:
    """One finished call abroad of the attacked line, told by the switch that charges."""
    at = START_MS + 60_000 * place
    row = {
        "call_id": f"record-{place}",
        "source": "switch",
        "direction": "out",
        "line": ATTACKED,
        "number": f"0102327612{place:04d}",
        "start": at,
        "answer": at + 5_000,
        "end": at + 55_000,
        "cause": 200,
        "company": "east",
        "file_sha256": "f",
        "row": place + 1,
    }
    columns = [pa.array([row.get(field.name)], _plain(field.type)).cast(field.type) for field in CALLS]
    return Message("calls", f"record {place}", body_of([pa.RecordBatch.from_arrays(columns, schema=CALLS)], CALLS))


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.int64() if pa.types.is_timestamp(kind) else pa.string() if pa.types.is_dictionary(kind) else kind


def drive(log: Log, run: JudgeRun) -> None:
    """INVITEs, calls and bars until the judge is gone, or all were sent."""
    for place in range(ROUNDS):
        if run.process.poll() is not None or not run.sip_port:
            return
        log.append({JOURNAL: [calls(place)]})
        probe("127.0.0.1", run.sip_port, "127.0.0.2", ATTACKED, f"0102327699{place:04d}", timeout_s=1.0)
        if place == 3:
            tell_bar(log, BARRED)


def told_again(home: Path, fresh: Path) -> Log:
    """A log on which a judge has said everything anew, from the same journal and attempts."""
    opened = open_embedded(read_settings({"SEKISHO_HOME": str(fresh)}))
    with opened_log(home) as log:
        for topic in (JOURNAL, ATTEMPT_TOPIC):
            entries = log.read(topic, 0, 1_000_000)
            opened.log.append({topic: [Message(entry.kind, entry.key, entry.body) for entry in entries]})
    judge = JudgeProcess(
        opened.log, opened.snapshots, JudgeSettings(EAGER), opened.clock, entries=50, snapshot_entries=1_000_000
    )
    while judge.step():
        pass
    return opened.log


QUICK = ("judge:20", "append:5", "snapshot_rename:1", "snapshot_tidy:2")
SLOW = (
    "snapshot_piece:1",
    "snapshot_piece:4",
    "snapshot_rename:2",
    "judge:4",
    "verdict_write:3",
    "verdict_write:9",
    "append:14",
)


@pytest.mark.parametrize("crash", [*QUICK, *(pytest.param(each, marks=pytest.mark.soak) for each in SLOW)])
def test_killed_there_it_goes_on_as_if_nothing_had_been(tmp_path, crash):
    home = tmp_path / "home"
    furnish(home, LINES)
    settings = {"SEKISHO_SNAPSHOT_ENTRIES": "6"}
    with opened_log(home) as log, running_judge(home, SEKISHO_CRASH_AT=crash, **settings) as run:
        drive(log, run)
        assert run.process.wait(60) == -9, run.said
    with opened_log(home) as log, running_judge(home, **settings) as run:
        tell_bar(log, BARRED)  # the same message again, as a relay would send it that fell as well
        until(lambda: log.find(EFFECT_TOPIC, "bar:b1:1"))
        assert probe("127.0.0.1", run.sip_port, "127.0.0.2", BARRED, "01023276123456") == 603
        assert probe("127.0.0.1", run.sip_port, "127.0.0.2", BARRED, "119") == 302
        for place in range(3):
            probe("127.0.0.1", run.sip_port, "127.0.0.2", ATTACKED, f"0102327688{place:04d}")
        assert run.stop() == 0
    again = told_again(home, tmp_path / "fresh")
    with opened_log(home) as log:
        for topic in SAID:
            said = {entry.key: entry.body for entry in log.read(topic, 0, 10_000)}
            anew = {entry.key: entry.body for entry in again.read(topic, 0, 10_000)}
            assert said == anew, topic
        assert log.last(VERDICT_TOPIC) > 0
        effects = [entry.key for entry in log.read(EFFECT_TOPIC, 0, 10_000) if entry.kind == "bar"]
        assert effects == ["bar:b1:1"]
        keys = [json.loads(entry.body)["after"] for entry in log.read(ATTEMPT_TOPIC, 0, 10_000)]
        assert keys == sorted(keys)
    again.close()
