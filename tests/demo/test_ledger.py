"""The account of an attack, by hand: 175 yen a begun minute to Sierra Leone."""

from __future__ import annotations

import pytest

from sekisho.demo.ledger import Ledger, together
from sekisho.demo.prices import Prices
from sekisho.wiring.tariffs import load_tariff

LINE, SIERRA_LEONE, TOKYO = "0310000001", "01023276123456", "0323456789"
T = 1_795_000_000_000
YEN = 1_000


@pytest.fixture(scope="module")
def prices():
    return Prices(load_tariff())


@pytest.mark.parametrize(
    ("talk_ms", "over", "yen"),
    [(0, True, 175), (60_000, True, 175), (60_001, True, 350), (59_999, False, 175), (60_000, False, 350)],
)
def test_a_begun_minute_is_a_whole_one(prices, talk_ms, over, yen):
    assert prices.charge(LINE, SIERRA_LEONE, T, talk_ms, over=over) == yen * YEN


def test_a_call_inside_japan(prices):
    assert prices.charge(LINE, TOKYO, T, 181_000, over=True) == 16 * YEN


def attack(prices):
    """Three calls went on: two minutes, one minute, one still up in its second; four were refused."""
    ledger = Ledger(prices)
    for number in range(7):
        ledger.attempted(LINE, SIERRA_LEONE, T, attack=True, allowed=number < 3)
    for number in range(3):
        ledger.answered(f"call-{number}", LINE, SIERRA_LEONE, T)
    ledger.ended_at("call-0", T + 90_000)
    ledger.ended_at("call-1", T + 30_000)
    return ledger


def test_cost_is_what_went_on_and_saved_is_what_was_refused_at_the_mean(prices):
    sums = attack(prices).sums(T + 61_000)
    assert (sums.went_on, sums.refused, sums.in_progress) == (3, 4, 1)
    assert sums.cost == (350 + 175 + 350) * YEN
    assert sums.saved == 4 * (350 + 175) // 2 * YEN  # the call in progress has no length yet
    ledger = attack(prices)
    ledger.attempted(LINE, SIERRA_LEONE, T, attack=True, allowed=False)
    assert ledger.sums(T).saved == 1_312 * YEN  # 5 x 262.5


def test_while_no_call_is_over_a_refused_attempt_counts_one_unit(prices):
    ledger = Ledger(prices)
    ledger.attempted(LINE, SIERRA_LEONE, T, attack=True, allowed=True)
    ledger.answered("a", LINE, SIERRA_LEONE, T)
    ledger.attempted(LINE, SIERRA_LEONE, T, attack=True, allowed=False)
    ledger.attempted(LINE, "01037120123456", T, attack=True, allowed=False)
    assert ledger.sums(T + 1_000).saved == (175 + 150) * YEN


def test_an_unanswered_call_costs_nothing(prices):
    ledger = Ledger(prices)
    ledger.attempted(LINE, SIERRA_LEONE, T, attack=True, allowed=True)
    ledger.ended_at("never answered", T)
    assert (ledger.sums(T).cost, ledger.sums(T).saved) == (0, 0)


def test_honest_calls_are_counted_apart(prices):
    ledger = Ledger(prices)
    for allowed in (True, True, False):
        ledger.attempted(LINE, TOKYO, T, attack=False, allowed=allowed)
    sums = ledger.sums(T)
    assert (sums.ordinary, sums.stopped, sums.went_on, sums.refused) == (3, 1, 0, 0)


def test_all_companies_together(prices):
    one = attack(prices).sums(T + 61_000)
    both = together([one, one])
    assert (both.cost, both.saved, both.refused) == (2 * one.cost, 2 * one.saved, 8)
