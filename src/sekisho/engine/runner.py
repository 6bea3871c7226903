"""The three parts of the engine in one process, run to the end of what there is: for `ingest` and for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sekisho.core.records.parsed import Tally
from sekisho.engine.archive import Archive
from sekisho.engine.intake import Intake, Taken
from sekisho.engine.judge import JudgeProcess
from sekisho.engine.sums import again, sum_of
from sekisho.flow import JudgeSettings
from sekisho.ports import Log
from sekisho.wiring.embedded import Embedded
from sekisho.wiring.profiles import chosen_policy


@dataclass(frozen=True, slots=True)
class FileSum:
    """One file and what became of its rows; `fault` says why it was put aside (then the sum is of what could be read).

    `tally` is None where the judge has not seen all of the file's calls.
    """

    file: str
    tally: Tally | None
    fault: str
    again: bool


@dataclass(frozen=True, slots=True)
class Engine:
    """Intake, judge and archive round one log."""

    log: Log
    intake: Intake
    judge: JudgeProcess
    archive: Archive


def start_engine(home: Embedded, judge_settings: JudgeSettings | None = None) -> Engine:
    """The three parts over opened edges, each where it last stopped; the judge is set to the profile of the settings.

    Raises LogDamaged, BadSetting.
    """
    settings = home.settings
    judge = JudgeProcess(
        home.log,
        home.snapshots,
        judge_settings or JudgeSettings(chosen_policy(settings.profile)),
        home.clock,
        entries=settings.judge_entries,
        snapshot_entries=settings.snapshot_entries,
    )
    return Engine(
        log=home.log,
        intake=Intake(home.log, home.feed, home.sources.open, settings.batch_rows),
        judge=judge,
        archive=Archive(home.log, home.lake, settings.archive_rows),
    )


def drain(
    engine: Engine, stop: Callable[[], bool] = lambda: False, told: Callable[[Taken], None] | None = None
) -> None:
    """Take every waiting file, judge and archive everything, save a snapshot; leave off between steps when `stop()`.

    `told` hears of every file as it was taken.
    """
    parts: list[Callable[[], bool]] = [partial(_take, engine, told), engine.judge.step, engine.archive.step]
    for step in parts:
        while not stop() and step():
            pass
    engine.judge.rest()


def _take(engine: Engine, told: Callable[[Taken], None] | None) -> bool:
    """One file, judged at once: what is still in memory need not be read again."""
    if not engine.intake.step():
        return False
    if told is not None:
        told(engine.intake.taken[-1])
    while engine.judge.step():
        pass
    return True


def file_sums(engine: Engine) -> list[FileSum]:
    """What became of the rows of every file this process has taken."""
    return [_file_sum(engine.log, taken) for taken in engine.intake.taken]


def _file_sum(log: Log, taken: Taken) -> FileSum:
    if taken.fault:
        return FileSum(taken.file, taken.read, taken.fault, again=False)
    tally = sum_of(log, taken.delivery)
    if tally is not None and taken.again:
        tally = again(tally)
    return FileSum(taken.file, tally, "", taken.again)
