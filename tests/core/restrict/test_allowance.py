"""Where the gate cannot ask: so many calls, each so dear, and no more."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.restrict.allowance import USUAL, Allowance, instead_of_asking, most_talk_ms
from sekisho.core.restrict.decision import Why
from sekisho.core.units import FREE, MAX_TALK_MS, Price, charge_of

SIERRA_LEONE = Price(60_000, 175_000, 60_000, 175_000, 0, 0)  # 175 yen a minute
SIX_SECONDS = Price(6_000, 17_500, 6_000, 17_500, 0, 0)


@pytest.mark.parametrize(
    ("passed", "price", "allowed", "why", "most_s"),
    [
        (0, SIERRA_LEONE, True, Why.ALLOWANCE, 60),
        (0, SIX_SECONDS, True, Why.ALLOWANCE, 102),  # 17 units are 297.5 yen
        (0, FREE, True, Why.ALLOWANCE, 0),
        (0, None, True, Why.ALLOWANCE, 0),
        (1, SIERRA_LEONE, False, Why.ASK, 0),
        (9, None, False, Why.ASK, 0),
        (0, Price(60_000, 301_000, 60_000, 301_000, 0, 0), False, Why.ASK, 0),
        (0, Price(60_000, 300_000, 60_000, 300_000, 0, 0), True, Why.ALLOWANCE, 60),
        (0, Price(100, 1_000, 100, 100_000, 0, 0), False, Why.ASK, 0),  # 0.3 s
    ],
)
def test_what_becomes_of_a_call(passed, price, allowed, why, most_s):
    decision = instead_of_asking(USUAL, passed, price)
    assert (decision.allowed, decision.why, decision.most_s) == (allowed, why, most_s)
    assert not decision.asked
    assert decision.text.isascii()


def test_the_numbers_can_be_set():
    assert instead_of_asking(Allowance(calls=3, yen=1_000), 2, SIERRA_LEONE).most_s == 300
    assert not instead_of_asking(Allowance(calls=3, yen=1_000), 3, SIERRA_LEONE).allowed
    assert not instead_of_asking(Allowance(calls=0, yen=1_000), 0, FREE).allowed


PRICES = st.builds(
    Price,
    first_unit_ms=st.integers(100, 180_000),
    first_milliyen=st.integers(0, 500_000),
    unit_ms=st.integers(100, 180_000),
    unit_milliyen=st.integers(0, 500_000),
    connection_milliyen=st.integers(0, 50_000),
    floor_yen=st.integers(0, 1),
)


@settings(deadline=None)
@given(PRICES, st.integers(0, 5_000_000))
def test_it_is_the_longest_talk_that_costs_no_more(price, milliyen):
    most_ms = most_talk_ms(price, milliyen)
    if most_ms:
        assert charge_of(price, most_ms) <= milliyen
    if most_ms < MAX_TALK_MS:
        assert charge_of(price, most_ms + 1) > milliyen
