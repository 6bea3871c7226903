"""How verdicts are written, and how often the watch repeats itself."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.terms.call import Action, CallEvent
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, SECOND_MS
from sekisho.core.units import PRICE_FIELDS
from sekisho.core.watch import spend
from sekisho.core.watch.assign import make_lines
from sekisho.core.watch.book import open_book
from sekisho.core.watch.judged import DAILY_LIMIT, SCORE, new_calls, room_for_verdicts
from sekisho.core.watch.open_calls import begin
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.speak import Occasion, may_alert, may_hold, write
from sekisho.core.watch.state import NONE, new_state

NOON = 1_780_000_000_000
POLICY = dials(Policy(hold_hours=4, alert_every_s=60, probation_hours=24))


class Desk:
    """Two lines and the verdicts written of them."""

    def __init__(self) -> None:
        self.state = make_lines(new_state(2, 4), 2, automatic_hold=True, daily_limit=0, monthly_limit=0)
        self.out = room_for_verdicts(8)
        self.calls, self.prices = new_calls(1), np.zeros((1, PRICE_FIELDS), np.int64)
        self.slots = np.full(1, NONE, np.int64)
        self.book = open_book(self.state, POLICY, self.calls, self.prices, self.slots, self.out)

    def may_hold(self, at: int, line: int = 0) -> bool:
        return bool(may_hold(self.state.lines[line], at, POLICY[0]))

    def may_alert(self, at: int, line: int = 0) -> bool:
        return bool(may_alert(self.state.lines[line], at, POLICY[0]))


def test_a_hold_lasts_four_hours():
    desk = Desk()
    assert desk.may_hold(NOON)
    assert desk.state.lines["held_until"].tolist()[0] == NOON + 4 * HOUR_MS


@pytest.mark.parametrize(
    ("hours", "again"), [(0, False), (1, False), (1.999, False), (2, True), (3, True), (4, True), (100, True)]
)
def test_a_hold_is_renewed_only_after_half_its_time(hours, again):
    desk = Desk()
    desk.may_hold(NOON)
    at = NOON + int(hours * HOUR_MS)
    assert desk.may_hold(at) is again
    assert desk.state.lines["held_until"][0] == (at if again else NOON) + 4 * HOUR_MS


def test_a_hold_of_one_line_is_not_a_hold_of_another():
    desk = Desk()
    desk.may_hold(NOON)
    assert desk.may_hold(NOON, line=1)


def test_a_late_event_does_not_shorten_a_hold():
    desk = Desk()
    desk.may_hold(NOON)
    assert not desk.may_hold(NOON - DAY_MS)
    assert desk.state.lines["held_until"][0] == NOON + 4 * HOUR_MS


def test_at_a_hold_what_is_on_probation_is_forgotten():
    desk = Desk()
    line = desk.state.lines[0]
    line["country"][:3] = (1, 2, 3)
    line["country_since"][:3] = (NOON - 25 * HOUR_MS, NOON - 23 * HOUR_MS, NOON)
    line["country_calls"][:3] = (5, 6, 7)
    desk.may_hold(NOON)
    assert line["country_calls"][:3].tolist() == [5, 0, 0]
    line["country_calls"][2] = 8
    assert not desk.may_hold(NOON + HOUR_MS)
    assert line["country_calls"][2] == 8, "only a new hold forgets"


@pytest.mark.parametrize(("seconds", "again"), [(0, False), (59.999, False), (60, True), (3600, True)])
def test_an_alert_is_repeated_at_most_once_a_minute(seconds, again):
    desk = Desk()
    assert desk.may_alert(NOON)
    assert desk.may_alert(NOON + int(seconds * SECOND_MS)) is again


def test_a_refused_repeat_does_not_put_the_next_one_off():
    desk = Desk()
    desk.may_alert(NOON)
    assert [desk.may_alert(NOON + second * SECOND_MS) for second in (20, 40, 60)] == [False, False, True]


def test_what_is_written():
    desk = Desk()
    line = desk.state.lines[1]
    line["score"], line["shares"][0], line["shares"][1] = (12.5, 9.0), (7.0, 3.5, 2.0), (1.0, 5.0, 3.0)
    occasion = Occasion(3, 2, 77, 1, int(CallEvent.ANSWER), NOON)
    write(desk.book, occasion, int(Action.ALERT), SCORE, 0.5, 0.25, 175.0)
    assert desk.out.filled[0] == 1
    verdict = desk.out.rows[0]
    assert (verdict["row"], verdict["slot"], verdict["handle"], verdict["line"]) == (3, 2, 77, 1)
    assert (verdict["event"], verdict["at"], verdict["action"], verdict["reason"]) == (1, NOON, Action.ALERT, SCORE)
    assert verdict["score"] == 12.5
    assert verdict["nats"].tolist() == [7.0, 3.5, 2.0]
    assert verdict["facts"].tolist() == [0.5, 0.25, 175.0]


def test_the_likelier_thief_is_reported():
    desk = Desk()
    line = desk.state.lines[0]
    line["score"], line["shares"][0], line["shares"][1] = (1.0, 9.0), (0.5, 0.25, 0.25), (1.0, 5.0, 3.0)
    write(desk.book, Occasion(0, NONE, 0, 0, 0, NOON), int(Action.HOLD), SCORE, 0.0, 0.0, 0.0)
    assert desk.out.rows[0]["score"] == 9.0
    assert desk.out.rows[0]["nats"].tolist() == [1.0, 5.0, 3.0]


def test_a_verdict_tells_what_was_spent_with_calls_in_progress():
    desk = Desk()
    contract = desk.state.contracts[0]
    spend.turn_to(contract, NOON)
    spend.add_finished(contract, NOON - HOUR_MS, NOON, 1_000)
    spend.add_finished(contract, NOON - 30 * HOUR_MS, NOON - 29 * HOUR_MS, 20_000)
    slot = begin(desk.book, 0, 0, NOON)
    desk.state.open["answer"][slot], desk.state.open["price"][slot] = NOON, (60_000, 175_000, 60_000, 175_000, 0, 0)
    occasion = Occasion(NONE, slot, 0, 0, int(CallEvent.ANSWER), NOON + 60_000)
    write(desk.book, occasion, int(Action.HOLD), DAILY_LIMIT, 0.0, 0.0, 0.0)
    verdict = desk.out.rows[0]
    assert verdict["day_spend"] == 1_000 + 350_000
    assert verdict["month_spend"] == 21_000 + 350_000
