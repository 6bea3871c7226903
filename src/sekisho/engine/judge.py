"""The judge process: journal → verdicts, rated calls, rejects, effects.

1. At start the newest snapshot is loaded; the journal after it is applied again. What that says was said before, under
   the same keys, so the log skips it.
2. A step applies some entries, then writes all they led to in one transaction, keyed by the journal's sequence.
3. A snapshot is saved now and then, only after everything up to it has been written.
4. With a gate (engine/gate.py), attempts are applied between entries, at once, and appended to a topic of their own a
   little later. Each such entry says after which journal entry it was applied, and a replay puts it there.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from sekisho.bodies import body_of
from sekisho.core.tables import RATED, REJECTS, VERDICTS
from sekisho.core.terms.errors import LogDamaged
from sekisho.engine.sums import judged_message
from sekisho.failpoint import failpoint
from sekisho.flow import Judge, JudgeSettings, Outcome
from sekisho.flow.attempt import applied_after
from sekisho.flow.snapshot import Taking
from sekisho.ports import (
    ATTEMPT_TOPIC,
    EFFECT_TOPIC,
    JOURNAL,
    RATED_TOPIC,
    REJECT_TOPIC,
    TALLY_TOPIC,
    VERDICT_TOPIC,
    WHOLE,
    Clock,
    Draft,
    Entry,
    Log,
    Message,
    Piece,
    Snapshots,
)

Said = dict[str, list[Message]]

ATTEMPTS: Final = "attempts"  # the kind of entries that hold them

_TABLES: Final = (
    ("rated", RATED_TOPIC, RATED),
    ("verdicts", VERDICT_TOPIC, VERDICTS),
    ("rejects", REJECT_TOPIC, REJECTS),
)
_TOPICS: Final = (VERDICT_TOPIC, RATED_TOPIC, REJECT_TOPIC, TALLY_TOPIC, EFFECT_TOPIC)
_ATTEMPTS: Final = "attempts.position"
_ATTEMPTS_READ: Final = 256


def said_of(outcome: Outcome, key: str, at_ms: int) -> Said:
    """The messages an outcome leads to, all under `key`; effects have keys of their own and are true since `at_ms`."""
    said: Said = {topic: [] for topic in _TOPICS}
    for name, topic, schema in _TABLES:
        table = getattr(outcome, name)
        if table is not None:
            said[topic].append(Message(name, key, body_of([table], schema)))
    for effect in outcome.effects:
        facts = json.dumps({**effect.facts, "at_ms": at_ms}).encode()
        said[EFFECT_TOPIC].append(Message(effect.kind, effect.key, facts))
    return said


def attempts_key(number: int) -> str:
    """The key of the `number`th entry of attempts, and of what it led to."""
    return f"{ATTEMPTS}:{number}"


def _count(entries: Sequence[Entry]) -> int:
    return sum(entry.kind == ATTEMPTS for entry in entries)


class Taken(NamedTuple):
    """A snapshot under way: what is taken of the judge, and where it is written."""

    taking: Taking
    draft: Draft


class JudgeProcess:
    """Runs one judge over the journal; `step` until it says that nothing is left. One process a log.

    A gate runs `read`, `apply` and `write` itself, for it reads and writes in another thread than it decides in.
    """

    def __init__(
        self,
        log: Log,
        snapshots: Snapshots,
        settings: JudgeSettings,
        clock: Clock,
        *,
        entries: int,
        snapshot_entries: int,
    ) -> None:
        """Start where the last one stopped. A step applies up to `entries`; every `snapshot_entries` one is saved.

        Raises LogDamaged where the snapshot is of another journal.
        """
        self._log, self._snapshots, self._clock = log, snapshots, clock
        self._entries, self._snapshot_entries = entries, snapshot_entries
        self.attempts = 0  # entries of attempts applied so far
        self._replayed: deque[Entry] = deque()  # attempts of earlier processes that wait for their place
        self._said: Said = {topic: [] for topic in _TOPICS}
        loaded = snapshots.load()
        if loaded is None:
            self.judge, self.position = Judge(settings), 0
        else:
            self.position, pieces = loaded
            if self.position > log.last(JOURNAL):
                raise LogDamaged(
                    f"the snapshot includes {self.position} journal entries, the journal has {log.last(JOURNAL)}; "
                    "restore the log, or move the snapshots away to have all of it judged again"
                )
            self.attempts = next(int(piece.rows[0]) for piece in reversed(pieces) if piece.name == _ATTEMPTS)
            self.judge = Judge.restore(settings, pieces)
        self._saved = self.position
        self._whole = False
        self._replay_until = log.last(ATTEMPT_TOPIC)

    def step(self) -> bool:
        """Judge the next entries; False where there were none."""
        entries = self.read()
        for entry in entries:
            self.apply(entry)
        self.write(self.take_said())
        if self.snapshot_due:
            self.rest()
        return bool(entries)

    def read(self) -> list[Entry]:
        """The next entries of the journal; at their places among them, attempts that earlier processes were asked."""
        entries = self._log.read(JOURNAL, self.position, self._entries)
        if self._replay_until > self.attempts + len(self._replayed) and not self._replayed:
            self._replayed.extend(self._log.read(ATTEMPT_TOPIC, self.attempts, _ATTEMPTS_READ))
        return self._with_attempts(entries)

    def _with_attempts(self, entries: list[Entry]) -> list[Entry]:
        if not self._replayed:
            return entries
        merged: list[Entry] = []
        position = self.position
        for entry in [*entries, None]:
            while self._replayed and applied_after(self._replayed[0].body) <= position:
                merged.append(self._replayed.popleft())
            if not self._replayed and self.attempts + _count(merged) < self._replay_until:
                break  # the next attempts must be read before we go on
            if entry is not None:
                merged.append(entry)
                position = entry.sequence
        return merged

    def apply(self, entry: Entry) -> None:
        """Apply the next entry; what it led to waits for `take_said`."""
        failpoint("judge")
        outcome = self.judge.apply(entry.kind, entry.body)
        if entry.kind == ATTEMPTS:
            self.attempts += 1
            key = attempts_key(self.attempts)
        else:
            self.position = entry.sequence
            key = f"{JOURNAL}:{entry.sequence}"
        for topic, messages in said_of(outcome, key, self._clock.now_ms()).items():
            self._said[topic] += messages
        if entry.kind == "calls":
            self._said[TALLY_TOPIC].append(judged_message(entry.key, outcome))

    def take_said(self) -> Said:
        """What the entries applied since the last time led to."""
        said, self._said = self._said, {topic: [] for topic in _TOPICS}
        return said

    def write(self, said: Mapping[str, Sequence[Message]]) -> None:
        """Write what entries led to, in one transaction."""
        failpoint("verdict_write")
        if any(said.values()):
            self._log.append({topic: messages for topic, messages in said.items() if messages})

    @property
    def replaying(self) -> bool:
        """Whether attempts of earlier processes are still to be applied; until then no new ones may be."""
        return self.attempts < self._replay_until

    @property
    def snapshot_due(self) -> bool:
        """Whether so many entries have been judged since the last snapshot that it is time for one."""
        return self.position - self._saved >= self._snapshot_entries

    def begin_snapshot(self) -> Taken:
        """Begin a snapshot: `Taken.step` until it is settled, then `end_snapshot` and `save`. One at a time."""
        whole = self._whole or self._snapshots.whole_due
        self._whole = True  # until this one is saved: what it takes, no other one takes
        return Taken(self.judge.take(whole=whole), self._snapshots.begin(whole=whole))

    def end_snapshot(self, taken: Taken) -> tuple[int, list[Piece]]:
        """Take what is left: the position the snapshot includes, and its last pieces.

        Whoever saves it has written before what all entries up to there led to, and every attempt applied so far.
        """
        attempts = Piece(_ATTEMPTS, WHOLE, np.array([self.attempts]))
        return self.position, [*taken.taking.finish(), attempts]

    def save(self, taken: Taken, position: int, pieces: list[Piece]) -> None:
        """Save what `end_snapshot` gave. Raises InUse where the disk takes no more; the next one holds all then."""
        taken.draft.add(pieces)
        taken.draft.commit(position)
        self._saved, self._whole = position, False

    def rest(self) -> None:
        """Save a snapshot if anything was judged since the last one, so that the next start is quick."""
        if self.position > self._saved:
            taken = self.begin_snapshot()
            while not taken.taking.settled:
                taken.draft.add(taken.taking.step())
            self.save(taken, *self.end_snapshot(taken))
