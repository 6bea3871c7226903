"""Rows of named contracts. What they do to spend and limits: test_judge_contracts.py."""

from __future__ import annotations

import numpy as np

from sekisho.core.watch.assign import CALL_LIMITS, MONEY_LIMITS, join_contract, make_lines
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.state import new_state
from sekisho.flow.contracts import Contracts


def lines(count: int):
    return make_lines(new_state(count, 1), count, automatic_hold=True, daily_limit=0, monthly_limit=0)


def test_a_new_contract_takes_the_row_of_its_first_line():
    contracts, state = Contracts(Policy()), lines(3)
    assert contracts.row_of("east", "a", 1, state) == 1
    assert contracts.row_of("east", "a", 2, state) == 1


def test_the_same_name_in_another_company_is_another_contract():
    contracts, state = Contracts(Policy()), lines(3)
    assert contracts.row_of("east", "a", 1, state) != contracts.row_of("west", "a", 2, state)


def test_a_line_that_changes_to_a_new_contract_leaves_its_old_row_to_the_others():
    contracts, state = Contracts(Policy()), lines(3)
    first = contracts.row_of("east", "a", 0, state)
    join_contract(state, 1, first)
    other = contracts.row_of("east", "b", 0, state)
    assert other != first
    assert contracts.row_of("east", "a", 1, state) == first


def test_a_snapshot_gives_the_same_rows():
    contracts, state = Contracts(Policy()), lines(3)
    contracts.row_of("east", "a", 2, state)
    again = Contracts(Policy())
    again.put(contracts.take_given())
    assert again.row_of("east", "a", 0, state) == 2


def test_only_what_was_given_since_the_last_time_is_taken():
    contracts, state = Contracts(Policy()), lines(3)
    contracts.row_of("east", "a", 2, state)
    contracts.row_of("east", "b", 1, state)
    assert [row for _, row in contracts.take_given()] == [2, 1]
    contracts.row_of("east", "a", 0, state)
    contracts.row_of("east", "c", 0, state)
    assert [row for _, row in contracts.take_given()] == [0]
    assert sorted(row for _, row in contracts.take_given(whole=True)) == [0, 1, 2]


SLOTS = np.zeros(0, np.int64)


def test_every_limit_can_be_told():
    contracts, state = Contracts(Policy()), lines(2)
    told = {f"{name}_yen": 7 for name in (*MONEY_LIMITS, "price_ceiling")} | {"concurrent_calls": 7}
    state = contracts.tell(told | {"allowed_countries": ["US"], "automatic_hold": False}, 1, state, SLOTS)
    row = state.agreed[state.contracts["agreed"][1]]
    assert [int(row[name]) for name in (*MONEY_LIMITS, "price_ceiling")] == [7_000] * 4
    assert {*MONEY_LIMITS, *CALL_LIMITS} == {*MONEY_LIMITS, "price_ceiling", "concurrent_calls"}
    assert (row["concurrent_calls"], row["listed"], state.contracts["automatic_hold"][1]) == (7, 1, 0)
    assert state.contracts["agreed"][0] == 0


def test_what_is_not_told_stays():
    contracts, state = Contracts(Policy()), lines(2)
    state = contracts.tell({"daily_limit_yen": 7}, 0, state, SLOTS)
    state = contracts.tell({"monthly_limit_yen": 8}, 0, state, SLOTS)
    row = state.agreed[state.contracts["agreed"][0]]
    assert (row["daily_limit"], row["monthly_limit"]) == (7_000, 8_000)


def test_the_name_of_a_contract_that_nobody_has_left_is_forgotten():
    contracts, state = Contracts(Policy()), lines(3)
    for line in (0, 1):
        state = contracts.tell({"company": "east", "contract": "a"}, line, state, SLOTS)
    state = contracts.tell({"leaves": True}, 0, state, SLOTS)
    assert contracts.take_given(whole=True) == [("east\x1fa", 0)]
    assert state.lines["contract"][:3].tolist() == [1, 0, 2]
    state = contracts.tell({"leaves": True}, 1, state, SLOTS)
    assert contracts.take_given(whole=True) == []
    assert state.contracts["lines"][:3].tolist() == [1, 1, 1]
