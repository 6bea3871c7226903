"""Fragments that keep themselves fresh: nothing is sent while nothing has changed."""

from __future__ import annotations

import re

import pytest

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def desk(cast, browser, open_case, verdicts):
    open_case()
    return browser(cast.east_operator)


def poll_of(text, part):
    return re.search(rf'hx-get="([^"]+part={part})"', text)[1].replace("&amp;", "&")


def test_a_page_polls_its_parts(desk):
    page = desk.get("/desk/").content.decode()
    assert 'id="part-rows"' in page
    assert 'hx-trigger="every 2s"' in page
    assert poll_of(page, "rows").startswith("/desk/?seen=")


def test_what_has_not_changed_is_not_sent_again(desk):
    address = poll_of(desk.get("/desk/").content.decode(), "rows")
    answer = desk.get(address, **HTMX)
    assert (answer.status_code, answer.content) == (204, b"")


def test_what_has_changed_is_sent_as_a_fragment(desk, cast, open_case, now_ms):
    address = poll_of(desk.get("/desk/").content.decode(), "rows")
    open_case(cast.line_b, now_ms - 5_000)
    answer = desk.get(address, **HTMX)
    told = answer.content.decode()
    assert answer.status_code == 200
    assert told.strip().startswith('<div class="stack" id="part-rows"')
    assert "<html" not in told
    assert "03-9876-5432" in told
    assert desk.get(poll_of(told, "rows"), **HTMX).status_code == 204


def test_without_htmx_the_address_is_a_whole_page(desk):
    assert b"<html" in desk.get("/desk/?part=rows&seen=x").content


def test_links_in_a_fragment_have_ids(desk):
    """So that focus is found again after a swap."""
    rows = desk.get("/desk/?part=rows", **HTMX).content.decode()
    assert all(" id=" in link for link in re.findall(r"<a [^>]+>", rows))
