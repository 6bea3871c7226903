"""What a simulation says of itself beside its truth: the seal of the simulator, and the seed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

NAME: Final = "simulation.json"


def simulator_of(truth_path: str) -> str:
    """`SEAL, seed N` where `simulation.json` lies beside the truth file and carries a seal; else an empty text."""
    try:
        told = json.loads((Path(truth_path).parent / NAME).read_text("utf-8"))
        seal, arguments = told["seal"], told.get("arguments", {})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    seed = arguments.get("seed") if isinstance(arguments, dict) else None
    return str(seal) + (f", seed {seed}" if seed is not None else "")
