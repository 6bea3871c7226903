"""Who may use what: import-linter holds the floors, this the libraries, the one door to the edges, and `print`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "sekisho"

# Library → the rooms that may import it, and what every other room does instead.
ROOMS_OF_LIBRARIES: dict[str, tuple[tuple[str, ...], str]] = {
    "duckdb": (("edges", "lab"), "ask the Lake port"),
    "sqlite3": (("edges", "lab"), "ask the Log port"),
    "typer": (("cli",), "take plain arguments; a command in cli/ reads the options"),
    "rich": (("cli", "demo"), "return the data; a command in cli/ shows it"),
    "phonenumbers": (
        ("core/numbering", "core/rating", "bench", "lab"),  # rating: which countries a tariff may name
        "use the tables that core/numbering builds from it",
    ),
    "requests": ((), "nothing here fetches from the network"),
    "urllib.request": ((), "nothing here fetches from the network"),
    "pandas": ((), "use pyarrow and numpy"),
    "logging": (("cli", "engine", "edges", "wiring"), "return what happened; a door logs it"),
}
PRINTING_ROOMS = ("cli",)
ROOMS_OF_EDGES = ("wiring", "edges")


def stands_in(path: Path, source: Path, rooms: tuple[str, ...]) -> bool:
    place = path.relative_to(source)
    return any(place.is_relative_to(room) or place == Path(f"{room}.py") for room in rooms)


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything imported; for `from a import b` both `a` and `a.b`, for either may be it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.lineno, node.module or ""
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def modules(source: Path) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(source.rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))


def is_part_of(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def a_library_is_imported_only_in_its_rooms(source: Path) -> list[str]:
    faults = []
    for path, tree in modules(source):
        for library, (rooms, cure) in ROOMS_OF_LIBRARIES.items():
            lines = {line for line, name in imports(tree) if is_part_of(name, library)}
            if lines and not stands_in(path, source, rooms):
                where = ", ".join(rooms) or "no room"
                faults.append(f"{path}:{min(lines)}: {library} belongs to {where}; {cure}")
    return faults


def only_wiring_picks_edges(source: Path) -> list[str]:
    faults = []
    for path, tree in modules(source):
        lines = {line for line, name in imports(tree) if is_part_of(name, "sekisho.edges")}
        if lines and not stands_in(path, source, ROOMS_OF_EDGES):
            faults.append(f"{path}:{min(lines)}: imports sekisho.edges; take the port as an argument, wiring picks it")
    return faults


def imports_are_absolute(source: Path) -> list[str]:
    """The checks above read absolute names."""
    return [
        f"{path}:{node.lineno}: relative import; write sekisho.… in full"
        for path, tree in modules(source)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]


def only_commands_print(source: Path) -> list[str]:
    return [
        f"{path}:{node.lineno}: print(); return the text, a command in cli/ prints it"
        for path, tree in modules(source)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
        and not stands_in(path, source, PRINTING_ROOMS)
    ]


CHECKS = [a_library_is_imported_only_in_its_rooms, only_wiring_picks_edges, imports_are_absolute, only_commands_print]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_holds(check):
    faults = check(SOURCE)
    assert not faults, "\n".join(faults)


def faults_in(tmp_path: Path, check, place: str, text: str) -> list[str]:
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return check(tmp_path)


@pytest.mark.parametrize(
    ("check", "place", "text", "says"),
    [
        (a_library_is_imported_only_in_its_rooms, "engine/judge.py", "import duckdb", "ask the Lake port"),
        (a_library_is_imported_only_in_its_rooms, "flow.py", "def f():\n    import sqlite3", "ask the Log port"),
        (a_library_is_imported_only_in_its_rooms, "engine/judge.py", "from rich.table import Table", "cli/ shows it"),
        (a_library_is_imported_only_in_its_rooms, "core/x.py", "from urllib import request", "no room"),
        (only_wiring_picks_edges, "engine/judge.py", "from sekisho.edges.sqlite_log import log", "wiring picks it"),
        (only_wiring_picks_edges, "cli/main.py", "from sekisho import edges", "wiring picks it"),
        (only_wiring_picks_edges, "lab/backtest.py", "import sekisho.edges.parquet_lake", "wiring picks it"),
        (imports_are_absolute, "lab/backtest.py", "from . import truth", "in full"),
        (only_commands_print, "engine/judge.py", "def f():\n    print(1)", "judge.py:2"),
    ],
)
def test_can_fail(tmp_path, check, place, text, says):
    faults = faults_in(tmp_path, check, place, text)
    assert len(faults) == 1
    assert says in faults[0]


@pytest.mark.parametrize(
    ("check", "place", "text"),
    [
        (a_library_is_imported_only_in_its_rooms, "edges/parquet_lake/lake.py", "import duckdb"),
        (a_library_is_imported_only_in_its_rooms, "cli/main.py", "import typer\nfrom rich import print_json"),
        (a_library_is_imported_only_in_its_rooms, "engine/judge.py", "import richness"),
        (only_wiring_picks_edges, "wiring/embedded.py", "from sekisho.edges.sqlite_log import log"),
        (only_commands_print, "cli/main.py", "print(1)"),
    ],
)
def test_lets_pass(tmp_path, check, place, text):
    assert faults_in(tmp_path, check, place, text) == []
