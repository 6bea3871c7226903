"""The gate's side of the judge: what was decided reaches the log, in its place, and a replay says the same."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.flow.judge_arrays import EAGER, arrays_of

from sekisho.core.restrict.allowance import Allowance
from sekisho.core.restrict.decision import Decision, Why
from sekisho.engine.control import load_tariff, set_lines, tick
from sekisho.engine.gate import Gate
from sekisho.engine.judge import JudgeProcess
from sekisho.flow import JudgeSettings
from sekisho.flow.controls import bar_body, screening_body
from sekisho.ports import ATTEMPT_TOPIC, EFFECT_TOPIC, JOURNAL, VERDICT_TOPIC, Message
from sekisho.wiring.embedded import Embedded, open_embedded
from sekisho.wiring.settings import read_settings

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
NIGHT = 1_795_456_800_000
LINE, OTHER = "0312345678", "0312345679"


class Clock:
    """A clock that stands."""

    def now_ms(self) -> int:
        return NIGHT


@pytest.fixture
def home(tmp_path):
    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path)}))
    load_tariff(home.log, "east", "hikari.csv", TARIFF, key="tariff")
    set_lines(home.log, [{"company": "east", "line": line, "automatic_hold": True} for line in (LINE, OTHER)], key="1")
    yield home
    home.close()


def process(home: Embedded) -> JudgeProcess:
    made = JudgeProcess(home.log, home.snapshots, JudgeSettings(EAGER), Clock(), entries=3, snapshot_entries=1_000)
    while made.step():
        pass
    return made


def ask(gate: Gate, place: int, line: str = LINE) -> bool:
    number, at = f"01023276123{place:03d}", NIGHT + 8_000 * place
    return gate.decide("east", line, number, f"{line}-{place}", False, at).allowed


def flush(home: Embedded, gate: Gate) -> None:
    home.log.append({topic: each for topic, each in gate.take_attempts(NIGHT).items() if each})


def bar(home: Embedded, version: int, *, in_force: bool) -> None:
    body = bar_body("east", LINE, "b1", version, in_force=in_force, owner="customer", since_ms=NIGHT, order="o1")
    home.log.append({JOURNAL: [Message("bar", f"bar {version}", body)]})


def same_state(one: JudgeProcess, other: JudgeProcess) -> None:
    assert one.position == other.position
    left, right = arrays_of(one.judge), arrays_of(other.judge)
    assert left.keys() == right.keys()
    for name, array in left.items():
        np.testing.assert_array_equal(array, right[name], err_msg=name)


def test_attempts_are_applied_at_once_and_told_once(home):
    gate = Gate(process(home), "s")
    answers = [ask(gate, place) for place in range(5)]
    assert answers[0]
    assert not answers[-1]
    flush(home, gate)
    flush(home, gate)
    assert home.log.last(ATTEMPT_TOPIC) == 1
    assert [entry.key for entry in home.log.read(VERDICT_TOPIC, 0, 9)] == ["attempts:1"]


def test_a_replay_puts_attempts_where_they_were_applied(home):
    judge = process(home)
    gate = Gate(judge, "s")
    ask(gate, 0)
    bar(home, 1, in_force=True)  # appended before the attempts are, applied after the first one
    judge.step()
    ask(gate, 1)
    tick(home.log, NIGHT + 9_000)
    judge.step()
    ask(gate, 2)
    ask(gate, 0, OTHER)
    flush(home, gate)
    again = process(home)
    same_state(judge, again)
    assert again.attempts == home.log.last(ATTEMPT_TOPIC) == 3


def test_more_attempts_than_are_read_at_once_come_in_order(home, monkeypatch):
    monkeypatch.setattr("sekisho.engine.judge._ATTEMPTS_READ", 2)
    judge = process(home)
    gate = Gate(judge, "s")
    for place in range(9):
        ask(gate, place, OTHER if place % 2 else LINE)
        flush(home, gate)
        if place % 3 == 0:
            tick(home.log, NIGHT + 8_000 * place + 1)
            judge.step()
    same_state(judge, process(home))


def test_attempts_left_to_replay_are_said_to_be(home, monkeypatch):
    monkeypatch.setattr("sekisho.engine.judge._ATTEMPTS_READ", 2)
    gate = Gate(process(home), "s")
    for place in range(5):
        ask(gate, place, OTHER if place % 2 else LINE)
        flush(home, gate)
    again = JudgeProcess(home.log, home.snapshots, JudgeSettings(EAGER), Clock(), entries=99, snapshot_entries=1_000)
    assert again.replaying
    steps = 0
    while again.replaying:
        again.step()
        steps += 1
    assert steps > 1
    assert again.attempts == 5


def test_a_snapshot_holds_what_the_gate_decided(home):
    judge = process(home)
    gate = Gate(judge, "s")
    for place in range(4):
        ask(gate, place)
    flush(home, gate)
    judge.rest()
    again = process(home)
    assert again.attempts == judge.attempts
    same_state(judge, again)
    assert not ask(Gate(again, "t"), 9)


def test_what_was_not_flushed_is_lost_and_nothing_else(home):
    judge = process(home)
    gate = Gate(judge, "s")
    ask(gate, 0)
    flush(home, gate)
    before = arrays_of(judge.judge)
    ask(gate, 1)
    again = process(home)
    for name, array in arrays_of(again.judge).items():
        np.testing.assert_array_equal(array, before[name], err_msg=name)


def test_a_bar_is_told_back_once_with_its_instant_and_order(home):
    bar(home, 1, in_force=True)
    process(home)
    process(home)
    bar(home, 2, in_force=False)
    process(home)
    effects = [json.loads(entry.body) for entry in home.log.read(EFFECT_TOPIC, 0, 9)]
    assert [(each["version"], each["in_force"], each["order"], each["at_ms"]) for each in effects] == [
        (1, True, "o1", NIGHT),
        (2, False, "o1", NIGHT),
    ]


def test_refusals_are_summed_by_line_and_cause_with_masked_numbers(home):
    bar(home, 1, in_force=True)
    gate = Gate(process(home), "s")
    for place in range(3):
        ask(gate, place)
    (message,) = gate.take_refusals()[EFFECT_TOPIC]
    told = json.loads(message.body)
    assert (told["line"], told["by"], told["bar"], told["count"]) == (LINE, "bar", "b1", 3)
    assert (told["first_ms"], told["last_ms"]) == (NIGHT, NIGHT + 16_000)
    assert told["number"] == "0102327612****"
    assert gate.take_refusals()[EFFECT_TOPIC] == []
    assert gate.refusals == 3


def asked(home: Embedded, **more) -> tuple[JudgeProcess, Gate]:
    """A judge whose first line is asked on all calls abroad, and its gate."""
    judge = process(home)
    judge.judge._state.lines["asked_until"][0] = NIGHT + 3_600_000
    return judge, Gate(judge, "s", **more)


def decided(gate: Gate, place: int, *, can_ask: bool = False) -> Decision:
    return gate.decide("east", LINE, "01037120000000", f"c{place}", False, NIGHT + 60_000 * place, can_ask)


def test_a_switch_that_can_ask_asks_and_the_gate_counts_it(home):
    _, gate = asked(home)
    assert decided(gate, 0, can_ask=True).asked
    assert (gate.asked, gate.refusals) == (1, 0)


def test_one_that_cannot_has_the_allowance_and_what_is_refused_then_is_told_as_an_asks(home):
    _, gate = asked(home, allowance=Allowance(calls=1, yen=1_000))
    assert decided(gate, 0).why is Why.ALLOWANCE
    assert decided(gate, 1).why is Why.ASK
    (message,) = gate.take_refusals()[EFFECT_TOPIC]
    assert json.loads(message.body)["by"] == "ask"


def test_after_a_crash_a_replay_has_every_screening_in_its_place(home):
    judge, gate = asked(home)
    judge.judge._state.line_marks[0] = 1
    judge.rest()  # the ask itself lies in a snapshot: nothing here makes the watch ask
    decided(gate, 0, can_ask=True)
    decided(gate, 1)
    flush(home, gate)
    body = screening_body("east", LINE, "s", "c0", NIGHT + 90_000, passed=False)
    home.log.append({JOURNAL: [Message("screening", "screening:s", body)]})
    while judge.step():
        pass
    assert decided(gate, 2, can_ask=True).why is Why.HOLD
    flush(home, gate)
    again = process(home)
    same_state(judge, again)
    said = [entry.key for entry in home.log.read(VERDICT_TOPIC, 0, 99)]
    assert len(said) == len(set(said))
    assert "journal:3" in said
    assert Gate(again, "t").decide("east", LINE, "01037120000000", "c9", False, NIGHT + 200_000, True).why is Why.HOLD
