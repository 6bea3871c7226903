"""`sekisho simulate`: a whole folder or none, the same bytes for the same seed, one clear line for bad input."""

from __future__ import annotations

import hashlib
import json

import pyarrow.parquet as pq
import pytest

from sekisho.lab.simulator.seal import seal
from sekisho.lab.truth import read_truth
from sekisho.wiring.call_sources import SourceCalls

SMALL = ("--lines", 200, "--days", 12, "--kinds", "flood,wide", "--incidents", 2)


def data_of(folder):
    names = ("calls.parquet", "calls.csv", "truth.csv", "lines.csv")
    return {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names if (folder / name).exists()
    }


def test_a_folder_with_calls_truth_lines_and_what_they_were_made_from(sekisho, tmp_path):
    code, out, err = sekisho("simulate", tmp_path / "one", "--seed", 5, *SMALL)
    assert (code, err) == (0, "")
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == [
        "calls.parquet", "lines.csv", "simulation.json", "truth.csv",
    ]  # fmt: skip
    about = json.loads((tmp_path / "one" / "simulation.json").read_text("utf-8"))
    truth = read_truth(str(tmp_path / "one" / "truth.csv"))
    assert about["seal"] == seal()
    assert about["arguments"] == {
        "seed": 5, "lines": 200, "days": 12, "incidents": 2, "kinds": ["flood", "wide"],
        "first_day": "2026-01-05", "format": "parquet",
    }  # fmt: skip
    assert set(truth.kinds) == {"flood", "wide"}
    assert about["fraudulent_calls"] == len(truth.call_ids)
    assert about["calls"] == pq.read_metadata(tmp_path / "one" / "calls.parquet").num_rows
    assert f"{about['calls']:,} calls of 200 lines on 12 days, 4 incidents" in out


def test_the_same_seed_gives_the_same_bytes(sekisho, tmp_path):
    for name, seed in (("one", 5), ("same", 5), ("other", 6)):
        assert sekisho("simulate", tmp_path / name, "--seed", seed, *SMALL)[0] == 0
    assert data_of(tmp_path / "one") == data_of(tmp_path / "same")
    assert data_of(tmp_path / "one") != data_of(tmp_path / "other")


def test_the_csv_holds_the_same_calls_and_is_read_without_rejects(sekisho, tmp_path):
    assert sekisho("simulate", tmp_path / "csv", "--format", "csv", *SMALL)[0] == 0
    assert sekisho("simulate", tmp_path / "parquet", *SMALL)[0] == 0
    sizes = []
    for path in (tmp_path / "csv" / "calls.csv", tmp_path / "parquet" / "calls.parquet"):
        read = SourceCalls(str(path), None, None)
        sizes.append(sum(batch.num_rows for batch in read.batches()))
        assert read.tally.rejects == 0
    assert sizes[0] == sizes[1] > 5_000


@pytest.mark.parametrize("option", [("--honest-only",), ("--kinds", "none"), ("--incidents", 0)])
def test_without_attacks(sekisho, tmp_path, option):
    code, out, _ = sekisho("simulate", tmp_path / "calm", "--lines", 150, "--days", 10, *option)
    assert code == 0
    assert "0 incidents with 0 calls" in out
    assert len(read_truth(str(tmp_path / "calm" / "truth.csv")).call_ids) == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--kinds", "flod"), "--kinds flod: there is no such kind"),
        (("--format", "xml"), "--format xml: there is no such format; use parquet or csv"),
        (("--first-day", "monday"), "--first-day monday: this is no day; write it like 2026-01-05"),
        (("--lines", 5), "5 lines are too few for a carrier; take 100 or more"),
        (("--days", 3), "3 days are too few"),
        (("--lines", 300, "--incidents", 30), "take --lines 1260 or more"),
    ],
)
def test_bad_input_is_one_clear_line_and_leaves_nothing(sekisho, tmp_path, options, says):
    code, out, err = sekisho("simulate", tmp_path / "bad", *options)
    assert (code, out) == (2, "")
    assert says in err
    assert len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_not_touched(sekisho, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    code, _, err = sekisho("simulate", tmp_path, *SMALL)
    assert code == 2
    assert "this folder is not empty; name a new one" in err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert sekisho("simulate", tmp_path / "mine.txt", *SMALL)[2].endswith("this is a file; name a folder\n")
    assert "make the folder no/" in sekisho("simulate", tmp_path / "no" / "where", *SMALL)[2]
