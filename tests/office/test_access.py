"""Who may see and do what: one table. What is not yours is not there: 404, never a 403 that tells."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

import pytest

from sekisho.core.terms.instants import MINUTE_MS

WHO = (
    "nobody",
    "east_operator",
    "east_supervisor",
    "east_auditor",
    "west_operator",
    "a_admin",
    "a_viewer",
    "b_admin",
    "maintainer",
)
SIGN_IN = "/sign-in"

# {east} and {west}: a case of each company; {bar}: a customer's bar on East's line; {gone}: no case at all. The codes
# stand in the order of WHO. 302 of nobody leads to the sign-in page; 302 of a POST means that it was done.
TABLE = """
GET  /                                        302  302  302  302  302  302  302  302  302
GET  /sign-in                                 200  302  302  302  302  302  302  302  302
POST /sign-out                                302  302  302  302  302  302  302  302  302
GET  /sign-out                                405  405  405  405  405  405  405  405  405
POST /language                                302  302  302  302  302  302  302  302  302

GET  /desk/                                   302  200  200  200  200  404  404  404  404
POST /desk/                                   405  405  405  405  405  405  405  405  405
GET  /desk/cases/{east}/                      302  200  200  200  404  404  404  404  404
GET  /desk/cases/{west}/                      302  404  404  404  200  404  404  404  404
GET  /desk/cases/{gone}/                      302  404  404  404  404  404  404  404  404

GET  /desk/cases/{east}/bar/                  302  200  200  404  404  404  404  404  404
POST /desk/cases/{east}/bar/                  302  302  302  404  404  404  404  404  404
GET  /desk/cases/{west}/bar/                  302  404  404  404  200  404  404  404  404
GET  /desk/cases/{east}/lift/{bar}/           302  200  200  404  404  404  404  404  404
POST /desk/cases/{east}/lift/{bar}/           302  302  302  404  404  404  404  404  404
GET  /desk/cases/{east}/lift/{gone}/          302  404  404  404  404  404  404  404  404
GET  /desk/cases/{east}/release/              302  200  200  404  404  404  404  404  404
POST /desk/cases/{east}/release/              302  302  302  404  404  404  404  404  404
GET  /desk/cases/{east}/close/                302  200  200  404  404  404  404  404  404
POST /desk/cases/{east}/close/                302  302  302  404  404  404  404  404  404
POST /desk/cases/{west}/close/                302  404  404  404  302  404  404  404  404
GET  /desk/cases/{east}/contact/              405  405  405  405  405  405  405  405  405
POST /desk/cases/{east}/contact/              302  302  302  404  404  404  404  404  404
GET  /desk/cases/{east}/calls/                405  405  405  405  405  405  405  405  405
POST /desk/cases/{east}/calls/                302  302  302  302  404  404  404  404  404

GET  /desk/watch/                             302  200  200  200  200  404  404  404  404
POST /desk/watch/                             405  405  405  405  405  405  405  405  405
GET  /desk/watch/strip/                       302  200  200  200  200  404  404  404  404

GET  /desk/shadows/                           302  404  200  200  404  404  404  404  404
POST /desk/shadows/                           405  405  405  405  405  405  405  405  405
GET  /desk/shadows/night/                     302  404  200  200  404  404  404  404  404
GET  /desk/shadows/day/                       302  404  404  404  404  404  404  404  404
GET  /desk/shadows/night/lines/{line}/        302  404  200  200  404  404  404  404  404
GET  /desk/shadows/night/lines/{foreign}/     302  404  404  404  404  404  404  404  404
GET  /desk/shadows/night/lines/{line}/calls/  405  405  405  405  405  405  405  405  405
POST /desk/shadows/night/lines/{line}/calls/  302  404  302  302  404  404  404  404  404
POST /desk/shadows/night/lines/{foreign}/calls/ 302 404 404  404  404  404  404  404  404

GET  /portal/                                 302  404  404  404  404  200  200  200  200
POST /portal/                                 405  405  405  405  405  405  405  405  405
GET  /portal/?month=2020-01                   302  404  404  404  404  404  404  404  404
GET  /portal/calls/                           302  404  404  404  404  200  200  200  200
GET  /portal/calls/?line=%2B81312345678       302  404  404  404  404  200  200  404  200
GET  /portal/calls/?line=%2B81398765432       302  404  404  404  404  404  404  200  404
GET  /portal/calls/?month=2020-01             302  404  404  404  404  404  404  404  404
GET  /portal/calls/?month=tomorrow            302  404  404  404  404  404  404  404  404
GET  /portal/calls/?page=x                    302  404  404  404  404  404  404  404  404

GET  /admin/                                  404  404  404  404  404  404  404  404  404
"""
FORMS = {
    "bar/": {"owner": "emergency", "reason": "an attack runs"},
    "lift": {"proof": "by telephone, Mr. A"},
    "release/": {"reason": "the customer knows these calls"},
    "close/": {"outcome": "fraud"},
    "contact/": {"channel": "telephone", "who": "Mr. A", "reached": "no"},
    "calls/": {"reason": "suspicion"},
    "language": {"language": "en"},
}


@dataclass(frozen=True)
class Row:
    method: str
    address: str
    codes: tuple[int, ...]


def rows() -> list[Row]:
    cells = [line.split() for line in TABLE.strip().splitlines() if line]
    return [Row(method, address, tuple(map(int, codes))) for method, address, *codes in cells]


@pytest.fixture
def there(cast, open_case, now_ms, shadow):
    """The things that addresses name: {east}, {west}, {bar}, {gone}; lines a shadow spoke of: {line}, {foreign}."""
    from sekisho.office.services.set_bar import set_bar

    east = open_case(cast.line_a, now_ms - MINUTE_MS, action="hold")
    west = open_case(cast.line_west, now_ms - MINUTE_MS, company="west")
    about = {"owner": "customer", "reason": "the PBX is checked", "proof": "by telephone, Mr. A"}
    bar = set_bar(line=cast.line_a, now_ms=now_ms - MINUTE_MS, by=cast.east_operator, **about).bar
    shadow(
        [("v1", cast.line_a, now_ms - MINUTE_MS, {}), ("v2", cast.line_west, now_ms - MINUTE_MS, {"company": "west"})]
    )
    numbers = {"line": cast.line_a[1:], "foreign": cast.line_west[1:]}
    return {"east": east, "west": west, "bar": bar, "gone": uuid4(), **numbers}


def form_for(address: str) -> dict[str, str]:
    return next((form for name, form in FORMS.items() if name in address), {})


def test_the_table_is_whole():
    assert all(len(row.codes) == len(WHO) for row in rows())


@pytest.mark.parametrize("who", WHO)
def test_who_may_see_and_do_what(who, cast, there, browser):
    from django.db import transaction

    place = WHO.index(who)
    faults = []
    for row in rows():
        client = browser(cast.everybody.get(who))
        with transaction.atomic():
            send = client.get if row.method == "GET" else client.post
            address = row.address.format(**there)
            answer = send(address, form_for(row.address)) if row.method == "POST" else send(address)
            transaction.set_rollback(True)
        if answer.status_code != row.codes[place]:
            faults.append(f"{who}: {row.method} {row.address} gave {answer.status_code}, not {row.codes[place]}")
        if who == "nobody" and answer.status_code == 302 and row.address.startswith(("/desk", "/portal")):
            assert answer["Location"].startswith(SIGN_IN)
    assert not faults, "\n".join(faults)


def test_every_address_is_in_the_table(office):
    from sekisho.office.urls import urlpatterns

    told = {row.address.split("?")[0] for row in rows()}
    kinds = {
        "night": "<slug:name>",
        "{line}": "<int:number>",
        "{east}": "<uuid:case>",
        "{west}": "<uuid:case>",
        "{gone}": "<uuid:bar>",
        "{bar}": "<uuid:bar>",
    }
    for name, kind in kinds.items():
        told = {address.replace(name, kind) for address in told}
    assert {f"/{pattern.pattern}" for pattern in urlpatterns} <= told


def test_a_post_without_the_token_is_refused(cast, there, browser):
    strict = browser(cast.east_operator, strict=True)
    for row in rows():
        if row.method == "POST" and row.codes[1] == 302:
            assert strict.post(row.address.format(**there), form_for(row.address)).status_code == 403


def test_nobody_signs_in_without_the_token(browser):
    assert browser(strict=True).post("/sign-in", {"username": "a", "password": "b"}).status_code == 403
