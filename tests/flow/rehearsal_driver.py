"""A process of its own, in which no other test has compiled a kernel: rehearse, judge, name what was compiled late."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
from numba.core.registry import CPUDispatcher

from sekisho.bodies import body_of
from sekisho.core.tables import CALLS
from sekisho.flow import Judge, JudgeSettings
from sekisho.flow.attempt import Attempt
from sekisho.flow.controls import lines_body, tariff_body
from sekisho.flow.rehearsal import rehearse

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
AT = 1_795_456_800_000
TIMES = ("start", "answer", "end")


def compiled() -> dict[str, int]:
    """How many forms of each kernel of the product are there."""
    found: dict[str, int] = {}
    for module in [module for name, module in sys.modules.items() if name.startswith("sekisho.")]:
        for kernel in vars(module).values():
            if isinstance(kernel, CPUDispatcher):
                found[f"{kernel.py_func.__module__}.{kernel.py_func.__name__}"] = len(kernel.signatures)
    return found


def entry(known: int, *, talk: bool) -> bytes:
    """Two calls abroad: of one the first `known` of start, answer and end are told, of the other all."""
    rows: list[dict[str, Any]] = []
    for place, count in enumerate((known, 3)):
        times = {name: AT + 1_000 * at for at, name in enumerate(TIMES[:count])}
        call = {"call_id": f"{known}{talk}{place}", "source": "s", "direction": "out", "line": "0312345678"}
        told = {"number": "01023276123456", "company": "east", "file_sha256": "", "row": place + 1}
        rows.append(call | told | times | ({"cause": 200, "talk_ms": 1_000} if talk else {}))
    columns = {name: pa.array([row.get(name) for row in rows]) for name in CALLS.names}
    return body_of(pa.table(columns).cast(CALLS).to_batches(), CALLS)


def late() -> list[str]:
    """The kernels that calls and attempts still had to wait for after the rehearsal."""
    rehearse(JudgeSettings(), TARIFF)
    before = compiled()
    judge = Judge(JudgeSettings())
    judge.apply("tariff", tariff_body("east", "hikari.csv", TARIFF))
    judge.apply("lines", lines_body([{"company": "east", "line": "0312345678", "automatic_hold": True}]))
    for known in (1, 2, 3):
        for talk in (False, True):
            judge.apply("calls", entry(known, talk=talk))
    for place in range(20):
        judge.decide(Attempt("east", str(place), "0312345678", "01023276123456", AT + place))
    return [name for name, count in compiled().items() if count != before.get(name)]


if __name__ == "__main__":
    print(json.dumps(late()))
