"""The judge process: what it writes depends on the journal alone, not on where it was cut off."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from tests.flow.judge_arrays import EAGER

from sekisho.bodies import batches_of, body_of
from sekisho.core.records.canonical_csv import read
from sekisho.core.records.parsed import Provenance
from sekisho.core.records.source import default_profile
from sekisho.core.tables import CALLS, RATED, REJECTS, VERDICTS
from sekisho.core.terms.errors import LogDamaged
from sekisho.engine.control import load_tariff, tick
from sekisho.engine.judge import JudgeProcess
from sekisho.flow import JudgeSettings
from sekisho.ports import JOURNAL, RATED_TOPIC, REJECT_TOPIC, TALLY_TOPIC, VERDICT_TOPIC, WHOLE, Message, Piece
from sekisho.wiring.embedded import Embedded, open_embedded
from sekisho.wiring.settings import read_settings

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
HEADER = b"call_id,source,direction,line,number,start,answer,end,cause\n"
OUTPUTS = (VERDICT_TOPIC, RATED_TOPIC, REJECT_TOPIC, TALLY_TOPIC)
BATCHES, ROWS = 9, 20


def calls(batch: int) -> pa.RecordBatch:
    """Calls to Sierra Leone, ten a minute; the last row repeats the first, one before it has no line."""
    rows = []
    for number in range(ROWS):
        at = f"2026-11-{23 + batch // 5}T08:{10 * (batch % 5) + number // 10:02d}:{number % 10 * 5:02d}"
        line = "nobody" if number == ROWS - 2 else "0312345678"
        rows.append(f"{batch}-{number},sw,out,{line},01023276{number:06d},{at}.000Z,{at}.500Z,{at}.900Z,200\n")
    rows[-1] = rows[0]
    text = HEADER + "".join(rows).encode()
    profile = default_profile("canonical", "sw", "east")
    (parsed,) = read(text, profile, Provenance("calls.csv", f"{batch:064d}"))
    return parsed.calls


@pytest.fixture(scope="module")
def journal() -> list[Message]:
    return [Message("calls", f"file:{batch}", body_of([calls(batch)], CALLS)) for batch in range(BATCHES)]


@pytest.fixture
def home(tmp_path, journal):
    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path / "home")}))
    load_tariff(home.log, "east", "hikari.csv", TARIFF, key="tariff")
    home.log.append({JOURNAL: journal})
    tick(home.log, 1_800_000_000_000)
    yield home
    home.close()


def process(home: Embedded, entries: int = 3, snapshot_entries: int = 4) -> JudgeProcess:
    settings, clock = JudgeSettings(EAGER), home.clock
    return JudgeProcess(home.log, home.snapshots, settings, clock, entries=entries, snapshot_entries=snapshot_entries)


def finish(judge: JudgeProcess) -> None:
    while judge.step():
        pass


def written(home: Embedded) -> dict[str, list]:
    return {topic: home.log.read(topic, 0, 1000) for topic in OUTPUTS}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, journal):
    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path_factory.mktemp("home"))}))
    load_tariff(home.log, "east", "hikari.csv", TARIFF, key="tariff")
    home.log.append({JOURNAL: journal})
    tick(home.log, 1_800_000_000_000)
    finish(process(home))
    outputs = written(home)
    home.close()
    return outputs


def test_everything_an_entry_led_to_is_written(undisturbed):
    tables = {
        topic: pa.Table.from_batches([batch for entry in undisturbed[topic] for batch in batches_of(entry.body)])
        for topic in OUTPUTS[:3]
    }
    assert [tables[topic].schema for topic in OUTPUTS[:3]] == [VERDICTS, RATED, REJECTS]
    assert tables[RATED_TOPIC].num_rows == BATCHES * (ROWS - 2)
    assert tables[REJECT_TOPIC].num_rows == BATCHES
    assert "hold" in tables[VERDICT_TOPIC]["action"].cast(pa.string()).to_pylist()
    assert [entry.key for entry in undisturbed[TALLY_TOPIC]] == [f"file:{batch}" for batch in range(BATCHES)]
    assert undisturbed[TALLY_TOPIC][0].body == b'{"calls": 18, "merged": 0, "duplicates": 1, "rejects": 1}'
    assert [entry.key for entry in undisturbed[RATED_TOPIC]][:2] == ["journal:2", "journal:3"]


def test_a_step_takes_a_few_entries_and_says_whether_there_were_any(home):
    judge = process(home)
    positions = []
    while judge.step():
        positions.append(judge.position)
    assert positions == [3, 6, 9, 11]
    assert judge.step() is False
    tick(home.log, 1_800_000_001_000)
    assert judge.step() is True


@pytest.mark.parametrize("entries", [1, 2, 11, 100])
def test_the_size_of_a_step_changes_nothing(home, undisturbed, entries):
    finish(process(home, entries))
    assert written(home) == undisturbed


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
@pytest.mark.parametrize("where", ["apply", "append", "appended", "save"])
def test_cut_off_anywhere_the_next_one_writes_the_same(home, undisturbed, monkeypatch, steps, where):
    class Cut(Exception):
        pass

    def cut(*_, **__):
        raise Cut

    def append_and_cut(batch, append=home.log.append):
        append(batch)
        raise Cut

    judge = process(home)
    for _ in range(steps):
        judge.step()
    target, name, action = {
        "apply": (judge.judge, "_speak", cut),
        "append": (home.log, "append", cut),
        "appended": (home.log, "append", append_and_cut),
        "save": (home.snapshots, "begin", cut),
    }[where]
    with monkeypatch.context() as patched:
        patched.setattr(target, name, action)
        if where == "save":
            judge._saved = -100
        with pytest.raises(Cut):
            judge.step()
    finish(process(home))
    assert written(home) == undisturbed


def test_a_snapshot_is_saved_every_few_entries_and_at_rest(home):
    judge = process(home, entries=3, snapshot_entries=4)
    saved = []
    while judge.step():
        loaded = home.snapshots.load()
        saved.append(loaded and loaded[0])
    assert saved == [None, 6, 6, 11]
    tick(home.log, 1_800_000_001_000)
    judge.step()
    assert home.snapshots.load()[0] == 11
    judge.rest()
    assert home.snapshots.load()[0] == 12


def test_after_a_snapshot_the_journal_before_it_is_not_read(home, monkeypatch):
    judge = process(home)
    finish(judge)
    judge.rest()
    asked = []
    read_log = home.log.read
    monkeypatch.setattr(
        home.log, "read", lambda topic, after, limit: asked.append(after) or read_log(topic, after, limit)
    )
    assert process(home).step() is False
    assert asked == [11]


def test_a_snapshot_of_another_journal_is_refused(home):
    draft = home.snapshots.begin(whole=True)
    draft.add([Piece("a", WHOLE, np.zeros(1))])
    draft.commit(99)
    with pytest.raises(LogDamaged, match="the snapshot includes 99 journal entries, the journal has 11"):
        process(home)


def test_an_entry_that_no_judge_knows_stops_it(home):
    home.log.append({JOURNAL: [Message("prophecy", "x", b"")]})
    judge = process(home, entries=12)
    with pytest.raises(LogDamaged, match="prophecy"):
        judge.step()
    assert home.log.last(RATED_TOPIC) == 0
