"""Source and tests face each other: one test file a source file, at the same path, with something asserted in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MIRRORED_FOLDERS = ("core", "edges", "flow")

# Test files that face no single source file, each with its reason.
EXTRA_TESTS: dict[str, str] = {
    "core/numbering/test_worked_tables.py": "the worked table of docs/algorithms/numbering.md is a test",
    "core/watch/test_money_cut.py": "core/watch/money.py: limits while calls go on, and the cut",
    "flow/test_judge_contracts.py": "flow/judge.py: contracts, limits, calls in progress",
    "flow/test_judge_order.py": "flow/judge.py: late and out-of-order events",
    "flow/test_judge_replay.py": "flow/judge.py: replays, other batches, snapshots",
}


def has_code(path: Path) -> bool:
    """Whether more than a docstring, imports and the list of names handed on (`__all__`) stands in it."""

    def is_code(node: ast.stmt) -> bool:
        if isinstance(node, ast.Assign):
            return [ast.unparse(target) for target in node.targets] != ["__all__"]
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        return not (is_text or isinstance(node, ast.Import | ast.ImportFrom))

    return any(is_code(node) for node in ast.parse(path.read_text("utf-8")).body)


def mirrored_sources(source: Path) -> Iterator[Path]:
    """Relative paths of the source files with code in the mirrored rooms."""
    found = [path for folder in MIRRORED_FOLDERS for path in (source / folder).rglob("*.py")]
    yield from (path.relative_to(source) for path in sorted(found) if has_code(path))


def mirror_of(path: Path) -> Path:
    return path.with_name(f"test_{path.name}")


def every_source_file_has_its_test_file(source: Path, tests: Path) -> list[str]:
    return [
        f"{path} has no test; write tests/{mirror_of(path)}"
        for path in mirrored_sources(source)
        if path.name != "__init__.py" and not (tests / mirror_of(path)).is_file()
    ]


def an_init_file_of_a_mirrored_room_holds_no_code(source: Path) -> list[str]:
    return [
        f"{path} holds code; move it into a module with a name, so that it has a test file"
        for path in mirrored_sources(source)
        if path.name == "__init__.py"
    ]


def every_test_file_faces_a_source_file(source: Path, tests: Path, extra: dict[str, str]) -> list[str]:
    faced = {mirror_of(path) for path in mirrored_sources(source)}
    faults = []
    for folder in MIRRORED_FOLDERS:
        for path in sorted((tests / folder).rglob("test_*.py")):
            place = path.relative_to(tests)
            if place not in faced and place.as_posix() not in extra:
                faults.append(f"tests/{place} faces no source file; move it, or list it in EXTRA_TESTS with its reason")
    return faults


def every_extra_test_is_still_there(tests: Path, extra: dict[str, str]) -> list[str]:
    return [f"tests/{place} is gone; take it off EXTRA_TESTS" for place in extra if not (tests / place).is_file()]


def asserts_something(test: ast.AST) -> bool:
    """An `assert`, a `pytest.raises`/`warns`, an `assert_…` call, or a hypothesis property (`@given`)."""
    for node in ast.walk(test):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"raises", "warns", "given"} or called.startswith("assert_"):
                return True
    return False


def every_test_file_asserts_something(tests: Path) -> list[str]:
    faults = []
    for path in sorted(tests.rglob("test_*.py")):
        functions = [
            node
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        ]
        if not any(asserts_something(function) for function in functions):
            faults.append(f"tests/{path.relative_to(tests)} asserts nothing; a test must be able to fail")
    return faults


SOURCE, TESTS = ROOT / "src" / "sekisho", ROOT / "tests"


CHECKS = {
    every_source_file_has_its_test_file: (SOURCE, TESTS),
    an_init_file_of_a_mirrored_room_holds_no_code: (SOURCE,),
    every_test_file_faces_a_source_file: (SOURCE, TESTS, EXTRA_TESTS),
    every_extra_test_is_still_there: (TESTS, EXTRA_TESTS),
    every_test_file_asserts_something: (TESTS,),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_holds(check):
    faults = check(*CHECKS[check])
    assert not faults, "\n".join(faults)


def test_the_mirror_sees_this_project():
    assert Path("core/tables.py") in set(mirrored_sources(SOURCE))


def plant(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


GOOD_TEST = "def test_it():\n    assert True\n"


@pytest.fixture
def house(tmp_path):
    """A made-up project in order: (source, tests)."""
    source, tests = tmp_path / "src", tmp_path / "tests"
    plant(source, flow__judge="x = 1", core__rating__tariff="x = 1", core__rating__words='"""Only words."""')
    plant(tests, flow__test_judge=GOOD_TEST, core__rating__test_tariff=GOOD_TEST)
    return source, tests


def test_a_house_in_order_passes(house):
    source, tests = house
    assert every_source_file_has_its_test_file(source, tests) == []
    assert every_test_file_faces_a_source_file(source, tests, {}) == []
    assert every_test_file_asserts_something(tests) == []


def test_a_missing_test_file_is_seen(house):
    source, tests = house
    (tests / "core/rating/test_tariff.py").unlink()
    (tests / "flow/test_judge.py").unlink()
    assert every_source_file_has_its_test_file(source, tests) == [
        "core/rating/tariff.py has no test; write tests/core/rating/test_tariff.py",
        "flow/judge.py has no test; write tests/flow/test_judge.py",
    ]


def test_a_stray_test_file_is_seen(house):
    source, tests = house
    plant(tests, core__rating__test_tables=GOOD_TEST)
    assert len(every_test_file_faces_a_source_file(source, tests, {})) == 1
    assert every_test_file_faces_a_source_file(source, tests, {"core/rating/test_tables.py": "worked tables"}) == []


def test_a_stale_exception_is_seen(house):
    assert len(every_extra_test_is_still_there(house[1], {"core/rating/test_gone.py": "was here"})) == 1


@pytest.mark.parametrize(
    ("text", "faults"),
    [("def rate(): ...\n", 1), ("LIMIT = 1\n", 1), ('"""Words."""\nimport a\nfrom b import c\n__all__ = ["c"]\n', 0)],
)
def test_code_in_an_init_file_is_seen(house, text, faults):
    (house[0] / "core/rating/__init__.py").write_text(text, "utf-8")
    assert len(an_init_file_of_a_mirrored_room_holds_no_code(house[0])) == faults


@pytest.mark.parametrize("text", ["", "def test_it():\n    print(1)\n", "def check():\n    assert True\n"])
def test_a_test_file_without_an_assertion_is_seen(house, text):
    plant(house[1], core__rating__test_tariff=text)
    assert every_test_file_asserts_something(house[1]) == [
        "tests/core/rating/test_tariff.py asserts nothing; a test must be able to fail"
    ]


@pytest.mark.parametrize(
    "body",
    ["with pytest.raises(ValueError):\n        f()", "np.testing.assert_array_equal(a, b)", "assert f() == 1"],
)
def test_each_form_of_assertion_counts(house, body):
    plant(house[1], core__rating__test_tariff=f"def test_it():\n    {body}\n")
    assert every_test_file_asserts_something(house[1]) == []
