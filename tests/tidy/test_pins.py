"""What is installed is what is written: ranges in pyproject.toml, exact pins in constraints.txt, no addresses."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]

PIN = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[0-9][A-Za-z0-9.+!]*)")


def constraints_hold_only_exact_pins(text: str) -> list[str]:
    return [
        f"constraints.txt:{number}: {line!r}; write name==version, nothing else"
        for number, line in enumerate(text.splitlines(), 1)
        if not PIN.fullmatch(line)
    ]


def pins(text: str) -> dict[str, Version]:
    return {canonicalize_name(found["name"]): Version(found["version"]) for found in PIN.finditer(text)}


def no_name_is_pinned_twice(text: str) -> list[str]:
    names = [canonicalize_name(found["name"]) for found in PIN.finditer(text)]
    return [f"constraints.txt: {name} stands twice; keep one" for name in sorted(set(names)) if names.count(name) > 1]


def asked_for(project: dict) -> list[Requirement]:
    """Everything pyproject asks for at run time and in its extras."""
    extras = project["project"].get("optional-dependencies", {})
    return [Requirement(text) for texts in (project["project"]["dependencies"], *extras.values()) for text in texts]


def everything_asked_for_is_pinned_in_range(project: dict, text: str) -> list[str]:
    pinned = pins(text)
    faults = []
    for requirement in asked_for(project):
        pin = pinned.get(canonicalize_name(requirement.name))
        if pin is None:
            faults.append(f"{requirement.name} is in pyproject.toml but not in constraints.txt; pin it")
        elif pin not in requirement.specifier:
            faults.append(f"{requirement.name}=={pin} is outside pyproject's {requirement.specifier}; move one of them")
    return faults


def every_package_asked_for_has_its_line_of_why(project: dict, record: str) -> list[str]:
    explained = {row.split("|")[1].strip() for row in record.splitlines() if row.startswith("| ")}
    return [
        f"{requirement.name} has no line in docs/decisions/0005-dependencies.md; say there why it is needed"
        for requirement in asked_for(project)
        if requirement.name not in explained
    ]


def everything_that_comes_along_is_pinned(roots: list[str], text: str) -> list[str]:
    """Follows the installed packages from what we ask for to what these ask for, and so on."""
    pinned = pins(text)
    waiting, seen, faults = [canonicalize_name(name) for name in roots], set(), []
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            installed = version(name)
        except PackageNotFoundError:
            faults.append(f"{name} is not installed; run make venv")
            continue
        if name not in pinned:
            faults.append(f"{name} comes along but is not in constraints.txt; add {name}=={installed}")
        elif pinned[name] != Version(installed):
            faults.append(f"{name} is installed as {installed}, pinned as {pinned[name]}; run make venv")
        needs = [Requirement(need) for need in requires(name) or []]
        waiting += [
            canonicalize_name(need.name) for need in needs if not need.marker or need.marker.evaluate({"extra": ""})
        ]
    return faults


@pytest.fixture(scope="module")
def written():
    return (ROOT / "constraints.txt").read_text("utf-8")


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_constraints_hold_only_exact_pins(written):
    assert constraints_hold_only_exact_pins(written) == []
    assert no_name_is_pinned_twice(written) == []


def test_everything_asked_for_is_pinned_in_range(project, written):
    assert everything_asked_for_is_pinned_in_range(project, written) == []


def test_every_package_asked_for_has_its_line_of_why(project):
    record = (ROOT / "docs" / "decisions" / "0005-dependencies.md").read_text("utf-8")
    assert every_package_asked_for_has_its_line_of_why(project, record) == []


def test_everything_that_comes_along_is_pinned(project, written):
    assert everything_that_comes_along_is_pinned([need.name for need in asked_for(project)], written) == []


@pytest.mark.parametrize(
    "line",
    [
        "numpy",
        "numpy>=2",
        "numpy==2.*",
        "numpy==2.0 --hash=sha256:00",
        "numpy @ https://example.org/numpy.whl",
        "--index-url https://example.org",
        "-e git+https://example.org/numpy",
        "# from somewhere",
        "",
    ],
)
def test_a_line_that_is_no_pin_is_seen(line):
    assert len(constraints_hold_only_exact_pins(f"numba==0.60\n{line}\nrich==13.0\n")) == 1


def test_a_double_pin_is_seen():
    assert len(no_name_is_pinned_twice("import-linter==2.1\nimport_linter==2.2\n")) == 1


def test_a_missing_or_wrong_pin_is_seen():
    project = {
        "project": {
            "dependencies": ["numpy>=2,<3", "rich>=13"],
            "optional-dependencies": {"test": ["pytest>=8"]},
        }
    }
    assert everything_asked_for_is_pinned_in_range(project, "numpy==1.9\nrich==13.1\n") == [
        "numpy==1.9 is outside pyproject's <3,>=2; move one of them",
        "pytest is in pyproject.toml but not in constraints.txt; pin it",
    ]


def test_an_unpinned_guest_is_seen(written):
    without_pluggy = "\n".join(line for line in written.splitlines() if not line.startswith("pluggy"))
    assert everything_that_comes_along_is_pinned(["pytest"], written) == []
    assert [fault.split(";")[0] for fault in everything_that_comes_along_is_pinned(["pytest"], without_pluggy)] == [
        "pluggy comes along but is not in constraints.txt"
    ]


def test_a_package_without_its_line_of_why_is_seen():
    project = {"project": {"dependencies": ["numpy>=2", "rich>=13"]}}
    record = "| package | its one job |\n|---|---|\n| numpy | arrays |\n"
    assert [fault.split()[0] for fault in every_package_asked_for_has_its_line_of_why(project, record)] == ["rich"]
