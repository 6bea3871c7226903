"""`sekisho rate`: what it writes and says, and that bad input leaves nothing behind."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from sekisho.bench.traffic import make_calls
from sekisho.core.tables import RATED
from sekisho.core.terms.instants import parse_rfc3339

INCIDENT = Path(__file__).parents[1] / "data" / "pbx-incident"
EDGE, EDGE_SOURCE = INCIDENT / "kamailio_acc.log", INCIDENT / "kamailio.toml"
PBX = INCIDENT / "cdr_Master.csv"
CALLS = """call_id,source,direction,line,number,start,answer,end,cause
a,sbc,out,0312345678,01023222278680,2026-04-01T00:00:00.250Z,2026-04-01T00:00:05Z,2026-04-01T00:01:00Z,200
b,sbc,out,0312345678,117,2026-04-01T00:00:00Z,2026-04-01T00:00:01Z,2026-04-01T00:01:00Z,200
a,sbc,out,0312345678,01023222278680,2026-04-01T00:00:00.250Z,2026-04-01T00:00:05Z,2026-04-01T00:01:00Z,200
c,sbc,out,reception,117,2026-04-01T00:00:00Z,,2026-04-01T00:01:00Z,487
d,sbc,out,0312345678,117,noon,,2026-04-01T00:01:00Z,487
"""
BAD_TARIFF = """valid_from,match,name,unit_s,yen_per_unit,tax
2026-04-01,class:fixed,f,0,8,taxable
2026-04-01,class:mobil,m,60,8,taxable
2026-04-01,class:ip,ip,60,x,maybe
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The current folder, with the files that the tests name."""
    for name, text in (("calls.csv", CALLS), ("bad.csv", BAD_TARIFF), ("empty.csv", ""), ("letter.txt", "Dear all,\n")):
        (tmp_path / name).write_text(text)
    (tmp_path / "sub.csv").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_what_it_writes_and_says(sekisho, folder):
    code, out, err = sekisho("rate", "calls.csv", "--out", "rated.csv")
    assert (code, err) == (0, "")
    tally, reject, said = out.splitlines()
    assert tally == "5 rows in = 4 calls + 0 merged + 0 duplicates + 0 not a record + 1 rejects"
    assert reject.startswith("  reject calls.csv:6: ")
    assert said == "2 rated (1 duplicates, 1 refused left out), 2 charged: 183 yen"
    with (folder / "rated.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["call_id"], row["start"], row["charge_milliyen"]) for row in rows] == [
        ("a", "2026-04-01T00:00:00.250Z", "175000"),
        ("b", "2026-04-01T00:00:00.000Z", "8000"),
    ]


def test_the_ending_of_the_name_says_parquet(sekisho, folder):
    code, out, _ = sekisho("rate", EDGE, "--source", EDGE_SOURCE, "--out", "rated.parquet")
    assert code == 0
    assert out.splitlines() == [
        "312 rows in = 64 calls + 120 merged + 0 duplicates + 128 not a record + 0 rejects",
        "64 rated (0 duplicates, 0 refused left out), 56 charged: 9,039 yen",
    ]
    rated = pq.read_table(folder / "rated.parquet")
    assert rated.schema.equals(RATED)
    assert set(rated["company"].to_pylist()) == {"east"}


def test_the_line_is_charged_that_is_named(sekisho, folder):
    code, out, _ = sekisho("rate", PBX, "--format", "asterisk", "--line", "0312000000", "--out", "rated.csv")
    assert code == 0
    assert out.startswith("72 rows in = 64 calls + 8 merged + ")
    with (folder / "rated.csv").open(newline="") as file:
        assert {row["line"] for row in csv.DictReader(file)} == {"0312000000"}


def test_an_older_file_is_replaced(sekisho, folder):
    (folder / "rated.csv").write_text("old")
    assert sekisho("rate", "calls.csv", "--out", "rated.csv")[0] == 0
    assert "old" not in (folder / "rated.csv").read_text()
    assert [name for name in names(folder) if "rated" in name] == ["rated.csv"]


FAULTS = [
    (["none.csv"], ["none.csv: cannot be read (No such file or directory)"]),
    (["sub.csv"], ["sub.csv: cannot be read (Is a directory)"]),
    (["empty.csv"], ["empty.csv: an empty file"]),
    (["letter.txt"], ["letter.txt: not one of the formats known"]),
    (["calls.csv", "--format", "cucm"], ["calls.csv: format 'cucm' is not known"]),
    (["letter.txt", "--format", "canonical"], ["letter.txt:1: "]),
    (["calls.csv", "--source", "none.toml"], ["none.toml: cannot be read"]),
    (["calls.csv", "--source", EDGE_SOURCE], [f"{EDGE_SOURCE}: format is 'kamailio-acc'"]),
    (["calls.csv", "--line", "0398765432"], ["calls.csv: canonical records name their lines themselves"]),
    (["calls.csv", "--tariff", "none.csv"], ["none.csv: cannot be read (No such file or directory)"]),
    (
        ["calls.csv", "--tariff", "bad.csv"],
        [
            "bad.csv:2: unit_s is '0'",
            "bad.csv:3: match is 'class:mobil'",
            "bad.csv:4: yen_per_unit is 'x'",
            "bad.csv:4: tax is 'maybe'",
        ],
    ),
]


@pytest.mark.parametrize(("arguments", "faults"), FAULTS, ids=lambda each: "-".join(map(str, each))[:40])
def test_bad_input_is_one_clear_line_a_fault_and_leaves_nothing(sekisho, folder, arguments, faults):
    before = names(folder)
    code, out, err = sekisho("rate", *arguments, "--out", "rated.csv")
    assert (code, out) == (2, "")
    lines = err.splitlines()
    assert [line.startswith(fault) for line, fault in zip(lines, faults, strict=True)] == [True] * len(faults)
    assert all("; " in line for line in lines)  # each offers its cure
    assert names(folder) == before


@pytest.mark.parametrize(
    ("out", "fault"),
    [
        ("rated.txt", "--out rated.txt: the name must end in .parquet or .csv"),
        ("none/rated.csv", "none/rated.csv: nothing can be written there; make the folder none/ or choose another"),
        ("sub.csv", "sub.csv: this is a folder; name a file in it"),
    ],
)
def test_a_place_where_nothing_can_be_written_is_told_before_any_work(sekisho, folder, out, fault):
    before = names(folder)
    assert sekisho("rate", "none.csv", "--out", out) == (2, "", fault + "\n")
    assert names(folder) == before


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_file_that_breaks_off_leaves_the_old_output_and_no_new_one(sekisho, folder, ending):
    """The second third of a Parquet file is damaged: what was read before it must not pass for the whole."""
    made = make_calls(np.random.default_rng(1), 300, 10, parse_rfc3339("2026-04-01T00:00:00Z"), 2)
    pq.write_table(made, folder / "torn.parquet", row_group_size=100)
    damaged = pq.read_metadata(folder / "torn.parquet").row_group(1).column(0).data_page_offset
    with (folder / "torn.parquet").open("r+b") as file:
        file.seek(damaged)
        file.write(b"\xff" * 200)
    (folder / f"rated.{ending}").write_text("old")
    before = names(folder)
    code, out, err = sekisho("rate", "torn.parquet", "--out", f"rated.{ending}")
    assert (code, out) == (2, "")
    assert err.startswith("torn.parquet: not readable as Parquet")
    assert err.count("\n") == 1
    assert (names(folder), (folder / f"rated.{ending}").read_text()) == (before, "old")
