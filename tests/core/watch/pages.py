"""The tables of docs/algorithms/rules.md, which are tests."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "algorithms" / "rules.md"


def table(first: str, *others: str) -> list[list[str]]:
    """The rows of the table whose header begins with these words, cell by cell."""
    lines = PAGE.read_text("utf-8").splitlines()
    wanted = "| " + " | ".join((first, *others))
    (header,) = (place for place, line in enumerate(lines) if line.startswith(wanted))
    rows = []
    for line in lines[header + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")])
    assert rows
    return rows


def milli(yen: str) -> int:
    """`16,322.58` as milli-yen."""
    return round(float(yen.replace(",", "")) * 1000)
