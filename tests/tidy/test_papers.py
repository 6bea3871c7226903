"""What a reader outside would stumble over: paths of one machine, dead links, scripts that go on after a fault."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MACHINE_PATH = re.compile(r"(?<![\w.-])/(?:work|root|home)/")
LINK = re.compile(
    r"""\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|<(?:img|a)\b[^>]*?\b(?:src|href)\s*=\s*["']([^"']+)["']"""
)
CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|#")  # an address with a scheme, or a place on the same page
WALKED_PAST = re.compile(r"\.git|\.venv|build|dist|var|\.hypothesis|.*_cache|__pycache__|.*\.egg-info")


def project_files(root: Path) -> list[Path]:
    """What git keeps or would keep; without git (an unpacked archive) everything that is not built here."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        found = (path for path in root.rglob("*") if path.is_file())
        return sorted(path for path in found if not any(map(WALKED_PAST.fullmatch, path.relative_to(root).parts)))
    return sorted(path for name in listed.split("\0") if name and (path := root / name).is_file())


def no_file_names_a_path_of_one_machine(files: Iterable[Path]) -> list[str]:
    return [
        f"{path}:{number}: {found.group()}…; write it relative to the project, or take it from a setting"
        for path in files
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1)
        if (found := MACHINE_PATH.search(line))
    ]


def every_link_leads_to_a_file(files: Iterable[Path], root: Path) -> list[str]:
    faults = []
    for path in files:
        if path.suffix != ".md":
            continue
        for found in LINK.finditer(CODE_BLOCK.sub("", path.read_text("utf-8"))):
            target = found.group(1) or found.group(2)
            if ELSEWHERE.match(target):
                continue
            place = target.partition("#")[0]
            there = root / place.lstrip("/") if place.startswith("/") else path.parent / place
            if not there.exists():
                faults.append(f"{path}: the link to {target} leads nowhere; mend it or take it out")
    return faults


def every_shell_script_stops_at_the_first_fault(files: Iterable[Path]) -> list[str]:
    faults = []
    for path in files:
        lines = path.read_text("utf-8", errors="replace").splitlines() if path.is_file() else []
        if lines and lines[0].startswith("#!") and "sh" in lines[0].split("/")[-1].split():
            faults.append(f"{path}: starts with {lines[0]}; write #!/usr/bin/env bash")
        elif lines and lines[0] == "#!/usr/bin/env bash" and "set -euo pipefail" not in lines:
            faults.append(f"{path}: goes on after a fault; add set -euo pipefail")
        if lines and lines[0].startswith("#!") and not path.stat().st_mode & 0o100:
            faults.append(f"{path}: cannot be run; chmod +x it")
    return faults


@pytest.fixture(scope="module")
def files():
    return project_files(ROOT)


def test_the_papers_are_found(files):
    assert {ROOT / "README.md", ROOT / "scripts" / "venv.sh", Path(__file__)} <= set(files)
    assert not any(".venv" in path.parts for path in files)


def test_no_file_names_a_path_of_one_machine(files):
    assert no_file_names_a_path_of_one_machine(files) == []


def test_every_link_leads_to_a_file(files):
    assert every_link_leads_to_a_file(files, ROOT) == []


def test_every_shell_script_stops_at_the_first_fault(files):
    assert every_shell_script_stops_at_the_first_fault(files) == []


@pytest.mark.parametrize("folder", ["work", "root", "home"])
@pytest.mark.parametrize("before", ["", "see ", "PATH=", '"', "file://"])
def test_a_path_of_one_machine_is_seen(tmp_path, folder, before):
    note = tmp_path / "note.md"
    note.write_text(f"first\n{before}/{folder}/me/calls.csv\n", "utf-8")
    assert len(no_file_names_a_path_of_one_machine([note])) == 1


def test_other_paths_are_let_pass(tmp_path):
    note = tmp_path / "note.md"
    note.write_text("docs/homework/plan.md, https://example.org/home/, /var/lib/sekisho, ~/calls.csv\n", "utf-8")
    assert no_file_names_a_path_of_one_machine([note]) == []


@pytest.mark.parametrize("link", ["[a](gone.md)", "![a](img/gone.png)", '<img src="gone.png">', "[a](gone.md#part)"])
def test_a_link_that_leads_nowhere_is_seen(tmp_path, link):
    page = tmp_path / "README.md"
    page.write_text(f"text {link} text\n", "utf-8")
    assert len(every_link_leads_to_a_file([page], tmp_path)) == 1


def test_links_that_lead_somewhere_are_let_pass(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "there.md").write_text("[up](../README.md) [root](/README.md)\n", "utf-8")
    page = tmp_path / "README.md"
    page.write_text(
        "[a](docs/there.md#x) [b](https://example.org) [c](#x) [d](docs)\n```\n[e](gone.md)\n```\n", "utf-8"
    )
    assert every_link_leads_to_a_file([page, tmp_path / "docs" / "there.md"], tmp_path) == []


@pytest.mark.parametrize(
    ("text", "mode", "says"),
    [
        ("#!/usr/bin/env bash\nls\n", 0o755, "goes on after a fault"),
        ("#!/bin/sh\nls\n", 0o755, "starts with"),
        ("#!/usr/bin/env bash\nset -euo pipefail\n", 0o644, "chmod +x"),
    ],
)
def test_a_careless_script_is_seen(tmp_path, text, mode, says):
    script = tmp_path / "script"
    script.write_text(text, "utf-8")
    script.chmod(mode)
    faults = every_shell_script_stops_at_the_first_fault([script])
    assert len(faults) == 1
    assert says in faults[0]


def test_an_unpacked_archive_is_walked(tmp_path):
    for name in ("README.md", ".venv/built-from", ".mypy_cache/3.11/tables.json", "test_cache.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", "utf-8")
    assert project_files(tmp_path) == [tmp_path / "README.md", tmp_path / "test_cache.py"]
