"""The supervisor over real processes: small scripts that print, fall, hang, and have children of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sekisho.engine import supervisor
from sekisho.engine.supervisor import Part, Supervisor

DEADLINE_S = 30
FOREVER = "import time\nprint('ready', flush=True)\nwhile True: time.sleep(60)\n"
NOTES_PID = "import os, pathlib\nwith open({file!r}, 'a') as f: print(os.getpid(), file=f)\n"


def part(name: str, program: str, **more) -> Part:
    return Part(name, (sys.executable, "-c", program), dict(os.environ), **more)


class Watched:
    """A supervisor whose lines are kept; it is told to stop once `until` says so of them."""

    def __init__(self, parts, until=lambda _lines: False) -> None:
        self.lines: list[str] = []
        self.began = time.monotonic()
        self.until = until
        self.code = Supervisor(parts, self.lines.append, time.monotonic, self.stop).run()
        self.took = time.monotonic() - self.began

    def stop(self) -> bool:
        assert time.monotonic() - self.began < DEADLINE_S, self.lines
        return bool(self.until(self.lines))


def alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def gone(pid: int) -> bool:
    until = time.monotonic() + DEADLINE_S
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not alive(pid)


def count(lines, text: str) -> int:
    return sum(text in line for line in lines)


def test_what_parts_print_comes_line_by_line_with_their_names():
    talker = "import sys\nprint('one')\nprint('two', file=sys.stderr)\nprint('thr\\x1b[31mee')\n" + FOREVER
    watched = Watched([part("judge", talker), part("web", FOREVER)], lambda lines: count(lines, "ready") == 2)
    assert watched.code == 0
    assert {"judge | one", "judge | two", "judge | thr [31mee", "judge | ready", "web   | ready"} <= set(watched.lines)


def test_a_line_without_an_end_is_not_kept_for_ever():
    watched = Watched(
        [part("judge", "print('x' * 100_000, end='', flush=True)\n" + FOREVER)],
        bool,
    )
    assert watched.lines[0] == "judge | " + "x" * supervisor._MOST_LINE


def test_a_part_starts_once_the_one_before_is_ready(tmp_path):
    flag = tmp_path / "flag"
    first = f"import time, pathlib\ntime.sleep(0.3)\npathlib.Path({str(flag)!r}).touch()\n" + FOREVER
    second = (
        f"import pathlib\nprint('first was ready' if pathlib.Path({str(flag)!r}).exists() else 'too early')\n" + FOREVER
    )
    watched = Watched([part("a", first), part("b", second)], lambda lines: count(lines, "ready") == 3)
    assert "b | first was ready" in watched.lines


def test_where_nobody_has_to_wait_all_start_at_once():
    hanging = "import time\nprint('begun', flush=True)\ntime.sleep(60)\n"
    parts = [part("a", hanging, others_wait=False), part("b", FOREVER)]
    assert "b | ready" in Watched(parts, lambda lines: count(lines, "b | ready")).lines


def test_a_probe_or_a_line_of_its_own_says_that_a_part_is_ready(tmp_path):
    flag = tmp_path / "flag"
    silent = f"import time, pathlib\npathlib.Path({str(flag)!r}).touch()\ntime.sleep(60)\n"
    wordy = "import time\nprint('[INFO] Started worker-1', flush=True)\ntime.sleep(60)\n"
    parts = [
        part("a", silent, probe=flag.exists),
        part("b", wordy, ready_line="Started worker-1"),
        part("c", FOREVER),
    ]
    assert "c | ready" in Watched(parts, lambda lines: count(lines, "c | ready")).lines


def test_a_fallen_part_is_started_again_and_the_others_stay(tmp_path):
    pids, steady = tmp_path / "pids", tmp_path / "steady"
    killed: list[int] = []

    def kill_twice(lines):
        running = count(lines, "a | ready")
        if running > len(killed) and len(killed) < 2:
            killed.append(int(pids.read_text().split()[-1]))
            os.kill(killed[-1], signal.SIGKILL)
        return running == 3

    parts = [
        part("b", NOTES_PID.format(file=str(steady)) + FOREVER),
        part("a", NOTES_PID.format(file=str(pids)) + FOREVER),
    ]
    watched = Watched(parts, kill_twice)
    assert len(set(pids.read_text().split())) == 3
    assert len(steady.read_text().split()) == 1
    assert [line for line in watched.lines if "again in" in line] == [
        "a was killed by signal 9; again in 0.2 s",
        "a was killed by signal 9; again in 0.4 s",
    ]
    assert watched.code == 0


def test_the_pause_doubles_up_to_a_limit_and_is_short_again_after_a_long_run(monkeypatch):
    now = [0.0]
    runner = Supervisor([part("a", "")], lambda _line: None, lambda: now[0], lambda: True)
    (child,) = runner._children
    pauses = []
    for _ in range(8):
        child.began = now[0]
        runner._plan(child, "ended")
        pauses.append(child.due - now[0])
    now[0] += 60
    runner._plan(child, "ended")
    assert [round(pause, 1) for pause in pauses] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]
    assert round(child.due - now[0], 1) == 0.2


def test_a_part_that_cannot_be_started_ends_everything_with_its_last_line(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "_LEAST_PAUSE_S", 0.01)
    pids = tmp_path / "pids"
    bad = "import sys\nprint('SEKISHO_WEB_PORT: port 8080 is taken', file=sys.stderr)\nsys.exit(2)\n"
    watched = Watched([part("judge", NOTES_PID.format(file=str(pids)) + FOREVER), part("web", bad)])
    assert watched.code == 1
    assert count(watched.lines, "web   | SEKISHO_WEB_PORT") == 3
    assert watched.lines[-1] == "web cannot be started: SEKISHO_WEB_PORT: port 8080 is taken"
    assert not alive(int(pids.read_text()))


def test_where_the_system_does_without_a_part_the_others_go_on(monkeypatch):
    monkeypatch.setattr(supervisor, "_LEAST_PAUSE_S", 0.01)
    bad = "import sys\nprint('shadow night: profile.toml is not there', file=sys.stderr)\nsys.exit(2)\n"
    parts = [part("judge", FOREVER), part("shadow", bad, others_wait=False, spare=True)]
    watched = Watched(parts, lambda lines: count(lines, "cannot be started") and count(lines, "judge  | ready"))
    assert watched.code == 0
    told = "shadow cannot be started: shadow night: profile.toml is not there; again in 10 min"
    assert [line for line in watched.lines if "cannot" in line] == [told]


def test_a_program_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setattr(supervisor, "_LEAST_PAUSE_S", 0.01)
    watched = Watched([Part("judge", ("/nowhere/python",), {})])
    assert watched.code == 1
    assert watched.lines[-1] == "judge cannot be started: /nowhere/python: No such file or directory"


def test_a_part_that_was_ready_once_is_tried_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "_LEAST_PAUSE_S", 0.01)
    monkeypatch.setattr(supervisor, "_MOST_PAUSE_S", 0.01)
    flag = tmp_path / "flag"
    once = (
        f"import pathlib, sys\nflag = pathlib.Path({str(flag)!r})\n"
        "if flag.exists(): sys.exit(1)\nflag.touch()\nprint('ready')\n"
    )
    watched = Watched([part("a", once)], lambda lines: count(lines, "again in") == 8)
    assert watched.code == 0


def test_a_part_that_does_not_hear_is_killed(monkeypatch, tmp_path):
    monkeypatch.setattr(supervisor, "_STOP_S", 0.5)
    pids = tmp_path / "pids"
    deaf = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + NOTES_PID.format(file=str(pids)) + FOREVER
    watched = Watched([part("a", deaf)], lambda lines: count(lines, "ready"))
    assert watched.lines[-1].startswith("a did not end within")
    assert not alive(int(pids.read_text()))


def test_the_last_words_of_a_part_are_heard():
    polite = (
        "import signal, sys, time\n"
        "def bye(*_):\n    print('good bye', flush=True)\n    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, bye)\nprint('ready', flush=True)\nwhile True: time.sleep(60)\n"
    )
    watched = Watched([part("a", polite)], lambda lines: count(lines, "ready"))
    assert watched.lines == ["a | ready", "a | good bye"]
    assert watched.took < DEADLINE_S


@pytest.mark.parametrize("how", ["falls", "is stopped"])
def test_what_a_part_started_goes_with_it(tmp_path, how):
    pids = tmp_path / "pids"
    child = (
        NOTES_PID.format(file=str(pids))
        + "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)\n"
    )
    parent = (
        f"import subprocess, sys, time, pathlib\nsubprocess.Popen([sys.executable, '-c', {child!r}])\n"
        f"pids = pathlib.Path({str(pids)!r})\nwhile not pids.exists() or not pids.read_text(): time.sleep(0.01)\n"
        "print('ready', flush=True)\n" + ("sys.exit(1)\n" if how == "falls" else "time.sleep(60)\n")
    )
    wanted = "again in" if how == "falls" else "ready"
    Watched([part("a", parent)], lambda lines: count(lines, wanted))
    assert all(gone(int(pid)) for pid in pids.read_text().split())


def test_parts_go_when_the_supervisor_is_killed(tmp_path):
    pids = tmp_path / "pids"
    child = NOTES_PID.format(file=str(pids)) + FOREVER
    program = (
        "import sys, time, os\nfrom sekisho.engine.supervisor import Part, Supervisor\n"
        f"parts = [Part('a', (sys.executable, '-c', {child!r}), dict(os.environ))]\n"
        "say = lambda line: print(line, flush=True)\n"
        "Supervisor(parts, say, time.monotonic, lambda: False).run()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "a | ready\n"
        pid = int(pids.read_text())
        assert alive(pid)
        process.kill()
        assert gone(pid)
