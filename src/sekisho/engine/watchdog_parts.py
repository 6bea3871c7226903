"""The parts of a running system as the watchdog hears them: signs of life, whether they move on, and ticks.

A part is `silent` where it gave no sign of life for ten seconds, `unsound` where its own sums do not agree, `stuck`
where it lives, has work and comes no further, `behind` where it works but is too late. The judge writes ticks every
second: without them no timer runs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sekisho.core.terms.instants import MINUTE_MS, SECOND_MS

WATCHED: Final = ("judge", "intake", "archive", "relay")
TICKS: Final = "ticks"
OK: Final = "ok"
NEVER: Final = "never"
SILENT: Final = "silent"
UNSOUND: Final = "unsound"
STUCK: Final = "stuck"
BEHIND: Final = "behind"

SILENT_MS: Final = 10 * SECOND_MS
_STUCK_MS: Final = {"judge": 10 * SECOND_MS, "archive": MINUTE_MS, "relay": 30 * SECOND_MS}
_BEHIND_MS: Final = 30 * SECOND_MS  # of the judge: how old the last thing is that it has applied
_WAITING_MS: Final = 10 * MINUTE_MS  # of the intake: so long may files wait
_START_MS: Final = 30 * SECOND_MS  # so long may a part that was never heard take
_TICKS_KEPT: Final = 4_096


@dataclass(frozen=True, slots=True)
class PartCheck:
    """How a part is. `last_ms`: its last sign of life, or the last tick; `lag_ms`: how late its work is, if known."""

    part: str
    state: str
    since_ms: int | None
    last_ms: int | None
    behind: int
    lag_ms: int | None


@dataclass(slots=True)
class _Heard:
    at_ms: int
    started_ms: int
    position: int
    behind: int
    moved_ms: int  # when its position changed, or nothing waited for it
    waiting_since: int | None  # since when something has been waiting without a break
    sound: bool


class PartWatch:
    """Hears signs of life and ticks; `checks` says how everything is."""

    def __init__(self, now_ms: int) -> None:
        """Watching begins now."""
        self._began_ms = now_ms
        self._heard: dict[str, _Heard] = {}
        self._ticks: list[tuple[int, int]] = []  # (sequence in the journal, instant), oldest first
        self._since: dict[str, tuple[str, int]] = {}

    def hear(self, told: Mapping[str, Any]) -> None:
        """One sign of life, as the topic `health` has it."""
        at_ms, position, behind = int(told["at_ms"]), int(told["position"]), int(told["behind"])
        before = self._heard.get(told["part"])
        moved, waiting = at_ms, at_ms if behind else None
        if before is not None and before.started_ms == told["started_ms"] and behind:
            moved = before.moved_ms if before.position == position else at_ms
            waiting = before.waiting_since or at_ms
        sound = bool(told.get("sound", True))
        self._heard[told["part"]] = _Heard(at_ms, int(told["started_ms"]), position, behind, moved, waiting, sound)

    def tick(self, sequence: int, at_ms: int) -> None:
        """A tick of the journal."""
        self._ticks.append((sequence, at_ms))
        if len(self._ticks) > 2 * _TICKS_KEPT:
            del self._ticks[:_TICKS_KEPT]

    @property
    def last_tick_ms(self) -> int | None:
        """When the last tick was written."""
        return self._ticks[-1][1] if self._ticks else None

    def checks(self, now_ms: int) -> list[PartCheck]:
        """Every part that is watched, and the ticks."""
        return [*(self._part(part, now_ms) for part in WATCHED), self._tick_check(now_ms)]

    def _part(self, part: str, now_ms: int) -> PartCheck:
        heard = self._heard.get(part)
        if heard is None:
            state = NEVER if now_ms - self._began_ms > _START_MS else OK
            return PartCheck(part, state, self._state_since(part, state, now_ms), None, 0, None)
        lag_ms = self._judge_lag(heard, now_ms) if part == "judge" else None
        state = self._state(part, heard, lag_ms, now_ms)
        since = self._state_since(part, state, now_ms)
        return PartCheck(part, state, since, heard.at_ms, heard.behind, lag_ms)

    def _state(self, part: str, heard: _Heard, lag_ms: int | None, now_ms: int) -> str:
        if now_ms - heard.at_ms > SILENT_MS:
            return SILENT
        if not heard.sound:
            return UNSOUND
        if part in _STUCK_MS and heard.behind and heard.at_ms - heard.moved_ms > _STUCK_MS[part]:
            return STUCK
        if lag_ms is not None and lag_ms > _BEHIND_MS:
            return BEHIND
        waits = part == "intake" and heard.waiting_since is not None
        if waits and heard.at_ms - (heard.waiting_since or 0) > _WAITING_MS:
            return BEHIND
        return OK

    def _judge_lag(self, heard: _Heard, now_ms: int) -> int | None:
        """How long ago what the judge applied last was written, by the tick before it; None where ticks are unknown.

        A tick that was written and not applied yet is no lag as long as it is the only one.
        """
        place = bisect_right(self._ticks, (heard.position, now_ms)) - 1
        if place < 0 or not heard.behind:
            return None if place < 0 else 0
        return max(0, heard.at_ms - self._ticks[place][1])

    def _tick_check(self, now_ms: int) -> PartCheck:
        last = self.last_tick_ms
        if last is None:
            state = NEVER if now_ms - self._began_ms > _START_MS else OK
        else:
            state = SILENT if now_ms - last > SILENT_MS else OK
        return PartCheck(TICKS, state, self._state_since(TICKS, state, now_ms), last, 0, None)

    def _state_since(self, part: str, state: str, now_ms: int) -> int | None:
        """Since when it has been in this state, where that is a bad one."""
        if state == OK:
            self._since.pop(part, None)
            return None
        known = self._since.get(part)
        if known is None or known[0] != state:
            known = self._since[part] = (state, now_ms)
        return known[1]
