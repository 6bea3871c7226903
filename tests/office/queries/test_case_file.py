"""The case page's data: verdicts, restrictions with their orders, the picture of the line, and who may see it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, JST_OFFSET_MS, MINUTE_MS, SECOND_MS


@pytest.fixture
def case_file(db):
    from sekisho.office.queries.case_file import case_file

    return case_file


def test_what_the_watch_said(case_file, cast, open_case, verdicts, call_book, now_ms):
    from sekisho.office.services.take_verdicts import take_verdicts

    case = open_case()
    take_verdicts([verdicts(("v2", cast.line_a, now_ms, {"action": "hold", "score_nats": 15.0}))])
    found = case_file(cast.east_operator, case, call_book, now_ms)
    assert [(row.action, row.score) for row in found.verdicts] == [("hold", 15.0), ("alert", 9.5)]
    assert [row.name for row in found.verdicts[0].evidence] == ["country", "rate"]
    assert (found.score, found.standing, found.state) == (15.0, "held", "open")
    assert (found.line, found.customer.name_en, found.contract, found.channels) == (cast.line_a, "A Ltd", "A-1", 8)
    assert (found.terms.version, found.terms.automatic_hold) == ("2026-07", True)
    assert [(row.since_ms, row.in_force) for row in found.holds] == [(now_ms, True)]


def test_bars_with_their_orders(case_file, cast, open_case, call_book, now_ms):
    from sekisho.office.services.lift_bar import lift_bar
    from sekisho.office.services.set_bar import set_bar
    from sekisho.office.services.take_effects import take_effects

    case = open_case()
    about = {"line": cast.line_a, "owner": "customer", "reason": "fraud", "proof": "call of 02:40"}
    bar, _ = set_bar(**about, by=cast.east_operator, now_ms=now_ms, requested_ms=now_ms - 5 * MINUTE_MS)
    take_effects([("bar", {"bar": str(bar), "version": 1, "in_force": True, "at_ms": now_ms + 420})])
    lift_bar(bar=bar, by=cast.east_supervisor, now_ms=now_ms + HOUR_MS, proof="letter")
    (row,) = case_file(cast.east_operator, case, call_book, now_ms + HOUR_MS).bars
    assert (row.bar, row.owner, row.in_force, row.in_force_ms) == (bar, "customer", False, now_ms + 420)
    first, second = row.orders
    assert (first.kind, first.state, first.order_to_effect_ms) == ("set", "completed", 420)
    assert (first.requested_ms, first.proof, first.entered_by) == (
        now_ms - 5 * MINUTE_MS,
        "call of 02:40",
        "East Operator",
    )
    assert (second.kind, second.state, second.order_to_effect_ms) == ("lift", "accepted", None)


def test_what_was_done(case_file, cast, open_case, call_book, now_ms):
    from sekisho.office.services.log_contact import log_contact
    from sekisho.office.services.record_view import record_view
    from sekisho.office.services.take_effects import take_effects

    case = open_case()
    record_view(by=cast.east_auditor, case=case, reason="audit", now_ms=now_ms)
    log_contact(case=case, channel="sms", who="Sato", at_ms=now_ms, reached=True, now_ms=now_ms, by=cast.east_operator)
    facts = {"company": "east", "line": cast.line_a, "by": "bar", "bar": "x", "number": "0102327612****"}
    take_effects([("refused", facts | {"count": 4, "first_ms": 1, "last_ms": 2})])
    found = case_file(cast.east_operator, case, call_book, now_ms)
    assert [row.action for row in found.trail] == ["contact.logged", "calls.viewed", "case.opened"]
    assert [row.user for row in found.trail] == ["East Operator", "East Auditor", ""]
    assert [(row.channel, row.who, row.reached) for row in found.contacts] == [("sms", "Sato", True)]
    assert [(row.by, row.count, row.number) for row in found.refusals] == [("bar", 4, "0102327612****")]


def test_the_picture_of_the_line(case_file, cast, open_case, make_call_book, now_ms):
    """A call of 10 yen at 02:10 in Japan on every third of the 28 days before; tonight a flood in that hour."""
    hour = now_ms - now_ms % HOUR_MS
    usual = [
        (cast.line_a, hour - days * DAY_MS + 10 * MINUTE_MS, {"charge_milliyen": 10_000, "country": "KR"})
        for days in range(3, 30, 3)
    ]
    flood = [("0312345678", hour + number * SECOND_MS, {}) for number in range(20)]
    inward = [(cast.line_a, now_ms - MINUTE_MS, {"direction": "in", "class": "mobile", "charge_milliyen": 0})]
    case = open_case(at_ms=hour)
    found = case_file(cast.east_operator, case, make_call_book(*usual, *flood, *inward), now_ms)
    assert len(found.hours.hours) == 48
    assert found.hours.hours[-1].hour_ms == hour
    assert (found.hours.hours[-1].charge, found.hours.hours[-1].international_calls) == (3_500_000, 20)
    assert sum(row.charge for row in found.hours.hours[:-1]) == 0
    night = (hour + JST_OFFSET_MS) // HOUR_MS % 24
    normal = {row.hour: (row.mean, row.high) for row in found.hours.normal}
    assert list(normal) == list(range(24))
    assert normal.pop(night) == (9 * 10_000 // 28, 10_000)
    assert set(normal.values()) == {(0, 0)}
    assert [(row.country, row.calls, row.charge, row.calls_before) for row in found.countries] == [
        ("SL", 20, 3_500_000, 0)
    ]
    assert found.calls[0].direction == "in"
    assert (found.calls[1].number, found.calls[1].charge, len(found.calls)) == ("01023276123456", 175_000, 21)
    assert found.risk.spent == 3_500_000


def test_a_closed_case_keeps_its_picture(case_file, cast, open_case, make_call_book, now_ms):
    from sekisho.office.services.close_case import close_case

    case = open_case()
    close_case(case=case, outcome="fraud", now_ms=now_ms, by=cast.east_operator)
    call_book = make_call_book((cast.line_a, now_ms - MINUTE_MS, {}))
    found = case_file(cast.east_operator, case, call_book, now_ms + 90 * DAY_MS)
    assert (found.state, found.outcome, found.closed_ms) == ("closed", "fraud", now_ms)
    assert (found.risk.spent, found.risk.next_hour, len(found.calls)) == (175_000, 0, 1)


def test_who_sees_a_case(case_file, cast, open_case, call_book, now_ms):
    case = open_case()
    seen = {login for login, user in cast.everybody.items() if case_file(user, case, call_book, now_ms)}
    assert seen == {"east_operator", "east_supervisor", "east_auditor"}
    assert case_file(cast.east_operator, uuid4(), call_book, now_ms) is None


def test_without_the_picture_the_rest_is_the_same(case_file, cast, open_case, make_call_book, now_ms):
    case = open_case()
    book = make_call_book((cast.line_a, now_ms - 30 * SECOND_MS, {}))
    whole = case_file(cast.east_operator, case, book, now_ms)
    lean = case_file(cast.east_operator, case, book, now_ms, picture=False)
    assert whole.calls
    assert (lean.calls, lean.countries, lean.hours.hours) == ((), (), ())
    assert (lean.risk, lean.verdicts, lean.standing) == (whole.risk, whole.verdicts, whole.standing)
