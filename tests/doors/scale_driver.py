"""A judge of very many lines: `grow` makes it and saves it, `restart` starts another from what was saved.

Both print one JSON object of figures: bytes a line, seconds. `grow` also leaves in SECONDS how long every entry, pause
and decision took: what it does is the same every time, so that of two runs the shorter time of each is the work, and
the rest is the machine's. A pause is what a decision would have waited for in the judge's thread, beyond the entry that
was being applied.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sekisho.core.identity.calls import SEGMENT
from sekisho.core.tables import CALLS
from sekisho.core.watch.state import bytes_per_line
from sekisho.edges.snapshot_files.snapshots import SnapshotFiles
from sekisho.engine.judge_part import _calm_the_collector
from sekisho.flow import Judge, JudgeSettings
from sekisho.flow.attempt import Attempt
from sekisho.flow.controls import tariff_body
from sekisho.flow.rehearsal import rehearse

TARIFF = (Path(__file__).parents[2] / "examples/tariffs/hikari-style.csv").read_bytes()
NIGHT = 1_795_460_000_000
ROWS = 1_000
ENTRY_BYTES = 40
SECONDS = "seconds.npz"


def calls_of(first: int, count: int, tag: str, begin: int, stride: int = 1) -> bytes:
    """One call of each of `count` lines, every twentieth abroad, every fiftieth still up.

    A call begins every millisecond from `begin`: ten million lines ring a thousand times a second, a busy hour's
    traffic. If all rang in the same instant, all calls in progress would be looked at again in the same instant too.
    """
    place = np.arange(count)
    lines = first + place * stride
    abroad, up = place % 20 == 0, place % 50 == 0
    columns = {
        "call_id": pa.array([f"{tag}-{line}@sbc.example.net" for line in lines.tolist()]),
        "source": pa.array(["sbc"] * count),
        "direction": pa.array(["out"] * count),
        "line": pa.array([f"+81{300_000_000 + line}" for line in lines.tolist()]),
        "number": pa.array(np.where(abroad, "01012125550100", "0398765432")),
        "start": pa.array(begin + place),
        "answer": pa.array(begin + place + 1_000),
        "end": pa.array(begin + place + 60_000, mask=up),
        "cause": pa.array([200] * count),
        "talk_ms": pa.nulls(count),
        "company": pa.array(["east"] * count),
        "file_sha256": pa.array(["f"] * count),
        "row": pa.array(place + 1),
    }
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, CALLS) as stream:
        stream.write_table(pa.table(columns).cast(CALLS))
    return bytes(sink.getvalue())


def memory() -> int:
    """Bytes of this process that lie in memory, files apart."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise LookupError("RssAnon")


def busy() -> float:
    """Seconds this thread has worked: on a machine that others use too, what it waited for them does not count."""
    return time.thread_time()


def asked(judge: Judge, line: int, at: int) -> float:
    """Seconds of one decision on an attempt abroad."""
    attempt = Attempt("east", f"i{at}", f"+81{300_000_000 + line}", "01012125550100", at)
    begin = busy()
    judge.decide(attempt)
    return busy() - begin


def grow(lines: int, folder: Path) -> dict[str, Any]:
    rehearse(JudgeSettings(), TARIFF)
    _calm_the_collector()
    before, judge, applied = memory(), Judge(JudgeSettings()), []
    judge.apply("tariff", tariff_body("east", "t.csv", TARIFF))
    for first in range(0, lines, ROWS):
        entry = calls_of(first, ROWS, "a", NIGHT + first)
        begin = busy()
        judge.apply("calls", entry)
        applied.append(busy() - begin)
    told = judge._stages.calls
    # with the changes that no snapshot has taken yet
    dedupe = told.segments * SEGMENT * ENTRY_BYTES + 32 * lines
    figures: dict[str, Any] = {
        "lines": lines,
        "entry_ms_median": 1_000 * float(np.median(applied)),
        "bytes_a_line": (memory() - before - dedupe) / lines,
        "bytes_a_line_records": bytes_per_line(),
        "bytes_a_line_numbers": judge._stages.lines.nbytes / lines,
        "dedupe_bytes_a_call": told.segments * SEGMENT * ENTRY_BYTES / told.count,
    }
    files, seconds = SnapshotFiles(folder), {"entry": applied}
    for name, whole in (("whole", True), ("following", False)):
        begun = time.perf_counter()
        seconds[f"{name}_pause"], seconds[f"{name}_decision"] = saved(judge, files, lines, whole=whole)
        figures[f"{name}_s"] = time.perf_counter() - begun
        judge.apply("calls", calls_of(0, 10_000, "c", NIGHT + 2 * lines, lines // 10_000))
    saved(judge, files, lines, whole=False, sequence=3)
    np.savez(folder / SECONDS, **{name: np.array(each) for name, each in seconds.items()})
    return figures


def saved(
    judge: Judge, files: SnapshotFiles, lines: int, *, whole: bool, sequence: int = 0
) -> tuple[list[float], list[float]]:
    """Save a snapshot, with entries between the steps of its first round and decisions between all.

    Returns the seconds of every step and of every decision.
    """
    taking, draft = judge.take(whole=whole), files.begin(whole=whole)
    steps, decided = [], []
    clock = NIGHT + lines * (2 - whole) + 90_000
    while not taking.settled:
        begin = busy()
        pieces = taking.step()
        steps.append(busy() - begin)
        draft.add(pieces)
        clock += ROWS
        decided.append(asked(judge, len(steps) * 9_973 % lines, clock))
        if not taking.rounds and len(steps) % 8 == 0:
            judge.apply("calls", calls_of(len(steps) * 1_000 % lines, ROWS, f"b{whole}", clock))
    begin = busy()
    pieces = taking.finish()
    steps.append(busy() - begin)
    draft.add(pieces)
    draft.commit(sequence or 2 - whole)
    return steps, decided


def restart(lines: int, folder: Path) -> dict[str, Any]:
    rehearse(JudgeSettings(), TARIFF)
    before, begin, worked = memory(), time.perf_counter(), time.process_time()
    loaded = SnapshotFiles(folder).load()
    if loaded is None:
        raise LookupError("no snapshot")
    checked = time.perf_counter() - begin
    judge = Judge.restore(JudgeSettings(), loaded[1])
    del loaded
    gc.collect()
    asked(judge, lines // 2, NIGHT + 3 * lines)
    seconds = time.perf_counter() - begin
    return {
        "restart_s": seconds,
        "restart_busy_s": time.process_time() - worked,
        "check_s": checked,
        "lines": judge._stages.lines.count,
        "bytes_a_line_all": (memory() - before) / lines,
        "most_bytes_a_line": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / lines,
    }


if __name__ == "__main__":
    print(json.dumps({"grow": grow, "restart": restart}[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))))
