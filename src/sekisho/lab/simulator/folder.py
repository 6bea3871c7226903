"""The folder of a simulation: calls, truth, lines and what they were made from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pyarrow import csv

from sekisho.lab.simulator.call_files import write_csv, write_parquet
from sekisho.lab.simulator.seal import seal
from sekisho.lab.simulator.simulation import Simulation

FORMATS: Final = ("parquet", "csv")


def write_simulation(simulation: Simulation, folder: Path, format_: str, arguments: Mapping[str, object]) -> None:
    """Write `calls.parquet` (or `.csv`), `truth.csv`, `lines.csv` and `simulation.json` into an existing folder."""
    write = write_csv if format_ == "csv" else write_parquet
    write(simulation.calls, str(folder / f"calls.{format_}"))
    plain = csv.WriteOptions(quoting_style="none", quoting_header="none")
    csv.write_csv(simulation.truth, folder / "truth.csv", write_options=plain)
    csv.write_csv(simulation.lines, folder / "lines.csv", write_options=plain)
    kinds = Counter(simulation.truth.column("kind").to_pylist())
    about = {
        "seal": seal(),
        "arguments": dict(arguments),
        "calls": simulation.calls.num_rows,
        "fraudulent_calls": simulation.truth.num_rows,
        "fraudulent_calls_by_kind": dict(sorted(kinds.items())),
        "incidents": len(set(simulation.truth.column("incident").to_pylist())),
        "lines": simulation.lines.num_rows,
        "world": simulation.world.figures(),
    }
    (folder / "simulation.json").write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", "utf-8")
