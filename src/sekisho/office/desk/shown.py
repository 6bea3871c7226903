"""Calls and evidence as pages say them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from sekisho.office.pictures.nats import weight
from sekisho.office.queries.case_rows import VerdictRow
from sekisho.office.queries.line_picture import CallRow
from sekisho.office.words import evidence, instants
from sekisho.office.words.countries import country
from sekisho.office.words.states import CLASSES

INTERNATIONAL: Final = "international"
WORTH_SHOWING: Final = 0.05  # nats: a page says one place after the point, and an evidence of 0.0 says nothing
_LEAST_NATS: Final = 4.0  # so many fill half of a small bar, at least: a weak score shall look weak


@dataclass(frozen=True, slots=True)
class Evidence:
    """One evidence as the page says it."""

    sentence: str
    nats: float
    picture: SafeString | None


@dataclass(frozen=True, slots=True)
class ShownCall:
    """One call as the page says it: where to, how long, and what the judge said of it."""

    row: CallRow
    where: str
    talked: str
    verdict: VerdictRow | None
    said: str


def shown_evidence(verdict: VerdictRow | None) -> list[Evidence]:
    """The rules of a verdict, and its evidence that comes to something, each with its sentence and its bar."""
    told = verdict.evidence if verdict else ()
    rows = [row for row in told if evidence.is_rule(row.name) or abs(row.nats) >= WORTH_SHOWING]
    most = max(_LEAST_NATS, *(abs(row.nats) for row in rows), 0.0)
    return [
        Evidence(
            evidence.sentence(row.name, row.facts),
            row.nats,
            None if evidence.is_rule(row.name) else weight(row.nats, most),
        )
        for row in rows
    ]


def shown_call(row: CallRow, verdict: VerdictRow | None) -> ShownCall:
    """A call, and what was said of it."""
    abroad = row.class_ == INTERNATIONAL
    where = country(row.country) if abroad else str(CLASSES.get(row.class_, row.class_))
    talked = instants.talk(row.end_ms - row.answer_ms) if row.answer_ms and row.end_ms else "—"
    strongest = verdict.evidence[0] if verdict and verdict.evidence else None
    said = evidence.sentence(strongest.name, strongest.facts) if strongest else ""
    return ShownCall(row, where, talked, verdict, said)
