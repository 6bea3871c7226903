"""`sekisho bench watch`: how fast the watch judges, how much it remembers of a line, how soon it is back.

1. The same calls from CSV and from Parquet to verdicts, beside bare reading (judging.py).
2. A judge is told calls of very many lines, some of which are still up; its state is measured array by array.
3. That judge's snapshot is written and a new judge is made of it, as a judge does that was started again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sekisho.bench import traffic
from sekisho.bench.judging import COMPANY, FIRST_DAY, SEED, bare_rates, calls_files, verdict_rates, warm
from sekisho.bodies import body_of
from sekisho.core.tables import CALLS, WORD
from sekisho.core.terms.instants import DAY_MS, parse_rfc3339
from sekisho.flow import Judge, JudgeSettings
from sekisho.flow.controls import tariff_body
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings
from sekisho.wiring.tariffs import load_tariff, read_tariff

CALLS_JUDGED: Final = 1_000_000
LINES: Final = 1_000_000
CALLS_A_LINE: Final = 16  # of the calls that are timed
TOLD_A_LINE: Final = 2  # calls a line of those whose state is measured
STILL_UP: Final = 0.01  # share of calls that have not ended
PIECE: Final = 250_000  # lines whose calls are made at once; their calls fill a day, the next lines' the next day
ENTRY_ROWS: Final = 65_536  # calls of one journal entry
# Pieces of a snapshot.
STATE: Final = ("lines", "abroad", "blocks", "countries", "contracts", "agreed", "open", "timers", "totals")
INDEX: Final = ("numbers",)
KEYS: Final = ("calls",)


def bench_watch(
    folder: Path,
    calls: int = CALLS_JUDGED,
    lines: int = LINES,
    repeats: int = 3,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, float]:
    """The figures by name: `calls` are judged for the rates, a state of `lines` lines is measured."""
    few = max(calls // CALLS_A_LINE, 1)
    csv_path, parquet_path = calls_files(folder, calls, few, tell)
    tariff = load_tariff()
    warm(folder, tariff)
    tell("yardsticks: bare CSV parse, bare Parquet read")
    bare = bare_rates(csv_path, parquet_path, repeats)
    rates = verdict_rates(csv_path, parquet_path, tariff, repeats, tell)
    bare_csv, bare_parquet = bare["bare_csv_rows_per_s_core"], bare["bare_parquet_rows_per_s_core"]
    figures: dict[str, float] = {"calls": calls, "lines_of_calls": few}
    figures |= {f"{name}_calls_per_s_core": rate for name, rate in rates.items()} | bare
    figures |= {
        "ratio_cdr": rates["csv_cdr"] / bare_csv,
        "ratio_live": rates["csv_live"] / bare_csv,
        "ratio_parquet": rates["parquet"] / bare_parquet,
    }
    return figures | measure_state(folder, lines, tell)


def calls_of_lines(rng: np.random.Generator, first: int, lines: int, start_ms: int) -> pa.Table:
    """Calls of `lines` lines that no other `first` has, all in a day from `start_ms`; of some the end is not told."""
    made = traffic.make_calls(rng, TOLD_A_LINE * lines, lines, start_ms, 1)
    names = made.column("line").combine_chunks().dictionary_encode()
    numbers = pa.array(np.arange(first, first + len(names.dictionary)) + 20_000_000)
    texts = pc.binary_join_element_wise("03", numbers.cast(pa.string()), "")
    up = pa.array(rng.random(made.num_rows) < STILL_UP)
    changed = {"line": texts.take(names.indices)}
    for name in ("end", "cause", "talk_ms"):
        changed[name] = pc.if_else(up, None, made.column(name).combine_chunks())
    for name, column in changed.items():
        place = made.schema.get_field_index(name)
        made = made.set_column(place, made.schema.field(place), column)
    return made


def entries(lines: int) -> Iterator[bytes]:
    """Bodies of journal entries: calls of so many lines, in the order of time."""
    rng, start_ms = np.random.default_rng(SEED), parse_rfc3339(FIRST_DAY)
    for day, first in enumerate(range(0, lines, PIECE)):
        made = calls_of_lines(rng, first, min(PIECE, lines - first), start_ms + day * DAY_MS)
        zeros = np.zeros(made.num_rows, np.int32)
        for name, word in (("company", COMPANY), ("file_sha256", "")):
            made = made.append_column(
                pa.field(name, WORD, nullable=False), pa.DictionaryArray.from_arrays(zeros, [word])
            )
        made = made.append_column(CALLS.field("row"), pa.array(np.arange(made.num_rows) + 1))
        for batch in made.cast(CALLS).combine_chunks().to_batches(max_chunksize=ENTRY_ROWS):
            yield body_of([batch], CALLS)


def measure_state(folder: Path, lines: int, tell: Callable[[str], None]) -> dict[str, float]:
    """Bytes a line of a judge that was told calls of `lines` lines, and how long it takes to be back from a snapshot.

    `bytes_per_line` are the watch's own arrays (lines, contracts, open calls, timers); apart from them stand the table
    of the lines' numbers and texts, and the keys by which duplicates are known.
    """
    tell(f"telling a judge calls of {lines:,} lines")
    settings = JudgeSettings()
    judge = Judge(settings)
    table, name = read_tariff()
    judge.apply("tariff", tariff_body(COMPANY, name, table))
    told = 0
    for body in entries(lines):
        told += judge.apply("calls", body).calls
    pieces = judge.pieces()
    bytes_of = {
        names: sum(piece.rows.nbytes for piece in pieces if piece.name.partition(".")[0] in names)
        for names in (STATE, INDEX, KEYS)
    }
    tell("writing its snapshot, and starting again from it")
    opened = open_embedded(read_settings({"SEKISHO_HOME": str(folder / "home")}), ())
    try:
        begun = time.perf_counter()
        draft = opened.snapshots.begin(whole=True)
        draft.add(pieces)
        draft.commit(1)
        saved = time.perf_counter()
        del judge, pieces
        restarted = time.perf_counter()
        loaded = opened.snapshots.load()
        back = Judge.restore(settings, loaded[1]) if loaded is not None else None
        finished = time.perf_counter()
    finally:
        opened.close()
    known = 0 if back is None else next(int(each.rows["lines"][0]) for each in back.pieces() if each.name == "totals")
    return {
        "lines": known,
        "calls_told": told,
        "bytes_per_line": bytes_of[STATE] / lines,
        "line_table_bytes_per_line": bytes_of[INDEX] / lines,
        "duplicate_keys_bytes_per_call": bytes_of[KEYS] / told,
        "snapshot_s": saved - begun,
        "restart_s": finished - restarted,
    }
