"""A role is held by one process, and never by a dead one."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from sekisho.core.terms.errors import InUse
from sekisho.edges.file_locks.lock import FileLock

HOLDER = """
import sys
from pathlib import Path
from sekisho.edges.file_locks.lock import FileLock
lock = FileLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "locks" / "judge"


def test_a_held_lock_is_refused_and_a_released_one_is_not(path):
    lock = FileLock(path)
    with pytest.raises(InUse, match="another process holds it"):
        FileLock(path)
    lock.release()
    lock.release()
    FileLock(path).release()


def test_another_process_holds_it_until_it_is_killed(path):
    program = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(InUse):
            FileLock(path)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        FileLock(path).release()
