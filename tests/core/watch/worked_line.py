"""The worked line of docs/algorithms/watch.md: its two tables, joined by their number."""

from __future__ import annotations

from pathlib import Path

from sekisho.core.terms.instants import parse_rfc3339

PAGE = Path(__file__).parents[3] / "docs" / "algorithms" / "watch.md"


def section(title: str) -> list[str]:
    """The lines of the section whose title begins so, without its number."""
    lines = PAGE.read_text("utf-8").splitlines()
    (first,) = (
        at for at, line in enumerate(lines) if line.startswith("## ") and line.split(". ", 1)[1].startswith(title)
    )
    after = [at for at in range(first + 1, len(lines)) if lines[at].startswith("## ")]
    return lines[first + 1 : after[0] if after else len(lines)]


def tables(title: str) -> list[list[dict[str, str]]]:
    """The tables of a section, each row by the words of its header."""
    found: list[list[list[str]]] = [[]]
    for line in section(title):
        if line.startswith("|"):
            found[-1].append([cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")])
        elif found[-1]:
            found.append([])
    return [[dict(zip(table[0], row, strict=True)) for row in table[2:]] for table in found if table]


def worked() -> list[dict[str, str]]:
    """The calls of the worked line."""
    terms, scores = tables("Worked")
    assert [row["#"] for row in terms] == [row["#"] for row in scores]
    return [one | other for one, other in zip(terms, scores, strict=True)]


def in_japan(row: dict[str, str]) -> int:
    """When the call began."""
    return parse_rfc3339(row["in Japan"].replace(" ", "T") + "+09:00")
