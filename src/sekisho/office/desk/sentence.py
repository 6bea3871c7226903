"""A case in one sentence and one word."""

from __future__ import annotations

from sekisho.core.terms.instants import DAY_MS
from sekisho.office.queries.case_file import CaseFile
from sekisho.office.queries.queue_story import Story, queue_story
from sekisho.office.visit.visit import Visit, call_book
from sekisho.office.words import happened
from sekisho.office.words.states import CLOSED_AS, STANDING, State, standing


def sentence_of(came: Visit, file: CaseFile) -> str:
    """What happened, in one sentence; of a closed case, until a day after it was closed."""
    until_ms = came.now_ms if file.closed_ms is None else min(came.now_ms, file.closed_ms + DAY_MS)
    story = queue_story(came.user, call_book(), file.line, file.opened_ms, until_ms)
    if file.closed_ms is not None:
        return sentence_of_calls(story, came.now_ms)
    return sentence_of_calls(story, came.now_ms, file.live.open_international, file.risk.in_progress)


def sentence_of_calls(story: Story, now_ms: int, in_progress: int = 0, accrued: int = 0) -> str:
    """The same from a line's story: the countries that are new to the line or, where none is, all of them.

    `in_progress`: calls abroad that are up and not in the lake yet; `accrued`: milli-yen they have cost so far.
    """
    if not story.telling:
        return happened.suspected(story.first_ms, now_ms)
    calls = sum(row.calls for row in story.telling) + in_progress
    charge = sum(row.charge for row in story.telling) + accrued
    new = not story.telling[0].calls_before
    codes = [row.country for row in story.telling]
    return happened.calls_abroad(codes, calls, charge, story.first_ms, now_ms, new=new)


def state_of(file: CaseFile) -> State:
    """How the case stands: its outcome, or what stands against the calls."""
    return (
        CLOSED_AS[file.outcome]
        if file.state == "closed"
        else STANDING[standing(file.standing, stopped=file.risk.stopped)]
    )
