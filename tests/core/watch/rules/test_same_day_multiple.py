"""Rule `same_day_multiple`: the table of rules.md, section 4."""

from __future__ import annotations

import pytest
from tests.core.watch.pages import milli, table

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, parse_rfc3339
from sekisho.core.watch import spend
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.rules import month_multiple, same_day_multiple
from sekisho.core.watch.rules.same_day_multiple import by_now, speaks, threshold
from sekisho.core.watch.state import FAR, new_state

DIALS = dials(Policy())
MAY = parse_rfc3339("2026-05-01T00:00:00+09:00")
JUNE = parse_rfc3339("2026-06-01T00:00:00+09:00")


def contract(*pieces: int):
    """A contract that was charged so much in each piece of May, and stands at the first of June."""
    row = new_state(1, 1).contracts[0]
    spend.turn_to(row, MAY - 40 * DAY_MS)
    for piece, charge in enumerate(pieces):
        at = MAY + piece * 6 * DAY_MS + 30 * HOUR_MS
        spend.turn_to(row, at)
        spend.add_finished(row, at, at, charge)
    spend.turn_to(row, JUNE)
    return row


def day(number: int) -> int:
    return JUNE + (number - 1) * DAY_MS + 12 * HOUR_MS


@pytest.mark.parametrize("cells", table("1-6".replace("-", "–"), "7–12"))
def test_it_speaks_where_the_page_says(cells):
    *pieces, today, expected, all_month = cells
    row = contract(*map(milli, pieces))
    assert month_multiple.threshold(row, DIALS[0]) == milli(all_month)
    at = day(int(today))
    if expected == "-":
        assert threshold(row, at, DIALS[0]) == FAR
        return
    assert threshold(row, at, DIALS[0]) == milli(expected)
    assert not speaks(row, milli(expected) - 1, at, DIALS[0])
    assert speaks(row, milli(expected), at, DIALS[0])
    assert not speaks(row, 10 * milli(expected), at, DIALS[0]), "once a month"


def test_the_threshold_only_rises_within_a_month():
    row = contract(5_000_000, 9_000_000, 0, 7_000_000, 1_000_000)
    thresholds = [int(threshold(row, day(number), DIALS[0])) for number in range(1, 31)]
    assert thresholds == sorted(thresholds)


def test_after_the_notices_rule_it_is_silent():
    row = contract(6_000_000)
    row["told_multiple"] = 1
    assert threshold(row, day(3), DIALS[0]) == FAR


def test_a_month_that_was_not_seen_whole_has_no_course():
    row = contract(6_000_000)
    row["first_month"], row["first_day"] = row["month"] - 1, 2
    assert threshold(row, day(3), DIALS[0]) == FAR


def test_the_next_month_may_be_told_anew():
    row = contract(6_000_000)
    assert speaks(row, milli("40,000"), day(3), DIALS[0])
    spend.turn_to(row, JUNE + 30 * DAY_MS)
    assert row["told_same_day"] == 0


def test_tenths_of_a_yen_are_rounded_up_and_taken_back():
    row = contract(1, 250, 0, 0, 0)
    assert by_now(row, 0) == 100
    assert by_now(row, 1) == 400
    assert by_now(row, 4) == 251
    at = MAY + 30 * HOUR_MS
    spend.add_finished(row, at, at, -1)
    assert by_now(row, 0) == 0


@pytest.mark.parametrize("paper", ["NAME", "JA", "EN", "ACTION", "BLIND"])
def test_the_rule_has_its_papers(paper):
    assert getattr(same_day_multiple, paper).strip()
    assert same_day_multiple.__doc__.startswith(f"Rule `{same_day_multiple.NAME}`: ")


def test_what_it_says():
    facts = {"spent": 30_000.0, "by_now": 6_000.0, "last": 30_000.0}
    assert "6,000円" in same_day_multiple.JA.format(**facts)
    assert "the 6,000 yen up to the same days of last month" in same_day_multiple.EN.format(**facts)
