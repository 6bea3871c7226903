"""Control messages: checked at the door, and exactly what the judge understands."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.flow.judge_arrays import arrays_of

from sekisho.core.terms.errors import BadSetting, BadTariff
from sekisho.engine.control import has_tariff, load_tariff, set_lines, source_message, tick
from sekisho.flow import Judge, JudgeSettings
from sekisho.ports import JOURNAL
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
LINE = {"company": "east", "line": "0312345678"}


@pytest.fixture
def log(tmp_path):
    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path)}))
    yield home.log
    home.close()


def judged(log) -> Judge:
    """A judge that has applied the whole journal."""
    judge = Judge(JudgeSettings())
    for entry in log.read(JOURNAL, 0, 100):
        judge.apply(entry.kind, entry.body)
    return judge


def test_the_judge_understands_every_kind(log):
    load_tariff(log, "east", "hikari.csv", TARIFF, key="tariff 1")
    line = LINE | {"contract": "c1", "automatic_hold": False, "daily_limit_yen": 5_000, "monthly_limit_yen": 0}
    set_lines(log, [line, {"company": "east", "line": "+81312345679"}], key="lines 1")
    tick(log, 1_764_000_000_000)
    log.append({JOURNAL: [source_message("pbx", "east", charging=False, key="source 1")]})
    assert [entry.kind for entry in log.read(JOURNAL, 0, 10)] == ["tariff", "lines", "tick", "source"]
    arrays = arrays_of(judged(log))
    assert arrays["agreed"]["daily_limit"][arrays["contracts"]["agreed"]].tolist() == [5_000_000, 0]
    assert arrays["contracts"]["automatic_hold"].tolist() == [0, 1]
    assert b"pbx" in arrays["told"].tobytes()


def test_the_same_key_again_changes_nothing(log):
    for _ in range(2):
        load_tariff(log, "east", "hikari.csv", TARIFF, key="tariff 1")
        set_lines(log, [LINE], key="lines 1")
        assert tick(log, 5) == 3
    assert load_tariff(log, "east", "hikari.csv", TARIFF, key="tariff 2") == 4


def test_a_company_has_a_tariff_once_one_was_loaded(log):
    assert not has_tariff(log, "east")
    load_tariff(log, "east", "hikari.csv", TARIFF, key="1")
    assert has_tariff(log, "east")
    assert not has_tariff(log, "west")


@pytest.mark.parametrize(
    "csv", [b"", b"valid_from,match\n", TARIFF + b"2015-01-01,class:none,,,,,,,,,,,\n", b"\xff" + TARIFF]
)
def test_a_wrong_tariff_does_not_reach_the_journal(log, csv):
    with pytest.raises(BadTariff):
        load_tariff(log, "east", "new.csv", csv, key="1")
    assert log.last(JOURNAL) == 0
    assert not has_tariff(log, "east")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"line": "nobody"}, "'nobody' is not a telephone number"),
        ({"line": ""}, "line is missing"),
        ({"company": ""}, "company is missing"),
        ({"limit": 5}, "unknown field 'limit'"),
        ({"daily_limit_yen": -1}, "daily_limit_yen cannot be -1"),
        ({"daily_limit_yen": True}, "daily_limit_yen cannot be True"),
        ({"automatic_hold": "no"}, "automatic_hold cannot be 'no'"),
        ({"contract": 7}, "contract cannot be 7"),
    ],
)
def test_a_wrong_line_does_not_reach_the_journal(log, wrong, says):
    with pytest.raises(BadSetting, match=says):
        set_lines(log, [LINE, LINE | wrong], key="1")
    assert log.last(JOURNAL) == 0
