"""What a customer sees: charges, the month's calls, what restricts the lines; of the own lines only."""

from __future__ import annotations

from datetime import date

import pytest

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, start_of_japanese_day

TODAY = start_of_japanese_day(date(2026, 11, 24))
MONTH = start_of_japanese_day(date(2026, 11, 1))


@pytest.fixture
def charges(db):
    from sekisho.office.queries.charges import charges

    return charges


@pytest.fixture
def month_calls(db):
    from sekisho.office.queries.month_calls import month_calls

    return month_calls


def domestic(charge, class_="fixed", **told):
    return {"class": class_, "country": "JP", "place": "東京", "number": "0312349999", "charge_milliyen": charge} | told


def test_charges_up_to_yesterday_by_class(charges, cast, make_call_book, now_ms):
    call_book = make_call_book(
        (cast.line_a, MONTH - MINUTE_MS, domestic(1)),  # last month
        (cast.line_a, MONTH, domestic(8_800)),
        ("0312345679", MONTH + DAY_MS, domestic(10_400, "ip")),
        (cast.line_a, TODAY - 1, domestic(17_500, "mobile")),
        (cast.line_a, TODAY - HOUR_MS, {"charge_milliyen": 175_000}),
        (cast.line_a, TODAY, {"charge_milliyen": 350_000}),  # today
        (cast.line_b, MONTH + DAY_MS, {"charge_milliyen": 999_000}),  # somebody else's
    )
    found = charges(cast.a_viewer, call_book, now_ms)
    assert (found.customer.code, found.month, found.until_ms) == ("A", date(2026, 11, 1), TODAY)
    assert (found.so_far.calls, found.so_far.mobile, found.so_far.international) == (19_200, 17_500, 175_000)
    assert found.total_yen == 211  # 211.7: the fraction is dropped on the total
    assert found.today.international == 350_000
    assert [(row.month, row.charges.total, row.total_yen) for row in found.months] == [(date(2026, 10, 1), 1, 0)]


def test_today_includes_calls_in_progress(charges, cast, call_book, now_ms):
    from sekisho.office.services.take_live import take_live

    told = [
        {"company": "east", "line": line, "open": 1, "open_international": 0, "accrued": accrued}
        for line, accrued in ((cast.line_a, 800), (cast.line_a2, 700), (cast.line_b, 50_000))
    ]
    take_live([{"at_ms": now_ms, "lines": told}])
    found = charges(cast.a_admin, call_book, now_ms)
    assert (found.in_progress, found.today_total_yen, found.open) == (1_500, 1, 2)


def test_months_before_the_customer_had_lines_are_not_shown(charges, cast, make_call_book, now_ms):
    july = start_of_japanese_day(date(2026, 7, 10))
    call_book = make_call_book((cast.line_a, july, domestic(8_000)), (cast.line_a, MONTH - DAY_MS, domestic(9_000)))
    assert [row.month.month for row in charges(cast.a_admin, call_book, now_ms).months] == [10]


def test_the_first_of_a_month_has_no_yesterday(charges, cast, make_call_book):
    call_book = make_call_book((cast.line_a, MONTH - MINUTE_MS, domestic(8_000)))
    found = charges(cast.a_admin, call_book, MONTH + HOUR_MS)
    assert (found.until_ms, found.total_yen, found.months[0].total_yen) == (MONTH, 0, 8)


def test_the_months_calls_as_the_bill_lists_them(month_calls, cast, make_call_book, now_ms):
    call_book = make_call_book(
        (cast.line_a, MONTH + DAY_MS, {}),
        ("0312345679", MONTH + 2 * DAY_MS, domestic(17_500, "mobile", number="09012345678", talk_ms=30_000)),
        (cast.line_a, MONTH + 3 * DAY_MS, domestic(8_000)),
        (cast.line_a, MONTH + 3 * DAY_MS, domestic(0, "free", number="0120111222")),
        (cast.line_a, MONTH + 3 * DAY_MS, domestic(0, "emergency", number="110")),
        (cast.line_a, MONTH + 3 * DAY_MS, domestic(0, direction="in")),
        (cast.line_a, MONTH + 3 * DAY_MS, domestic(0, answer=None)),
        (cast.line_b, MONTH + 3 * DAY_MS, {}),
        (cast.line_a, MONTH - DAY_MS, {}),
    )
    found = month_calls(cast.a_viewer, call_book, now_ms)
    assert [(row.line, row.number, row.place, row.talk_ms, row.charge) for row in found.rows] == [
        (cast.line_a, "0102327612****", "SIERRA LEONE", 58_000, 175_000),
        (cast.line_a2, "0901234****", "東京", 30_000, 17_500),
        (cast.line_a, "031234****", "東京", 58_000, 8_000),
    ]
    assert (found.charges.calls, found.charges.mobile, found.charges.international) == (8_000, 17_500, 175_000)
    assert (found.total_yen, found.count, found.pages) == (200, 3, 1)
    assert found.lines == (cast.line_a, cast.line_a2)
    one = month_calls(cast.a_viewer, call_book, now_ms, line=cast.line_a2)
    assert [row.line for row in one.rows] == [cast.line_a2]
    before = month_calls(cast.a_viewer, call_book, now_ms, month=date(2026, 10, 1))
    assert [row.start_ms for row in before.rows] == [MONTH - DAY_MS]


def test_until_a_month_has_calls_those_of_the_one_before_are_shown(month_calls, cast, make_call_book):
    call_book = make_call_book((cast.line_a, MONTH - DAY_MS, {}), (cast.line_a, MONTH + 2 * HOUR_MS, {}))
    first, later = MONTH + HOUR_MS, MONTH + 3 * HOUR_MS
    assert month_calls(cast.a_viewer, call_book, first).month == date(2026, 10, 1)
    assert month_calls(cast.a_viewer, call_book, later).month == date(2026, 11, 1)
    assert month_calls(cast.a_viewer, call_book, first, month=date(2026, 11, 1)).count == 0
    nothing = month_calls(cast.a_viewer, call_book, first, line=cast.line_a2)
    assert (nothing.month, nothing.count) == (date(2026, 11, 1), 0)


@pytest.mark.parametrize(
    ("shown", "number"), [("full", "01023276123456"), ("masked", "0102327612****"), ("nothing", "")]
)
def test_numbers_are_written_as_the_customer_wants(month_calls, cast, make_call_book, now_ms, shown, number):
    cast.a_admin.customer.numbers_shown = shown
    found = month_calls(cast.a_admin, make_call_book((cast.line_a, MONTH, {})), now_ms)
    assert [row.number for row in found.rows] == [number]


def test_pages_do_not_overlap(month_calls, cast, make_call_book, now_ms):
    call_book = make_call_book(*((cast.line_a, MONTH + number * MINUTE_MS, {}) for number in range(7)))
    pages = [month_calls(cast.a_admin, call_book, now_ms, page=page, per_page=3) for page in (1, 2, 3)]
    starts = [row.start_ms for page in pages for row in page.rows]
    assert starts == [MONTH + number * MINUTE_MS for number in range(7)]
    assert {(page.count, page.pages, page.total_yen) for page in pages} == {(7, 3, 1_225)}
    assert [month_calls(cast.a_admin, call_book, now_ms, page=page, per_page=3).page for page in (-1, 0, 9)] == [
        1,
        1,
        3,
    ]


def test_details_begin_when_the_customer_applied(month_calls, cast, make_call_book, now_ms):
    call_book = make_call_book((cast.line_a, MONTH + DAY_MS, {}), (cast.line_a, MONTH + 3 * DAY_MS, {}))
    customer = cast.a_admin.customer
    customer.details_since_ms = MONTH + 2 * DAY_MS
    found = month_calls(cast.a_admin, call_book, now_ms)
    assert [row.start_ms for row in found.rows] == [MONTH + 3 * DAY_MS]
    assert found.months == (date(2026, 11, 1),)
    customer.details_since_ms = None
    assert month_calls(cast.a_admin, call_book, now_ms) is None


def test_months_out_of_reach(month_calls, cast, call_book, now_ms):
    found = month_calls(cast.a_admin, call_book, now_ms)
    assert [month.month for month in found.months] == [11, 10, 9]  # details since September
    for month in (date(2026, 12, 1), date(2026, 8, 1), date(2026, 11, 2)):
        assert month_calls(cast.a_admin, call_book, now_ms, month=month) is None


def test_who_sees_whose_charges(charges, month_calls, cast, call_book, now_ms):
    seen = {login: charges(user, call_book, now_ms) for login, user in cast.everybody.items()}
    customers = {login: found.customer.code for login, found in seen.items() if found is not None}
    assert customers == {"a_admin": "A", "a_viewer": "A", "maintainer": "A", "b_admin": "B"}
    assert month_calls(cast.east_supervisor, call_book, now_ms) is None
    for line in (cast.line_b, cast.line_west, "nonsense"):
        assert month_calls(cast.a_admin, call_book, now_ms, line=line) is None


def test_restrictions_of_the_own_lines(cast, open_case, now_ms):
    from sekisho.office.queries.bars_in_force import bars_in_force
    from sekisho.office.services.set_bar import set_bar

    about = {"owner": "emergency", "reason": "nobody answers", "by": cast.east_operator, "now_ms": now_ms}
    set_bar(line=cast.line_a2, **about)
    open_case(action="hold", at_ms=now_ms - 2 * MINUTE_MS)
    open_case(action="hold", at_ms=now_ms - MINUTE_MS)
    found = bars_in_force(cast.a_viewer, now_ms)
    assert [(row.line, row.what, row.owner, row.at_gate_ms) for row in found] == [
        (cast.line_a2, "bar", "emergency", None),
        (cast.line_a, "hold", "judge", now_ms - MINUTE_MS),
    ]
    assert found[1].until_ms == now_ms - MINUTE_MS + 4 * HOUR_MS
    assert [row.name for row in found[1].evidence] == ["country", "rate"]
    assert len(bars_in_force(cast.east_auditor, now_ms)) == 2
    for user in (cast.b_admin, cast.west_operator):
        assert bars_in_force(user, now_ms) == ()
