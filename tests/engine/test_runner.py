"""The engine in one process: files in, sums out; the recorded incident through two of its recorders."""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pytest

from sekisho.core.records.parsed import Tally
from sekisho.core.records.source import default_profile, with_line
from sekisho.engine.control import load_tariff
from sekisho.engine.runner import FileSum, drain, file_sums, start_engine
from sekisho.ports import JOURNAL
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

ROOT = Path(__file__).parents[2]
TARIFF = (ROOT / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
INCIDENT = ROOT / "tests" / "data" / "pbx-incident"
LINE = "0312000000"


@pytest.fixture
def home(tmp_path):
    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path / "home")}))
    load_tariff(home.log, "default", "hikari.csv", TARIFF, key="tariff")
    yield home
    home.close()


def test_the_recorded_incident_as_its_pbx_wrote_it(home):
    home.sources.describe("pbx", with_line(default_profile("asterisk", "pbx", "default"), LINE))
    home.feed.put(str(INCIDENT / "cdr_Master.csv"), "pbx")
    engine = start_engine(home)
    heard = []
    drain(engine, told=heard.append)
    assert file_sums(engine) == [FileSum("pbx/cdr_Master.csv", Tally(72, 64, 8), "", again=False)]
    assert heard == engine.intake.taken
    rated = home.lake.read()
    charged = rated.filter(pc.greater(rated["charge_milliyen"], 0))
    classes = charged["class"].cast("string").to_pylist()
    assert (classes.count("fixed"), classes.count("international")) == (10, 46)
    assert rated.num_rows == 64


def test_the_same_calls_from_another_recorder_are_other_calls_and_the_same_file_is_not(home, tmp_path):
    home.feed.put(str(INCIDENT / "kamailio_acc.log"), "")
    engine = start_engine(home)
    drain(engine)
    (tmp_path / "copy.log").write_bytes((INCIDENT / "kamailio_acc.log").read_bytes())
    home.feed.put(str(tmp_path / "copy.log"), "")
    drain(engine)
    first, second = file_sums(engine)
    assert (first.tally, first.again) == (Tally(312, 64, 120, 0, 128), False)
    assert (second.tally, second.again) == (Tally(312, 0, 120, 64, 128), True)
    assert home.lake.read().num_rows == 64


def test_a_file_that_was_put_aside_says_why(home, tmp_path):
    (tmp_path / "song.mp3").write_bytes(b"la la la")
    home.feed.put(str(tmp_path / "song.mp3"), "")
    engine = start_engine(home)
    drain(engine)
    (told,) = file_sums(engine)
    assert told.fault.startswith("song.mp3: ")
    assert told.tally == Tally()


def test_it_stops_between_two_steps_and_goes_on_later(home):
    for source in ("a", "b"):
        home.feed.put(str(INCIDENT / "cdr_Master.csv"), source)
    engine = start_engine(home)
    drain(engine, stop=lambda: len(engine.intake.taken) == 1)
    assert [file.name for file in home.feed.waiting()] == ["b/cdr_Master.csv"]
    assert home.lake.offset() == 0
    again = start_engine(home)
    assert again.judge.position == home.log.last(JOURNAL)
    drain(again)
    assert home.feed.waiting() == []
    assert home.lake.read().num_rows > 0
