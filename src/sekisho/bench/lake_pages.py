"""`sekisho bench lake`: what pages ask of the lake, beside a bare read of the same files by pyarrow.

A carrier's lines call for two months; the calls come to the lake in small pieces, as they do in a running system, and
are merged as there. Then lines that are picked by chance are asked about, one question after the other, on one core.
The yardstick reads the columns that the question needs, of the same dates, and does nothing with them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sekisho.bench import traffic, yardsticks
from sekisho.core.identity.calls import CallTable
from sekisho.core.identity.lines import LineTable
from sekisho.core.numbering.plan import build_plan
from sekisho.core.tables import RATED
from sekisho.core.terms.instants import DAY_MS, japanese_date, parse_rfc3339
from sekisho.flow.stages import Stages, rated_batch
from sekisho.ports import CallBook
from sekisho.wiring.call_book import open_call_book
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import Settings, read_settings
from sekisho.wiring.tariffs import load_tariff

LINES: Final = 300
DAYS: Final = 60
CALLS: Final = LINES * DAYS * 20
QUESTIONS: Final = 50  # of each kind in one repeat
QUESTIONS_A_READ: Final = 5  # after so many one bare read, so that both meet the same load of the machine
PIECE: Final = 2_000  # calls of one write
FIRST_DAY: Final = "2026-08-31T15:00:00Z"  # 2026-09-01 in Japan
SEED: Final = 20150707
COMPANY: Final = "default"
MONTH_DAYS: Final = 30
_WHERE: Final = ("company", "line", "direction", "start", "charge_milliyen")


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of question: how it is asked of the lines in first_ms ≤ t < last_ms, and the columns it needs."""

    ask: Callable[[CallBook, list[str], int, int], pa.Table]
    days: int
    columns: tuple[str, ...]


QUESTION_KINDS: Final = {
    "month_by_class": Question(
        lambda book, lines, first, last: book.by_class(COMPANY, lines, first, last),
        MONTH_DAYS,
        (*_WHERE, "class", "answer"),
    ),
    "month_by_country": Question(
        lambda book, lines, first, last: book.by_country(COMPANY, lines, first, last),
        MONTH_DAYS,
        (*_WHERE, "class", "country", "answer", "end", "talk_ms"),
    ),
    "month_by_line": Question(
        lambda book, lines, first, last: book.by_line(COMPANY, lines, first, last), MONTH_DAYS, (*_WHERE, "class")
    ),
    "two_days_by_hour": Question(
        lambda book, lines, first, last: book.by_hour(COMPANY, lines, first, last), 2, (*_WHERE, "class")
    ),
    "month_calls_100": Question(
        lambda book, lines, first, last: book.calls(COMPANY, lines, first, last, limit=100),
        MONTH_DAYS,
        tuple(RATED.names),
    ),
}


def bench_lake(
    folder: Path,
    calls: int = CALLS,
    lines: int = LINES,
    repeats: int = 3,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, float]:
    """The figures by name, times in ms; the lake is made in `folder`. `tell` hears what is being done."""
    settings = read_settings({"SEKISHO_HOME": str(folder / f"lake-{calls}-{lines}")})
    begin = parse_rfc3339(FIRST_DAY)
    rng = np.random.default_rng(SEED)
    tell(f"making and rating {calls:,} calls of {lines:,} lines over {DAYS} days")
    made = rated_calls(traffic.make_calls(rng, calls, lines, begin, DAYS))
    known = sorted({e164_of(line) for line in made["line"].unique().to_pylist()})
    tell("writing them to the lake in small pieces")
    files = write_lake(settings, made)
    figures: dict[str, float] = {"calls": calls, "lines": lines, "days": DAYS, "files": len(files)}
    book = open_call_book(settings)
    with yardsticks.one_core():
        for name, question in QUESTION_KINDS.items():
            tell(f"asking {name}")
            some = [[str(line)] for line in rng.choice(known, repeats * QUESTIONS)]
            firsts = begin + rng.integers(0, DAYS - question.days + 1, len(some)) * DAY_MS
            figures |= _asked(name, question, book, files, list(zip(some, firsts.tolist(), strict=True)))
        tell("asking for all lines at once")
        whole = [(known, begin)] * (repeats * QUESTIONS // QUESTIONS_A_READ)
        figures |= _asked("month_by_line_of_all", QUESTION_KINDS["month_by_line"], book, files, whole)
    return figures


def e164_of(line: str) -> str:
    """A line of `traffic` as E.164 with +."""
    return line if line.startswith("+") else "+81" + line.removeprefix("0")


def rated_calls(calls: pa.Table) -> pa.Table:
    """Calls of `traffic`, numbered and charged as the judge does it (RATED)."""
    rows = calls.num_rows
    nothing = np.zeros(rows, np.int32)
    for name, column in (
        ("company", pa.DictionaryArray.from_arrays(nothing, pa.array([COMPANY]))),
        ("file_sha256", pa.DictionaryArray.from_arrays(nothing, pa.array(["0" * 64]))),
        ("row", pa.array(np.arange(1, rows + 1))),
    ):
        calls = calls.append_column(name, column)
    tariff, stages = load_tariff(), Stages(build_plan(), LineTable(), CallTable())
    stages.tariffs[COMPANY] = tariff
    batches = []
    for batch in calls.combine_chunks().to_batches(max_chunksize=traffic.CHUNK):
        prepared = stages.prepare(batch, COMPANY)
        batches.append(rated_batch(batch, prepared, stages.plan, tariff))
    return pa.Table.from_batches(batches, schema=RATED)


def write_lake(settings: Settings, made: pa.Table) -> list[Path]:
    """Write calls to the lake of `settings.home`, merged as a running system merges them; its files then."""
    home = open_embedded(settings, ["archive"])
    for number, piece in enumerate(_pieces(made), 1):
        home.lake.write(piece.to_batches(), number, number)
        home.lake.merge()
    while home.lake.merge():
        pass
    home.close()
    open_embedded(settings, ["archive"]).close()  # takes away what was merged
    return sorted((settings.home / "lake").glob("date=*/part-*.parquet"))


def _pieces(made: pa.Table) -> Iterator[pa.Table]:
    return (made.slice(at, PIECE) for at in range(0, made.num_rows, PIECE))


def _asked(
    name: str, question: Question, book: CallBook, files: list[Path], asked: list[tuple[list[str], int]]
) -> dict[str, float]:
    """Median and 95th percentile of the time of an answer, the median of a bare read, in ms; and the medians' ratio."""
    answers, reads = [], []
    for number, (lines, first) in enumerate(asked):
        last = first + question.days * DAY_MS
        answers.append(_ms(partial(question.ask, book, lines, first, last)))
        if number % QUESTIONS_A_READ == 0:
            days = {f"date={japanese_date(at)}" for at in range(first, last, DAY_MS)}
            mine = [path for path in files if path.parent.name in days]
            reads.append(_ms(partial(_bare_read, mine, question.columns)))
    p50, p95 = np.percentile(answers, (50, 95))
    bare = float(np.median(reads))
    times = {"p50_ms": float(p50), "p95_ms": float(p95), "bare_read_ms": bare, "ratio": float(p50) / bare}
    return {f"{name}_{what}": value for what, value in times.items()}


def _ms(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1e3


def _bare_read(files: list[Path], columns: tuple[str, ...]) -> None:
    for path in files:
        with pq.ParquetFile(path) as file:
            file.read(columns=list(columns), use_threads=False)
