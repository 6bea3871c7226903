"""Verdicts come in: each once; cases are opened or extended, holds are written down; the unknown is kept aside."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS


@pytest.fixture
def take(db, verdicts):
    from sekisho.office.services.take_verdicts import take_verdicts

    return lambda *told: take_verdicts([verdicts(*told)])


def test_an_alert_opens_a_case_and_the_next_extends_it(take, cast, now_ms):
    from sekisho.office.models import Case, Verdict

    take(("v1", cast.line_a, now_ms, {}))
    take(("v2", cast.line_a, now_ms + MINUTE_MS, {"action": "hold"}), ("v3", cast.line_b, now_ms, {}))
    case = Case.objects.get(line__number=cast.line_a)
    assert (case.opened_ms, case.state) == (now_ms, "open")
    assert list(Verdict.objects.filter(case=case).order_by("at_ms").values_list("verdict_id", flat=True)) == [
        "v1",
        "v2",
    ]
    assert Case.objects.count() == 2


@pytest.mark.parametrize("text", ["0312345678", "+81312345678", "81312345678", "03-1234-5678"])
def test_a_line_is_found_however_it_was_written(take, cast, now_ms, text):
    from sekisho.office.models import Verdict

    take(("v1", text, now_ms, {}))
    verdict = Verdict.objects.get()
    assert (verdict.line.number, verdict.line_text) == (cast.line_a, text)


def test_the_same_verdict_again_changes_nothing(take, cast, now_ms):
    from sekisho.office.models import Case, Hold, Verdict

    for _ in range(2):
        take(("v1", cast.line_a, now_ms, {"action": "hold"}), ("v1", cast.line_a, now_ms, {"action": "hold"}))
    assert (Verdict.objects.count(), Hold.objects.count(), Case.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("line", "told"),
    [("+81311112222", {}), ("not a number", {}), ("+81312345678", {"company": "nowhere"}), ("", {}), ("12", {})],
)
def test_what_the_office_does_not_know_is_kept_aside(take, cast, now_ms, line, told):
    from sekisho.office.models import Case, Verdict

    take(("v1", line, now_ms, told | {"action": "hold"}), ("v2", cast.line_b, now_ms, {}))
    kept = Verdict.objects.get(verdict_id="v1")
    assert (kept.line, kept.case, kept.line_text) == (None, None, line)
    assert (kept.company is None) == ("company" in told)
    assert Case.objects.get().line.number == cast.line_b


def test_a_hold_lasts_as_long_as_the_watch_says(take, cast, now_ms):
    from sekisho.office.models import Hold

    take(("v1", cast.line_a, now_ms, {"action": "hold"}))
    hold = Hold.objects.get()
    assert (hold.since_ms, hold.until_ms) == (now_ms, now_ms + 4 * HOUR_MS)


def test_evidence_is_kept_as_numbers(take, cast, now_ms):
    from sekisho.office.models import Verdict

    take(("v1", cast.line_a, now_ms, {}))
    evidence = Verdict.objects.get().evidence
    assert evidence[0] == {"name": "rate", "nats": 2.0, "facts": {"per_hour": 0.01}}


def test_a_late_verdict_goes_to_the_case_of_its_time(take, cast, now_ms, open_case):
    from sekisho.office.models import Case, Verdict
    from sekisho.office.services.close_case import close_case

    case = open_case(at_ms=now_ms)
    close_case(case=case, outcome="fraud", now_ms=now_ms + HOUR_MS, by=cast.east_operator)
    take(("late", cast.line_a, now_ms + MINUTE_MS, {}))
    assert Verdict.objects.get(verdict_id="late").case.uuid == case
    take(("new", cast.line_a, now_ms + 2 * HOUR_MS, {}))
    assert Verdict.objects.get(verdict_id="new").case.uuid != case
    assert Case.objects.filter(state="open").count() == 1


def test_a_case_begins_with_its_earliest_verdict(take, cast, now_ms):
    from sekisho.office.models import Case

    take(("v1", cast.line_a, now_ms, {}), ("v2", cast.line_a, now_ms - HOUR_MS, {}))
    assert Case.objects.get().opened_ms == now_ms - HOUR_MS


def test_the_database_itself_refuses_a_second_open_case(open_case):
    from sekisho.office.models import Case

    case = Case.objects.get(uuid=open_case())
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(company=case.company, line=case.line, opened_ms=1)
