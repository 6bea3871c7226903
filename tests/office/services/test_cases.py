"""The desk works on a case: release, close, contact, a look. Who may, what the judge hears, what is written down."""

from __future__ import annotations

from uuid import uuid4

import pytest

from sekisho.core.terms.errors import NotAllowed, NotKnown, NotPossible
from sekisho.core.terms.instants import HOUR_MS


@pytest.fixture
def desk(now_ms):
    """The verbs of a case, with usual arguments."""
    from sekisho.office.services.close_case import close_case
    from sekisho.office.services.log_contact import log_contact
    from sekisho.office.services.record_view import record_view
    from sekisho.office.services.release_hold import release_hold

    verbs = {
        "release": (release_hold, {"reason": "the customer called"}),
        "close": (close_case, {"outcome": "fraud"}),
        "contact": (log_contact, {"channel": "telephone", "who": "Sato", "at_ms": now_ms, "reached": False}),
        "view": (record_view, {"reason": "the case"}),
    }

    def do(verb, user, case, **told):
        service, usual = verbs[verb]
        return service(**(usual | {"now_ms": now_ms} | told), case=case, by=user)

    return do


def test_a_release_is_told_and_acknowledged(desk, cast, open_case, posted, now_ms):
    from sekisho.office.models import Hold
    from sekisho.office.queries.bars_in_force import bars_in_force
    from sekisho.office.services.take_effects import take_effects

    case = open_case(action="hold")
    assert [row.what for row in bars_in_force(cast.a_viewer, now_ms)] == ["hold"]
    release = desk("release", cast.east_operator, case)
    assert bars_in_force(cast.a_viewer, now_ms) == ()
    (message,) = posted()
    assert message.kind == "release"
    told = {"company": "east", "line": cast.line_a, "release": str(release), "at_ms": now_ms, "honest": False}
    assert message.body == told
    take_effects([("release", told | {"at_ms": now_ms + 300})])
    hold = Hold.objects.get()
    assert (hold.released_ms, hold.acknowledged_ms) == (now_ms, now_ms + 300)


def test_nothing_held_is_nothing_to_release(desk, cast, open_case, posted, now_ms):
    case = open_case(action="hold")
    with pytest.raises(NotPossible) as fault:
        desk("release", cast.east_operator, case, now_ms=now_ms + 5 * HOUR_MS)
    assert (fault.value.code, posted()) == ("no_hold", [])


@pytest.mark.parametrize("action", ["alert", "hold"])
def test_honest_calling_is_learnt(desk, cast, open_case, posted, action):
    from sekisho.office.models import Hold

    desk("close", cast.east_operator, open_case(action=action), outcome="honest")
    (message,) = posted()
    assert (message.kind, message.body["honest"], message.body["line"]) == ("release", True, cast.line_a)
    assert not Hold.objects.filter(released_ms__isnull=True).exists()


def test_after_fraud_the_hold_stays(desk, cast, open_case, posted, now_ms):
    from sekisho.office.models import Case
    from sekisho.office.queries.bars_in_force import bars_in_force

    case = open_case(action="hold")
    desk("close", cast.east_operator, case)
    found = Case.objects.get(uuid=case)
    assert (found.state, found.outcome, found.closed_by) == ("closed", "fraud", cast.east_operator)
    assert posted() == []
    assert [row.owner for row in bars_in_force(cast.a_admin, now_ms)] == ["judge"]
    with pytest.raises(NotPossible) as fault:
        desk("close", cast.east_operator, case)
    assert fault.value.code == "case_closed"


def test_a_contact_is_logged(desk, cast, open_case, now_ms):
    from sekisho.office.models import Contact

    desk("contact", cast.east_operator, open_case(), remark="rang ten times")
    contact = Contact.objects.get()
    assert (contact.who, contact.reached, contact.note) == ("Sato", False, "rang ten times")


@pytest.mark.parametrize("told", [{"channel": "pigeon"}, {"at_ms": 2_000_000_000_000}])
def test_a_contact_that_cannot_be(desk, cast, open_case, told):
    with pytest.raises(NotPossible):
        desk("contact", cast.east_operator, open_case(), **told)


def test_a_look_has_a_reason(desk, cast, open_case):
    from sekisho.office.models import AuditLine

    case = open_case()
    desk("view", cast.east_auditor, case, reason="yearly audit")
    desk("view", cast.a_viewer, None, reason="own details")
    with pytest.raises(NotPossible):
        desk("view", cast.east_auditor, case, reason=" ")
    looks = AuditLine.objects.filter(action="calls.viewed").order_by("id")
    assert [(line.user, line.object, line.data) for line in looks] == [
        (cast.east_auditor, str(case), {"reason": "yearly audit"}),
        (cast.a_viewer, "A", {"reason": "own details"}),
    ]


WORKS = {"east_operator", "east_supervisor"}
LOOKS = WORKS | {"east_auditor"}


@pytest.mark.parametrize("verb", ["release", "close", "contact", "view"])
def test_who_may_do_what_to_a_case(desk, cast, open_case, posted, verb):
    """One table: staff of the company by role; whoever is foreign does not learn that there is such a case."""
    from django.db import transaction

    case = open_case(action="hold")
    outcomes = {}
    for login, user in cast.everybody.items():
        with transaction.atomic():
            try:
                desk(verb, user, case)
                outcomes[login] = "done"
            except (NotAllowed, NotKnown) as fault:
                outcomes[login] = type(fault).__name__
            transaction.set_rollback(True)
    foreign = {"west_operator", "a_admin", "a_viewer", "b_admin", "maintainer"}
    done = LOOKS if verb == "view" else WORKS
    expected = {
        login: "done" if login in done else "NotKnown" if login in foreign else "NotAllowed" for login in outcomes
    }
    assert outcomes == expected


def test_a_case_nobody_has(desk, cast):
    with pytest.raises(NotKnown):
        desk("close", cast.east_operator, uuid4())
