"""A shadow: another policy that judges what the active one judges, and is heard by nobody but the desk.

1. It applies the same journal, and the attempts of the gate at their places among its entries, as a replay does. What
   the gate decided then is applied as it was decided: a shadow holds nothing.
2. It follows at a distance. Attempts reach the log a little after the journal entry behind which they belong, so an
   entry is applied only once the judge has given two more signs of life since it was past it: by then all attempts
   that belong before it are in the log.
3. Its verdicts go to a topic of its own. What else its judge says (rated calls, effects, rejects) goes nowhere.
4. Its snapshots are its own, a folder a policy version: another policy under the same name begins anew.
5. It may begin with the journal, or now: then with the active judge's last snapshot, so that it knows what that has
   learnt.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sekisho.bodies import body_of
from sekisho.core.tables import VERDICTS
from sekisho.core.watch.policy import Policy
from sekisho.flow import Judge, JudgeSettings, Outcome
from sekisho.flow.attempt import applied_after
from sekisho.ports import (
    ATTEMPT_TOPIC,
    HEALTH_TOPIC,
    JOURNAL,
    SHADOW_TOPICS,
    WHOLE,
    Clock,
    Entry,
    Log,
    Message,
    Piece,
    Snapshots,
)

NOW: Final = "now"
BEGINNING: Final = "beginning"
JUDGE: Final = "judge"
_ATTEMPTS: Final = "attempts.position"  # in a snapshot: how many entries of attempts it includes
_TOLD: Final = "shadow.told"
_BEATS: Final = 3
_HEALTH_READ: Final = 256
_READ: Final = 32
_SNAPSHOT_ENTRIES: Final = 900


def _plain(policy: Policy) -> dict[str, Any]:
    """The policy's numbers by name; its trees are named by their version."""
    told = {each.name: getattr(policy, each.name) for each in fields(policy)}
    return {**told, "scorecard": policy.scorecard.version if policy.scorecard is not None else ""}


class Settled:
    """How far the journal is settled: no attempt that belongs before there can come any more."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._after = max(0, log.last(HEALTH_TOPIC) - _HEALTH_READ)
        self._started = -1
        self._beats: deque[int] = deque(maxlen=_BEATS)  # positions of the judge's last signs of life
        self.position = 0

    def follow(self) -> int:
        """Hear the judge; the position now."""
        while entries := self._log.read(HEALTH_TOPIC, self._after, _HEALTH_READ):
            for entry in entries:
                self._hear(json.loads(entry.body))
            self._after = entries[-1].sequence
        return self.position

    def _hear(self, told: Mapping[str, Any]) -> None:
        if told["part"] != JUDGE:
            return
        if told["started_ms"] != self._started:
            self._started = told["started_ms"]
            self._beats.clear()
        self._beats.append(int(told["position"]))
        if len(self._beats) == _BEATS:
            self.position = max(self.position, self._beats[0])


def _newest(pieces: Sequence[Piece], name: str) -> npt.NDArray[Any]:
    """The rows of the newest piece of this name."""
    return next(piece.rows for piece in reversed(pieces) if piece.name == name)


class Shadow:
    """One shadow policy over the journal; `step` until it says that nothing is left. One process a name."""

    def __init__(
        self,
        name: str,
        policy: Policy,
        log: Log,
        snapshots: Snapshots,
        clock: Clock,
        active: tuple[int, list[Piece]] | None = None,
    ) -> None:
        """Go on where it stopped; else begin with `active`, a snapshot of the active judge, or with the journal."""
        self.name, self.policy, self.topic = name, policy, SHADOW_TOPICS + name
        self._log, self._snapshots, self._clock = log, snapshots, clock
        self._settled = Settled(log)
        settings = JudgeSettings(policy=policy)
        own = snapshots.load()
        if own is not None and own[0] > log.last(JOURNAL):
            own = None  # of another journal
        loaded = own or active
        if loaded is None:
            self._judge, self.position, self._attempts = Judge(settings), 0, 0
        else:
            self.position, pieces = loaded
            self._attempts = int(_newest(pieces, _ATTEMPTS)[0])
            self._judge = Judge.restore(settings, pieces)
        self.since_ms = self._since(own, begun_now=active is not None)
        self._saved = self.position

    def _since(self, own: tuple[int, list[Piece]] | None, *, begun_now: bool) -> int:
        """Since when its verdicts are to be compared; 0: since ever."""
        if own is not None:
            return int(json.loads(_newest(own[1], _TOLD).tobytes())["since_ms"])
        return self._clock.now_ms() if begun_now else 0

    @property
    def behind(self) -> int:
        """How many entries of the journal are still to be judged."""
        return max(0, self._log.last(JOURNAL) - self.position)

    def introduce(self, active: Policy) -> None:
        """Say who it is, and which of its numbers differ from those of the active policy. Raises InUse."""
        mine, theirs = _plain(self.policy), _plain(active)
        differs = [[name, theirs[name], value] for name, value in mine.items() if value != theirs[name]]
        told = {"name": self.name, "version": self.policy.version, "since_ms": self.since_ms, "differs": differs}
        told["at_ms"] = self._clock.now_ms()
        key = f"policy:{self.policy.version}:{told['at_ms']}"
        self._log.append({self.topic: [Message("policy", key, json.dumps(told).encode())]})

    def step(self) -> bool:
        """Judge the next settled entries; False where there were none. Raises InUse, LogDamaged."""
        settled = self._settled.follow()
        if settled <= self.position:
            return False
        entries = self._log.read(JOURNAL, self.position, min(_READ, settled - self.position))
        messages: list[Message] = []
        for entry in self._with_attempts(entries):
            is_attempts = entry.kind == "attempts"
            outcome = self._judge.apply(entry.kind, entry.body)
            if is_attempts:
                self._attempts += 1
            else:
                self.position = entry.sequence
            place = f"attempts:{self._attempts}" if is_attempts else f"{JOURNAL}:{entry.sequence}"
            messages += self._said(outcome, place)
        if messages:
            self._log.append({self.topic: messages})
        if self.position - self._saved >= _SNAPSHOT_ENTRIES:
            self.save()
        return bool(entries)

    def _with_attempts(self, entries: Sequence[Entry]) -> list[Entry]:
        """The entries, and before each the attempts that were applied before it."""
        merged: list[Entry] = []
        position, taken = self.position, self._attempts
        waiting: deque[Entry] = deque()
        for entry in entries:
            while True:
                if not waiting:
                    waiting.extend(self._log.read(ATTEMPT_TOPIC, taken, _READ))
                if not waiting or applied_after(waiting[0].body) > position:
                    break
                merged.append(waiting.popleft())
                taken += 1
            merged.append(entry)
            position = entry.sequence
        return merged

    def _said(self, outcome: Outcome, place: str) -> list[Message]:
        if outcome.verdicts is None:
            return []
        return [Message("verdicts", f"{self.policy.version}:{place}", body_of([outcome.verdicts], VERDICTS))]

    def save(self) -> None:
        """Save a snapshot, so that the next start is quick. What led up to it has been written. Raises InUse."""
        told = np.frombuffer(json.dumps({"since_ms": self.since_ms}).encode(), np.uint8)
        attempts = Piece(_ATTEMPTS, WHOLE, np.array([self._attempts]))
        draft = self._snapshots.begin(whole=True)
        draft.add([*self._judge.pieces(), attempts, Piece(_TOLD, WHOLE, told)])
        draft.commit(self.position)
        self._saved = self.position
