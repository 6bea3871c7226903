"""What the desk does: asked first, then done by a POST, then shown step by step."""

from __future__ import annotations

import pytest

from sekisho.core.terms.instants import MINUTE_MS


@pytest.fixture
def desk(browser, cast, open_case, now_ms):
    case = open_case(cast.line_a, now_ms - 5 * MINUTE_MS, action="hold")
    return browser(cast.east_operator), f"/desk/cases/{case}/"


def read(client, address):
    return client.get(address).content.decode()


def bar(client, address, **told):
    return client.post(f"{address}bar/", {"owner": "emergency", "reason": "an attack runs"} | told)


def test_the_page_before_a_bar_says_what_will_happen(desk):
    client, address = desk
    page = read(client, f"{address}bar/")
    assert "Incoming calls, calls within Japan and emergency calls (110, 118, 119) are not touched." in page
    assert 'value="emergency" required checked' in page
    assert 'action="' not in page.split("<main")[1].split("</main>")[0]  # the form posts to its own address


def test_a_bar_is_ordered_and_shown(desk, posted):
    client, address = desk
    answer = bar(client, address)
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert [(row.kind, row.body["owner"], row.body["in_force"]) for row in posted()] == [("bar", "emergency", True)]
    page = read(client, address)
    assert "The bar is ordered." in page
    assert "Emergency bar by the carrier" in page
    assert "an attack runs" in page
    assert '<li class="now">' in page  # not at the gate yet


def test_a_bar_is_not_said_to_be_there_before_it_is(browser, cast, open_case, now_ms):
    from sekisho.office.models import Bar

    case = open_case(cast.line_a, now_ms - MINUTE_MS)
    client, address = browser(cast.east_operator), f"/desk/cases/{case}/"
    bar(client, address)
    for page in (read(client, address), read(client, "/desk/")):
        assert "Bar being executed" in page
        assert "Calls abroad are barred." not in page
    Bar.objects.update(acknowledged_version=1, in_force_ms=now_ms)
    for page in (read(client, address), read(client, "/desk/")):
        assert "Calls abroad are barred." in page


def test_the_measured_time_is_shown(desk, now_ms):
    from sekisho.office.models import Bar, Order

    client, address = desk
    bar(client, address)
    Order.objects.update(state="completed", executing_ms=now_ms + 80, completed_ms=now_ms + 212)
    Bar.objects.update(acknowledged_version=1, in_force_ms=now_ms + 212)
    assert "0.21 s from order to effect" in read(client, address)


def test_an_order_of_the_customer_needs_its_proof(desk, posted, now_ms):
    from sekisho.office.models import Order

    client, address = desk
    answer = bar(client, address, owner="customer")
    assert answer.status_code == 422
    assert b"Write down how the customer asked for it" in answer.content
    assert b'aria-describedby="proof-hint proof-problem"' in answer.content
    assert posted() == []
    told = {"owner": "customer", "proof": "by telephone, Mr. A", "requested": "2026-11-24T02:40"}
    assert bar(client, address, **told).status_code == 302
    order = Order.objects.get()
    assert now_ms - order.requested_ms == 12 * MINUTE_MS + 57_000
    assert order.proof == "by telephone, Mr. A"


@pytest.mark.parametrize(
    ("text", "code"), [("2026-11-24T03:40", 409), ("soon", 422), ("", 302), ("2026-11-24T02:52", 302)]
)
def test_when_the_customer_said_it(text, code, desk):
    client, address = desk
    assert bar(client, address, owner="customer", proof="Mr. A", requested=text).status_code == code


def test_without_the_clause_there_is_no_emergency_bar(browser, cast, open_case, posted):
    case = open_case(cast.line_west, company="west")
    client, address = browser(cast.west_operator), f"/desk/cases/{case}/"
    page = read(client, f"{address}bar/")
    assert 'value="emergency"' not in page
    assert "have no clause on emergency bars" in page
    assert bar(client, address).status_code == 422
    assert posted() == []


def test_a_bar_is_lifted(desk, posted):
    from sekisho.office.models import Bar

    client, address = desk
    bar(client, address)
    uuid = Bar.objects.get().uuid
    assert f'id="lift-{uuid}"' in read(client, address)
    page = read(client, f"{address}lift/{uuid}/")
    assert "These stay in force, so calls abroad stay stopped:" in page
    assert "Automatic hold" in page
    assert client.post(f"{address}lift/{uuid}/", {"proof": ""}).status_code == 422
    assert client.post(f"{address}lift/{uuid}/", {"proof": "the PBX is mended"}).status_code == 302
    assert [row.body["in_force"] for row in posted()] == [True, False]
    again = client.post(f"{address}lift/{uuid}/", {"proof": "the PBX is mended"})
    assert again.status_code == 409
    assert b"The bar has been lifted already." in again.content


def test_a_hold_is_released(desk, posted):
    client, address = desk
    page = read(client, f"{address}release/")
    assert "Calls abroad pass again within a second." in page
    assert client.post(f"{address}release/", {"reason": "known calls", "honest": "on"}).status_code == 302
    assert [(row.kind, row.body["honest"]) for row in posted()] == [("release", True)]
    assert "Release accepted" in read(client, address)
    assert client.post(f"{address}release/", {"reason": "again"}).status_code == 409


def test_a_case_is_closed(desk):
    client, address = desk
    assert client.post(f"{address}close/", {}).status_code == 422
    assert client.post(f"{address}close/", {"outcome": "fraud", "remark": "password was 1234"}).status_code == 302
    page = read(client, address)
    assert "Closed: fraud" in page
    for name in ("do-bar", "do-close", "contact-who"):
        assert f'id="{name}"' not in page
    assert client.get(f"{address}bar/").status_code == 404
    assert client.post(f"{address}close/", {"outcome": "fraud"}).status_code == 409


def test_a_contact_is_logged(desk):
    client, address = desk
    client.post(
        f"{address}contact/", {"channel": "telephone", "who": "Mr. A", "reached": "no", "at": "2026-11-24T02:30"}
    )
    page = read(client, address)
    assert "The contact is logged." in page
    assert "02:30" in page
    assert "not reached" in page
    client.post(f"{address}contact/", {"channel": "telephone", "who": "", "reached": "no"})
    assert "Nothing was logged" in read(client, address)
