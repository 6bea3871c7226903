"""Take in the judge's verdicts: each once; an alert, an ask or a hold opens the line's case or extends it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from sekisho.core.terms.call import ACTION_NAMES, Action
from sekisho.office.models import Case, Hold, Line, Verdict
from sekisho.office.models.case import CLOSED, OPEN
from sekisho.office.queries.hold_length import hold_ms
from sekisho.office.services.known_lines import known_companies, known_lines
from sekisho.office.services.trail import note

_HOLD: Final = ACTION_NAMES[Action.HOLD]


def take_verdicts(batches: Iterable[pa.RecordBatch]) -> None:
    """Take VERDICTS as the topic has them. Within the caller's transaction; what was taken before is passed over."""
    told = {row["verdict_id"]: row for batch in batches for row in batch.to_pylist()}
    taken = set(Verdict.objects.filter(verdict_id__in=list(told)).values_list("verdict_id", flat=True))
    rows = [row for identity, row in told.items() if identity not in taken]
    companies = known_companies(row["company"] for row in rows)
    lines = known_lines((row["company"], row["line"]) for row in rows)
    cases = {case.line_id: case for case in Case.objects.filter(line__in=lines.values(), state=OPEN)}
    verdicts = []
    for row in rows:
        line = lines.get((row["company"], row["line"]))
        verdict = _verdict(row, round(row["at"].timestamp() * 1000))
        verdict.company, verdict.line = companies.get(row["company"]), line
        verdict.case = None if line is None else _case_of(line, verdict.at_ms, cases)
        verdicts.append(verdict)
    Verdict.objects.bulk_create(verdicts)
    Hold.objects.bulk_create(_hold(verdict) for verdict in verdicts if verdict.line and verdict.action == _HOLD)


def _hold(verdict: Verdict) -> Hold:
    return Hold(
        company=verdict.line.company,
        line=verdict.line,
        verdict=verdict,
        since_ms=verdict.at_ms,
        until_ms=verdict.at_ms + hold_ms(),
    )


def _verdict(row: Mapping[str, Any], at_ms: int) -> Verdict:
    return Verdict(
        verdict_id=row["verdict_id"],
        call_id=row["call_id"],
        company_text=row["company"],
        line_text=row["line"],
        at_ms=at_ms,
        action=row["action"],
        scope=row["scope"],
        score=row["score_nats"],
        evidence=_evidence(row["evidence"]),
        spend_today=row["spend_today"],
        spend_month=row["spend_month"],
    )


def _evidence(told: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": one["name"], "nats": one["nats"], "facts": json.loads(one["facts"])} for one in told]


def _case_of(line: Line, at_ms: int, open_cases: dict[int, Case]) -> Case:
    """The line's open case; a closed one where the verdict is of its time; else a new one."""
    case = open_cases.get(line.pk)
    if case is None:
        closed = Case.objects.filter(line=line, state=CLOSED, closed_ms__gte=at_ms)
        case = closed.order_by("closed_ms").first()
    if case is None:
        case = open_cases[line.pk] = Case.objects.create(company=line.company, line=line, opened_ms=at_ms)
        note("case.opened", str(case.uuid), company=line.company, now_ms=at_ms, by=None, case=case)
    elif at_ms < case.opened_ms:
        case.opened_ms = at_ms
        case.save(update_fields=["opened_ms"])
    return case
