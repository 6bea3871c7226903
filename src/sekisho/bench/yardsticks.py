"""What our figures are measured against, on the same machine in the same run: only the ratio means anything.

Every yardstick does the least a program must do with the same input, with somebody else's well-kept code, on one core.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import phonenumbers
import pyarrow.parquet as pq
from pyarrow import csv

from sekisho.core.tables import CALL_FIELDS

TYPES: Final = {field.name: field.type for field in CALL_FIELDS}
_THREADS: Final = Path("/proc/self/task")


@contextmanager
def one_core() -> Iterator[int]:
    """Keep this process, with all threads it has and will start, on one of its cores; gives the core's number.

    Afterwards every thread may run where it could before. Linux only.
    """
    mine = os.sched_getaffinity(0)
    core = max(mine)
    before: dict[int, set[int]] = {}
    for thread in _threads():
        with suppress(ProcessLookupError):  # it ended meanwhile
            before[thread] = os.sched_getaffinity(thread)
            os.sched_setaffinity(thread, {core})
    try:
        yield core
    finally:
        for thread in _threads():
            with suppress(ProcessLookupError):
                os.sched_setaffinity(thread, before.get(thread, mine))


def rate(work: Callable[[], int], repeats: int = 3) -> float:
    """Rows a second on one core: `work` returns how many rows it did; the best of `repeats` runs counts.

    The best, because others on the machine can only slow a run down. Measure our own work with it too.
    """
    best = 0.0
    with one_core():
        for _ in range(repeats):
            begun = time.perf_counter()
            rows = work()
            best = max(best, rows / (time.perf_counter() - begun))
    return best


def bare_csv_parse(path: str, repeats: int = 3) -> float:
    """Rows a second of reading canonical CSV into the typed columns of CALLS with pyarrow alone."""
    read = csv.ReadOptions(use_threads=False)
    convert = csv.ConvertOptions(column_types=TYPES)
    return rate(lambda: int(csv.read_csv(path, read_options=read, convert_options=convert).num_rows), repeats)


def bare_parquet_read(path: str, repeats: int = 3) -> float:
    """Rows a second of reading canonical Parquet with pyarrow alone."""
    return rate(lambda: int(pq.read_table(path, use_threads=False, memory_map=True).num_rows), repeats)


def phonenumbers_parse(numbers: Sequence[str], repeats: int = 1) -> float:
    """Numbers a second through `phonenumbers.parse`, region JP; those it refuses count as parsed."""

    def parse_all() -> int:
        for number in numbers:
            with suppress(phonenumbers.NumberParseException):
                phonenumbers.parse(number, "JP")
        return len(numbers)

    return rate(parse_all, repeats)


def _threads() -> list[int]:
    return [int(entry.name) for entry in _THREADS.iterdir()]
