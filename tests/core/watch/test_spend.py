"""What a contract has spent: months by the calendar in Japan, days that never reset, calls in progress by the unit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, parse_rfc3339
from sekisho.core.units import MAX_TALK_MS, PRICE_FIELDS, Price, charged_so_far
from sekisho.core.watch import spend
from sekisho.core.watch.assign import make_lines
from sekisho.core.watch.book import NO_AIDS, open_book
from sekisho.core.watch.calendar import month_index
from sekisho.core.watch.judged import new_calls, room_for_verdicts
from sekisho.core.watch.open_calls import begin
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.state import BUCKET_MS, CONTRACT, DAY_BUCKETS, FAR, NONE, new_state

NOON = parse_rfc3339("2026-06-15T03:00:00Z")
JUNE = 2026 * 12 + 5
BESIDE = (
    dials(Policy()),
    new_calls(1),
    np.zeros((1, PRICE_FIELDS), np.int64),
    np.zeros(1, np.int64),
    room_for_verdicts(8),
    NO_AIDS,
)


def contract():
    row = np.zeros(1, CONTRACT)
    row["month"] = row["first_month"] = NONE
    return row[0]


def in_japan(text: str) -> int:
    return parse_rfc3339(f"{text}+09:00")


def finished(row, end: int, charge: int, *, start: int | None = None) -> None:
    """A call that is heard of at its end."""
    spend.turn_to(row, end)
    spend.add_finished(row, end - MINUTE_MS if start is None else start, end, charge)


def sums(row) -> tuple[int, int, int]:
    return int(row["month_spend"]), int(row["last_spend"]), int(spend.day_total(row))


def test_the_first_event_sets_the_windows():
    row = contract()
    spend.turn_to(row, NOON)
    assert (row["month"], row["first_month"], row["bucket"]) == (JUNE, JUNE, NOON // BUCKET_MS)
    assert sums(row) == (0, 0, 0)


def test_an_earlier_instant_moves_nothing():
    row = contract()
    finished(row, NOON, 100)
    before = row.copy()
    spend.turn_to(row, NOON - 40 * DAY_MS)
    assert row == before


def test_midnight_resets_nothing():
    row = contract()
    finished(row, in_japan("2026-06-15T23:59:00"), 100)
    spend.turn_to(row, in_japan("2026-06-16T00:00:00"))
    assert sums(row) == (100, 0, 100)
    finished(row, in_japan("2026-06-16T00:01:00"), 7, start=in_japan("2026-06-16T00:00:30"))
    assert sums(row) == (107, 0, 107)


@pytest.mark.parametrize(("hours", "left"), [(0, 100), (23.9, 100), (24, 100), (24.9, 100), (25, 0), (400, 0)])
def test_a_day_forgets_after_24_to_27_hours(hours, left):
    """13:59 in Japan lies in the bucket from 12 to 15; it counts until 15:00 of the next day."""
    row = contract()
    at = in_japan("2026-06-15T14:00:00")
    finished(row, at - 1, 100)
    spend.turn_to(row, at + int(hours * HOUR_MS))
    assert spend.day_total(row) == left


def test_the_month_turns_at_15_utc_of_its_last_day():
    row = contract()
    finished(row, parse_rfc3339("2026-06-30T14:59:59.999Z"), 100)
    assert sums(row)[:2] == (100, 0)
    spend.turn_to(row, parse_rfc3339("2026-06-30T15:00:00Z"))
    assert sums(row) == (0, 100, 100)
    assert row["month"] == JUNE + 1
    assert row["first_month"] == JUNE


def test_the_multiple_may_be_told_anew_in_a_new_month():
    row = contract()
    spend.turn_to(row, NOON)
    row["told_multiple"] = 2
    spend.turn_to(row, NOON + 10 * DAY_MS)
    assert row["told_multiple"] == 2
    spend.turn_to(row, NOON + 16 * DAY_MS)
    assert row["told_multiple"] == 0


def test_a_month_without_a_call_lies_between():
    row = contract()
    finished(row, NOON, 100)
    spend.turn_to(row, in_japan("2026-08-01T00:00:00"))
    assert sums(row) == (0, 0, 0)
    assert row["month"] == JUNE + 2


@pytest.mark.parametrize(
    ("start", "end", "this", "last", "day"),
    [
        ("2026-07-01T10:00:00", "2026-07-01T10:05:00", 5, 100, 105),  # on time
        ("2026-06-30T23:58:00", "2026-07-01T00:02:00", 0, 105, 105),  # over the turn: the month of its start
        ("2026-06-30T10:00:00", "2026-06-30T22:00:00", 0, 105, 105),  # told late, but of the last 24 hours
        ("2026-06-29T10:00:00", "2026-06-29T10:05:00", 0, 105, 100),  # told later than that
        ("2026-05-31T23:50:00", "2026-05-31T23:59:00", 0, 100, 100),  # two months ago: billed, no longer watched
    ],
)
def test_a_late_call_goes_to_the_month_and_the_hours_it_belongs_to(start, end, this, last, day):
    row = contract()
    finished(row, in_japan("2026-06-30T21:00:00"), 100)
    spend.turn_to(row, in_japan("2026-07-01T10:05:00"))
    spend.add_finished(row, in_japan(start), in_japan(end), 5)
    assert sums(row) == (this, last, day)


def test_a_late_call_shows_that_the_customer_is_not_new():
    row = contract()
    spend.turn_to(row, in_japan("2026-07-01T10:00:00"))
    assert row["first_month"] == JUNE + 1
    spend.add_finished(row, in_japan("2026-06-30T10:00:00"), in_japan("2026-06-30T10:01:00"), 5)
    assert row["first_month"] == JUNE


WAITS = st.one_of(st.integers(0, 2 * HOUR_MS), st.integers(0, 9 * HOUR_MS), st.integers(0, 40 * DAY_MS))
FINISHED = st.lists(st.tuples(WAITS, st.integers(0, 6 * HOUR_MS), st.integers(0, 10**9)), min_size=1, max_size=60)


@settings(max_examples=200, deadline=None)
@given(FINISHED)
def test_no_24_hours_escape_the_day_and_every_call_is_in_its_month(told):
    row, calls, at = contract(), [], NOON
    for wait, length, charge in told:
        at += wait
        start = at - length
        finished(row, at, charge, start=start)
        calls.append((start, at, charge))
        day = spend.day_total(row)
        assert sum(charge for _, end, charge in calls if end > at - DAY_MS) <= day
        assert day <= sum(charge for _, end, charge in calls if end >= at - DAY_MS - BUCKET_MS)
        months = [(month_index(start), charge) for start, _, charge in calls]
        assert row["month_spend"] == sum(charge for month, charge in months if month == month_index(at))
        late_ones = [charge for month, charge in months if month == month_index(at) - 1]
        assert row["last_spend"] == sum(late_ones)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30 * HOUR_MS), st.integers(0, 10**9)), min_size=1, max_size=20))
def test_the_order_in_which_a_day_is_told_does_not_matter(told):
    ordered, shuffled = contract(), contract()
    for ago, charge in sorted(told, reverse=True):
        finished(ordered, NOON - ago, charge)
    for ago, charge in told:
        spend.turn_to(shuffled, NOON)
        spend.add_finished(shuffled, NOON - ago - MINUTE_MS, NOON - ago, charge)
    spend.turn_to(ordered, NOON)
    assert spend.day_total(ordered) == spend.day_total(shuffled)
    assert DAY_BUCKETS * BUCKET_MS == 27 * HOUR_MS


# --- calls in progress -----------------------------------------------------------------------------------------------

DEAR = Price(60_000, 175_000, 60_000, 175_000, 0, 0)
SIX = Price(60_000, 9_000, 6_000, 900, 500, 0)
FLOORED = Price(6_000, 100, 6_000, 100, 950, 1)
FREE = Price(0, 0, 0, 0, 0, 0)
ONCE = Price(60_000, 30_000, 60_000, 0, 0, 0)  # a fee, and no unit that costs
PRICES = st.one_of(
    st.sampled_from([DEAR, SIX, FLOORED, FREE, ONCE]),
    st.builds(
        Price,
        st.integers(100, 200_000),
        st.integers(0, 50_000),
        st.integers(100, 200_000),
        st.integers(0, 50_000),
        st.integers(0, 3_000),
        st.integers(0, 1),
    ),
)


class Talking:
    """One contract with calls in progress."""

    def __init__(self, *calls: tuple[Price, int]) -> None:
        state = make_lines(new_state(2, 64), 2, automatic_hold=True, daily_limit=0, monthly_limit=0)
        self.state = state
        self.book = open_book(state, *BESIDE)
        self.calls = calls
        for price, answer in calls:
            slot = begin(self.book, 0, 0, answer - 5_000)
            state.open["price"][slot], state.open["answer"][slot] = price, answer

    def cost(self, at: int) -> int:
        return int(spend.in_progress(self.book, self.state.contracts[0], at))

    def next_look(self, at: int, room: int) -> int:
        return int(spend.next_look(self.book, self.state.contracts[0], at, room))


def test_a_ringing_call_costs_nothing():
    one = Talking((DEAR, NOON))
    begin(one.book, 0, 0, NOON)
    assert one.cost(NOON) == 175_000
    assert spend.so_far(one.book, 1, NOON + HOUR_MS) == 0


@pytest.mark.parametrize(
    ("seconds", "milliyen"), [(0, 175_000 + 9_500), (59.999, 184_500), (60, 350_000 + 10_400), (66, 350_000 + 11_300)]
)
def test_calls_cost_the_units_they_have_begun(seconds, milliyen):
    assert Talking((DEAR, NOON), (SIX, NOON)).cost(NOON + int(seconds * 1000)) == milliyen


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(PRICES, st.integers(-2 * HOUR_MS, 0)), max_size=8), st.integers(0, 3 * HOUR_MS))
def test_in_progress_is_the_sum_of_the_units_arithmetic(calls, after):
    talking = Talking(*[(price, NOON + answer) for price, answer in calls])
    at = NOON + after
    assert talking.cost(at) == sum(charged_so_far(price, at - answer) for price, answer in talking.calls)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(PRICES, st.integers(-2 * HOUR_MS, 0)), max_size=6),
    st.integers(0, HOUR_MS),
    st.one_of(st.integers(1, 2_000), st.integers(1, 10**6), st.integers(1, 10**10)),
)
def test_the_next_look_is_never_too_late(calls, after, room):
    """Until just before the look, the calls have not cost `room` more; and a look always goes forward."""
    talking = Talking(*[(price, NOON + answer) for price, answer in calls])
    at = NOON + after
    look = talking.next_look(at, room)
    assert look > at
    last = min(look - 1, NOON + 2 * MAX_TALK_MS)
    assert talking.cost(last) - talking.cost(at) < room


def test_looking_again_and_again_ends_at_the_very_unit():
    """60,000 yen of room at 175 yen a minute: the 343rd further unit brings 60,025."""
    talking = Talking((DEAR, NOON))
    at, looks = NOON, 0
    while talking.cost(at) - talking.cost(NOON) < 60_000_000:
        at = talking.next_look(at, 60_000_000 - (talking.cost(at) - talking.cost(NOON)))
        looks += 1
    assert at == NOON + 343 * MINUTE_MS
    assert looks <= 3


@pytest.mark.parametrize("price", [FREE, ONCE])
def test_where_nothing_accrues_nobody_looks(price):
    assert Talking((price, NOON)).next_look(NOON, 1) == FAR


def test_a_look_far_beyond_every_life_is_still_a_look():
    """FAR means that nothing accrues; whoever asks must be able to tell the two apart."""
    assert NOON + 10**14 < Talking((DEAR, NOON)).next_look(NOON, 1 << 62) < FAR


def test_nobody_looks_at_a_contract_without_calls():
    assert Talking().next_look(NOON, 1) == FAR


def test_a_unit_that_tips_a_yen_is_not_missed():
    """0.1 yen a unit of 6 s on a call that stands at 1.95 yen and is charged 1: the next unit makes 2 of it."""
    talking = Talking((Price(6_000, 950, 6_000, 100, 900, 1), NOON))
    assert talking.cost(NOON) == 1_000
    assert talking.next_look(NOON + 1, 1_000) <= NOON + 12_000
    assert talking.cost(NOON + 12_000) == 2_000
