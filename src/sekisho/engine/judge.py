"""The judge process: journal → verdicts, rated calls, rejects. Its input is the journal and nothing else.

1. At start the newest snapshot is loaded; the journal after it is applied again. What that says was said before, under
   the same keys, so the log skips it.
2. A step applies some entries, then writes all they led to in one transaction, keyed by the journal's sequence.
3. A snapshot is saved now and then, only after everything up to it has been written.
"""

from __future__ import annotations

from typing import Final

from sekisho.core.tables import RATED, REJECTS, VERDICTS
from sekisho.core.terms.errors import LogDamaged
from sekisho.bodies import body_of
from sekisho.engine.sums import judged_message
from sekisho.failpoint import failpoint
from sekisho.flow import Judge, JudgeSettings, Outcome
from sekisho.ports import (
    JOURNAL,
    RATED_TOPIC,
    REJECT_TOPIC,
    TALLY_TOPIC,
    VERDICT_TOPIC,
    Entry,
    Log,
    Message,
    Snapshots,
)

_TABLES: Final = (
    ("rated", RATED_TOPIC, RATED),
    ("verdicts", VERDICT_TOPIC, VERDICTS),
    ("rejects", REJECT_TOPIC, REJECTS),
)
_TOPICS: Final = (VERDICT_TOPIC, RATED_TOPIC, REJECT_TOPIC, TALLY_TOPIC)


class JudgeProcess:
    """Runs one judge over the journal; `step` until it says that nothing is left. One process a log."""

    def __init__(
        self, log: Log, snapshots: Snapshots, settings: JudgeSettings, *, entries: int, snapshot_entries: int
    ) -> None:
        """Start where the last one stopped. A step applies up to `entries`; every `snapshot_entries` one is saved.

        Raises LogDamaged where the snapshot is of another journal.
        """
        self._log, self._snapshots = log, snapshots
        self._entries, self._snapshot_entries = entries, snapshot_entries
        loaded = snapshots.load()
        if loaded is None:
            self._judge, self.position = Judge(settings), 0
        else:
            self.position, arrays = loaded
            if self.position > log.last(JOURNAL):
                raise LogDamaged(
                    f"the snapshot includes {self.position} journal entries, the journal has {log.last(JOURNAL)}; "
                    "restore the log, or move the snapshots away to have all of it judged again"
                )
            self._judge = Judge.restore(settings, arrays)
        self._saved = self.position

    def step(self) -> bool:
        """Judge the next entries; False where there were none."""
        entries = self._log.read(JOURNAL, self.position, self._entries)
        if not entries:
            return False
        said: dict[str, list[Message]] = {topic: [] for topic in _TOPICS}
        for entry in entries:
            failpoint("judge")
            self._put(said, entry, self._judge.apply(entry.kind, entry.body))
        failpoint("verdict_write")
        self._log.append(said)
        self.position = entries[-1].sequence
        if self.position - self._saved >= self._snapshot_entries:
            self._save()
        return True

    def rest(self) -> None:
        """Save a snapshot if anything was judged since the last one, so that the next start is quick."""
        if self.position > self._saved:
            self._save()

    def _put(self, said: dict[str, list[Message]], entry: Entry, outcome: Outcome) -> None:
        for name, topic, schema in _TABLES:
            table = getattr(outcome, name)
            if table is not None:
                said[topic].append(Message(name, f"{JOURNAL}:{entry.sequence}", body_of([table], schema)))
        if entry.kind == "calls":
            said[TALLY_TOPIC].append(judged_message(entry.key, outcome))

    def _save(self) -> None:
        self._snapshots.save(self.position, self._judge.arrays())
        self._saved = self.position
