"""`sekisho bench pipeline`: from canonical records to verdicts, beside what others' code needs for less.

Everything runs on one core of this machine in one run, and only the ratios mean anything: the machine is shared. Each
figure is the best of several runs, ours and the yardstick's alike.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from sekisho.bench import yardsticks
from sekisho.bench.judging import SEED, bare_rates, batches_of, calls_files, verdict_rates, warm
from sekisho.core.numbering.plan import build_plan, number_calls
from sekisho.core.rating.charge import rate_calls
from sekisho.core.rating.tariff import Tariff, parse_tariff
from sekisho.wiring.tariffs import load_tariff

CALLS: Final = 5_000_000
LINES: Final = 320_000
PREFIXES: Final = 170_000
PARSED_BY_PHONENUMBERS: Final = 20_000


def bench_pipeline(
    folder: Path, calls: int = CALLS, lines: int = LINES, repeats: int = 3, tell: Callable[[str], None] = lambda _: None
) -> dict[str, float]:
    """The figures by name; the calls are made once in `folder` and kept there. `tell` hears what is being done."""
    csv_path, parquet_path = calls_files(folder, calls, lines, tell)
    tariff = load_tariff()
    warm(folder, tariff)
    _parse_prefixes(_prefix_table(np.random.default_rng(SEED), 1_000))
    figures: dict[str, float] = {"calls": calls, "lines": lines}
    tell("yardsticks: bare CSV parse, bare Parquet read, phonenumbers.parse")
    figures |= bare_rates(csv_path, parquet_path, repeats)
    figures |= _numbering_and_rating(parquet_path, tariff, repeats)
    rates = verdict_rates(csv_path, parquet_path, tariff, repeats, tell)
    figures |= {
        "csv_cdr_calls_per_s_core": rates["csv_cdr"],
        "csv_live_calls_per_s_core": rates["csv_live"],
        "parquet_cdr_calls_per_s_core": rates["parquet"],
    }
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


def _numbering_and_rating(path: Path, tariff: Tariff, repeats: int) -> dict[str, float]:
    """Rows a second through numbering and rating alone, from batches in memory; and through phonenumbers.parse."""
    plan, batches = build_plan(), list(batches_of(path))

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
