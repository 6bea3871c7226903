"""The arithmetic of units, against Fractions; its worked tables are run by rating/test_charge.py."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sekisho.core.units import (
    FREE,
    MAX_PRICE_MILLIYEN,
    MAX_TALK_MS,
    MAX_UNIT_MS,
    MIN_UNIT_MS,
    NEVER,
    PRICE_FIELDS,
    Price,
    charge_of,
    charged_so_far,
    cost_of,
    next_unit_at,
    price_at,
    price_in,
    units_begun,
    units_of,
)

UNIT = st.one_of(st.integers(MIN_UNIT_MS, 600_000), st.sampled_from([MIN_UNIT_MS, 60_000, MAX_UNIT_MS]))
MONEY = st.one_of(st.integers(0, 1_000_000), st.sampled_from([0, 1, MAX_PRICE_MILLIYEN]))
PRICE = st.builds(Price, UNIT, MONEY, UNIT, MONEY, MONEY, st.integers(0, 1))
TALK = st.one_of(st.integers(0, 10_000_000), st.sampled_from([0, 1, MAX_TALK_MS - 1, MAX_TALK_MS]))


def oracle(price: Price, talk_ms: int) -> int:
    """The charge in words: connection, first unit, then a whole one for each that was started; Python's own numbers."""
    more = max(0, ceil(Fraction(talk_ms - price.first_unit_ms, price.unit_ms)))
    total = price.connection_milliyen + price.first_milliyen + more * price.unit_milliyen
    return total // 1000 * 1000 if price.floor_yen else total


@settings(max_examples=300, deadline=None)
@given(PRICE, TALK)
def test_the_charge_equals_exact_arithmetic(price, talk_ms):
    assert charge_of(price, talk_ms) == oracle(price, talk_ms)


@settings(max_examples=300, deadline=None)
@given(PRICE, TALK, TALK)
def test_longer_talk_never_costs_less(price, one, other):
    shorter, longer = sorted((one, other))
    assert charge_of(price, shorter) <= charge_of(price, longer)
    assert charged_so_far(price, shorter) <= charged_so_far(price, longer)


@settings(max_examples=300, deadline=None)
@given(PRICE, TALK, st.integers(1, 50))
def test_every_further_unit_adds_its_price(price, talk_ms, more):
    plain = price._replace(floor_yen=0)
    talk_ms = max(talk_ms, price.first_unit_ms)
    longer = talk_ms + more * price.unit_ms
    assume(longer <= MAX_TALK_MS)
    assert charge_of(plain, longer) == charge_of(plain, talk_ms) + more * price.unit_milliyen
    assert units_of(plain, longer) == units_of(plain, talk_ms) + more


@settings(max_examples=300, deadline=None)
@given(PRICE, st.integers(1, 10_000_000))
def test_a_call_hung_up_costs_what_was_counted_a_millisecond_before(price, talk_ms):
    assert charge_of(price, talk_ms) == charged_so_far(price, talk_ms - 1)
    assert charge_of(price, talk_ms) <= charged_so_far(price, talk_ms)
    assert charge_of(price, 0) == charged_so_far(price, 0)


@settings(max_examples=300, deadline=None)
@given(PRICE, st.integers(0, 10_000_000), st.integers(-(10**12), 10**13))
def test_the_next_unit_begins_exactly_then(price, elapsed, answer):
    assume(price.unit_milliyen > 0)
    following = next_unit_at(price, answer, answer + elapsed)
    assert following > answer + elapsed
    begun = units_begun(price, elapsed)
    assert units_begun(price, following - answer - 1) == begun
    assert units_begun(price, following - answer) == begun + 1


def test_a_rate_without_a_first_unit_of_its_own_has_plain_units():
    price = Price(180_000, 8_000, 180_000, 8_000, 0, 0)
    found = [units_of(price, talk) for talk in (0, 1, 179_999, 180_000, 180_001, 360_000, 360_001)]
    assert found == [1, 1, 1, 1, 2, 2, 3]


def test_a_free_call_has_no_units_and_no_alarm():
    assert FREE == (0,) * PRICE_FIELDS
    assert (units_of(FREE, 61_000), units_begun(FREE, 61_000), charge_of(FREE, 61_000)) == (0, 0, 0)
    assert next_unit_at(FREE, 0, 61_000) == NEVER


def test_no_units_cost_nothing_not_even_the_connection():
    assert cost_of(Price(60_000, 1, 60_000, 1, 5_000, 0), 0) == 0


@pytest.mark.parametrize("talk_ms", [-1, -(10**15), np.iinfo(np.int64).min])
def test_talk_below_zero_counts_as_zero(talk_ms):
    price = Price(60_000, 175_000, 60_000, 175_000, 0, 0)
    assert units_of(price, talk_ms) == units_begun(price, talk_ms) == 1


def test_the_dearest_and_longest_call_stays_far_from_overflow():
    price = Price(MIN_UNIT_MS, *(MAX_PRICE_MILLIYEN, MIN_UNIT_MS, MAX_PRICE_MILLIYEN, MAX_PRICE_MILLIYEN), 0)
    assert units_begun(price, np.iinfo(np.int64).max) == 316_224_001
    dearest = charged_so_far(price, np.iinfo(np.int64).max)
    assert dearest == 316_224_002 * MAX_PRICE_MILLIYEN < 32 * 10**15
    assert units_of(price, 10**18) == units_of(price, MAX_TALK_MS) == 316_224_000
    assert next_unit_at(price, 0, MAX_TALK_MS) == NEVER


def test_a_row_of_a_table_of_prices_reads_as_a_price_and_row_minus_one_is_the_last():
    price = Price(1, 2, 3, 4, 5, 6)
    table = np.array([price, FREE], np.int64)
    assert price_at(table, 0) == price
    assert price_at(table, -1) == FREE


def test_a_price_is_the_same_by_the_address_of_its_table():
    table = np.arange(5 * PRICE_FIELDS, dtype=np.int64).reshape(5, PRICE_FIELDS)
    assert [price_in(table.ctypes.data, row) for row in range(5)] == [price_at(table, row) for row in range(5)]
