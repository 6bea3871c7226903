"""The queue: by money at risk, each row says what happened."""

from __future__ import annotations

import re

import pytest

from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS


@pytest.fixture
def book(make_call_book, now_ms, cast):
    dear = [(cast.line_b, now_ms - 30 * MINUTE_MS + at * MINUTE_MS, {}) for at in range(9)]
    cheap = [(cast.line_a, now_ms - HOUR_MS, {"country": "LV", "charge_milliyen": 150_000})]
    return make_call_book(*cheap, *dear)


def test_the_dearest_case_comes_first(book, browser, cast, open_case, now_ms):
    open_case(cast.line_a, now_ms - HOUR_MS)
    open_case(cast.line_b, now_ms - 30 * MINUTE_MS)
    page = browser(cast.east_operator, book).get("/desk/").content.decode()
    assert page.index("03-9876-5432") < page.index("03-1234-5678")
    assert "9 calls to Sierra Leone, never called before, since 02:22: 1,575 yen." in page
    assert "1 call to Latvia, never called before, since 01:52: 150 yen." in page
    assert "Nothing stops further calls yet." in page
    assert page.count('class="drawing sparkline"') == 2


def test_a_held_line_says_so(browser, cast, open_case):
    open_case(cast.line_a, action="hold")
    page = browser(cast.east_operator).get("/desk/").content.decode()
    assert "Held by the judge" in page
    assert "The judge holds calls abroad." in page


def test_no_case_is_said(browser, cast):
    assert b"No case is open." in browser(cast.east_operator).get("/desk/").content


def test_nobody_sees_another_company(browser, cast, open_case):
    open_case(cast.line_west, company="west")
    assert "06-6123-4567" not in browser(cast.east_operator).get("/desk/").content.decode()
    assert "06-1234-5678" in browser(cast.west_operator).get("/desk/").content.decode()


def test_the_pulse_says_which_part_is_late(browser, cast, now_ms):
    from sekisho.office.models import PartHealth

    for part, age in (("intake", 1_000), ("judge", 2_000), ("archive", 90_000), ("relay", 0), ("watchdog", 0)):
        told = {"at_ms": now_ms - age, "started_ms": 0, "position": 1, "behind": 0}
        PartHealth.objects.update_or_create(part=part, defaults=told)
    page = browser(cast.east_operator).get("/desk/").content.decode()
    assert "Late: archive (last sign of life 1 minute ago)." in page
    assert "Last word of the judge: 2 seconds ago." in page


def test_verdicts_of_unknown_lines_are_counted(browser, cast, verdicts, now_ms):
    from sekisho.office.services.take_verdicts import take_verdicts

    take_verdicts([verdicts(("x1", "+81399999999", now_ms, {}))])
    assert re.search(
        rb"1\s+verdict speaks of a line that no contract has", browser(cast.east_operator).get("/desk/").content
    )
