"""What stands for last month: the table of rules.md, section 2, and a carrier that starts in mid-month."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tests.core.watch.kernel import END, SILENT, Call, Kernel
from tests.core.watch.pages import milli, table

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, start_of_japanese_day
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.rules.last_month import compared, is_known
from sekisho.core.watch.state import CONTRACT

JUNE = 2026 * 12 + 5
POLICY = Policy()


def contract(first: date, *, stranger: bool = False):
    row = np.zeros(1, CONTRACT)
    row["month"], row["first_month"], row["first_day"] = JUNE, first.year * 12 + first.month - 1, first.day
    row["stranger"] = stranger
    return row[0]


@pytest.mark.parametrize(("first", "stranger", "seen", "expected"), table("first seen", "stranger"))
def test_what_is_compared_is_what_the_page_says(first, stranger, seen, expected):
    row = contract(date.fromisoformat(first), stranger=stranger == "yes")
    found = compared(row, milli(seen), POLICY.month_new_customer, POLICY.month_unknown_customer)
    assert found == milli(expected)


@pytest.mark.parametrize(
    ("first", "known"),
    [
        (date(2026, 6, 1), False),
        (date(2026, 5, 2), False),
        (date(2026, 5, 1), True),
        (date(2026, 4, 30), True),
        (date(2025, 5, 20), True),
    ],
)
def test_a_month_is_known_from_its_first_day_on(first, known):
    assert is_known(contract(first)) is known


def test_the_reference_never_lowers_what_was_seen():
    for day in range(1, 32):
        row = contract(date(2026, 5, day))
        assert compared(row, milli("50,000"), POLICY.month_new_customer, 0) >= milli("50,000")


@pytest.mark.parametrize("begun", [date(2026, 4, 2), date(2026, 4, 16), date(2026, 4, 29)])
def test_a_carrier_that_starts_in_mid_month_hears_of_no_ordinary_customer(begun):
    """Forty customers, of 2,000 to 200,000 yen a month, evenly spent on working days; nobody in three months."""
    policy = Policy(**(SILENT | {"month_floor": POLICY.month_floor, "international_floor": POLICY.international_floor}))
    kernel = Kernel(40, policy)
    handle = 0
    for day in range((date(2026, 6, 30) - begun).days):
        at = start_of_japanese_day(begun) + day * DAY_MS + 14 * HOUR_MS
        if date.fromordinal(begun.toordinal() + day).weekday() > 4:
            continue
        for line in range(40):
            yen = 2_000 * 1.125**line / 22  # a working day's share
            talk = max(int(yen / 17.5) * 60_000, 1_000)
            call = Call(
                handle % 512, at + line, at + line, at + line + talk, rate=1, line=line, international=line % 2 == 1
            )
            kernel.tell(call, END)
            handle += 1
    assert kernel.said() == []
    assert kernel.state.contracts["month_spend"][:40].max() > milli("60,000")


def test_a_thief_in_the_second_month_of_such_a_carrier_is_heard_of():
    begun = start_of_japanese_day(date(2026, 4, 16)) + 10 * HOUR_MS
    kernel = Kernel(1, Policy(**(SILENT | {"month_floor": POLICY.month_floor})))
    for day in range(25):
        at = begun + day * DAY_MS
        kernel.tell(Call(day, at, at, at + 600_000, rate=1), END)
    at = start_of_japanese_day(date(2026, 5, 12))
    for hour in range(60):
        start = at + hour * HOUR_MS
        kernel.tell(Call(100 + hour, start, start, start + HOUR_MS), END)
    assert kernel.said()[0][:2] == ("month_multiple", "ALERT")
