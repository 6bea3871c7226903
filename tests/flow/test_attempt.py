"""Attempts at the gate: decided at once, the same in a replay."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.flow.judge_arrays import EAGER, arrays_of

from sekisho.core.restrict.decision import Why
from sekisho.flow import Judge, JudgeSettings
from sekisho.flow.attempt import (
    Attempt,
    Told,
    Way,
    applied_after,
    attempts_body,
    number_attempt,
    price_of_attempt,
    read_attempts,
)
from sekisho.flow.controls import bar_body, lines_body, release_body, tariff_body
from sekisho.flow.outcome import Outcome, join

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
NIGHT = 1_795_456_800_000  # 2026-11-24 03:00 in Japan
LINE, SIERRA_LEONE = "0312345678", "01023276123{:03d}"


def judge(*, clause: bool = True) -> Judge:
    made = Judge(JudgeSettings(EAGER))
    made.apply("tariff", tariff_body("east", "hikari.csv", TARIFF))
    made.apply("lines", lines_body([{"company": "east", "line": LINE, "automatic_hold": clause}]))
    return made


def attempt(place: int, number: str = SIERRA_LEONE, call_id: str = "call-{}") -> Attempt:
    return Attempt("east", call_id.format(place), LINE, number.format(place), NIGHT + 8_000 * place)


def attack(made: Judge, calls: int = 6) -> tuple[list[Told], Outcome]:
    told, together = [], Outcome()
    for place in range(calls):
        asked = attempt(place)
        _, judged = made.decide(asked)
        told.append(judged.told)
        join(together, judged.outcome)
    return told, together


def actions(outcome: Outcome) -> list[str]:
    return [] if outcome.verdicts is None else outcome.verdicts.column("action").cast("string").to_pylist()


def test_an_attack_is_held_within_its_first_calls():
    told, outcome = attack(judge())
    refused = [each.over for each in told]
    begun = [each.begun for each in told]
    assert refused == sorted(refused), "once held, every further attempt is refused"
    assert 1 <= refused.index(True) <= 2
    assert sum(begun) == refused.index(True) + 1, "only the call that led to the hold was begun and refused"
    assert "hold" in actions(outcome)


def test_without_the_clause_it_is_told_and_goes_on():
    told, outcome = attack(judge(clause=False))
    assert not any(each.over for each in told)
    assert set(actions(outcome)) == {"alert"}


def test_a_bar_refuses_and_its_end_lets_pass():
    made = judge(clause=False)
    bar = {"owner": "customer", "since_ms": NIGHT}
    made.apply("bar", bar_body("east", "+81312345678", "b1", 1, in_force=True, **bar))
    decision, _ = made.decide(attempt(0))
    assert (decision.allowed, decision.why, decision.bar) == (False, Why.BAR, "b1")
    assert made.decide(attempt(1, "0398765432"))[0].allowed
    assert made.decide(attempt(1, "184119"))[0].why is Why.EMERGENCY
    made.apply("bar", bar_body("east", "+81312345678", "b1", 2, in_force=False, **bar))
    assert made.decide(attempt(2))[0].allowed


def test_an_emergency_address_passes_whatever_the_number():
    made = judge()
    attack(made)
    decision, outcome = made.decide(attempt(7)._replace(emergency=True))
    assert decision.why is Why.EMERGENCY
    assert outcome is None


def test_what_is_not_international_is_not_judged():
    decision, outcome = judge().decide(attempt(0, "0398765432"))
    assert decision.why is Why.DOMESTIC
    assert outcome is None


def test_a_released_line_may_call_again():
    made = judge()
    told, _ = attack(made)
    outcome = made.apply("release", release_body("east", LINE, "r1", told[-1].attempt.at_ms, honest=False))
    assert [effect.key for effect in outcome.effects] == ["release:r1"]
    assert made.decide(attempt(9))[0].allowed


def test_refused_attempts_are_over_and_allowed_ones_in_progress():
    made = judge()
    told, _ = attack(made)
    allowed = sum(not each.over for each in told)
    lines, sums = made.in_progress(NIGHT + 60_000)
    assert made.names_of(lines) == [("east", LINE)]
    assert sums.tolist() == [[allowed, allowed, 0]], "nobody has answered yet"


def test_the_same_call_asked_again_counts_once():
    made = judge(clause=False)
    for _ in range(5):
        decision, _ = made.decide(attempt(0))
        assert decision.allowed
    assert made.in_progress(NIGHT).sums.tolist() == [[1, 1, 0]]


@pytest.mark.parametrize("line", ["anonymous", "", "sip:nobody"])
def test_an_attempt_of_no_line_is_let_pass_and_not_judged(line):
    decision, judged = judge().decide(attempt(0)._replace(line=line))
    assert decision.allowed
    assert judged is None or judged.outcome.verdicts is None


def test_a_company_without_a_tariff_is_judged_without_prices():
    made = Judge(JudgeSettings(EAGER))
    told, _ = attack(made)
    assert told[-1].over


def test_a_long_call_id_is_kept_whole():
    made = judge()
    outcome = Outcome()
    for place in range(4):
        join(outcome, made.decide(attempt(place, call_id="x" * 150 + "-{}@東京"))[1].outcome)
    ids = outcome.verdicts.column("call_id").to_pylist()
    assert all(each.startswith("x" * 150 + "-") and each.endswith("@東京") for each in ids)


def same(one: Judge, other: Judge) -> None:
    left, right = arrays_of(one), arrays_of(other)
    assert left.keys() == right.keys()
    for name in left:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)


def test_a_replay_gives_the_same_state_and_the_same_verdicts():
    live, again = judge(), judge()
    told, said = attack(live)
    replayed = again.apply("attempts", attempts_body(3, told))
    assert replayed.verdicts.equals(said.verdicts)
    same(live, again)


def test_a_replay_in_parts_and_from_a_snapshot_gives_the_same():
    live, again = judge(), judge()
    told, _ = attack(live, 8)
    again.apply("attempts", attempts_body(3, told[:3]))
    again = Judge.restore(JudgeSettings(EAGER), again.pieces())
    again.apply("attempts", attempts_body(3, told[3:]))
    same(live, again)


def test_the_body_says_where_it_belongs_and_what_was_decided():
    told = [
        Told(attempt(0), begun=True, over=False, way=Way.ASKED),
        Told(attempt(1, call_id="東京 {}"), begun=True, over=True),
    ]
    body = attempts_body(17, told)
    assert applied_after(body) == 17
    assert list(read_attempts(body)) == told
    assert json.loads(body)["after"] == 17


def test_a_log_of_before_asks_is_read_as_well():
    row = [*attempt(0)[:5], True, False]
    told = read_attempts(json.dumps({"after": 1, "rows": [row]}).encode())
    assert list(told) == [Told(attempt(0), begun=True, over=False, way=Way.NONE)]


def test_what_a_call_will_cost_is_known_where_the_tariff_says():
    stages = judge()._stages
    asked = attempt(0)
    price = price_of_attempt(stages, asked, number_attempt(stages, asked))
    assert price.unit_ms > 0
    assert price.unit_milliyen > 0
    assert price_of_attempt(stages, asked._replace(company="west"), number_attempt(stages, asked)) is None
