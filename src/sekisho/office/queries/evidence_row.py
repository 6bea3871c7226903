"""Evidence of a verdict, strongest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sekisho.office.models import ShadowVerdict, Verdict


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One evidence or rule: its name, its nats for a thief, the numbers that its sentences need."""

    name: str
    nats: float
    facts: Mapping[str, float]


def evidence_of(verdict: Verdict | ShadowVerdict) -> tuple[EvidenceRow, ...]:
    """The evidence of a verdict, strongest first."""
    rows = [EvidenceRow(one["name"], one["nats"], one["facts"]) for one in verdict.evidence]
    return tuple(sorted(rows, key=lambda row: -row.nats))
