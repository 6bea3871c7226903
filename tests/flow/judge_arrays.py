"""What a judge remembers, as named arrays: its whole snapshot put together."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from sekisho.core.watch.policy import Policy
from sekisho.flow import Judge
from sekisho.ports import SCATTERED, Piece

EAGER = Policy(burst_odds_nats=1_000.0)  # nobody calls in honest bursts: few calls lead to an ask and a hold


def together(pieces: list[Piece]) -> dict[str, Any]:
    """The rows of every name: of records each as it was taken last, of all else the pieces one after another."""
    found: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        found[piece.name].append(piece)
    arrays: dict[str, Any] = {}
    for name, each in found.items():
        if name in ("lines", "abroad", "contracts", "agreed", "open"):
            arrays[name] = _records(each)
        elif name in ("totals", "timers", "blocks", "countries", "told"):
            arrays[name] = each[-1].rows
        else:
            arrays[name] = np.concatenate([piece.rows for piece in each])
    return arrays


def _records(pieces: list[Piece]) -> np.ndarray:
    runs = [piece for piece in pieces if piece.first != SCATTERED]
    scattered = [piece for piece in pieces if piece.first == SCATTERED]
    kind = runs[0].rows.dtype if runs else scattered[0].rows["record"].dtype
    size = max(
        [piece.first + piece.rows.size for piece in runs] + [int(piece.rows["row"].max()) + 1 for piece in scattered]
    )
    rows = np.zeros(size, kind)
    for piece in pieces:
        if piece.first == SCATTERED:
            rows[piece.rows["row"]] = piece.rows["record"]
        else:
            rows[piece.first : piece.first + piece.rows.size] = piece.rows
    return rows


def arrays_of(judge: Judge) -> dict[str, Any]:
    """All a judge remembers, by name. A snapshot that follows must be a whole one."""
    return together(judge.pieces())
