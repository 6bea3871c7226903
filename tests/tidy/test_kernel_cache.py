"""A compiled kernel is never older than its source.

numba's cache compares only the file in which a kernel stands, not the files of the kernels it calls. So the cache's
folder is named after a hash of the whole core, and this test edits a callee in another file.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "sekisho"

CALLEE = "from numba import njit\n\n\n@njit(cache=True)\ndef step():\n    return {result}\n"
CALLER = (
    "from numba import njit\n\nfrom sekisho.core.probe_callee import step\n\n\n"
    "@njit(cache=True)\ndef run():\n    return step() + 100\n"
)


class Copy:
    """A copy of the package with two small kernels more: `probe_caller` calls `probe_callee`."""

    def __init__(self, place: Path) -> None:
        self.place = place
        shutil.copytree(SOURCE, place / "sekisho", ignore=shutil.ignore_patterns("__pycache__"))
        (place / "sekisho" / "core" / "probe_caller.py").write_text(CALLER, "utf-8")

    def edit_callee(self, result: int) -> None:
        (self.place / "sekisho" / "core" / "probe_callee.py").write_text(CALLEE.format(result=result), "utf-8")

    def run(self, **environment: str) -> int:
        """What the calling kernel returns, in a process of its own."""
        inherited = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
        mine = {"PYTHONPATH": str(self.place), "XDG_CACHE_HOME": str(self.place / "cache")}
        program = "import sekisho; from sekisho.core.probe_caller import run; print(sekisho.__file__, run(), sep='|')"
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=inherited | mine | environment,
            capture_output=True,
            text=True,
            check=True,
        )
        file, result = done.stdout.strip().split("|")
        assert Path(file).is_relative_to(self.place), "the copy was not the one that ran"
        return int(result)


@pytest.fixture
def copy(tmp_path):
    return Copy(tmp_path)


def test_an_edited_callee_in_another_file_is_noticed(copy):
    copy.edit_callee(1)
    assert copy.run() == 101
    copy.edit_callee(2)
    assert copy.run() == 102
    assert len(list((copy.place / "cache" / "sekisho").glob("kernels-*"))) == 2


def test_without_a_folder_of_its_own_the_old_kernel_would_run(copy):
    """The trap is real: with one fixed folder the edit goes unseen. Where numba learns to see it, this may go."""
    fixed = str(copy.place / "fixed")
    copy.edit_callee(1)
    assert copy.run(NUMBA_CACHE_DIR=fixed) == 101
    copy.edit_callee(2)
    assert copy.run(NUMBA_CACHE_DIR=fixed) == 101
