"""A shadow judges what the active judge judged, in the same order, and leaves no trace but its own topic."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.flow.judge_arrays import EAGER

from sekisho.bodies import batches_of
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.scorecard import Scorecard, new_trees
from sekisho.engine.control import load_tariff, set_lines, tick
from sekisho.engine.gate import Gate
from sekisho.engine.judge import JudgeProcess
from sekisho.engine.shadow import Settled, Shadow
from sekisho.flow import Judge, JudgeSettings
from sekisho.flow.controls import tick_body
from sekisho.health import health_message
from sekisho.ports import ATTEMPT_TOPIC, HEALTH_TOPIC, JOURNAL, RATED_TOPIC, VERDICT_TOPIC
from sekisho.wiring.embedded import open_embedded, open_snapshots
from sekisho.wiring.settings import read_settings

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
NIGHT = 1_795_456_800_000
LINE, OTHER = "0312345678", "0312345679"
STEADY = EAGER
NERVOUS = replace(EAGER, alert_nats=5.0, ask_nats=(6.0,) * 4, hold_nats=(7.0,) * 4)
TOPICS = (JOURNAL, ATTEMPT_TOPIC, VERDICT_TOPIC, RATED_TOPIC, "effects", "tallies", "rejects", "live")


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


class Live:
    """The active judge with its gate, as its process works: attempts reach the log later than the journal goes on."""

    def __init__(self, home) -> None:
        self.home = home
        clock = Clock()
        self.process = JudgeProcess(
            home.log, home.snapshots, JudgeSettings(STEADY), clock, entries=1, snapshot_entries=1_000_000
        )
        self.gate = Gate(self.process, "s")
        self.beats = 0
        self.work()

    def work(self) -> None:
        while self.process.step():
            pass

    def ask(self, place: int, line: str = LINE) -> None:
        number, at = f"01023276123{place:03d}", NIGHT + 8_000 * place
        self.gate.decide("east", line, number, f"{line}-{place}", False, at)

    def flush(self) -> None:
        said = self.gate.take_attempts(NIGHT)
        self.home.log.append({topic: each for topic, each in said.items() if each})

    def beat(self, times: int = 1) -> None:
        for _ in range(times):
            self.beats += 1
            position = self.process.position
            told = health_message("judge", NIGHT + self.beats, NIGHT, position=position, behind=0)
            self.home.log.append({HEALTH_TOPIC: [told]})

    def an_attack(self) -> None:
        """Attempts on two lines with ticks between; each group is flushed only after the journal has gone on."""
        for place in range(12):
            self.ask(place)
            if place % 3 == 0:
                self.ask(place, OTHER)
            tick(self.home.log, NIGHT + 8_000 * place + 1)
            tick(self.home.log, NIGHT + 8_000 * place + 4_000)
            self.work()
            self.ask(place + 100, OTHER)
            self.flush()
            self.beat()


def shadow_of(home, policy: Policy, name: str = "x", active=None) -> Shadow:
    return Shadow(name, policy, home.log, open_snapshots(home.settings, f"shadow/{name}"), Clock(), active)


def settle(shadow: Shadow) -> Shadow:
    while shadow.step():
        pass
    return shadow


def verdicts(log, topic: str) -> list[dict]:
    entries = [entry for entry in log.read(topic, 0, 100_000) if entry.kind == "verdicts"]
    return [row for entry in entries for batch in batches_of(entry.body) for row in batch.to_pylist()]


def test_the_same_policy_says_the_same_in_the_same_order(home):
    live = Live(home)
    live.an_attack()
    live.beat(3)
    settle(shadow_of(home, STEADY))
    told = verdicts(home.log, "shadow.x")
    assert told == verdicts(home.log, VERDICT_TOPIC)
    assert {row["action"] for row in told} >= {"hold"}
    assert {row["line"] for row in told} == {LINE, OTHER}


def test_followed_live_it_says_the_same_as_read_afterwards(home):
    live, shadow = Live(home), shadow_of(home, NERVOUS, "along")
    for place in range(10):
        live.ask(place)
        tick(home.log, NIGHT + 8_000 * place + 1)
        live.work()
        live.beat()
        settle(shadow)  # the attempts of this round are not in the log yet, the entries behind them are
        live.ask(place + 50, OTHER)
        live.flush()
        live.beat()
        settle(shadow)
    live.beat(3)
    settle(shadow)
    settle(shadow_of(home, NERVOUS, "after"))
    assert verdicts(home.log, "shadow.along") == verdicts(home.log, "shadow.after") != []


def test_another_policy_speaks_sooner_and_touches_nothing_else(home):
    live = Live(home)
    live.an_attack()
    live.beat(3)
    before = {topic: home.log.last(topic) for topic in TOPICS}
    settle(shadow_of(home, NERVOUS))
    told, active = verdicts(home.log, "shadow.x"), verdicts(home.log, VERDICT_TOPIC)
    assert {topic: home.log.last(topic) for topic in TOPICS} == before
    assert min(row["at"] for row in told if row["action"] == "hold") < min(
        row["at"] for row in active if row["action"] == "hold"
    )
    assert not {row["verdict_id"] for row in told} & {row["verdict_id"] for row in active}


def test_it_waits_until_attempts_must_be_in_the_log(home):
    live = Live(home)
    end = home.log.last(JOURNAL)
    shadow = shadow_of(home, STEADY)
    assert not shadow.step()
    live.beat(2)
    assert not shadow.step()
    live.beat(1)
    settle(shadow)
    assert (shadow.position, shadow.behind) == (end, 0)
    tick(home.log, NIGHT)
    assert (shadow.step(), shadow.behind) == (False, 1)


def test_a_new_judge_is_heard_anew(home):
    def beat(started_ms: int, position: int, at: int) -> None:
        home.log.append({HEALTH_TOPIC: [health_message("judge", at, started_ms, position=position, behind=0)]})

    settled = Settled(home.log)
    for at, position in enumerate((10, 20, 30)):
        beat(1, position, at)
    assert settled.follow() == 10
    beat(2, 50, 10)
    beat(2, 60, 11)
    assert settled.follow() == 10
    beat(2, 70, 12)
    assert settled.follow() == 50


def test_cut_off_anywhere_it_goes_on_and_says_nothing_twice(home):
    live = Live(home)
    live.an_attack()
    live.beat(3)
    settle(shadow_of(home, NERVOUS, "whole"))
    first = shadow_of(home, NERVOUS, "cut")
    first.step()
    first.save()
    lost = shadow_of(home, NERVOUS, "cut")
    lost.step()  # what it said is in the log, that it was there is not: killed
    settle(shadow_of(home, NERVOUS, "cut"))
    assert verdicts(home.log, "shadow.cut") == verdicts(home.log, "shadow.whole") != []


def test_begun_now_it_knows_what_the_active_judge_has_learnt(home):
    live = Live(home)
    live.an_attack()
    live.process.rest()
    live.beat(3)
    snapshot = home.snapshots.load()
    shadow = settle(shadow_of(home, STEADY, active=snapshot))
    assert (shadow.position, shadow.since_ms) == (live.process.position, NIGHT)
    assert verdicts(home.log, "shadow.x") == []
    again = shadow_of(home, STEADY, "fresh")
    assert again.since_ms == 0
    for place in range(20, 30):
        live.ask(place)
        tick(home.log, NIGHT + 8_000 * place + 1)
        live.work()
        live.flush()
    live.beat(3)
    settle(shadow)
    theirs = [
        row for row in verdicts(home.log, VERDICT_TOPIC) if row["call_id"] in {f"{LINE}-{p}" for p in range(20, 30)}
    ]
    assert verdicts(home.log, "shadow.x") == theirs
    shadow.save()
    assert shadow_of(home, STEADY).since_ms == NIGHT


def test_a_snapshot_of_a_judge_under_another_policy_goes_on(home):
    live = Live(home)
    live.an_attack()
    live.process.rest()
    snapshot = home.snapshots.load()
    under = JudgeSettings(Policy(alert_nats=1e9, scorecard=Scorecard(("one",), new_trees(1))))
    judge = Judge.restore(under, snapshot[1])
    assert judge.apply("tick", tick_body(NIGHT + 3_600_000)).verdicts is None
    assert judge.conserved()
    again = Judge.restore(JudgeSettings(STEADY), judge.pieces())
    assert again.names_of(np.array([0])) == [("east", LINE)]


def test_it_says_what_differs_from_the_active_policy(home):
    shadow = shadow_of(home, NERVOUS)
    shadow.introduce(STEADY)
    (entry,) = home.log.read("shadow.x", 0, 10)
    told = json.loads(entry.body)
    assert (entry.kind, told["name"], told["version"], told["since_ms"]) == ("policy", "x", NERVOUS.version, 0)
    assert told["differs"] == [
        ["ask_nats", list(STEADY.ask_nats), [6.0] * 4],
        ["hold_nats", list(STEADY.hold_nats), [7.0] * 4],
        ["alert_nats", 9.0, 5.0],
    ]


def test_of_trees_it_says_which(home):
    card = Scorecard(("one",), new_trees(1))
    shadow_of(home, replace(STEADY, scorecard=card)).introduce(STEADY)
    (entry,) = home.log.read("shadow.x", 0, 10)
    assert json.loads(entry.body)["differs"] == [["scorecard", "", card.version]]
