"""What `lines` messages change: contracts, limits, and the calls in progress under them."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, NEVER, parse_rfc3339
from sekisho.core.units import PRICE_FIELDS
from sekisho.core.watch import spend
from sekisho.core.watch.assign import (
    CALL_LIMITS,
    MONEY_LIMITS,
    join_contract,
    leave,
    make_lines,
    make_lines_by,
    set_countries,
    set_limit,
)
from sekisho.core.watch.book import NO_AIDS, open_book
from sekisho.core.watch.judged import new_calls, room_for_verdicts
from sekisho.core.watch.open_calls import EXPIRED, begin, conserved
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.rules.allowed_countries import country_bits
from sekisho.core.watch.state import FAR, NONE, new_state

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


def lines(count: int = 4):
    state = make_lines(new_state(8, 8), count, automatic_hold=True, daily_limit=0, monthly_limit=0)
    state.totals["now"] = NOON
    return state


def call(state, line: int) -> int:
    contract = int(state.lines["contract"][line])
    return int(begin(open_book(state, *BESIDE), line, contract, NOON - 1_000))


def paid(state, contract: int, charge: int, end: int = NOON) -> None:
    spend.turn_to(state.contracts[contract], end)
    spend.add_finished(state.contracts[contract], end - 60_000, end, charge)


def calls_of(state, contract: int) -> list[int]:
    slots, slot = [], int(state.contracts["open_head"][contract])
    while slot != NONE:
        slots.append(slot)
        slot = int(state.open["after"][slot])
    return slots


@pytest.mark.parametrize(("daily", "monthly", "limited"), [(0, 0, 0), (5, 0, 1), (0, 5, 1), (5, 6, 1)])
def test_a_new_line_is_its_own_contract_with_the_terms_told(daily, monthly, limited):
    state = make_lines(new_state(8, 8), 3, automatic_hold=False, daily_limit=daily, monthly_limit=monthly)
    assert state.lines["contract"][:4].tolist() == [0, 1, 2, NONE]
    assert state.totals["lines"][0] == state.totals["contracts"][0] == 3
    for contract in state.contracts[:3]:
        agreed = state.agreed[contract["agreed"]]
        assert (agreed["daily_limit"], agreed["monthly_limit"], contract["limited"]) == (daily, monthly, limited)
        assert (contract["automatic_hold"], contract["lines"]) == (0, 1)


def test_lines_that_are_there_keep_their_terms_and_what_they_agreed_on():
    state = set_limit(lines(2), 0, "daily_limit", 5)
    join_contract(state, 1, 0)
    state = make_lines(state, 3, automatic_hold=False, daily_limit=7, monthly_limit=0)
    assert state.lines["contract"][:3].tolist() == [0, 0, 2]
    assert state.contracts["automatic_hold"][:3].tolist() == [1, 1, 0]
    assert state.agreed["daily_limit"][state.contracts["agreed"][:3]].tolist() == [5, 7, 7]
    assert state.contracts["limited"][:3].tolist() == [1, 1, 1]
    assert state.contracts["lines"][:3].tolist() == [2, 0, 1]


def test_fewer_lines_than_there_are_change_nothing():
    state = make_lines(lines(3), 1, automatic_hold=False, daily_limit=0, monthly_limit=0)
    assert state.totals["lines"][0] == 3
    assert state.contracts["automatic_hold"][:3].tolist() == [1, 1, 1]


def test_many_lines_find_room():
    state = make_lines(lines(3), 100, automatic_hold=True, daily_limit=0, monthly_limit=0)
    assert state.lines.size >= 100
    assert state.lines["contract"][:100].tolist() == list(range(100))


def test_a_limit_is_set_and_taken_away():
    state = lines()
    for name, milliyen, limited in (
        ("daily_limit", 5, 1),
        ("monthly_limit", 6, 1),
        ("daily_limit", 0, 1),
        ("monthly_limit", 0, 0),
    ):
        state = set_limit(state, 2, name, milliyen)
        assert state.agreed[name][state.contracts["agreed"][2]] == milliyen
        assert state.contracts["limited"][2] == limited
    assert not state.contracts["limited"].any()


def test_a_limit_set_during_a_call_is_looked_at_at_once():
    state = lines()
    state = set_limit(state, 1, "daily_limit", 5)
    assert state.contracts["armed_at"][1] == FAR
    call(state, 1)
    state = set_limit(state, 1, "daily_limit", 6)
    assert state.contracts["armed_at"][1] == NOON
    assert state.timers[: state.totals["timers"][0]].tolist() == [(NOON, 1)]


def test_what_a_line_spent_alone_goes_with_it():
    state = lines()
    paid(state, 0, 100, NOON - DAY_MS // 2)
    paid(state, 1, 7)
    paid(state, 0, 30)
    join_contract(state, 0, 1)
    row = state.contracts[1]
    assert state.lines["contract"][0] == 1
    assert (row["month_spend"], spend.day_total(row)) == (137, 137)
    assert state.contracts[0]["month_spend"] == spend.day_total(state.contracts[0]) == 0


@pytest.mark.parametrize("ahead_ms", [0, HOUR_MS, 4 * HOUR_MS, 23 * HOUR_MS])
def test_also_where_the_two_were_not_looked_at_at_the_same_time(ahead_ms):
    for earlier, later in ((0, 1), (1, 0)):
        state = lines()
        paid(state, earlier, 100, NOON - ahead_ms)
        paid(state, later, 7)
        join_contract(state, 0, 1)
        row = state.contracts[1]
        assert (row["month"], row["month_spend"], spend.day_total(row)) == (JUNE, 107, 107)


def test_also_where_the_other_contract_never_called():
    state = lines()
    paid(state, 0, 50, NOON - 31 * DAY_MS)
    paid(state, 0, 100)
    join_contract(state, 0, 1)
    row = state.contracts[1]
    assert (row["month_spend"], row["last_spend"], spend.day_total(row)) == (100, 50, 100)
    assert (row["month"], row["first_month"]) == (JUNE, JUNE - 1)


def test_what_was_spent_last_month_is_last_months_in_the_other_contract():
    state = lines()
    paid(state, 0, 100, NOON - 31 * DAY_MS)
    paid(state, 1, 7)
    join_contract(state, 0, 1)
    row = state.contracts[1]
    assert (row["month_spend"], row["last_spend"], spend.day_total(row)) == (7, 100, 7)


def test_what_a_shared_contract_spent_stays_there():
    state = lines()
    join_contract(state, 1, 0)
    paid(state, 0, 100)
    join_contract(state, 1, 2)
    join_contract(state, 0, 3)
    assert state.contracts["month_spend"][:4].tolist() == [0, 0, 0, 100], "alone again, line 0 takes all"
    state = lines()
    join_contract(state, 1, 0)
    paid(state, 0, 100)
    join_contract(state, 0, 3)
    assert state.contracts["month_spend"][:4].tolist() == [100, 0, 0, 0]


def test_calls_in_progress_move_with_their_line():
    state = lines()
    join_contract(state, 1, 0)
    slots = [call(state, line) for line in (0, 1, 0, 1)]
    state.totals["now"] = NOON + 5
    join_contract(state, 1, 2)
    assert calls_of(state, 0) == [slots[2], slots[0]]
    assert sorted(calls_of(state, 2)) == [slots[1], slots[3]]
    assert state.contracts["armed_at"][2] == NOON + 5, "the contract they come to is looked at at once"


def test_joining_the_contract_it_has_changes_nothing():
    state = lines()
    paid(state, 0, 100)
    slot = call(state, 0)
    before = state.contracts.copy()
    join_contract(state, 0, 0)
    np.testing.assert_array_equal(state.contracts, before)
    assert calls_of(state, 0) == [slot]


def test_a_policy_gives_what_it_says_to_every_contract_that_agreed_on_nothing():
    policy = Policy(
        automatic_hold=False,
        daily_limit=1,
        monthly_limit=2,
        international_monthly_limit=3,
        price_ceiling=4,
        concurrent_calls=5,
        allowed_countries=("US", "+882"),
    )
    state = make_lines_by(policy, new_state(4, 4), 3)
    row = state.agreed[0]
    assert [int(row[name]) for name in (*MONEY_LIMITS, *CALL_LIMITS)] == [1, 2, 3, 4, 5]
    assert (row["countries"] == country_bits(("US", "+882"))).all()
    assert row["listed"] == 1
    assert state.contracts["limited"][:3].tolist() == [3, 3, 3]
    assert state.contracts["automatic_hold"][:3].tolist() == [0, 0, 0]


@pytest.mark.parametrize("name", [*MONEY_LIMITS, *CALL_LIMITS])
def test_each_limit_says_what_kind_it_is(name):
    state = set_limit(lines(), 1, name, 9)
    assert state.contracts["limited"][:3].tolist() == [0, 1 if name in MONEY_LIMITS else 2, 0]
    assert set_limit(state, 1, name, 0).contracts["limited"][1] == 0


def test_what_one_contract_agrees_on_is_not_anothers():
    state = set_countries(set_limit(lines(), 1, "daily_limit", 9), 2, ["US"])
    assert state.contracts["agreed"][:4].tolist() == [0, 1, 2, 0]
    assert state.agreed["daily_limit"][:3].tolist() == [0, 9, 0]
    assert state.agreed["listed"][:3].tolist() == [0, 0, 1]


def test_saying_what_is_so_anyway_takes_no_row():
    state = set_countries(set_limit(lines(), 1, "daily_limit", 0), 2, [])
    assert state.contracts["agreed"][:4].tolist() == [0, 0, 0, 0]
    assert state.totals["agreed"][0] == 1


def test_a_list_of_countries_is_taken_back():
    state = set_countries(set_countries(lines(), 1, ["US"]), 1, [])
    assert state.agreed["listed"][1] == 0
    assert state.contracts["limited"][1] == 0
    with pytest.raises(ValueError, match="is not a country"):
        set_countries(state, 1, ["XYZ"])


def test_many_agreements_find_room():
    state = make_lines(new_state(300, 8), 300, automatic_hold=True)
    for contract in range(300):
        state = set_limit(state, contract, "daily_limit", 1 + contract)
    rows = state.contracts["agreed"][:300]
    assert state.agreed["daily_limit"][rows].tolist() == list(range(1, 301))
    assert state.agreed_marks[rows].all()


# --- a line that leaves ----------------------------------------------------------------------------------------------


def test_a_line_that_leaves_alone_is_forgotten_with_its_contract():
    state = set_limit(lines(), 1, "daily_limit", 9)
    paid(state, 1, 100)
    state.lines["held_until"][1], state.lines["abroad"][1] = NOON + 5, 0
    state.totals["abroad"], state.abroad["score"][0], state.abroad["line"][0] = 1, 20.0, 1
    slots = np.full(4, NONE, np.int64)
    slot = call(state, 1)
    state.open["handle"][slot], slots[2] = 2, slot
    state.open["answer"][slot], state.open["price"][slot] = NOON, (60_000, 175_000, 60_000, 175_000, 0, 0)
    leave(state, 1, 1, slots, automatic_hold=False)
    fresh = new_state(1, 1)
    assert conserved(state)
    assert state.totals["expired"][0] == 1
    assert slots.tolist() == [NONE, NONE, EXPIRED - 175_000, NONE]
    assert state.lines["held_until"][1] == NEVER
    assert state.lines["abroad"][1] == NONE
    assert (state.abroad["score"][0].any(), int(state.abroad["line"][0])) == (False, NONE)
    assert (state.totals["free_abroad"][0], state.abroad["first_minute"][0]) == (0, NONE)
    assert state.lines["contract"][1] == 1
    for name in ("month_spend", "day_spend", "month", "open_head", "agreed", "limited", "automatic_hold"):
        np.testing.assert_array_equal(state.contracts[name][1], fresh.contracts[name][0])


def test_its_agreement_is_given_to_the_next_that_needs_one():
    state = set_limit(lines(), 1, "daily_limit", 9)
    leave(state, 1, 1, np.zeros(0, np.int64), automatic_hold=True)
    state = set_limit(state, 3, "monthly_limit", 8)
    assert (state.contracts["agreed"][3], state.totals["agreed"][0]) == (1, 2)
    assert (state.agreed["daily_limit"][1], state.agreed["monthly_limit"][1]) == (0, 8)


def test_a_line_that_leaves_others_leaves_them_the_money_and_takes_its_calls():
    state = lines()
    join_contract(state, 1, 0)
    paid(state, 0, 100)
    slots = np.full(2, NONE, np.int64)
    for handle, line in enumerate((0, 1)):
        slots[handle] = call(state, line)
        state.open["handle"][slots[handle]] = handle
    leave(state, 0, 1, slots, automatic_hold=True)
    assert state.contracts["month_spend"][:2].tolist() == [100, 0]
    assert state.lines["contract"][:2].tolist() == [1, 0]
    assert state.contracts["lines"][:2].tolist() == [1, 1]
    assert calls_of(state, 0) == [slots[1]]
    assert slots[0] == EXPIRED
    assert conserved(state)


def test_lines_keep_the_company_they_were_made_for():
    state = make_lines_by(Policy(), new_state(8, 8), 2, np.array([0, 1], np.uint16))
    state = make_lines_by(Policy(), state, 4, np.array([9, 9, 2, 0x8001], np.uint16))
    assert state.lines["company"][:4].tolist() == [0, 1, 2, 1]
    leave(state, 2, 2, np.zeros(0, np.int64), automatic_hold=True)
    assert state.lines["company"][:4].tolist() == [0, 1, 2, 1]
    assert make_lines_by(Policy(), new_state(8, 8), 2).lines["company"][:2].tolist() == [0, 0]
