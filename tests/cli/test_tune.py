"""`sekisho tune`: the profile it writes, what it says, bad input."""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import date

import pyarrow.parquet as pq
import pytest

from sekisho.cli.tune import tuning_lines
from sekisho.core.terms.instants import start_of_japanese_day
from sekisho.lab.simulator.simulation import simulate
from sekisho.wiring.profiles import load_policy, read_profile

HEADER = "call_id,source,direction,line,number,start,answer,end,cause\n"
AT_HOME = "a,sbc,out,0312345678,0612345678,2026-04-01T00:00:00Z,2026-04-01T00:00:05Z,2026-04-01T00:01:00Z,200\n"
ASKED = ["--trees", 5, "--asks", 100_000, "--holds", 10_000, "--made", "2026-02-01T09:00:00+09:00"]


@pytest.fixture(scope="module")
def weeks(tmp_path_factory):
    path = tmp_path_factory.mktemp("weeks") / "weeks.parquet"
    pq.write_table(simulate(7, 300, 16, 0, start_of_japanese_day(date(2026, 1, 5)), ()).calls, path)
    return path


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    (tmp_path / "calls.csv").write_text(HEADER + AT_HOME)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_same_calls_and_seed_give_the_same_profile_and_the_judge_takes_it(sekisho, folder, weeks):
    code, out, err = sekisho("tune", weeks, "--out", "one.json", "--name", "east", *ASKED)
    assert (code, err) == (0, "")
    assert sekisho("tune", weeks, "--out", "two.json", "--name", "east", *ASKED)[0] == 0
    assert (folder / "one.json").read_bytes() == (folder / "two.json").read_bytes()
    policy, profile = load_policy("one.json"), read_profile("one.json")
    assert policy.scorecard.trees.size - 1 <= 5  # the last is what waiting costs
    assert (profile.name, profile.made) == ("east", "2026-02-01T00:00:00Z")
    assert profile.told["files"][0]["sha256"] == hashlib.sha256(weeks.read_bytes()).hexdigest()
    assert out.splitlines()[-1] == f"one.json: policy {policy.version}"
    assert sum(line.startswith("  after") for line in out.splitlines()) == 1
    assert sorted(path.name for path in folder.iterdir()) == ["calls.csv", "one.json", "two.json"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["calls.csv", "--out", "p.json"], "too little to tune on; give some weeks (7 days at least)"),
        (["nothing.csv", "--out", "p.json"], "nothing.csv"),
        (["calls.csv", "--out", "no/p.json"], "make the folder no/"),
        (["calls.csv", "--out", "p.json", "--feed", "both"], "use live or cdr"),
        (["calls.csv", "--out", "p.json", "--asks", "5", "--holds", "6"], "ask more often than you hold"),
        (["calls.csv", "--out", "p.json", "--made", "yesterday"], "'yesterday' is not an RFC 3339 time"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(sekisho, folder, arguments, says):
    code, out, err = sekisho("tune", *arguments)
    assert (code, out) == (2, "")
    assert says in err
    assert len(err.splitlines()) == 1
    assert [path.name for path in folder.iterdir()] == ["calls.csv"]


def test_without_the_extra_one_line_says_what_to_install(sekisho, monkeypatch):
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    code, _, err = sekisho("tune", "calls.csv", "--out", "p.json")
    assert code == 2
    assert err.splitlines()[0].endswith("install it with: pip install 'sekisho[tune]'")


def test_what_is_said_of_a_tuning():
    limit = {"nats": 4.25, "per_million": 100.0, "low": 40.0, "high": None, "line_days": 300, "found": "borrowed"}
    told = {
        "calls": {"calls": 1_200, "lines": 30, "days": 21.5, "international": 400},
        "made_up": {"incidents": 9, "calls": 800},
        "thresholds": [{"segment": "rare", "ask": limit, "hold": {**limit, "high": 250.0, "found": "pareto"}}],
        "on_lines_held_out": [
            {
                "policy": "after", "incidents": 3, "yen_at_stake": 200_000, "yen_lost": 5_000, "line_days": 4_000,
                "false_asks_per_million": 1_250, "false_holds_per_million": 0,
            }
        ],
    }  # fmt: skip
    assert tuning_lines(json.loads(json.dumps(told))) == [
        "1,200 calls of 30 lines on 21.5 days, 400 abroad; 9 made-up thieves with 800 calls",
        "threshold in nats (false alarms per million line-days, 95 % range)",
        "  rare       ask 4.25 (40 to ?; borrowed)  hold 4.25 (40 to 250; pareto)",
        "on lines held out, with made-up thieves",
        "  after   lost 5,000 yen of 200,000 yen (2.50%); false asks 1,250, holds 0 per million of 4,000 line-days",
    ]
