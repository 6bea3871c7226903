"""Coming in, going out, the switch of languages."""

from __future__ import annotations

import pytest


def post(client, cast, login="east_operator", **told):
    return client.post("/sign-in", {"username": login, "password": cast.password, **told})


def test_staff_go_to_the_desk_and_customers_to_the_portal(browser, cast):
    for login, there in (("east_operator", "/desk/"), ("a_viewer", "/portal/")):
        client = browser()
        assert post(client, cast, login)["Location"] == "/"
        assert client.get("/")["Location"] == there


def test_a_visitor_goes_on_to_where_he_wanted_to_be(browser, cast):
    client = browser()
    asked = client.get("/desk/?x=1")["Location"]
    assert asked == "/sign-in?next=/desk/%3Fx%3D1"
    assert 'name="next" value="/desk/?x=1"' in client.get(asked).content.decode()
    assert post(client, cast, next="/desk/?x=1")["Location"] == "/desk/?x=1"


@pytest.mark.parametrize("address", ["https://example.org/", "//example.org/", "javascript:alert(1)", "http:///x"])
def test_nobody_is_led_elsewhere(address, browser, cast):
    client = browser()
    assert post(client, cast, next=address)["Location"] == "/"
    assert client.post("/language", {"language": "en", "next": address})["Location"] == "/"


def test_a_refusal_does_not_say_which_half_was_wrong(browser, cast):
    told = []
    for login, password in (("east_operator", "qwertyuiop"), ("nobody at all", cast.password)):
        answer = browser().post("/sign-in", {"username": login, "password": password})
        assert answer.status_code == 401
        page = answer.content.decode()
        assert password not in page
        told.append(page.split('role="alert"')[1].split("</p>")[0])
    assert told[0] == told[1]


def test_who_guesses_is_locked_out(browser, cast):
    client = browser()
    codes = [client.post("/sign-in", {"username": "b_admin", "password": f"guess {at}"}).status_code for at in range(6)]
    assert codes[0] == 401
    assert codes[-1] == 429
    answer = post(client, cast, "b_admin")
    assert answer.status_code == 429
    assert b"This login is closed for 15 minutes." in answer.content


def test_signing_out_ends_the_session(browser, cast):
    client = browser(cast.east_operator)
    assert client.get("/desk/").status_code == 200
    assert client.post("/sign-out")["Location"] == "/sign-in"
    assert client.get("/desk/").status_code == 302


def test_the_switch_of_languages(browser, cast):
    client = browser(cast.east_operator, language="ja")
    assert '<html lang="ja">' in client.get("/desk/").content.decode()
    answer = client.post("/language", {"language": "en", "next": "/desk/"})
    assert answer["Location"] == "/desk/"
    assert answer.cookies["sekisho_language"].value == "en"
    assert '<html lang="en">' in client.get("/desk/").content.decode()


def test_a_language_nobody_speaks_is_japanese(browser):
    client = browser()
    client.post("/language", {"language": "xx"})
    assert '<html lang="ja">' in client.get("/sign-in").content.decode()
