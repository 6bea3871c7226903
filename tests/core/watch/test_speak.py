"""How verdicts are written, and how often the watch repeats itself."""

from __future__ import annotations

import numpy as np
import pytest
from tests.core.watch.desk import SL, US, Desk

from sekisho.core.terms.call import Action, CallEvent
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, NEVER, SECOND_MS
from sekisho.core.watch import spend
from sekisho.core.watch.evidence import catalogue as of
from sekisho.core.watch.features import EVIDENCE_OF, FEATURES, FREE_SCORES, NAMES
from sekisho.core.watch.judged import DAILY_LIMIT, SCORE
from sekisho.core.watch.open_calls import begin
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.scorecard import NODES, Scorecard, new_trees
from sekisho.core.watch.speak import (
    EVERYWHERE,
    Occasion,
    ask,
    covers,
    hold,
    is_hold_due,
    may_alert,
    may_hold,
    may_hold_there,
    write,
    write_score,
)
from sekisho.core.watch.state import EVIDENCES, NONE, PROVED

NOON = 1_780_000_020_000
POLICY = Policy(hold_hours=4, renew_minutes=15, alert_every_s=60, probation_hours=36)
LASTS, LEFT = 4 * HOUR_MS, 15 * MINUTE_MS


@pytest.fixture
def desk() -> Desk:
    desk = Desk(POLICY)
    for line in (0, 1):
        desk.abroad(line, NOON)
    return desk


def holds(desk: Desk, scope: int, at: int, line: int = 0) -> bool:
    return bool(hold(desk.line(line), desk.abroad(line), scope, at, desk.dials))


def asks(desk: Desk, country: int, at: int) -> bool:
    return bool(ask(desk.line(), desk.abroad(), country, at, desk.dials))


def standing(desk: Desk) -> tuple[int, ...]:
    line = desk.line()
    return tuple(int(line[name]) for name in ("held_until", "held_country", "asked_until", "asked_country"))


# --- what a hold or an ask covers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "scope", "left", "covered"),
    [
        (NEVER, EVERYWHERE, 0, False),
        (NOON, EVERYWHERE, 0, False),
        (NOON + 1, EVERYWHERE, 0, True),
        (NOON + 1, SL, 0, True),
        (NOON + 1, US, 0, False),
        (NOON + LEFT, SL, LEFT, False),
        (NOON + LEFT + 1, SL, LEFT, True),
    ],
)
def test_what_covers_a_call_to_sierra_leone(until, scope, left, covered):
    assert bool(covers(until, scope, SL, left, NOON)) is covered


def test_a_hold_on_a_destination_lasts_four_hours(desk):
    assert holds(desk, SL, NOON)
    assert standing(desk) == (NOON + LASTS, SL, NEVER, 0)


def test_a_second_destination_widens_it_to_all(desk):
    holds(desk, SL, NOON)
    assert holds(desk, US, NOON + HOUR_MS)
    assert standing(desk)[:2] == (NOON + HOUR_MS + LASTS, EVERYWHERE)
    assert not holds(desk, SL, NOON + 2 * HOUR_MS), "that is covered"


def test_after_it_is_over_a_second_destination_is_a_first(desk):
    holds(desk, SL, NOON)
    assert holds(desk, US, NOON + LASTS)
    assert standing(desk)[:2] == (NOON + 2 * LASTS, US)


@pytest.mark.parametrize(
    ("minutes", "again"), [(0, False), (120, False), (224.99, False), (225, True), (239, True), (240, True)]
)
@pytest.mark.parametrize("scope", [SL, EVERYWHERE])
def test_it_is_renewed_when_a_quarter_of_an_hour_is_left(desk, scope, minutes, again):
    holds(desk, scope, NOON)
    at = NOON + int(minutes * MINUTE_MS)
    assert holds(desk, scope, at) is again
    assert standing(desk)[:2] == ((at if again else NOON) + LASTS, scope)


def test_a_hold_of_one_line_is_not_a_hold_of_another(desk):
    holds(desk, EVERYWHERE, NOON)
    assert holds(desk, EVERYWHERE, NOON, line=1)


@pytest.mark.parametrize("scope", [SL, US, EVERYWHERE])
def test_a_late_event_does_not_shorten_a_hold(desk, scope):
    holds(desk, SL, NOON)
    holds(desk, scope, NOON - DAY_MS)
    assert standing(desk)[0] == NOON + LASTS


# --- ask -------------------------------------------------------------------------------------------------------------


def test_an_ask_is_on_all_calls_abroad(desk):
    assert asks(desk, SL, NOON)
    assert standing(desk) == (NEVER, 0, NOON + LASTS, EVERYWHERE)
    assert not asks(desk, US, NOON + HOUR_MS)
    assert asks(desk, US, NOON + LASTS - LEFT)
    assert standing(desk)[2] == NOON + 2 * LASTS - LEFT


def test_who_is_held_is_not_asked(desk):
    holds(desk, SL, NOON)
    assert not asks(desk, SL, NOON)
    assert asks(desk, US, NOON), "of another destination he is"


def test_who_has_proved_himself_is_left_alone_for_as_long_as_an_ask_lasts(desk):
    line = desk.line()
    line["asked_until"], line["asked_country"] = NOON + LASTS, PROVED
    assert not asks(desk, SL, NOON + 1)
    assert not asks(desk, SL, NOON + LASTS - 1)
    assert asks(desk, SL, NOON + LASTS)
    assert standing(desk)[2:] == (NOON + 2 * LASTS, EVERYWHERE)


def test_but_he_may_be_held(desk):
    line = desk.line()
    line["asked_until"], line["asked_country"] = NOON + LASTS, PROVED
    assert holds(desk, SL, NOON + 1)


def test_a_late_event_does_not_shorten_an_ask(desk):
    asks(desk, SL, NOON)
    asks(desk, SL, NOON - DAY_MS)
    assert standing(desk)[2] == NOON + LASTS


# --- both forget what is on probation --------------------------------------------------------------------------------


@pytest.mark.parametrize("speak", [holds, asks])
def test_what_is_on_probation_is_forgotten(desk, speak):
    abroad, minute = desk.abroad(), NOON // MINUTE_MS
    abroad["country"][:3] = (1, 2, 3)
    abroad["country_since"][:3] = (minute - 37 * 60, minute - 35 * 60, minute)
    abroad["country_calls"][:3] = (5, 6, 7)
    abroad["peak_calls"] = 9.0
    assert speak(desk, SL, NOON)
    assert abroad["country_calls"][:3].tolist() == [5, 0, 0]
    assert (abroad["peak_calls"], abroad["said_minute"]) == (0.0, minute)
    abroad["country_calls"][2] = 8
    assert not speak(desk, SL, NOON + HOUR_MS)
    assert abroad["country_calls"][2] == 8, "only a new one forgets"


# --- for its money ---------------------------------------------------------------------------------------------------


def test_money_holds_all_or_the_destination_of_a_call(desk):
    assert may_hold_there(desk.book, desk.line(), SL, NOON, desk.dials)
    assert standing(desk)[:2] == (NOON + LASTS, SL)
    assert is_hold_due(desk.line(), NOON, desk.dials), "not all is held"
    assert may_hold(desk.book, desk.line(), NOON, desk.dials)
    assert standing(desk)[:2] == (NOON + LASTS, EVERYWHERE)
    assert not is_hold_due(desk.line(), NOON, desk.dials)
    assert not may_hold_there(desk.book, desk.line(), US, NOON, desk.dials)


def test_a_destination_nobody_can_name_holds_all(desk):
    assert may_hold_there(desk.book, desk.line(), 0, NOON, desk.dials)
    assert standing(desk)[:2] == (NOON + LASTS, EVERYWHERE)


def test_a_line_that_never_called_abroad_can_be_held_for_its_money():
    desk = Desk(POLICY)
    before = desk.state.abroad.copy()
    assert may_hold(desk.book, desk.line(), NOON, desk.dials)
    np.testing.assert_array_equal(desk.state.abroad, before)


# --- alerts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "again"), [(0, False), (59.999, False), (60, True), (3600, True)])
def test_an_alert_is_repeated_at_most_once_a_minute(desk, seconds, again):
    assert may_alert(desk.line(), NOON, desk.dials)
    assert bool(may_alert(desk.line(), NOON + int(seconds * SECOND_MS), desk.dials)) is again


def test_a_refused_repeat_does_not_put_the_next_one_off(desk):
    may_alert(desk.line(), NOON, desk.dials)
    later = [bool(may_alert(desk.line(), NOON + second * SECOND_MS, desk.dials)) for second in (20, 40, 60)]
    assert later == [False, False, True]


# --- what is written -------------------------------------------------------------------------------------------------


def test_a_rule_is_written_with_its_facts(desk):
    occasion = Occasion(3, 2, 77, 1, int(CallEvent.ANSWER), NOON)
    write(desk.book, occasion, int(Action.HOLD), DAILY_LIMIT, 0.5, 0.25, 175.0, SL)
    assert desk.out.filled[0] == 1
    verdict = desk.out.rows[0]
    assert (verdict["row"], verdict["slot"], verdict["handle"], verdict["line"]) == (3, 2, 77, 1)
    assert (verdict["event"], verdict["at"], verdict["action"]) == (1, NOON, Action.HOLD)
    assert (verdict["reason"], verdict["scope"], verdict["score"]) == (DAILY_LIMIT, SL, 0.0)
    assert verdict["facts"].tolist() == [0.5, 0.25, 175.0] + [0.0] * (EVIDENCES - 3)
    assert not verdict["nats"].any()


def scored(desk: Desk, nats: float) -> np.void:
    """The verdict of a score of `nats` on a call to Sierra Leone at night by a line that has never called."""
    sight = desk.meet(NOON)
    write_score(desk.book, Occasion(0, NONE, 0, 0, 0, NOON), int(Action.ALERT), 0, nats, sight)
    return desk.out.rows[0]


def test_the_nats_of_the_label_free_score_are_shared_out_as_it_is_made_up(desk):
    verdict = scored(desk, 6.0)
    shares = desk.abroad()["shares"].astype(float)
    assert (verdict["reason"], verdict["score"]) == (SCORE, 6.0)
    assert verdict["nats"].sum() == pytest.approx(6.0, abs=1e-4)
    assert verdict["nats"] == pytest.approx(shares * 6.0 / shares.sum(), abs=1e-4)


def test_every_evidence_gives_its_fact(desk):
    desk.line()["signal"] = 250
    facts = scored(desk, 6.0)["facts"]
    abroad = desk.abroad()
    assert facts[of.PRICE] == 175.0
    assert facts[of.COUNTRY] == pytest.approx(0.001)
    assert facts[of.RATE] == pytest.approx(facts[of.PART_OF_WEEK] * np.exp(desk.sights[0]["quieter"]))
    assert facts[of.NUMBER] == 0.0, "new: this very hour"
    assert facts[of.VALIDITY] == 0.0
    assert facts[of.SIGNAL] == 2.5
    assert facts[of.SPEND] == abroad["spend_day"]
    assert facts[of.DURATION] == 1.0, "nobody has talked yet"


def card(*trees: tuple[str, float, float]) -> Scorecard:
    """A tree a feature: so many nats where it is 0 or less, so many where it is more; on average half of their mean."""
    rows = new_trees(len(trees))
    rows["threshold"] = np.inf
    for row, (name, low, high) in zip(rows, trees, strict=True):
        row["feature"], row["threshold"][0] = NAMES.index(name), 0.0
        row["value"][0] = (low + high) / 4
        row["value"][[1, 3, 7, NODES]] = low  # all other thresholds are infinite: left, always
        row["value"][[2, 5, 11, NODES + 8]] = high
    return Scorecard(NAMES, rows)


def test_a_scorecards_nats_are_told_by_evidence_and_add_up():
    trees = card(("yen_a_minute", -1.0, 3.0), ("valid", 1.0, -0.5), ("free_fast", -2.0, 4.0), ("open", -0.5, 2.0))
    desk = Desk(Policy(scorecard=trees))
    sight = desk.meet(NOON)
    desk.aids.vector["x"][0, :] = 0.0
    for name, value in (("yen_a_minute", 5.0), ("valid", 1.0), ("free_fast", 8.5)):
        desk.aids.vector["x"][0, NAMES.index(name)] = value
    leaves = 3.0 - 0.5 + 4.0 - 0.5
    nats = leaves - trees.prior
    write_score(desk.book, Occasion(0, NONE, 0, 0, 0, NOON), int(Action.ALERT), 0, nats, sight)
    verdict, shares = desk.out.rows[0], np.abs(desk.abroad()["shares"].astype(float))
    assert verdict["nats"].sum() == pytest.approx(nats, abs=1e-4)
    free = shares / shares.sum() * (4.0 - 0.5)
    expected = free.copy()
    expected[of.PRICE] += 3.0 - 0.5
    expected[of.VALIDITY] += -0.5 - 0.125
    expected[of.CONCURRENCY] += -0.5 - 0.375
    assert verdict["nats"] == pytest.approx(expected, abs=1e-4)
    assert len(EVIDENCE_OF) == FEATURES
    assert FREE_SCORES == 4


def test_a_verdict_tells_what_was_spent_with_calls_in_progress(desk):
    contract = desk.state.contracts[0]
    spend.turn_to(contract, NOON)
    spend.add_finished(contract, NOON - HOUR_MS, NOON, 1_000, 0)
    spend.add_finished(contract, NOON - 30 * HOUR_MS, NOON - 29 * HOUR_MS, 20_000, 0)
    slot = begin(desk.book, 0, 0, NOON)
    desk.state.open["answer"][slot], desk.state.open["price"][slot] = NOON, (60_000, 175_000, 60_000, 175_000, 0, 0)
    occasion = Occasion(NONE, slot, 0, 0, int(CallEvent.ANSWER), NOON + 60_000)
    write(desk.book, occasion, int(Action.HOLD), DAILY_LIMIT, 0.0, 0.0, 0.0, 0)
    verdict = desk.out.rows[0]
    assert verdict["day_spend"] == 1_000 + 350_000
    assert verdict["month_spend"] == 21_000 + 350_000
