"""The itemised bill."""

from __future__ import annotations

import re

import pytest

from sekisho.core.terms.instants import MINUTE_MS

COLUMNS = [
    "通話月日",
    "通話開始時刻",
    "発信元電話番号",
    "通話先電話番号",
    "通話先地名",
    "通話時間",
    "通話料等",
    "通話種別",
    "割引種別",
]


@pytest.fixture
def book(make_call_book, now_ms, cast):
    calls = [(cast.line_a, now_ms - (200 - at) * MINUTE_MS, {}) for at in range(150)]
    return make_call_book(*calls, (cast.line_a2, now_ms - 10 * MINUTE_MS, {"place": "FRANCE", "country": "FR"}))


def read(client, address):
    return " ".join(client.get(address).content.decode().split())


def test_nine_columns_and_the_year_of_the_era(browser, cast, book):
    page = read(browser(cast.a_viewer, book, language="ja"), "/portal/calls/")
    assert "令和8年11月1日～令和8年11月30日" in page
    assert re.findall(r'<th scope="col" role="columnheader"[^>]*>([^<]+)</th>', page) == COLUMNS


def test_numbers_are_masked_as_the_customer_chose(browser, cast, book):
    page = read(browser(cast.a_viewer, book), "/portal/calls/")
    assert "0102327612****" in page
    assert "01023276123456" not in page


def test_a_row_is_written_as_on_a_bill(browser, cast, book):
    row = read(browser(cast.a_viewer, book), "/portal/calls/?line=%2B81312345679").split("<tbody", 1)[1]
    cells = re.sub(r"<[^>]+>", " ", row.split("</tbody>", maxsplit=1)[0]).split()
    assert cells[1:8] == ["11/24", "2:42", "03-1234-5679", "0102327612****", "FRANCE", "0:00:58", "175"]


def test_pages(browser, cast, book):
    client = browser(cast.a_viewer, book)
    first, second = read(client, "/portal/calls/"), read(client, "/portal/calls/?page=2")
    assert "Page 1 of 4" in first
    assert 'rel="next" href="?month=2026-11&amp;page=2"' in first
    assert 'rel="prev" href="?month=2026-11&amp;page=1"' in second
    assert first.count("<tr role=") == 51
    assert second.count("<tr role=") == 51


def test_every_look_is_recorded(browser, cast, book):
    from sekisho.office.models import AuditLine

    client = browser(cast.a_viewer, book)
    client.get("/portal/calls/")
    client.get("/portal/calls/?page=2")
    assert AuditLine.objects.filter(action="calls.viewed", user=cast.a_viewer).count() == 2


def test_without_an_application_there_are_no_details(browser, cast):
    from sekisho.office.models import Customer

    Customer.objects.filter(code="A").update(details_since_ms=None)
    cast.a_viewer.customer.refresh_from_db()
    assert "only after you have applied" in read(browser(cast.a_viewer), "/portal/calls/")
