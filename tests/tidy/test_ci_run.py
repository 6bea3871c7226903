"""`.ci/run` ends with pytest's closing line and fails when anything failed. A made-up Makefile stands in for ours."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run_with(tmp_path: Path, recipe: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "Makefile").write_text(f"test:\n\t{recipe}\n", "utf-8")
    return subprocess.run([tmp_path / ".ci" / "run"], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "closing",
    [
        "3 passed in 0.12s",
        "3 passed, 2 deselected in 61.50s (0:01:01)",
        "1 failed, 2 passed in 1.00s",
        "2 errors in 1.00s",
        "no tests ran in 0.01s",
    ],
)
def test_the_last_line_is_the_closing_line_of_pytest(tmp_path, closing):
    done = run_with(tmp_path, f"@echo '{closing}'; echo 'make: something more'")
    assert done.stdout.splitlines()[-1] == closing
    assert done.returncode == 0


def test_a_failed_step_fails_the_run(tmp_path):
    done = run_with(tmp_path, "@echo '1 failed in 0.1s'; exit 1")
    assert done.stdout.splitlines()[-1] == "1 failed in 0.1s"
    assert done.returncode != 0


def test_a_run_that_never_reached_pytest_says_so(tmp_path):
    done = run_with(tmp_path, "@echo 'ruff: found 1 error'; exit 1")
    assert done.stdout.splitlines()[-1] == "pytest did not run: see above"
    assert done.returncode != 0
