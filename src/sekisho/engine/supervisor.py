"""Keeps the parts of a running system running: starts them, shows what they say, starts fallen ones again, stops all.

1. Parts start in their order. A part is ready once it prints its line (`ready`), or its probe says so; the next ones
   wait for that where it says that they do.
2. Whatever a part prints goes out line by line with its name in front: `judge | ready`.
3. A part that has fallen is started again after a pause, which doubles from 0.2 s to 10 s and is short again once the
   part ran for a minute. One that never got ready in several starts ends everything: so fails a wrong setting.
   A part that the system does without (`spare`) ends nothing; it is tried ever more seldom, at last every ten minutes.
4. To stop is SIGTERM to every part, and SIGKILL for what is still there after 10 s.

Every part leads a process group of its own: Ctrl-C in the terminal reaches the supervisor alone, and what a part
started goes with it. There is one thread, which waits for the pipes of the parts for a moment at a time.
"""

from __future__ import annotations

import ctypes
import os
import selectors
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

READY: Final = "ready"
_TURN_S: Final = 0.1
_LEAST_PAUSE_S: Final = 0.2
_MOST_PAUSE_S: Final = 10.0
_LONG_UP_S: Final = 60.0
_MOST_STARTS: Final = 3  # that end before the part is ready for the first time
_SPARE_PAUSE_S: Final = 600.0
_READY_S: Final = 180.0  # kernels may have to be compiled first
_STOP_S: Final = 10.0
_READ_BYTES: Final = 65_536
_MOST_LINE: Final = 4_096
_PR_SET_PDEATHSIG: Final = 1

_libc: Final = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Part:
    """A process to keep running. It is ready once a line it prints ends with `ready_line`, or `probe` says so.

    `others_wait`: the parts behind it start only then. `spare`: the others go on where it cannot be started.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    ready_line: str = READY
    probe: Callable[[], bool] | None = None
    others_wait: bool = True
    spare: bool = False


class Supervisor:
    """Runs parts until it is told to stop; see the head of this module."""

    def __init__(
        self,
        parts: Sequence[Part],
        say: Callable[[str], None],
        now: Callable[[], float],
        stop: Callable[[], bool],
    ) -> None:
        """`say` gets every line, `now` is a clock in seconds that never goes back, `stop` is asked again and again."""
        self._children = [_Child(part) for part in parts]
        self._say, self._now, self._stop = say, now, stop
        self._width = max((len(part.name) for part in parts), default=0)
        self._selector = selectors.DefaultSelector()

    def run(self) -> int:
        """Keep the parts running until `stop()`; 0, or 1 where a part cannot be started. Call it in the main thread."""
        given_up = False
        try:
            while not given_up and not self._stop():
                self._start_due()
                self._turn()
                for child in self._children:
                    self._look_after(child)
                given_up = any(child.hopeless for child in self._children)
        finally:
            self._stop_all()
            self._selector.close()
        return int(given_up)

    def _start_due(self) -> None:
        """Start what is due, up to a part for which the others have to wait."""
        for child in self._children:
            if child.process is None and self._now() >= child.due:
                self._start(child)
            if child.part.others_wait and not child.settled(self._now()):
                return

    def _start(self, child: _Child) -> None:
        parent = os.getpid()

        def go_with_the_parent() -> None:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
            if os.getppid() != parent:  # it has gone already
                os._exit(1)

        child.began, child.starts, child.ready = self._now(), child.starts + 1, False
        try:
            child.process = subprocess.Popen(  # noqa: S603 - the command line is our own
                child.part.argv,
                env=dict(child.part.env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=go_with_the_parent,  # noqa: PLW1509 - there is no other thread
            )
        except OSError as error:
            self._hear(child, f"{child.part.argv[0]}: {error.strerror}")
            self._plan(child, "was not started")
            return
        if child.process.stdout is not None:
            os.set_blocking(child.process.stdout.fileno(), False)
            self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _turn(self) -> None:
        """Wait a moment for something to be said, and pass it on."""
        for key, _ in self._selector.select(_TURN_S):
            self._read(key.data)

    def _read(self, child: _Child) -> bool:
        """Pass on what a part has said; False where nothing is there any more."""
        pipe = child.process.stdout if child.process else None
        if pipe is None or pipe.closed:
            return False
        try:
            heard = os.read(pipe.fileno(), _READ_BYTES)
        except BlockingIOError:
            return False
        *lines, child.unfinished = (child.unfinished + heard).split(b"\n")
        if len(child.unfinished) > _MOST_LINE or not heard:
            lines, child.unfinished = [*lines, child.unfinished], b""
        for line in lines:
            if line.strip():
                self._hear(child, line[:_MOST_LINE].decode(errors="replace"))
        if not heard:
            self._selector.unregister(pipe)
            pipe.close()
        return bool(heard)

    def _hear(self, child: _Child, line: str) -> None:
        shown = "".join(sign if sign.isprintable() else " " for sign in line.rstrip())
        child.last_line = shown
        self._say(f"{child.part.name:{self._width}} | {shown}")
        if shown.endswith(child.part.ready_line) and child.part.probe is None:
            child.set_ready()

    def _look_after(self, child: _Child) -> None:
        """See whether a part is ready, or has ended."""
        if child.process is None:
            return
        if not child.ready and child.part.probe is not None and child.part.probe():
            child.set_ready()
        if _has_ended(child.process):
            while self._read(child):
                pass
            code = self._end(child)
            self._plan(child, f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}")

    def _plan(self, child: _Child, what: str) -> None:
        """Have a part that is not there started again after its pause, if that is of any use."""
        if not child.ever_ready and child.starts >= _MOST_STARTS:
            child.hopeless = not child.part.spare
            later = f"; again in {_SPARE_PAUSE_S / 60:.0f} min" if child.part.spare else ""
            self._say(f"{child.part.name} cannot be started: {child.last_line or what}{later}")
            child.due = self._now() + _SPARE_PAUSE_S
            return
        if self._now() - child.began >= _LONG_UP_S:
            child.pause = _LEAST_PAUSE_S
        self._say(f"{child.part.name} {what}; again in {child.pause:.1f} s")
        child.due = self._now() + child.pause
        child.pause = min(2 * child.pause, _SPARE_PAUSE_S if child.part.spare else _MOST_PAUSE_S)

    def _end(self, child: _Child) -> int:
        """Take leave of a process that has ended, and of what it started; its exit code."""
        process = child.process
        if process is None:
            return 0
        _signal_group(process.pid, signal.SIGKILL)  # the number is still its own: it was not waited for yet
        code = process.wait()
        if process.stdout is not None and not process.stdout.closed:
            self._selector.unregister(process.stdout)
            process.stdout.close()
        child.process, child.unfinished = None, b""
        return code

    def _stop_all(self) -> None:
        """SIGTERM to all, SIGKILL to those that are still there when the time is up."""
        running = [child for child in self._children if child.process is not None]
        for child in running:
            if child.process is not None:
                child.process.send_signal(signal.SIGTERM)
        deadline = self._now() + _STOP_S
        while running and self._now() < deadline:
            self._turn()
            for child in [each for each in running if each.process is not None and _has_ended(each.process)]:
                while self._read(child):
                    pass
                self._end(child)
                running.remove(child)
        for child in running:
            self._say(f"{child.part.name} did not end within {_STOP_S:.0f} s and was killed")
            self._end(child)


class _Child:
    """A part, its process while it has one, and when it is to be started (again)."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.process: subprocess.Popen[bytes] | None = None
        self.ready = self.ever_ready = self.hopeless = False
        self.began = self.due = 0.0
        self.starts = 0
        self.pause = _LEAST_PAUSE_S
        self.last_line = ""
        self.unfinished = b""

    def set_ready(self) -> None:
        self.ready = self.ever_ready = True

    def settled(self, now: float) -> bool:
        """Whether the next part may start: this one was ready once, or takes so long that the others go on."""
        return self.ever_ready or (self.process is not None and now - self.began > _READY_S)


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether a child has ended; it stays a zombie, so that its number is nobody else's yet."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _signal_group(leader: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, number)
