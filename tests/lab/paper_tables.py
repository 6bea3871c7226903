"""The worked tables of docs/lab/backtest.md, as the tests read them."""

from __future__ import annotations

from pathlib import Path

PAPER = Path(__file__).parents[2] / "docs" / "lab" / "backtest.md"


def table(*heads: str) -> list[dict[str, str]]:
    """The rows of the table with these heads, head → cell."""
    lines = PAPER.read_text("utf-8").splitlines()
    begin = lines.index(f"| {' | '.join(heads)} |") + 2
    rows = []
    for line in lines[begin:]:
        if not line.startswith("|"):
            break
        rows.append(dict(zip(heads, (cell.strip() for cell in line.strip("|").split("|")), strict=True)))
    return rows
