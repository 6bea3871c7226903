"""`bench lake`: the lake it asks is a real one, and each figure stands beside its yardstick."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sekisho.bench import lake_pages
from sekisho.bench.lake_pages import COMPANY, DAYS, FIRST_DAY, QUESTION_KINDS, bench_lake
from sekisho.core.terms.instants import DAY_MS, parse_rfc3339
from sekisho.wiring.call_book import open_call_book
from sekisho.wiring.settings import read_settings

CALLS, LINES = 6_000, 20


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lake_pages, "QUESTIONS", 5)
        figures = bench_lake(folder, CALLS, LINES, 1, told.append)
    return folder, figures, told


def test_every_question_has_its_figures_and_their_ratio(run):
    _, figures, told = run
    names = [*QUESTION_KINDS, "month_by_line_of_all"]
    kinds = ("p50_ms", "p95_ms", "bare_read_ms", "ratio")
    assert set(figures) == {"calls", "lines", "days", "files"} | {f"{name}_{kind}" for name in names for kind in kinds}
    for name in names:
        assert 0 < figures[f"{name}_p50_ms"] <= figures[f"{name}_p95_ms"]
        assert figures[f"{name}_ratio"] == pytest.approx(figures[f"{name}_p50_ms"] / figures[f"{name}_bare_read_ms"])
    assert told[0] == "making and rating 6,000 calls of 20 lines over 60 days"


def test_the_lake_holds_all_calls_in_few_files(run):
    folder, figures, _ = run
    home = folder / f"lake-{CALLS}-{LINES}"
    files = list((home / "lake").glob("date=*/*"))
    assert DAYS <= len(files) == figures["files"] < 2 * DAYS
    book = open_call_book(read_settings({"SEKISHO_HOME": str(home)}))
    begin = parse_rfc3339(FIRST_DAY)
    written = set(pa.concat_tables(pq.read_table(path, columns=["line"]) for path in files)["line"].to_pylist())
    lines = [line if line.startswith("+") else "+81" + line.removeprefix("0") for line in written]
    assert len(lines) == LINES
    page = book.calls(COMPANY, lines, begin, begin + DAYS * DAY_MS, limit=2 * CALLS)
    assert page.num_rows == CALLS
    assert page["charge_milliyen"].to_numpy().sum() > 0
