"""Refusals are summed by what caused them; live lines and health keep the newest word."""

from __future__ import annotations

import pytest

from sekisho.core.terms.instants import HOUR_MS, SECOND_MS


@pytest.fixture
def refused(db, cast, now_ms):
    from sekisho.office.services.take_effects import take_effects

    def take(**told):
        usual = {
            "company": "east",
            "line": "0312345678",
            "by": "hold",
            "bar": "",
            "count": 3,
            "number": "0102327612****",
        }
        take_effects([("refused", usual | {"first_ms": now_ms, "last_ms": now_ms + 900} | told)])

    return take


def test_refused_attempts_are_summed_by_cause(refused, open_case, now_ms):
    from sekisho.office.models import Refusal

    case = open_case()
    refused()
    refused(first_ms=now_ms + 5_000, last_ms=now_ms + 5_500, count=2, number="0102327699****")
    refused(by="bar", bar="b-1", count=1)
    held, barred = Refusal.objects.order_by("-count")
    assert (held.count, held.first_ms, held.last_ms) == (5, now_ms, now_ms + 5_500)
    assert (held.number, held.case.uuid) == ("0102327699****", case)
    assert (barred.by, barred.bar, barred.count) == ("bar", "b-1", 1)


def test_without_a_case_they_are_summed_too(refused, open_case, cast, now_ms):
    from sekisho.office.models import Refusal
    from sekisho.office.services.close_case import close_case

    refused()
    refused()
    assert [(sum_.count, sum_.case) for sum_ in Refusal.objects.all()] == [(6, None)]
    case = open_case()
    close_case(case=case, outcome="fraud", now_ms=now_ms + SECOND_MS, by=cast.east_operator)
    refused(first_ms=now_ms + HOUR_MS, last_ms=now_ms + HOUR_MS)
    assert Refusal.objects.get(case__uuid=case).count == 3


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("refused", {"line": "+81311112222"}),
        ("refused", {"company": "nowhere"}),
        ("refused", {"line": "nobody"}),
        ("bar", {"bar": "not a uuid", "version": 1, "in_force": True, "at_ms": 1}),
        ("bar", {"bar": "5e1f1f0e-5d6f-4f6e-9a55-0f3d2b8b9c11", "version": 1, "in_force": True, "at_ms": 1}),
        ("release", {"release": "not a uuid", "at_ms": 1}),
        ("weather", {}),
    ],
)
def test_what_the_office_does_not_know_is_passed_over(refused, kind, facts):
    from sekisho.office.models import Refusal
    from sekisho.office.services.take_effects import take_effects

    if kind == "refused":
        refused(**facts)
    else:
        take_effects([(kind, facts)])
    assert not Refusal.objects.exists()


def live(line, calls, abroad, accrued):
    return {"company": "east", "line": line, "open": calls, "open_international": abroad, "accrued": accrued}


def test_the_newest_word_on_a_line_counts(db, cast, now_ms):
    from sekisho.office.models import LiveLine
    from sekisho.office.services.take_live import take_live

    take_live([{"at_ms": now_ms, "lines": [live("0312345678", 2, 1, 500), live(cast.line_b, 1, 0, 80)]}])
    take_live(
        [
            {"at_ms": now_ms + 1_000, "lines": [live(cast.line_a, 3, 2, 900), live("+81311112222", 1, 1, 1)]},
            {"at_ms": now_ms + 2_000, "lines": [live(cast.line_a, 0, 0, 0)]},
        ]
    )
    told = {one.line.number: (one.open, one.accrued, one.at_ms) for one in LiveLine.objects.all()}
    assert told == {cast.line_a: (0, 0, now_ms + 2_000), cast.line_b: (1, 80, now_ms)}


def test_health_keeps_the_last_sign_of_life(db, cast, now_ms):
    from sekisho.office.queries.system_state import system_state
    from sekisho.office.services.take_health import take_health

    def sign(part, at_ms):
        return {"part": part, "at_ms": at_ms, "started_ms": 1, "position": at_ms, "behind": 0}

    take_health([sign("judge", now_ms - 60_000), sign("intake", now_ms), sign("judge", now_ms - 11_000)])
    state = system_state(cast.east_auditor, now_ms)
    assert [(part.part, part.age_ms, part.late) for part in state.parts] == [
        ("intake", 0, False),
        ("judge", 11_000, True),
        ("archive", None, True),
        ("relay", None, True),
        ("watchdog", None, True),
    ]
    assert state.late
    for part in ("judge", "archive", "relay", "watchdog", "shadow.night"):
        take_health([sign(part, now_ms)])
    take_health([sign("shadow.night", now_ms - 90_000)])  # a shadow is nobody's alarm
    assert not system_state(cast.east_operator, now_ms + 9_000).late
    assert system_state(cast.a_admin, now_ms) is None
