"""`sekisho backtest`: the file of asks and holds (DESIGN §10), what it says beside the truth, bad input."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from sekisho.cli.backtest import score_lines
from sekisho.core.terms.instants import parse_rfc3339
from sekisho.lab.scoring import Incident, Score
from sekisho.wiring.call_sources import SourceCalls

INCIDENT = Path(__file__).parents[1] / "data" / "pbx-incident"
EDGE = [INCIDENT / "kamailio_acc.log", "--source", INCIDENT / "kamailio.toml"]
PBX = [INCIDENT / "cdr_Master.csv", "--source", INCIDENT / "asterisk.toml"]
HONEST_CALLS = 11
HEADER = "call_id,source,direction,line,number,start,answer,end,cause\n"
AT_HOME = "a,sbc,out,0312345678,0612345678,2026-04-01T00:00:00Z,2026-04-01T00:00:05Z,2026-04-01T00:01:00Z,200\n"
ASKS_AND_HOLDS = ["line", "time", "action", "scope", "score_nats", "evidence"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The current folder, with the files that the tests name."""
    files = {"calls.csv": HEADER + AT_HOME, "empty.csv": "", "tariff.csv": "match,name\nclass:fixed,f\n"}
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
    code, out, err = sekisho("backtest", *records, "--feed", feed, "--bars", "bars.csv")
    assert (code, err) == (0, "")
    assert "1 alerts, 0 asks, 1 holds; " in out
    (row,) = bars(folder / "bars.csv")  # the alert is not in it
    assert list(row) == ASKS_AND_HOLDS
    assert (row["line"], row["action"], row["scope"]) == ("0312000000", "hold", "international")
    first, last = ("17:53:04", "17:53:05") if feed == "live" else ("17:53:08", "17:53:09")
    held = parse_rfc3339(row["time"])
    assert parse_rfc3339(f"2026-11-23T{first}Z") <= held < parse_rfc3339(f"2026-11-23T{last}Z")
    assert re.fullmatch(r"rate \+\d+\.\d\d country [+-]\d+\.\d\d price \+\d+\.\d\d", row["evidence"])
    assert sum(map(float, re.findall(r"[+-][\d.]+", row["evidence"]))) == pytest.approx(
        float(row["score_nats"]), abs=0.02
    )
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
    sekisho("backtest", *EDGE, "--feed", "live", "--bars", "live.csv")
    sekisho("backtest", *EDGE, "--bars", "default.csv")
    assert (folder / "live.csv").read_bytes() == (folder / "default.csv").read_bytes()
    assert sekisho("backtest", *EDGE)[0] == 0
    assert names(folder) == sorted([*before, "default.csv", "live.csv"])


def test_a_limit_speaks_as_a_rule(sekisho, folder):
    assert sekisho("backtest", *EDGE, "--daily-limit", "750", "--bars", "bars.csv")[0] == 0
    (row,) = bars(folder / "bars.csv")
    # 89 yen of honest calls and the first fraudulent one, 700 yen from its answer on.
    assert row["evidence"] == "daily_limit spent=789 limit=750"
    assert sekisho("backtest", *EDGE, "--monthly-limit", "88", "--bars", "bars.csv")[0] == 0
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
    code, out, err = sekisho("backtest", *EDGE, "--truth", "truth.csv")
    assert (code, err) == (0, "")
    assert out.splitlines()[3:] == [
        "at stake 8,950 yen, lost before the hold 700 yen (7.82%)",
        "1 honest international line-days",
        "false holds 0 (0 per million line-days)",
        "false asks 0 (0 per million line-days)",
        "  barred: 1 incidents, 1 caught, median delay 0.0 s",
        "  disa: 1 incidents, 1 caught, median delay 0.0 s",
        "  extension: 1 incidents, 1 caught, median delay 0.3 s",
    ]


def test_an_incident_that_was_not_caught_has_no_delay():
    incidents = (Incident("a", "slow", 3, 0, 0, 3, None), Incident("b", "slow", 3, 0, 0, 3, None))
    lines = score_lines(Score(incidents, false_holds=3, false_asks=0, line_days=2_000))
    assert lines[0] == "at stake 0 yen, lost before the hold 0 yen (0.00%)"
    assert lines[2] == "false holds 3 (1,500 per million line-days)"
    assert lines[-1] == "  slow: 2 incidents, 0 caught, no delay to tell"


FAULTS = [
    (["none.csv"], "none.csv: cannot be read (No such file or directory); give a file of calls"),
    (["calls.csv", "none.csv"], "none.csv: cannot be read (No such file or directory); give a file of calls"),
    (["calls.csv", "--feed", "both"], "--feed both: there is no such feed; use live or cdr"),
    (["calls.csv", "--feed", ""], "--feed : there is no such feed; use live or cdr"),
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
