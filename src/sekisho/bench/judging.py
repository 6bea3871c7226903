"""From records to verdicts on one core, beside bare reading: what `bench pipeline` and `bench watch` both measure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from sekisho.bench import traffic, yardsticks
from sekisho.core.rating.tariff import Tariff
from sekisho.core.terms.call import Feed
from sekisho.core.terms.instants import parse_rfc3339
from sekisho.lab.backtest import backtest
from sekisho.lab.bars_file import bars_csv
from sekisho.wiring.call_sources import SourceCalls
from sekisho.wiring.profiles import chosen_policy
from sekisho.wiring.settings import FACTORY

DAYS: Final = 60
FIRST_DAY: Final = "2026-08-31T15:00:00Z"  # 2026-09-01 in Japan
SEED: Final = 20150707
COMPANY: Final = "default"
WAYS: Final = (("csv_cdr", Feed.CDR), ("csv_live", Feed.LIVE), ("parquet", Feed.CDR))


def calls_files(folder: Path, calls: int, lines: int, tell: Callable[[str], None]) -> tuple[Path, Path]:
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


def warm(folder: Path, tariff: Tariff) -> None:
    """Compile every kernel before anything is timed."""
    made = traffic.make_calls(np.random.default_rng(SEED), 3_000, 300, parse_rfc3339(FIRST_DAY), 2)
    traffic.write_csv(made, str(folder / "warm.csv"))
    traffic.write_parquet(made, str(folder / "warm.parquet"))
    for name, feed in WAYS:
        judging(folder / f"warm.{name.split('_')[0]}", feed, tariff)()


def batches_of(path: Path) -> Iterator[pa.RecordBatch]:
    """The calls of a file, piece by piece."""
    return SourceCalls(str(path)).batches(hashed=False, words=True)


def judging(path: Path, feed: Feed, tariff: Tariff) -> Callable[[], int]:
    """The whole way of `sekisho backtest`: read, number, tell duplicates, rate, judge, write the file of bars."""
    policy = chosen_policy(FACTORY)  # all evidence on, and the trees

    def judge() -> int:
        source = SourceCalls(str(path))
        run = backtest(
            source.batches(hashed=False, words=True), tariff, policy, feed, COMPANY, expected=source.expected_rows
        )
        bars_csv(run.verdicts)
        return run.rows

    return judge


def bare_rates(csv_path: Path, parquet_path: Path, repeats: int) -> dict[str, float]:
    """Rows a second of reading the same files with pyarrow alone."""
    return {
        "bare_csv_rows_per_s_core": yardsticks.bare_csv_parse(str(csv_path), repeats),
        "bare_parquet_rows_per_s_core": yardsticks.bare_parquet_read(str(parquet_path), repeats),
    }


def verdict_rates(
    csv_path: Path, parquet_path: Path, tariff: Tariff, repeats: int, tell: Callable[[str], None]
) -> dict[str, float]:
    """Calls a second from records to verdicts, by the names of WAYS."""
    rates: dict[str, float] = {}
    for name, feed in WAYS:
        tell(f"records to verdicts: {name}")
        path = parquet_path if name == "parquet" else csv_path
        rates[name] = yardsticks.rate(judging(path, feed, tariff), repeats)
    return rates
