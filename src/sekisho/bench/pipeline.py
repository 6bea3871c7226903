"""`sekisho bench pipeline`: from canonical records to verdicts, beside what others' code needs for less.

Everything runs on one core of this machine in one run, and only the ratios mean anything: the machine is shared. Each
figure is the best of several runs, ours and the yardstick's alike.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from sekisho.bench import traffic, yardsticks
from sekisho.core.numbering.plan import build_plan, number_calls
from sekisho.core.rating.charge import rate_calls
from sekisho.core.rating.tariff import Tariff, parse_tariff
from sekisho.core.terms.call import Feed
from sekisho.core.terms.instants import parse_rfc3339
from sekisho.lab.backtest import backtest
from sekisho.lab.bars_file import bars_csv
from sekisho.wiring.call_sources import SourceCalls
from sekisho.wiring.profiles import chosen_policy
from sekisho.wiring.settings import FACTORY
from sekisho.wiring.tariffs import load_tariff

CALLS: Final = 5_000_000
LINES: Final = 320_000
DAYS: Final = 60
FIRST_DAY: Final = "2026-08-31T15:00:00Z"  # 2026-09-01 in Japan
SEED: Final = 20150707
PREFIXES: Final = 170_000
PARSED_BY_PHONENUMBERS: Final = 20_000
COMPANY: Final = "default"


def bench_pipeline(
    folder: Path, calls: int = CALLS, lines: int = LINES, repeats: int = 3, tell: Callable[[str], None] = lambda _: None
) -> dict[str, float]:
    """The figures by name; the calls are made once in `folder` and kept there. `tell` hears what is being done."""
    csv_path, parquet_path = _files(folder, calls, lines, tell)
    tariff = load_tariff()
    _warm(folder, tariff)
    figures: dict[str, float] = {"calls": calls, "lines": lines}
    tell("yardsticks: bare CSV parse, bare Parquet read, phonenumbers.parse")
    figures["bare_csv_rows_per_s_core"] = yardsticks.bare_csv_parse(str(csv_path), repeats)
    figures["bare_parquet_rows_per_s_core"] = yardsticks.bare_parquet_read(str(parquet_path), repeats)
    figures |= _numbering_and_rating(parquet_path, tariff, repeats)
    for name, path, feed in (
        ("csv_cdr", csv_path, Feed.CDR),
        ("csv_live", csv_path, Feed.LIVE),
        ("parquet_cdr", parquet_path, Feed.CDR),
    ):
        tell(f"records to verdicts: {name}")
        figures[f"{name}_calls_per_s_core"] = yardsticks.rate(_judging(path, feed, tariff), repeats)
    bare_csv, bare_parquet = figures["bare_csv_rows_per_s_core"], figures["bare_parquet_rows_per_s_core"]
    figures["ratio_cdr"] = figures["csv_cdr_calls_per_s_core"] / bare_csv
    figures["ratio_live"] = figures["csv_live_calls_per_s_core"] / bare_csv
    figures["ratio_parquet"] = figures["parquet_cdr_calls_per_s_core"] / bare_parquet
    figures["ratio_numbering_rating_to_phonenumbers"] = (
        figures["numbering_rating_rows_per_s_core"] / figures["phonenumbers_rows_per_s_core"]
    )
    figures["ratio_numbering_rating_to_bare_csv"] = figures["numbering_rating_rows_per_s_core"] / bare_csv
    tell("loading a tariff of 170,000 prefixes")
    figures |= _tariff_load(repeats)
    return figures


def _files(folder: Path, calls: int, lines: int, tell: Callable[[str], None]) -> tuple[Path, Path]:
    """The calls as CSV and Parquet, made where they are not in `folder`; each file appears whole or not at all."""
    csv_path, parquet_path = folder / f"calls-{calls}-{lines}.csv", folder / f"calls-{calls}-{lines}.parquet"
    if not (csv_path.exists() and parquet_path.exists()):
        tell(f"making {calls:,} calls of {lines:,} lines")
        made = traffic.make_calls(np.random.default_rng(SEED), calls, lines, parse_rfc3339(FIRST_DAY), DAYS)
        for write, path in ((traffic.write_csv, csv_path), (traffic.write_parquet, parquet_path)):
            draft = path.with_name(f".{path.name}.tmp")
            write(made, str(draft))
            draft.replace(path)
    return csv_path, parquet_path


def _warm(folder: Path, tariff: Tariff) -> None:
    """Compile every kernel before anything is timed."""
    small = folder / "warm.csv"
    made = traffic.make_calls(np.random.default_rng(SEED), 3_000, 300, parse_rfc3339(FIRST_DAY), 2)
    traffic.write_csv(made, str(small))
    for feed in Feed:
        _judging(small, feed, tariff)()
    _parse_prefixes(_prefix_table(np.random.default_rng(SEED), 1_000))


def _judging(path: Path, feed: Feed, tariff: Tariff) -> Callable[[], int]:
    """The whole way of `sekisho backtest`: read, number, tell duplicates, rate, judge, write the file of bars."""
    policy = chosen_policy(FACTORY)  # all evidence on, and the trees

    def judge() -> int:
        source = SourceCalls(str(path))
        run = backtest(source.batches(hashed=False), tariff, policy, feed, COMPANY, expected=source.expected_rows)
        bars_csv(run.verdicts)
        return run.rows

    return judge


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    return SourceCalls(str(path)).batches(hashed=False)


def _numbering_and_rating(path: Path, tariff: Tariff, repeats: int) -> dict[str, float]:
    """Rows a second through numbering and rating alone, from batches in memory; and through phonenumbers.parse."""
    plan, batches = build_plan(), list(_batches(path))

    def work() -> int:
        return sum(rate_calls(tariff, each, number_calls(plan, each), charging=True).rate.size for each in batches)

    numbers = batches[0].column("number").slice(0, PARSED_BY_PHONENUMBERS).to_pylist()
    return {
        "numbering_rating_rows_per_s_core": yardsticks.rate(work, repeats),
        "phonenumbers_rows_per_s_core": yardsticks.phonenumbers_parse(numbers, repeats),
    }


def _prefix_table(rng: np.random.Generator, prefixes: int) -> bytes:
    """A tariff file with so many distinct prefixes of foreign numbers."""
    picked: dict[str, None] = {}
    for number in rng.integers(10**6, 10**7, 4 * prefixes).tolist():
        text = str(number)
        if not text.startswith("81"):
            picked[text] = None
        if len(picked) == prefixes:
            break
    lines = [
        "valid_from,match,name,name_ja,unit_s,yen_per_unit,first_unit_s,first_yen,connection_yen,rounding,tax,hours,note"
    ]
    classes = ("fixed", "mobile", "ip", "special", "international")
    lines += [f"2026-01-01,class:{name},{name},,60,10,,,,,taxable,," for name in classes]
    lines += [f"2026-01-01,{prefix},p{prefix},,60,{int(prefix) % 300},,,,,exempt,," for prefix in picked]
    return "\n".join(lines).encode() + b"\n"


def _parse_prefixes(table: bytes) -> Tariff:
    return parse_tariff(io.BytesIO(table).getbuffer().tobytes(), "prefixes.csv")


def _tariff_load(repeats: int) -> dict[str, Any]:
    table = _prefix_table(np.random.default_rng(SEED), PREFIXES)
    best = float("inf")
    with yardsticks.one_core():
        for _ in range(repeats):
            begun = time.perf_counter()
            _parse_prefixes(table)
            best = min(best, time.perf_counter() - begun)
    return {"tariff_prefixes": PREFIXES, "tariff_load_s": best}
