"""The rules on a contract's money, spoken together. Amounts in yen; the contract's calls cost 175 yen a minute."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.terms.call import Action, CallEvent
from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS, parse_rfc3339
from sekisho.core.units import PRICE_FIELDS
from sekisho.core.watch import spend
from sekisho.core.watch.assign import make_lines, set_limit
from sekisho.core.watch.book import open_book
from sekisho.core.watch.judged import REASONS, new_calls, room_for_verdicts
from sekisho.core.watch.money import judge_money, look_again_at, room_to_spend
from sekisho.core.watch.open_calls import begin
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.speak import Occasion
from sekisho.core.watch.state import BUCKET_MS, FAR, NONE, new_state

NOON = parse_rfc3339("2026-06-15T03:00:00Z")
JULY = parse_rfc3339("2026-06-30T15:00:00Z")
DEAR = (60_000, 175_000, 60_000, 175_000, 0, 0)
POLICY = dials(Policy(month_multiple=3.0, month_floor=5_000_000, month_new_customer=20_000_000))


def milli(yen: float) -> int:
    return int(yen * 1000)


class Contract:
    """One contract in its second month, which paid so much in the first."""

    def __init__(self, *, last: float = 0, day: float = 0, month: float = 0, holds: bool = True) -> None:
        self.state = make_lines(new_state(2, 8), 2, automatic_hold=holds, daily_limit=0, monthly_limit=0)
        self.row = self.state.contracts[0]
        self.out = room_for_verdicts(8)
        self.beside = (POLICY, new_calls(1), np.zeros((1, PRICE_FIELDS), np.int64), np.full(1, NONE), self.out)
        self.book = open_book(self.state, *self.beside)
        spend.turn_to(self.row, NOON - 31 * 24 * HOUR_MS)
        self.row["month_spend"] = milli(last)
        spend.turn_to(self.row, NOON)
        set_limit(self.state, 0, "daily_limit", milli(day))
        set_limit(self.state, 0, "monthly_limit", milli(month))

    def spent(self, yen: float, *, hours_ago: float = 0) -> Contract:
        at = NOON - int(hours_ago * HOUR_MS)
        spend.add_finished(self.row, at - MINUTE_MS, at, milli(yen))
        return self

    def talking(self, calls: int = 1) -> Contract:
        for _ in range(calls):
            slot = begin(self.book, 0, 0, NOON - 5_000)
            self.state.open["answer"][slot], self.state.open["price"][slot] = NOON, DEAR
        return self

    def judge(self, at: int = NOON, line: int = 0) -> list[tuple[str, str, float, float, float]]:
        """What is said at `at`: (reason, action, facts in yen and as they are)."""
        self.out.filled[0] = 0
        judge_money(self.book, self.row, Occasion(0, NONE, 0, line, int(CallEvent.END), at))
        return [
            (REASONS[row["reason"]], Action(int(row["action"])).name, *[float(fact) for fact in row["facts"]])
            for row in self.out.rows[: self.out.filled[0]]
        ]

    def room(self, at: int = NOON) -> int:
        return int(room_to_spend(self.book, self.row, at))

    def look(self, at: int = NOON) -> int:
        return int(look_again_at(self.book, self.row, at))


def test_nothing_is_said_of_an_ordinary_month():
    assert Contract(last=10_000, day=50_000, month=100_000).spent(29_999).judge() == []


@pytest.mark.parametrize(
    ("last", "spent", "compared", "multiple"),
    [
        (10_000, 30_000, 10_000, 3),
        (10_000, 130_000, 10_000, 12),  # told once, at the highest doubling
        (0, 60_000, 20_000, 3),  # nothing paid last month
        (100, 5_000, 100, 48),  # the floor, then by doublings of 300 yen
    ],
)
def test_the_notices_rule_tells_what_it_compares(last, spent, compared, multiple):
    contract = Contract(last=last).spent(spent)
    said = [("month_multiple", "ALERT", milli(spent), milli(compared), multiple)]
    assert contract.judge() == said
    assert contract.judge() == []


def test_calls_in_progress_count():
    """29,900 yen and one call at 175 yen a minute against 30,000: its first minute is enough."""
    contract = Contract(last=10_000).spent(29_900)
    assert contract.judge() == []
    assert contract.talking().judge() == [("month_multiple", "ALERT", milli(30_075), milli(10_000), 3)]


def test_ringing_calls_do_not():
    contract = Contract(last=10_000).spent(29_900)
    begin(contract.book, 0, 0, NOON)
    assert contract.judge(NOON + HOUR_MS) == []


@pytest.mark.parametrize(("holds", "action"), [(True, "HOLD"), (False, "ALERT")])
def test_the_limit_of_a_day_holds_where_the_terms_allow_it(holds, action):
    contract = Contract(last=100_000, day=500, holds=holds).spent(499)
    assert contract.judge() == []
    assert contract.spent(1).judge() == [("daily_limit", action, milli(500), milli(500), 0)]
    assert contract.judge() == [], "not again at once"
    assert len(contract.judge(NOON + 3 * HOUR_MS)) == 1


@pytest.mark.parametrize(("holds", "action"), [(True, "HOLD"), (False, "ALERT")])
def test_the_limit_of_a_month_holds_where_the_terms_allow_it(holds, action):
    contract = Contract(last=100_000, month=500, holds=holds).spent(400, hours_ago=100)
    assert contract.judge() == []
    assert contract.spent(150, hours_ago=50).judge() == [("monthly_limit", action, milli(550), milli(500), 0)]
    assert contract.judge() == []
    assert len(contract.judge(NOON + 3 * HOUR_MS)) == (1 if holds else 0), "a hold is renewed, an alert is monthly"


def test_the_limit_of_a_day_counts_24_hours_and_calls_in_progress():
    contract = Contract(last=100_000, day=500).spent(300, hours_ago=100).spent(326, hours_ago=20)
    assert contract.judge() == []
    assert contract.talking().judge() == [("daily_limit", "HOLD", milli(501), milli(500), 0)]


def test_one_hold_is_enough_for_two_limits():
    said = Contract(last=100_000, day=500, month=500).spent(600).judge()
    assert [reason for reason, *_ in said] == ["daily_limit"]


def test_without_the_clause_each_limit_is_told():
    said = Contract(last=100_000, day=500, month=500, holds=False).spent(600).judge()
    assert [reason for reason, *_ in said] == ["daily_limit", "monthly_limit"]


def test_each_line_of_the_contract_is_held_when_it_calls():
    contract = Contract(last=100_000, day=500).spent(600)
    contract.state.lines["contract"][1] = 0
    assert [len(contract.judge(line=0)), len(contract.judge(line=1)), len(contract.judge(line=1))] == [1, 1, 0]


@pytest.mark.parametrize(
    ("given", "spent", "room"),
    [
        ({"last": 10_000}, 12_000, 18_000),  # to three times last month's
        ({"last": 0}, 12_000, 48_000),  # to three times the reference
        ({"last": 10_000, "day": 15_000}, 12_000, 3_000),
        ({"last": 10_000, "month": 14_000}, 12_000, 2_000),
        ({"last": 10_000, "day": 15_000, "month": 14_000}, 12_000, 2_000),
        ({"last": 10_000, "day": 11_000}, 12_000, 18_000),  # reached already: speaks at the next call
        ({"last": 10_000}, 30_000, 0),
    ],
)
def test_the_room_until_a_rule_may_speak(given, spent, room):
    assert Contract(**given).spent(spent).room() == milli(room)


def test_calls_in_progress_take_room():
    assert Contract(last=10_000).spent(12_000).talking(2).room(NOON + MINUTE_MS) == milli(18_000 - 4 * 175)


def test_nobody_looks_where_nothing_accrues():
    assert Contract(last=10_000, day=500).look() == FAR


def test_close_to_a_limit_the_next_unit_is_looked_at():
    assert Contract(last=100_000, day=500).talking().look(NOON + 1) == NOON + MINUTE_MS


def test_far_from_a_limit_the_look_is_far_off_but_never_too_late():
    look = Contract(last=100_000, day=50_000).talking().look()
    assert NOON + 4 * HOUR_MS < look <= NOON + 285 * MINUTE_MS


def test_the_turn_of_the_month_is_looked_at():
    """With the new month another threshold holds; the old one is so far off that nobody would look before."""
    assert Contract(last=10_000_000).talking().look() == JULY


def test_while_a_day_is_over_its_limit_its_windows_edge_is_looked_at():
    """What was reached may fall below the limit there and reach it again."""
    contract = Contract(last=10_000_000, day=500).spent(600).talking()
    assert contract.look() == (NOON // BUCKET_MS + 1) * BUCKET_MS
