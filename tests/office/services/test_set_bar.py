"""Setting and lifting bars: who may, whose bar it is, what the judge hears, what the order says."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from sekisho.core.terms.errors import NotAllowed, NotKnown, NotPossible
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, SECOND_MS


@pytest.fixture
def set_bar(cast, now_ms):
    from sekisho.office.services.set_bar import set_bar

    def by(user, **told):
        usual = {"line": cast.line_a, "owner": "customer", "reason": "asked for", "proof": "by telephone"}
        return set_bar(**(usual | {"now_ms": now_ms} | told), by=user)

    return by


@pytest.fixture
def lift_bar(cast, now_ms):
    from sekisho.office.services.lift_bar import lift_bar

    def by(user, bar, **told):
        return lift_bar(**({"bar": bar, "now_ms": now_ms + SECOND_MS, "proof": "by telephone"} | told), by=user)

    return by


def effect(bar, version, at_ms, *, in_force):
    from sekisho.office.services.take_effects import take_effects

    facts = {"company": "east", "line": "", "bar": str(bar), "version": version, "in_force": in_force, "at_ms": at_ms}
    take_effects([("bar", facts)])


def code_of(call, *args, **told):
    with pytest.raises(NotPossible) as fault:
        call(*args, **told)
    return fault.value.code


def test_the_judge_is_told_of_a_bar(set_bar, cast, posted, now_ms):
    bar, order = set_bar(cast.east_operator)
    (message,) = posted()
    assert message.kind == "bar"
    assert message.body == {
        "company": "east",
        "line": cast.line_a,
        "bar": str(bar),
        "version": 1,
        "in_force": True,
        "scope": "international",
        "owner": "customer",
        "since_ms": now_ms,
        "order": str(order),
    }


def test_an_order_runs_from_the_request_to_the_effect(set_bar, cast, now_ms):
    from sekisho.office.models import Order

    bar, uuid = set_bar(cast.east_operator, requested_ms=now_ms - HOUR_MS)
    order = Order.objects.get(uuid=uuid)
    assert (order.state, order.requested_ms, order.accepted_ms) == ("accepted", now_ms - HOUR_MS, now_ms)
    assert order.accepted_ms < order.due_ms <= now_ms + DAY_MS
    assert order.entered_by == cast.east_operator
    effect(bar, 1, now_ms + 400, in_force=True)
    order.refresh_from_db()
    assert (order.state, order.completed_ms) == ("completed", now_ms + 400)
    assert (order.bar.in_force_ms, order.bar.acknowledged_version) == (now_ms + 400, 1)


def test_an_order_asked_for_on_an_earlier_day_is_due_at_once(set_bar, cast, now_ms):
    from sekisho.office.models import Order

    _, uuid = set_bar(cast.east_operator, requested_ms=now_ms - 3 * DAY_MS)
    assert Order.objects.get(uuid=uuid).due_ms == now_ms


def test_the_same_effect_again_changes_nothing(set_bar, lift_bar, cast, now_ms):
    from sekisho.office.models import Bar

    bar, _ = set_bar(cast.east_operator)
    effect(bar, 1, now_ms + 400, in_force=True)
    effect(bar, 1, now_ms + 900, in_force=True)
    assert Bar.objects.get(uuid=bar).in_force_ms == now_ms + 400
    lift_bar(cast.east_operator, bar)
    effect(bar, 2, now_ms + 1_300, in_force=False)
    effect(bar, 1, now_ms + 2_000, in_force=True)
    found = Bar.objects.get(uuid=bar)
    assert (found.in_force_ms, found.ended_ms, found.acknowledged_version) == (now_ms + 400, now_ms + 1_300, 2)


def test_lifting_tells_a_new_version(set_bar, lift_bar, cast, posted):
    bar, _ = set_bar(cast.east_operator)
    _, order = lift_bar(cast.east_supervisor, bar)
    told = posted()[-1].body
    assert (told["bar"], told["version"], told["in_force"], told["order"]) == (str(bar), 2, False, str(order))
    assert code_of(lift_bar, cast.east_operator, bar) == "not_barred"


def test_lifting_the_customers_bar_leaves_the_emergency_bar(set_bar, lift_bar, cast, now_ms):
    from sekisho.office.queries.bars_in_force import bars_in_force

    mine, _ = set_bar(cast.east_operator)
    set_bar(cast.east_operator, owner="emergency", reason="nobody answers")
    lift_bar(cast.a_admin, mine)
    (left,) = bars_in_force(cast.a_admin, now_ms + 2 * SECOND_MS)
    assert (left.owner, left.reason, left.line) == ("emergency", "nobody answers", cast.line_a)


def test_one_bar_a_line_and_owner(set_bar, lift_bar, cast):
    bar, _ = set_bar(cast.east_operator)
    assert code_of(set_bar, cast.east_operator) == "already_barred"
    lift_bar(cast.east_operator, bar)
    assert set_bar(cast.east_operator).bar != bar


def test_the_database_itself_refuses_a_second_bar(set_bar, cast):
    from sekisho.office.models import Bar

    bar, _ = set_bar(cast.east_operator)
    found = Bar.objects.get(uuid=bar)
    with pytest.raises(IntegrityError), transaction.atomic():
        Bar.objects.create(company=found.company, line=found.line, scope="international", owner="customer", since_ms=1)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"proof": " "}, "no_proof"),
        ({"requested_ms": 2_000_000_000_000}, "requested_later"),
        ({"until_ms": 1}, "until_past"),
    ],
)
def test_what_cannot_be_ordered(set_bar, cast, told, code):
    assert code_of(set_bar, cast.east_operator, **told) == code


def test_an_emergency_bar_needs_its_clause(set_bar, cast, now_ms):
    from sekisho.office.services.publish_terms import publish_terms

    west = {"line": cast.line_west, "owner": "emergency"}
    assert code_of(set_bar, cast.west_operator, **west) == "no_emergency_clause"
    clauses = {"automatic_hold": False, "emergency_bar": True, "effective_ms": now_ms + HOUR_MS}
    publish_terms(company="west", version="2026-12", now_ms=now_ms, **clauses)
    assert code_of(set_bar, cast.west_operator, **west) == "no_emergency_clause"
    assert set_bar(cast.west_operator, **west, now_ms=now_ms + HOUR_MS).bar


def test_a_bar_on_the_command_line(set_bar, cast):
    assert set_bar(None, company="east", line="03-1234-5678").bar
    with pytest.raises(NotKnown):
        set_bar(None, company="nowhere")
    with pytest.raises(NotKnown):
        set_bar(None)


@pytest.mark.parametrize(
    ("login", "line", "owner", "outcome"),
    [
        ("east_operator", "line_a", "emergency", None),
        ("east_supervisor", "line_a", "credit", None),
        ("east_auditor", "line_a", "customer", NotAllowed),
        ("west_operator", "line_a", "customer", NotKnown),
        ("a_admin", "line_a", "customer", None),
        ("a_admin", "line_a", "emergency", NotAllowed),
        ("a_admin", "line_b", "customer", NotKnown),
        ("a_viewer", "line_a", "customer", NotAllowed),
        ("maintainer", "line_a", "customer", NotAllowed),
        ("b_admin", "line_a", "customer", NotKnown),
    ],
)
def test_who_may_bar_which_line(set_bar, cast, posted, login, line, owner, outcome):
    told = {"line": getattr(cast, line), "owner": owner}
    if outcome is None:
        assert set_bar(cast.everybody[login], **told).bar
        return
    with pytest.raises(outcome):
        set_bar(cast.everybody[login], **told)
    assert posted() == []


@pytest.mark.parametrize(
    ("login", "outcome"), [("west_operator", NotKnown), ("b_admin", NotKnown), ("a_admin", NotAllowed)]
)
def test_who_may_not_lift_an_emergency_bar(set_bar, lift_bar, cast, login, outcome):
    bar, _ = set_bar(cast.east_operator, owner="emergency")
    with pytest.raises(outcome):
        lift_bar(cast.everybody[login], bar)


def test_a_bar_whose_term_ended_is_lifted(set_bar, cast, now_ms, posted):
    from sekisho.office.services.lift_due_bars import lift_due_bars

    bar, _ = set_bar(cast.east_operator, until_ms=now_ms + HOUR_MS)
    set_bar(cast.east_operator, owner="credit")
    assert lift_due_bars(now_ms=now_ms + HOUR_MS - 1) == 0
    assert lift_due_bars(now_ms=now_ms + HOUR_MS) == 1
    assert lift_due_bars(now_ms=now_ms + HOUR_MS) == 0
    assert (posted()[-1].body["bar"], posted()[-1].body["in_force"]) == (str(bar), False)


def test_every_action_has_its_audit_line(set_bar, lift_bar, cast, open_case):
    from sekisho.office.models import AuditLine

    case = open_case()
    bar, _ = set_bar(cast.east_operator)
    lift_bar(cast.east_supervisor, bar)
    lines = AuditLine.objects.filter(case__uuid=case).order_by("id")
    assert [(line.action, line.user) for line in lines] == [
        ("case.opened", None),
        ("bar.set", cast.east_operator),
        ("bar.lifted", cast.east_supervisor),
    ]
