"""Asks at the gate: screened, let pass on the allowance, answered by the caller; the same in a replay."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.flow.judge_arrays import arrays_of

from sekisho.core.numbering.plan import build_plan
from sekisho.core.restrict.allowance import Allowance
from sekisho.core.restrict.decision import Why
from sekisho.core.terms.destination import country_code
from sekisho.core.terms.instants import MINUTE_MS, NEVER
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.state import PROVED
from sekisho.flow import Judge, JudgeSettings
from sekisho.flow.attempt import Attempt, Told, Way, attempts_body
from sekisho.flow.controls import bar_body, lines_body, release_body, screening_body, tariff_body
from sekisho.flow.restricting import MOST_ASKED, MOST_PASSED, Asks, scope_text, standing_of

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
NOON = 1_795_489_200_000  # 2026-11-24 12:00 in Japan
UNTIL, HOUR = NOON + 14_400_000, 3_600_000
LINE = "0312345678"
SL, LV, JM = (country_code(text) for text in ("SL", "LV", "JM"))
TO_SL, TO_LV, TO_JM = "01023276123{:03d}", "01037120000{:03d}", "0101876555{:04d}"
ONE = Allowance(calls=1, yen=300)
NEVER_SAID = (1e9, 1e9, 1e9, 1e9)
# What is asked and held here, the test says.
QUIET = JudgeSettings(Policy(alert_nats=1e9, ask_nats=NEVER_SAID, hold_nats=NEVER_SAID))


def judge(*, asked: int | None = 0, clause: bool = True) -> Judge:
    """A judge with one line, asked on a country (0: on all) from noon for four hours; None: no ask."""
    made = Judge(QUIET)
    made.apply("tariff", tariff_body("east", "hikari.csv", TARIFF))
    made.apply("lines", lines_body([{"company": "east", "line": LINE, "automatic_hold": clause}]))
    if asked is not None:
        ask(made, asked)
    return made


def ask(made: Judge, country: int, until_ms: int = UNTIL) -> None:
    made._state.lines["asked_until"][0], made._state.lines["asked_country"][0] = until_ms, country


def attempt(place: int, number: str = TO_SL, *, at_ms: int = NOON) -> Attempt:
    return Attempt("east", f"call-{place}", LINE, number.format(place), at_ms + 60_000 * place)


def answers(made: Judge, *asked: Attempt, allowance: Allowance | None = None) -> list[tuple[bool, Why]]:
    return [(decision.allowed, decision.why) for decision, _ in (made.decide(one, allowance) for one in asked)]


def told(made: Judge, call_id: str, *, passed: bool, at_ms: int = NOON + 1_000, number: str = ""):
    body = screening_body("east", LINE, f"s-{call_id}-{passed}", call_id, at_ms, passed=passed, number=number)
    return made.apply("screening", body)


def same(one: Judge, other: Judge) -> None:
    left, right = arrays_of(one), arrays_of(other)
    assert left.keys() == right.keys()
    for name in left:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)


ASKED, ALLOWED, USED_UP, FREE = (True, Why.ASK), (True, Why.ALLOWANCE), (False, Why.ASK), (True, Why.FREE)


def test_a_gate_that_can_ask_asks_every_time():
    made = judge()
    assert answers(made, *(attempt(place, TO_LV) for place in range(3))) == [ASKED] * 3
    assert answers(made, attempt(9, "0398765432")) == [(True, Why.DOMESTIC)]
    assert answers(made, attempt(9, "184119")) == [(True, Why.EMERGENCY)]


def test_an_ask_on_a_country_concerns_no_other():
    made = judge(asked=LV)
    assert answers(made, attempt(0, TO_SL), attempt(1, TO_LV)) == [FREE, ASKED]


def test_an_ask_ends_by_itself():
    made = judge(asked=LV)
    assert answers(made, attempt(0, TO_LV, at_ms=UNTIL - 1), attempt(1, TO_LV, at_ms=UNTIL)) == [ASKED, FREE]


def test_a_bar_and_a_hold_come_first():
    made = judge(asked=LV)
    made._state.lines["held_until"][0], made._state.lines["held_country"][0] = UNTIL, LV
    assert answers(made, attempt(0, TO_LV)) == [(False, Why.HOLD)]
    made.apply("bar", bar_body("east", LINE, "b", 1, in_force=True, owner="customer", since_ms=0))
    assert answers(made, attempt(1, TO_LV)) == [(False, Why.BAR)]


def test_where_nobody_can_ask_the_first_call_to_each_destination_passes():
    made = judge()
    calls = [attempt(0, TO_LV), attempt(1, TO_LV), attempt(2, TO_JM), attempt(3, TO_JM), attempt(4, TO_LV)]
    assert answers(made, *calls, allowance=ONE) == [ALLOWED, USED_UP, ALLOWED, USED_UP, USED_UP]


def test_the_same_call_asked_again_has_its_place():
    made = judge()
    assert answers(made, *[attempt(0, TO_LV)] * 3, attempt(1, TO_LV), allowance=ONE) == [ALLOWED] * 3 + [USED_UP]


def test_more_calls_can_be_allowed_and_none():
    made = judge()
    calls = [attempt(place, TO_LV) for place in range(4)]
    assert answers(made, *calls, allowance=Allowance(calls=3)) == [ALLOWED] * 3 + [USED_UP]
    assert answers(judge(), calls[0], allowance=Allowance(calls=0)) == [USED_UP]


def test_the_switch_is_told_how_long_it_may_last():
    made = judge(asked=SL)
    decision, _ = made.decide(attempt(0, TO_SL), ONE)
    assert 0 < decision.most_s < 600
    assert judge(asked=SL).decide(attempt(0, TO_SL), Allowance(yen=1_000))[0].most_s > decision.most_s
    assert answers(judge(asked=SL), attempt(0, TO_SL), allowance=Allowance(yen=1)) == [USED_UP]


def test_the_next_ask_has_its_own_allowance():
    made = judge()
    assert answers(made, attempt(0, TO_LV), attempt(1, TO_LV), allowance=ONE) == [ALLOWED, USED_UP]
    ask(made, 0, UNTIL + HOUR)  # renewed while in force, as the next attempt shows
    later = [attempt(2, TO_LV, at_ms=UNTIL - HOUR), attempt(3, TO_LV, at_ms=UNTIL + HOUR)]
    assert answers(made, later[0], allowance=ONE) == [USED_UP]
    ask(made, 0, UNTIL + 4 * HOUR)
    assert answers(made, later[1], allowance=ONE) == [ALLOWED]


def test_what_waits_for_its_screening_and_what_passed_is_bounded():
    asks, made = Asks(), judge()
    for place in range(200):
        asks.note(made._state, 0, attempt(place, at_ms=NOON - 60_000 * place), SL, Way.ASKED)
    assert asks.country_asked(0, "call-0") is None
    assert asks.country_asked(0, "call-199") == SL
    ((_, _, asked, passed),) = asks.to_json()["lines"]
    assert (len(asked), passed) == (MOST_ASKED, {})
    wide = Allowance(calls=1_000)
    calls = [attempt(place, TO_LV, at_ms=NOON - 60_000 * place) for place in range(MOST_PASSED + 2)]
    assert answers(made, *calls, allowance=wide) == [ALLOWED] * MOST_PASSED + [USED_UP] * 2


def test_asks_that_have_ended_are_forgotten():
    asks, made = Asks(), Judge(QUIET)
    lines = [{"company": "east", "line": f"031234{place:04d}"} for place in range(1_100)]
    made.apply("lines", lines_body(lines))
    made._state.lines["asked_until"] = UNTIL
    for row in range(1_024):
        asks.note(made._state, row, attempt(0), SL, Way.ASKED)
    made._state.lines["asked_until"] = UNTIL + 9 * HOUR
    asks.note(made._state, 1_050, attempt(0, at_ms=UNTIL + HOUR), SL, Way.ASKED)
    assert [line[0] for line in asks.to_json()["lines"]] == [1_050]


def test_who_proves_himself_may_go_on_and_the_country_is_known():
    made = judge()
    assert answers(made, attempt(0, TO_LV)) == [ASKED]
    outcome = told(made, "call-0", passed=True)
    assert [(effect.kind, effect.key, effect.facts["asked"]) for effect in outcome.effects] == [
        ("screening", "screening:s-call-0-True", True)
    ]
    assert outcome.verdicts is None
    assert answers(made, attempt(1, TO_LV), attempt(2, TO_JM)) == [FREE, FREE]
    abroad = made._state.abroad[made._state.lines["abroad"][0]]
    slot = abroad["country"].tolist().index(LV)
    assert abroad["country_calls"][slot] >= 1.0
    assert abroad["country_since"][slot] <= (NOON + 1_000 - 36 * HOUR) // MINUTE_MS


@pytest.mark.parametrize("asked", [0, LV])
def test_who_does_not_is_held_there_and_the_office_is_told(asked):
    made = judge(asked=asked)
    assert answers(made, attempt(0, TO_LV)) == [ASKED]
    outcome = told(made, "call-0", passed=False)
    (row,) = outcome.verdicts.to_pylist()
    assert (row["action"], row["scope"], row["call_id"], row["line"]) == ("hold", "371", "call-0", LINE)
    assert [(each["name"], json.loads(each["facts"])) for each in row["evidence"]] == [("failed_screening", {})]
    assert answers(made, attempt(1, TO_LV), attempt(2, TO_JM)) == [(False, Why.HOLD), ASKED if asked == 0 else FREE]
    assert told(made, "call-0", passed=False).verdicts is None, "it is held already"


def test_a_country_of_many_prefixes_is_named_by_all_of_them():
    made = judge()
    answers(made, attempt(0, TO_JM))
    assert told(made, "call-0", passed=False).verdicts.column("scope").to_pylist() == ["1658 1876"]


def test_without_the_clause_people_are_told_and_it_is_asked_again():
    made = judge(clause=False)
    answers(made, attempt(0, TO_LV))
    outcome = told(made, "call-0", passed=False, at_ms=NOON + 120_000)
    assert outcome.verdicts.column("action").cast("string").to_pylist() == ["alert"]
    assert told(made, "call-0", passed=False, at_ms=NOON + 121_000).verdicts is None, "once a minute"
    assert answers(made, attempt(1, TO_LV)) == [ASKED]


@pytest.mark.parametrize("passed", [True, False])
def test_a_call_that_was_never_asked_changes_nothing(passed):
    made = judge()
    before = made._state.lines.copy()
    outcome = told(made, "nobody's", passed=passed)
    assert [effect.facts["asked"] for effect in outcome.effects] == [False]
    assert (made._state.lines == before).all()


def test_a_call_that_was_forgotten_is_known_by_its_number():
    made = judge(asked=LV)
    assert told(made, "lost", passed=True, number=TO_SL.format(0)).effects[0].facts["asked"] is False
    assert told(made, "lost", passed=True, number=TO_LV.format(0)).effects[0].facts["asked"] is True
    assert standing_of(made._state.lines, 0).asked_country == PROVED
    assert answers(made, attempt(1, TO_LV)) != [ASKED]


def test_the_desks_release_ends_the_ask_and_what_is_known_of_it():
    made = judge()
    answers(made, attempt(0, TO_LV), allowance=ONE)
    made.apply("release", release_body("east", LINE, "r", NOON, honest=False))
    assert standing_of(made._state.lines, 0).asked_until_ms == NEVER
    ask(made, 0)
    assert answers(made, attempt(1, TO_LV), allowance=ONE) == [ALLOWED]


def story(made: Judge) -> list[Told]:
    calls = [
        *((attempt(place, TO_LV), ONE) for place in range(2)),
        (attempt(2, TO_JM), None),
        (attempt(3, TO_JM), ONE),
        (attempt(4, TO_SL), None),
    ]
    return [made.decide(one, allowance)[1].told for one, allowance in calls]


def test_attempts_carry_which_way_they_went():
    assert [one.way for one in story(judge())] == [Way.ALLOWANCE, Way.NONE, Way.ASKED, Way.ALLOWANCE, Way.ASKED]


def test_a_replay_with_another_setting_gives_what_was_decided():
    live, again = judge(), judge()
    again.apply("attempts", attempts_body(3, story(live)))
    same(live, again)
    for made in (live, again):
        told(made, "call-2", passed=False)
    same(live, again)
    assert answers(again, attempt(9, TO_LV), allowance=ONE) == [USED_UP]


def test_a_snapshot_keeps_asks():
    live = judge()
    story(live)
    again = Judge.restore(QUIET, live.pieces())
    same(live, again)
    assert answers(again, attempt(9, TO_LV), allowance=ONE) == [USED_UP]
    told(again, "call-2", passed=True)
    assert answers(again, attempt(10, TO_LV)) == [FREE]


def test_what_a_scope_says():
    assert [scope_text(build_plan(), country) for country in (0, SL, JM)] == ["international", "232", "1658 1876"]
