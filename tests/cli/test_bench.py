"""`sekisho bench`: one JSON object with our figures, the yardsticks' and their ratios."""

from __future__ import annotations

import json

import pytest

from sekisho.bench import gate, lake_pages, pages, pipeline
from sekisho.bench.sip_yardstick import Mix
from sekisho.cli.bench import BENCHES

SMALL = ("bench", "pipeline", "--calls", "20000", "--lines", "2000", "--repeats", "1")
RATIOS = {
    "ratio_cdr": ("csv_cdr_calls_per_s_core", "bare_csv_rows_per_s_core"),
    "ratio_live": ("csv_live_calls_per_s_core", "bare_csv_rows_per_s_core"),
    "ratio_parquet": ("parquet_cdr_calls_per_s_core", "bare_parquet_rows_per_s_core"),
    "ratio_numbering_rating_to_phonenumbers": ("numbering_rating_rows_per_s_core", "phonenumbers_rows_per_s_core"),
    "ratio_numbering_rating_to_bare_csv": ("numbering_rating_rows_per_s_core", "bare_csv_rows_per_s_core"),
}


def test_one_json_object_with_figures_and_their_ratios(sekisho):
    code, out, err = sekisho(*SMALL, "--json")
    assert code == 0
    figures = json.loads(out)
    assert out.count("\n") == 1
    measured = {name for pair in RATIOS.values() for name in pair}
    assert set(figures) == {"calls", "lines", "tariff_prefixes", "tariff_load_s", *measured, *RATIOS}
    assert (figures["calls"], figures["lines"], figures["tariff_prefixes"]) == (20_000, 2_000, 170_000)
    assert all(value > 0 for value in figures.values())
    for ratio, (ours, yardstick) in RATIOS.items():
        # Each figure is rounded to four digits.
        assert figures[ratio] == pytest.approx(figures[ours] / figures[yardstick], rel=2e-3)
    assert "making 20,000 calls of 2,000 lines" in err  # what it is doing stands on stderr


def test_the_calls_are_kept_where_it_is_asked_to(sekisho, tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "PREFIXES", 1_000)
    folder = tmp_path / "made" / "here"
    first = sekisho(*SMALL, "--folder", folder)
    kept = {path.name for path in folder.iterdir()}
    assert {"calls-20000-2000.csv", "calls-20000-2000.parquet"} <= kept
    assert not any(name.endswith(".tmp") for name in kept)
    second = sekisho(*SMALL, "--folder", folder)
    assert (first[0], second[0]) == (0, 0)
    assert ("making" in first[2], "making" in second[2]) == (True, False)
    rows = [line.split() for line in first[1].splitlines()]
    assert rows[0] == ["calls", "20,000"]
    assert {name for name, _ in rows} > set(RATIOS)


def test_the_watch_is_measured_with_what_it_remembers(sekisho, tmp_path):
    code, out, err = sekisho(
        "bench", "watch", "--calls", "5000", "--lines", "700", "--repeats", "1", "--folder", tmp_path, "--json"
    )
    assert code == 0
    figures = json.loads(out)
    assert (figures["calls"], figures["lines"], figures["calls_told"]) == (5_000, 700, 1_400)
    for name, ours, yardstick in (
        ("ratio_cdr", "csv_cdr_calls_per_s_core", "bare_csv_rows_per_s_core"),
        ("ratio_live", "csv_live_calls_per_s_core", "bare_csv_rows_per_s_core"),
        ("ratio_parquet", "parquet_calls_per_s_core", "bare_parquet_rows_per_s_core"),
    ):
        assert figures[name] == pytest.approx(figures[ours] / figures[yardstick], rel=2e-3)
    assert figures["bytes_per_line"] > 200
    assert figures["duplicate_keys_bytes_per_call"] == 32
    assert figures["restart_s"] > 0
    assert "telling a judge calls of 700 lines" in err


def test_the_lake_is_asked_as_pages_ask(sekisho, tmp_path, monkeypatch):
    monkeypatch.setattr(lake_pages, "QUESTIONS", 5)
    code, out, err = sekisho(
        "bench", "lake", "--calls", "3000", "--lines", "10", "--repeats", "1", "--folder", tmp_path, "--json"
    )
    assert code == 0
    figures = json.loads(out)
    assert (figures["calls"], figures["lines"]) == (3_000, 10)
    assert figures["month_by_class_ratio"] == pytest.approx(
        figures["month_by_class_p50_ms"] / figures["month_by_class_bare_read_ms"], rel=2e-3
    )
    assert "making and rating 3,000 calls of 10 lines" in err


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["nothing"], f"bench nothing: there is no such benchmark; use {', '.join(BENCHES)}"),
        (["pipeline", "--folder", "file"], "--folder file: cannot be made (File exists); choose another"),
    ],
)
def test_bad_input_is_one_clear_line(sekisho, tmp_path, monkeypatch, arguments, fault):
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    assert sekisho("bench", *arguments) == (2, "", fault + "\n")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_gate_is_measured_beside_a_trivial_server(sekisho, tmp_path, monkeypatch):
    monkeypatch.setattr(gate, "LINES", 100)
    monkeypatch.setattr(gate, "HONEST", Mix(100, 0.2))
    monkeypatch.setattr(gate, "BARS", 3)
    code, out, _ = sekisho("bench", "gate", "--calls", "200", "--repeats", "1", "--folder", tmp_path, "--json")
    assert code == 0
    figures = json.loads(out)
    assert figures["ratio_cpu"] == pytest.approx(figures["gate_cpu_us"] / figures["trivial_cpu_us"], rel=2e-3)
    assert (figures["invites"], figures["bars"], figures["gate_lost"], figures["half_load_lost"]) == (200, 3, 0, 0)
    assert 0 < figures["order_to_effect_p50_ms"] <= figures["order_to_effect_p99_ms"]
    assert figures["attack_refused"] > 150


def test_pages_are_measured_beside_the_sign_in_page(sekisho, tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "ASKED", 4)
    monkeypatch.setattr(pages, "CASES", 3)
    code, out, err = sekisho(
        "bench", "pages", "--calls", "3000", "--lines", "20", "--repeats", "1", "--folder", tmp_path, "--json"
    )
    assert code == 0
    figures = json.loads(out)
    assert (figures["calls"], figures["lines"], figures["open_cases"]) == (3_000, 20, 3)
    names = ("queue", "queue_poll", "case", "case_poll", "portal_charges", "portal_poll", "portal_calls")
    for name in names:
        assert f"asking for {name}" in err
        assert 0 < figures[f"{name}_p50_ms"] <= figures[f"{name}_p95_ms"]
        assert figures[f"{name}_ratio"] == pytest.approx(
            figures[f"{name}_p50_ms"] / figures[f"{name}_sign_in_p50_ms"], rel=2e-3
        )
