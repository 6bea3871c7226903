"""Companies, customers, contracts, lines, terms and users are opened; the judge hears of lines and clauses."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from sekisho.core.terms.errors import BadSetting, NotAllowed, NotKnown, NotPossible
from sekisho.core.terms.instants import HOUR_MS


@pytest.fixture
def verbs(db, now_ms):
    """The services by name, with usual arguments."""
    from sekisho.office.services.add_user import add_user
    from sekisho.office.services.open_company import open_company
    from sekisho.office.services.open_contract import open_contract
    from sekisho.office.services.open_customer import open_customer
    from sekisho.office.services.open_lines import open_lines
    from sekisho.office.services.publish_terms import publish_terms

    clauses = {"automatic_hold": True, "emergency_bar": True}
    about = {"login": "new", "name": "New", "password": "long enough, is it", "role": "operator", "company": "east"}
    usual = {
        "company": (open_company, {"code": "north", "name_ja": "北", "name_en": "North"}),
        "customer": (open_customer, {"company": "east", "code": "N", "name_ja": "N社", "name_en": "N Ltd"}),
        "contract": (open_contract, {"company": "east", "customer": "A", "code": "A-2", "channels": 2}),
        "lines": (open_lines, {"company": "east", "contract": "A-1", "numbers": ["0355550001", "+81355550002"]}),
        "terms": (publish_terms, {"company": "west", "version": "2026-12", "effective_ms": now_ms, **clauses}),
        "user": (add_user, about),
    }

    def do(verb, **told):
        service, arguments = usual[verb]
        return service(**(arguments | {"now_ms": now_ms} | told))

    return do


def test_the_judge_is_told_of_lines(verbs, posted):
    assert verbs("lines") == ["+81355550001", "+81355550002"]
    (message,) = posted()
    assert message.kind == "lines"
    assert message.body[0] == {
        "company": "east",
        "line": "+81355550001",
        "contract": "A-1",
        "automatic_hold": True,
        "daily_limit_yen": 0,
        "monthly_limit_yen": 0,
    }


def test_lines_of_a_contract_with_limits_and_terms_of_its_own(verbs, posted, now_ms):
    no_hold = {"automatic_hold": False, "emergency_bar": False, "effective_ms": now_ms - HOUR_MS}
    verbs("terms", company="east", version="special", **no_hold)
    verbs("terms", company="east", version="newest")
    verbs("contract", terms="special", daily_limit_yen=3_000, monthly_limit_yen=40_000)
    verbs("lines", contract="A-2", numbers=["0355550001"])
    told = posted()[-1].body[0]
    assert (told["automatic_hold"], told["daily_limit_yen"], told["monthly_limit_yen"]) == (False, 3_000, 40_000)


def test_terms_are_announced_when_they_come_into_force(verbs, posted, now_ms, cast):
    from sekisho.office.services.announce_due_terms import announce_due_terms

    verbs("terms", effective_ms=now_ms + HOUR_MS)
    assert announce_due_terms(now_ms=now_ms + HOUR_MS - 1) == 0
    assert posted() == []
    assert announce_due_terms(now_ms=now_ms + HOUR_MS) == 1
    assert announce_due_terms(now_ms=now_ms + HOUR_MS) == 0
    (message,) = posted()
    assert [(told["line"], told["automatic_hold"]) for told in message.body] == [(cast.line_west, True)]


def test_terms_that_hold_at_once_are_announced_at_once(verbs, posted):
    verbs("terms")
    assert [message.kind for message in posted()] == ["lines"]


@pytest.mark.parametrize("verb", ["company", "customer", "contract", "lines", "terms", "user"])
def test_twice_is_not_possible(verbs, verb):
    verbs(verb)
    with pytest.raises(NotPossible) as fault:
        verbs(verb)
    assert fault.value.code == "taken"


@pytest.mark.parametrize(
    ("verb", "told", "error"),
    [
        ("customer", {"company": "nowhere"}, NotKnown),
        ("contract", {"customer": "nobody"}, NotKnown),
        ("contract", {"channels": 301}, NotPossible),
        ("contract", {"channels": 0}, NotPossible),
        ("contract", {"terms": "none"}, NotKnown),
        ("lines", {"contract": "none"}, NotKnown),
        ("lines", {"numbers": ["hello"]}, BadSetting),
        ("lines", {"numbers": [f"03555{number:05d}" for number in range(7_000)]}, NotPossible),
        ("user", {"password": "short"}, NotPossible),
        ("user", {"password": "password1234"}, NotPossible),
        ("user", {"role": "king"}, NotPossible),
        ("user", {"role": "operator", "customer": "A"}, NotPossible),
        ("user", {"role": "customer_admin"}, NotPossible),
        ("user", {"role": "customer_admin", "customer": "C"}, NotKnown),
    ],
)
def test_what_cannot_be_opened(verbs, posted, verb, told, error):
    with pytest.raises(error):
        verbs(verb, **told)
    assert posted() == []


def test_somebody_added_can_sign_in(verbs):
    from django.contrib.auth import authenticate
    from django.test import RequestFactory

    verbs("user")
    request = RequestFactory().post("/sign-in")
    wrong, right = ({"username": "new", "password": text} for text in ("wrong wrong wrong", "long enough, is it"))
    assert authenticate(request, **wrong) is None
    found = authenticate(request, **right)
    assert found is not None
    assert (found.login, found.password.partition("$")[0]) == ("new", "scrypt")


def test_the_database_itself_refuses_a_role_that_does_not_fit(cast):
    for user, changed in ((cast.east_operator, "customer_admin"), (cast.a_admin, "operator")):
        user.role = changed
        with pytest.raises(IntegrityError), transaction.atomic():
            user.save()


@pytest.mark.parametrize("verb", ["customer", "contract", "lines", "terms", "user"])
def test_a_supervisor_opens_things_in_the_own_company(verbs, cast, verb):
    told = {"company": "east", "by": cast.east_supervisor}
    verbs(verb, **told)
    with pytest.raises(NotKnown):
        verbs(verb, **(told | {"company": "west"}))
    for login in ("east_operator", "east_auditor", "a_admin", "a_viewer", "maintainer"):
        with pytest.raises(NotAllowed):
            verbs(verb, **(told | {"by": cast.everybody[login]}))


def test_nobody_who_signs_in_opens_a_company(verbs, cast):
    for user in cast.everybody.values():
        with pytest.raises(NotAllowed):
            verbs("company", by=user)


def test_the_table_of_roles_is_whole(office):
    from sekisho.office.models.user import ROLES
    from sekisho.office.services import may

    assert set(may.TABLE) == set(ROLES)
    assert may.may(None, "companies")
    with pytest.raises(ValueError, match="no verb"):
        may.may(None, "fly")
