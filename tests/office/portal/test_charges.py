"""The customer's first page."""

from __future__ import annotations

import pytest

from sekisho.core.terms.instants import DAY_MS, MINUTE_MS

HTMX = {"HTTP_HX_REQUEST": "true"}
FIXED = {"class": "fixed", "country": "JP", "place": "東京", "number": "0335551234", "charge_milliyen": 8_500}
MOBILE = {"class": "mobile", "country": "JP", "place": "携帯等", "number": "09055512345", "charge_milliyen": 16_000}


@pytest.fixture
def book(make_call_book, now_ms, cast):
    return make_call_book(
        (cast.line_a, now_ms - 2 * DAY_MS, FIXED),
        (cast.line_a, now_ms - 2 * DAY_MS, FIXED),
        (cast.line_a2, now_ms - 3 * DAY_MS, MOBILE),
        (cast.line_a, now_ms - 30 * MINUTE_MS, {}),
        (cast.line_a, now_ms - 30 * DAY_MS, MOBILE),
        (cast.line_b, now_ms - 2 * DAY_MS, {"charge_milliyen": 99_000_000}),
    )


def read(client, address, **more):
    return " ".join(client.get(address, **more).content.decode().split())


def test_charges_up_to_yesterday_by_class(browser, cast, book):
    page = read(browser(cast.a_admin, book), "/portal/")
    assert "Charges of November 2026" in page
    assert "Calls through 23 November 2026, 24:00." in page
    for name, yen in (("Calls to fixed lines and others", 17), ("Calls to mobile phones", 16), ("Calls abroad", 0)):
        assert f'<th scope="row">{name}</th><td class="number">{yen}</td>' in page
    assert '<th scope="row">Total</th><td class="number">33</td>' in page
    assert "99,000" not in page


def test_the_bill_speaks_japanese(browser, cast, book):
    page = read(browser(cast.a_admin, book, language="ja"), "/portal/")
    for words in ("通話料", "携帯電話等への通話料", "海外への通話料", "合計", "2026年11月のご利用料金", "割引適用前"):
        assert words in page


def test_today_so_far_with_calls_in_progress(browser, cast, book, now_ms):
    from sekisho.office.models import Line, LiveLine

    line = Line.objects.get(number=cast.line_a)
    told = {"open": 2, "open_international": 2, "accrued": 350_000, "at_ms": now_ms - 500}
    LiveLine.objects.create(company=line.company, line=line, **told)
    page = read(browser(cast.a_admin, book), "/portal/?part=now", **HTMX)
    assert '<dd class="figure">525 yen</dd>' in page  # 175 today and 350 in progress
    assert '350 yen <span class="unit">(2 calls)</span>' in page


def test_another_month(browser, cast, book):
    client = browser(cast.a_admin, book)
    assert "Charges of October 2026" in read(client, "/portal/?month=2026-10")
    assert client.get("/portal/?month=2026-12").status_code == 404


def test_the_banner_says_what_is_stopped_and_why(browser, cast, open_case):
    open_case(cast.line_a, action="hold")
    page = read(browser(cast.a_viewer), "/portal/")
    assert "Calls abroad are held on this number" in page
    assert "03-1234-5678" in page
    assert "What to do now" in page
    assert "emergency calls (110, 118, 119) work as always" in page
    assert "nats" not in page
    assert "Calls abroad are held" not in read(browser(cast.b_admin), "/portal/")


def test_an_asked_line_and_a_held_destination_are_said(browser, cast, open_case):
    open_case(cast.line_a, action="ask")
    open_case(cast.line_a2, action="hold", scope="371")
    page = read(browser(cast.a_viewer), "/portal/")
    assert "Calls abroad on this number ask for your PIN" in page
    assert "An announcement asks the caller for the PIN" in page
    assert "Calls to Latvia are held on this number" in page
    japanese = read(browser(cast.a_viewer, language="ja"), "/portal/")
    assert "国際発信では暗証番号をお尋ねしています" in japanese
    assert "ラトビアへの発信を自動保留しています" in japanese


def test_orders_are_shown_with_how_far_they_are(browser, cast, now_ms):
    from sekisho.office.services.set_bar import set_bar

    told = {"owner": "customer", "reason": "the PBX is checked", "proof": "Mr. A by telephone"}
    set_bar(line=cast.line_a, now_ms=now_ms - MINUTE_MS, by=cast.east_operator, **told)
    page = read(browser(cast.a_viewer), "/portal/")
    assert "Calls abroad are barred on this number, as you ordered" in page
    assert "What to do now" not in page
    assert "Orders on your lines" in page
    assert "Executing" in page
    assert "Mr. A by telephone" not in page  # the desk's own notes


def test_nothing_restricted_is_said(browser, cast):
    assert "Nothing is barred or held on your lines." in read(browser(cast.a_admin), "/portal/")
