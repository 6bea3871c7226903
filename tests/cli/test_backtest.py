"""`sekisho backtest`: the file of asks and holds (DESIGN §10), what it says beside the truth, bad input."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from sekisho.cli.backtest_told import aligned, score_lines
from sekisho.core.terms.instants import parse_rfc3339
from sekisho.core.watch.policy import Policy
from sekisho.lab.scoring import Incident, Score
from sekisho.wiring.call_sources import SourceCalls
from sekisho.wiring.profiles import chosen_policy

INCIDENT = Path(__file__).parents[1] / "data" / "pbx-incident"
EDGE = [INCIDENT / "kamailio_acc.log", "--source", INCIDENT / "kamailio.toml"]
PBX = [INCIDENT / "cdr_Master.csv", "--source", INCIDENT / "asterisk.toml"]
HONEST_CALLS = 11
HEADER = "call_id,source,direction,line,number,start,answer,end,cause\n"
AT_HOME = "a,sbc,out,0312345678,0612345678,2026-04-01T00:00:00Z,2026-04-01T00:00:05Z,2026-04-01T00:01:00Z,200\n"
EAGER = "burst_odds_nats = 1000.0\n"  # nobody calls in honest bursts: few calls lead to an ask and a hold
STERN = EAGER + "ask_nats = [19.0, 18.5, 18.0, 18.0]\n"  # who would be asked is held, or nothing
ASKS_AND_HOLDS = ["line", "time", "action", "scope", "score_nats", "evidence"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The current folder, with the files that the tests name."""
    files = {
        "calls.csv": HEADER + AT_HOME,
        "empty.csv": "",
        "tariff.csv": "match,name\nclass:fixed,f\n",
        "eager.toml": EAGER,
        "stern.toml": STERN,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def bars(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("records", [EDGE, PBX], ids=["kamailio", "asterisk"])
@pytest.mark.parametrize("feed", ["live", "cdr"])
def test_the_file_of_bars(sekisho, folder, records, feed):
    code, out, err = sekisho("backtest", *records, "--feed", feed, "--bars", "bars.csv", "--profile", "eager.toml")
    assert (code, err) == (0, "")
    assert "0 alerts, 1 asks, 1 holds; " in out
    asked, row = bars(folder / "bars.csv")
    assert (asked["action"], asked["scope"]) == ("ask", "international")
    assert list(row) == ASKS_AND_HOLDS
    assert (row["line"], row["action"], row["scope"]) == ("0312000000", "hold", "international")
    first, last = ("17:53:04", "17:53:05") if feed == "live" else ("17:53:08", "17:53:09")
    held = parse_rfc3339(row["time"])
    assert parse_rfc3339(f"2026-11-23T{first}Z") <= held < parse_rfc3339(f"2026-11-23T{last}Z")
    assert re.match(r"rate \+\d+\.\d\d country [+-]\d+\.\d\d price [+-]\d+\.\d\d ", row["evidence"])
    nats = [float(each) for each in re.findall(r"[+-][\d.]+", row["evidence"])]
    assert sum(nats) == pytest.approx(float(row["score_nats"]), abs=0.005 * (len(nats) + 1)), "each is rounded"
    assert "bars.csv" in names(folder)
    assert not any(name.endswith(".tmp") for name in names(folder))


def test_without_a_hold_there_is_a_header(sekisho, folder):
    code, out, _ = sekisho("backtest", "calls.csv", "--bars", "bars.csv")
    assert code == 0
    assert (folder / "bars.csv").read_text() == ",".join(ASKS_AND_HOLDS) + "\n"
    tally, calls, said = out.splitlines()
    assert tally == "calls.csv: 1 rows in = 1 calls + 0 merged + 0 duplicates + 0 not a record + 0 rejects"
    assert calls == "1 calls (0 merged, 0 duplicates, 0 refused), 0 international, 1 charged: 8 yen"
    assert re.fullmatch(r"0 alerts, 0 asks, 0 holds; [\d,]+ calls/s", said)


def test_live_is_the_default_and_without_bars_no_file_is_written(sekisho, folder):
    before = names(folder)
    sekisho("backtest", *EDGE, "--profile", "eager.toml", "--feed", "live", "--bars", "live.csv")
    sekisho("backtest", *EDGE, "--profile", "eager.toml", "--bars", "default.csv")
    assert len(bars(folder / "live.csv")) == 2
    assert (folder / "live.csv").read_bytes() == (folder / "default.csv").read_bytes()
    assert sekisho("backtest", *EDGE)[0] == 0
    assert names(folder) == sorted([*before, "default.csv", "live.csv"])


def test_a_limit_speaks_as_a_rule(sekisho, folder):
    assert sekisho("backtest", *EDGE, "--profile", "none", "--daily-limit", "750", "--bars", "bars.csv")[0] == 0
    (row,) = bars(folder / "bars.csv")
    # 89 yen of honest calls and the first fraudulent one, 700 yen from its answer on.
    assert row["evidence"] == "daily_limit spent=789 limit=750"
    assert sekisho("backtest", *EDGE, "--profile", "none", "--monthly-limit", "88", "--bars", "bars.csv")[0] == 0
    assert [row["evidence"] for row in bars(folder / "bars.csv")] == ["monthly_limit spent=89 limit=88"]


def test_files_are_judged_together_and_repeats_left_out(sekisho):
    code, out, _ = sekisho("backtest", EDGE[0], EDGE[0], "calls.csv")
    assert code == 0
    lines = out.splitlines()
    assert [line.split(": ")[0] for line in lines[:3]] == [str(EDGE[0]), str(EDGE[0]), "calls.csv"]
    assert lines[3] == "65 calls (0 merged, 64 duplicates, 0 refused), 54 international, 57 charged: 9,047 yen"


def test_a_call_from_abroad_is_not_one_to_abroad(sekisho, folder):
    caller = AT_HOME.replace(",out,", ",in,").replace("0612345678", "+442079460000")
    (folder / "calls.csv").write_text(HEADER + caller)
    out = sekisho("backtest", "calls.csv")[1]
    assert out.splitlines()[1] == "1 calls (0 merged, 0 duplicates, 0 refused), 0 international, 0 charged: 0 yen"


def test_rejects_are_named(sekisho, folder):
    (folder / "calls.csv").write_text(HEADER + AT_HOME + AT_HOME.replace(",out,", ",up,"))
    code, out, _ = sekisho("backtest", "calls.csv")
    assert code == 0
    assert out.splitlines()[1].startswith("  reject calls.csv:3: ")


def truth_of_the_incident(path):
    """The labels of scenario_times.txt, by order of start."""
    rows = [row for batch in SourceCalls(str(EDGE[0])).batches() for row in batch.to_pylist()]
    fraud = [row["call_id"] for row in sorted(rows, key=lambda row: row["start"])][HONEST_CALLS:]
    kinds = ["extension"] * 40 + ["disa"] * 5 + ["barred"] * 8
    labelled = [f"{call_id},pbx,{kind}" for call_id, kind in zip(fraud, kinds, strict=True)]
    path.write_text("\n".join(["call_id,incident,kind", *labelled]))


def test_with_the_truth_it_says_what_the_verdicts_were_worth(sekisho, folder):
    truth_of_the_incident(folder / "truth.csv")
    code, out, err = sekisho("backtest", *EDGE, "--truth", "truth.csv", "--profile", "stern.toml")
    assert (code, err) == (0, "")
    assert out.splitlines()[3:] == [
        "at stake 8,950 yen, lost before the stop 700 yen (7.82%)",
        "1 honest international line-days",
        "false holds 0 of 1 (0 per million line-days)",
        "false asks 0 of 0 (0 per million line-days)",
        "honest international calls: 0, 0 blocked (0.000%), 0 cut (0.000%), 0 asked (0.000%)",
        "  on victims' lines, counted apart: 1, 0 blocked (0.000%), 0 cut (0.000%), 0 asked (0.000%)",
        "kind       incidents  caught  at stake, yen   lost  lost each, yen  calls before   delay, s",
        "barred             1       1              0  0.00%           0 / 0         0 / 0  0.0 / 0.0",
        "disa               1       1            750  0.00%           0 / 0         0 / 0  0.0 / 0.0",
        "extension          1       1          8,200  8.54%       700 / 700         1 / 1  0.3 / 0.3",
        "all                3       3          8,950  7.82%         0 / 700         0 / 1  0.0 / 0.3",
        "(a pair is the median and what nine in ten do not exceed; -: not caught)",
    ]


def test_an_incident_that_was_not_caught_has_no_delay():
    incidents = (Incident("a", "slow", 3, 0, 0, 3, None), Incident("b", "slow", 3, 0, 0, 3, None))
    lines = list(score_lines(Score(incidents, false_holds=3, false_asks=0, line_days=2_000, holds=4, missing=7)))
    assert lines[0] == "at stake 0 yen, lost before the stop 0 yen (0.00%)"
    assert lines[2] == "false holds 3 of 4 (1,500 per million line-days)"
    assert lines[6] == "7 calls of the truth are not among the calls"
    assert lines[-2].split() == ["all", "2", "0", "0", "0.00%", "0", "/", "0", "3", "/", "3", "-", "/", "-"]


def test_without_incidents_there_is_no_table():
    assert len(list(score_lines(Score((), 0, 0, 0)))) == 6


def test_columns_are_aligned():
    assert aligned([["a", "bb", "c"], ["aaa", "b", "ccc"]]) == ["a    bb    c", "aaa   b  ccc"]


RULES = ["sekisho", "daily-look-2015", "new-country", "new-country-week", "opensips-limits", "opensips-limits-all"]


def test_other_rules_on_the_same_calls(sekisho, folder):
    truth_of_the_incident(folder / "truth.csv")
    stern = ("--profile", "stern.toml")
    code, out, err = sekisho("backtest", *EDGE, "--truth", "truth.csv", "--compare", "--json", "figures.json", *stern)
    assert (code, err) == (0, "")
    table = out.splitlines()[-13:]
    assert " ".join(table[0].split()) == "rule lost false/M median delay, s honest stopped honest asked"
    assert [row.split()[0] for row in table[1:7]] == RULES
    assert table[11].split() == ["nothing", "100.00%", "0", "-", "0", "0"]
    figures = json.loads((folder / "figures.json").read_text())
    assert list(figures) == ["schema", "run", "simulator", "score", "compare"]
    assert figures["schema"] == "sekisho-backtest-1"
    assert (figures["run"]["calls"], figures["run"]["said"]) == (64, {"alert": 1, "ask": 0, "hold": 1})
    assert (figures["score"]["at_stake_yen"], figures["score"]["incidents"][0]["incident"]) == (8_950.0, "pbx")
    lost = {row["rule"]: row["score"]["lost_share"] for row in figures["compare"]}
    assert (lost["nothing"], lost["daily-look-2015"], round(lost["sekisho"], 4)) == (1.0, 1.0, 0.0782)


def test_the_report(sekisho, folder):
    truth_of_the_incident(folder / "truth.csv")
    (folder / "simulation.json").write_text('{"seal": "5eal", "arguments": {"seed": 11}}')
    asked = ["--truth", "truth.csv", "--report", "report.html", "--json", "figures.json", "--shifts=-20,4"]
    asked += ["--profile", "eager.toml"]
    code, out, err = sekisho("backtest", *EDGE, *asked, "--language", "en")
    assert (code, err) == (0, "")
    assert "opensips-limits" not in out  # the comparison stands in the report; it is printed where it is asked for
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "5eal, seed 11" in page
    assert re.search(r'class="tag hold">hold</b> <small>all international', page)
    assert re.search(r"rate [+]\d+[.]\d, country", page)
    numbers = [row["number"] for batch in SourceCalls(str(EDGE[0])).batches() for row in batch.to_pylist()]
    assert not any(number.removeprefix("010") in page for number in numbers)
    curve = json.loads((folder / "figures.json").read_text())["curve"]
    assert [point["shift_nats"] for point in curve] == [-20.0, 0.0, 4.0]
    assert curve[0]["holds"] >= curve[1]["holds"] >= curve[2]["holds"]


def test_figures_without_the_truth(sekisho, folder):
    assert sekisho("backtest", "calls.csv", "--json", "figures.json")[0] == 0
    figures = json.loads((folder / "figures.json").read_text())
    assert list(figures) == ["schema", "run"]
    assert (figures["run"]["files"], figures["run"]["feed"], figures["run"]["rows"]) == (["calls.csv"], "live", 1)
    assert figures["run"]["calls_per_s"] > 0


FAULTS = [
    (["none.csv"], "none.csv: cannot be read (No such file or directory); give a file of calls"),
    (["calls.csv", "none.csv"], "none.csv: cannot be read (No such file or directory); give a file of calls"),
    (["calls.csv", "--feed", "both"], "--feed both: there is no such feed; use live or cdr"),
    (["calls.csv", "--feed", ""], "--feed : there is no such feed; use live or cdr"),
    (["calls.csv", "--compare"], "--compare: without the truth nothing can be scored; add --truth"),
    (["calls.csv", "--report", "r.html"], "--report: without the truth nothing can be scored; add --truth"),
    (["calls.csv", "--language", "fr"], "--language fr: there is no such language; use ja or en"),
    (
        ["calls.csv", "--truth", "none.csv", "--report", "r.html", "--shifts", "1,x"],
        "--shifts 1,x: give nats from -50 to 50, like -4,-2,0,2",
    ),
    (["none.csv", "--report", "sub", "--truth", "none.csv"], "sub: this is a folder; name a file in it"),
    (["none.csv", "--json", "no/f.json"], "no/f.json: nothing can be written there; make the folder no/ or "),
    (["calls.csv", "--truth", "none.csv"], "none.csv: no truth file: "),
    (["calls.csv", "--truth", "empty.csv"], "empty.csv: no truth file: Empty CSV file; use call_id,incident,kind"),
    (["calls.csv", "--truth", "calls.csv"], "calls.csv: no truth file: "),
    (["empty.csv", "calls.csv"], "empty.csv: an empty file; name its format: canonical, asterisk, kamailio-acc"),
    (["calls.csv", "--line", "0398765432"], "calls.csv: canonical records name their lines themselves; "),
    (["none.csv", "--bars", "sub"], "sub: this is a folder; name a file in it"),
    (["none.csv", "--bars", "no/bars.csv"], "no/bars.csv: nothing can be written there; make the folder no/ or "),
]


@pytest.mark.parametrize(("arguments", "fault"), FAULTS, ids=lambda each: " ".join(each)[:40])
def test_bad_input_is_one_clear_line_and_leaves_nothing(sekisho, folder, arguments, fault):
    before = names(folder)
    bars_asked = [] if "--bars" in arguments else ["--bars", "bars.csv"]
    code, out, err = sekisho("backtest", *arguments, *bars_asked)
    assert (code, out) == (2, "")
    assert err.startswith(fault)
    assert err.count("\n") == 1
    assert names(folder) == before


def test_all_faults_of_a_tariff_are_told(sekisho, folder):
    before = names(folder)
    code, out, err = sekisho("backtest", "calls.csv", "--tariff", "tariff.csv", "--bars", "bars.csv")
    assert (code, out) == (2, "")
    missing = [line.split(";")[0] for line in err.splitlines()]
    assert missing == [f"tariff.csv:1: no column {name}" for name in ("valid_from", "unit_s", "yen_per_unit", "tax")]
    assert names(folder) == before


def policy_of(sekisho, folder, *asked):
    assert sekisho("backtest", "calls.csv", "--json", "figures.json", *asked)[0] == 0
    return json.loads((folder / "figures.json").read_text())["run"]["policy_version"]


def test_the_profile_is_the_factorys_or_none_or_a_files(sekisho, folder):
    (folder / "own.toml").write_text("alert_nats = 4.0\ndaily_limit = 5_000\n")
    assert policy_of(sekisho, folder) == policy_of(sekisho, folder, "--profile", "factory")
    assert policy_of(sekisho, folder) == chosen_policy("factory").version
    assert policy_of(sekisho, folder, "--profile", "none") == Policy().version
    own = Policy(alert_nats=4.0, daily_limit=5_000)
    assert policy_of(sekisho, folder, "--profile", "own.toml") == own.version
    limited = policy_of(sekisho, folder, "--profile", "own.toml", "--daily-limit", "0", "--monthly-limit", "9")
    assert limited == replace(own, daily_limit=0, monthly_limit=9_000).version
    code, out, err = sekisho("backtest", "calls.csv", "--profile", "nobodys.json")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(str(Path("nobodys.json")))


def test_a_hot_list_is_read_or_told_what_is_wrong_with_it(sekisho, folder):
    (folder / "hot.csv").write_text("8823\n+232 76\n")
    (folder / "bad.csv").write_text("8823\nabc\n")
    (folder / "low.toml").write_text("alert_nats = 0.5\nlearn_nats = 90\nburst_odds_nats = 90\n")
    asked = (*EDGE, "--profile", "low.toml", "--json")
    told = {}
    for name, more in (("without", ()), ("with", ("--hot-list", "hot.csv"))):
        assert sekisho("backtest", *asked, name, "--bars", f"{name}.csv", *more)[0] == 0
        told[name] = [row["evidence"] for row in bars(folder / f"{name}.csv")]
    assert "hot_list" not in " ".join(told["without"])
    assert "hot_list +" in " ".join(told["with"])
    says = "bad.csv:2: 'abc' is no number; write E.164 of 4 to 15 digits, like +23276123456\n"
    assert sekisho("backtest", *asked, "figures.json", "--hot-list", "bad.csv") == (2, "", says)
    assert not (folder / "figures.json").exists()
