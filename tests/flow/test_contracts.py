"""Rows of named contracts. What they do to spend and limits: test_judge_contracts.py."""

from __future__ import annotations

from sekisho.core.watch.assign import make_lines
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.state import new_state
from sekisho.flow.contracts import Contracts


def lines(count: int):
    return make_lines(new_state(count, 1), count, automatic_hold=True, daily_limit=0, monthly_limit=0)


def test_a_new_contract_takes_the_row_of_its_first_line():
    contracts, state = Contracts(Policy()), lines(3)
    assert contracts.row_of("east", "a", 1, state, 3) == 1
    assert contracts.row_of("east", "a", 2, state, 3) == 1


def test_the_same_name_in_another_company_is_another_contract():
    contracts, state = Contracts(Policy()), lines(3)
    assert contracts.row_of("east", "a", 1, state, 3) != contracts.row_of("west", "a", 2, state, 3)


def test_a_line_that_changes_to_a_new_contract_leaves_its_old_row_to_the_others():
    contracts, state = Contracts(Policy()), lines(3)
    first = contracts.row_of("east", "a", 0, state, 3)
    state.lines["contract"][[0, 1]] = first
    other = contracts.row_of("east", "b", 0, state, 3)
    assert other != first
    assert contracts.row_of("east", "a", 1, state, 3) == first


def test_a_snapshot_gives_the_same_rows():
    contracts, state = Contracts(Policy()), lines(3)
    contracts.row_of("east", "a", 2, state, 3)
    again = Contracts(Policy())
    again.put(contracts.take_given())
    assert again.row_of("east", "a", 0, state, 3) == 2


def test_only_what_was_given_since_the_last_time_is_taken():
    contracts, state = Contracts(Policy()), lines(3)
    contracts.row_of("east", "a", 2, state, 3)
    contracts.row_of("east", "b", 1, state, 3)
    assert [row for _, row in contracts.take_given()] == [2, 1]
    contracts.row_of("east", "a", 0, state, 3)
    contracts.row_of("east", "c", 0, state, 3)
    assert [row for _, row in contracts.take_given()] == [0]
    assert sorted(row for _, row in contracts.take_given(whole=True)) == [0, 1, 2]
