"""What a page says of a verdict's evidence."""

from __future__ import annotations

import pytest

from sekisho.core.terms.instants import parse_rfc3339

AT = parse_rfc3339("2026-11-23T17:52:57Z")


@pytest.fixture
def shown(office):
    from sekisho.office.desk.shown import shown_evidence
    from sekisho.office.queries.case_rows import VerdictRow
    from sekisho.office.queries.evidence_row import EvidenceRow

    def of(*evidence):
        rows = tuple(EvidenceRow(name, nats, {"spend_yen": 1, "last_yen": 1}) for name, nats in evidence)
        return [row.nats for row in shown_evidence(VerdictRow(AT, "HOLD", 9.0, "", "a", rows, 0, 0))]

    return of


def test_evidence_that_comes_to_nothing_is_not_listed(shown):
    assert shown(("country", 6.1), ("rate", 0.05), ("probe", 0.049), ("signal", 0.0), ("price", -0.04)) == [6.1, 0.05]


def test_what_speaks_for_honest_calling_is(shown):
    assert shown(("country", 6.1), ("number", -0.3)) == [6.1, -0.3]


def test_a_rule_has_no_nats_and_is(shown):
    assert shown(("month_multiple", 0.0)) == [0.0]


def test_of_nothing_said_nothing_is_shown(office):
    from sekisho.office.desk.shown import shown_evidence

    assert shown_evidence(None) == []
