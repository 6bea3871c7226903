"""The core has no clock and no chance: the same input gives the same output, on every machine and in ten years."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

CORE = Path(__file__).parents[2] / "src" / "sekisho" / "core"

CLOCK = "take the instant as an argument"
CHANCE = "take a seeded numpy Generator, or its numbers, as an argument"
DISK = "take the bytes as an argument; edges and cli read files"
# Imported name in full, or built-in function → the cure. A name stands for everything below it too.
FORBIDDEN = {
    "time": CLOCK,
    "datetime.datetime.now": CLOCK,
    "datetime.datetime.utcnow": CLOCK,
    "datetime.datetime.today": CLOCK,
    "datetime.date.today": CLOCK,
    "random": CHANCE,
    "secrets": CHANCE,
    "numpy.random": CHANCE,
    "os.urandom": CHANCE,
    "uuid.uuid1": CHANCE,
    "uuid.uuid4": CHANCE,
    "hash": "the built-in hash of text differs from process to process; use hashlib",
    "open": DISK,
    "os.environ": "take the setting as an argument; wiring reads the environment",
    "os.getenv": "take the setting as an argument; wiring reads the environment",
}
# What may be named all the same: the type of an argument.
ALLOWED = {"numpy.random.Generator"}
BUILT_IN = {"hash", "open"}


def imported_names(tree: ast.Module) -> dict[str, str]:
    """Name in this file → the dotted name it was imported as."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.split(".")[0]
                names[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def names_used(tree: ast.Module) -> list[tuple[int, str]]:
    """(line, full dotted name) of every use of something imported and every call of a built-in; `a.b.c` is one use."""
    imported = imported_names(tree)
    used: list[tuple[int, str]] = []

    def visit(node: ast.AST, tail: str = "") -> None:
        if isinstance(node, ast.Attribute):
            visit(node.value, f".{node.attr}{tail}")
            return
        if isinstance(node, ast.Name) and node.id in imported:
            used.append((node.lineno, imported[node.id] + tail))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILT_IN:
            used.append((node.lineno, node.func.id))
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(tree)
    return used


def cure_for(name: str) -> str | None:
    """The cure where this dotted name, or what it is a part of, is forbidden."""
    parts = name.split(".")
    heads = [".".join(parts[: count + 1]) for count in range(len(parts))]
    if ALLOWED & set(heads):
        return None
    return next((FORBIDDEN[head] for head in heads if head in FORBIDDEN), None)


def core_has_no_clock_and_no_chance(core: Path) -> list[str]:
    return [
        f"{path}:{line}: {name}; {cure}"
        for path in sorted(core.rglob("*.py"))
        for line, name in names_used(ast.parse(path.read_text("utf-8")))
        if (cure := cure_for(name))
    ]


def test_core_has_no_clock_and_no_chance():
    faults = core_has_no_clock_and_no_chance(CORE)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("import time\nx = time.time()\n", CLOCK),
        ("from time import perf_counter\nx = perf_counter()\n", CLOCK),
        ("import time as t\nx = t.monotonic_ns()\n", CLOCK),
        ("from datetime import UTC, datetime\nx = datetime.now(UTC)\n", CLOCK),
        ("import datetime as dt\nx = dt.date.today()\n", CLOCK),
        ("import random\nx = random.random()\n", CHANCE),
        ("import numpy as np\nx = np.random.default_rng(1)\n", CHANCE),
        ("from numpy.random import default_rng\nx = default_rng(1)\n", CHANCE),
        ("from numpy import random\nx = random.rand()\n", CHANCE),
        ("import uuid\nx = str(uuid.uuid4())\n", CHANCE),
        ("x = hash('line')\n", "use hashlib"),
        ("x = open('calls.csv')\n", DISK),
    ],
)
def test_can_fail(tmp_path, text, cure):
    (tmp_path / "rules.py").write_text(text, "utf-8")
    faults = core_has_no_clock_and_no_chance(tmp_path)
    assert len(faults) == 1
    assert "rules.py:" in faults[0]
    assert cure in faults[0]


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\n\n\ndef f(rng: np.random.Generator) -> float:\n    return rng.random()\n",
        "def f(time: int) -> int:\n    return time + 1\n",
        "def f(open: int) -> int:\n    return open\n",
        "from datetime import time\nx = time(9, 30)\n",
        "from datetime import datetime\nx = datetime.fromisoformat('2026-11-23')\n",
        "import hashlib\nx = hashlib.sha256(b'line')\n",
    ],
)
def test_lets_pass(tmp_path, text):
    (tmp_path / "rules.py").write_text(text, "utf-8")
    assert core_has_no_clock_and_no_chance(tmp_path) == []
