"""The queue: open cases by money at risk. It keeps itself fresh every two seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from sekisho.office.desk.sentence import sentence_of_calls
from sekisho.office.pictures.sparkline import sparkline
from sekisho.office.queries.queue import QueueRow, queue
from sekisho.office.queries.queue_story import queue_story
from sekisho.office.queries.system_state import system_state
from sekisho.office.visit.access import for_staff, found, page_context
from sekisho.office.visit.polling import answer, fragment, wanted
from sekisho.office.visit.visit import Visit, call_book
from sekisho.office.words import happened, pulse
from sekisho.office.words.states import STANDING, State, standing

EVERY_S = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """One row as the page says it."""

    case: UUID
    row: QueueRow
    sentence: str
    stopped: str
    state: State
    picture: SafeString


@require_GET
@for_staff
def queue_page(request: Any, came: Visit) -> HttpResponse:
    """The page, or one of its two fragments: `pulse` and `rows`."""
    part = wanted(request)
    if part == "pulse":
        return answer(request, _pulse(request, came))
    if part == "rows":
        return answer(request, _rows(request, came))
    context = page_context(came, here="queue", pulse=_pulse(request, came), rows=_rows(request, came))
    return render(request, "sekisho/desk/queue.html", context)


def _pulse(request: Any, came: Visit) -> SafeString:
    system = found(system_state(came.user, came.now_ms))
    context = page_context(
        came,
        late=pulse.late_parts(system.parts, came.now_ms),
        said=pulse.judge_said(system.parts, came.now_ms),
        is_late=system.late,
    )
    return fragment(request, "pulse", "sekisho/desk/pulse.html", context, every_s=EVERY_S)


def _rows(request: Any, came: Visit) -> SafeString:
    told = found(queue(came.user, call_book(), came.now_ms))
    rows = [_shown(came, row) for row in told.rows]
    context = page_context(
        came, rows=rows, unknown_lines=told.unknown_lines, at_risk=sum(row.risk.total for row in told.rows)
    )
    return fragment(request, "rows", "sekisho/desk/queue_rows.html", context, every_s=EVERY_S)


def _shown(came: Visit, row: QueueRow) -> Shown:
    story = queue_story(came.user, call_book(), row.line, row.opened_ms, came.now_ms)
    sentence = sentence_of_calls(story, came.now_ms, row.open_international, row.risk.in_progress)
    stands = standing(row.state, stopped=row.risk.stopped)
    stopped = happened.stopped(stands, row.refused, row.open_international, row.scope)
    picture = sparkline(with_in_progress(story.hours, row.risk.in_progress), story.usual)
    return Shown(row.case, row, sentence, stopped, STANDING[stands], picture)


def with_in_progress(hours: Sequence[int], accrued: int) -> tuple[int, ...]:
    """Milli-yen an hour with what calls in progress have cost so far, in the hour that runs."""
    return (*hours[:-1], hours[-1] + accrued) if hours else ()
