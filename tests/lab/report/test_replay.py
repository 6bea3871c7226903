"""One incident, call by call: the calls before it, its own until it was stopped, what each was worth as evidence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
from tests.lab.worked_calls import FIXED, PRICES, at, backtested, call

from sekisho.core.tables import VERDICTS
from sekisho.core.terms.call import Action
from sekisho.core.watch.policy import Policy
from sekisho.lab.report.replay import BEHIND_STOP, MOST, Evidence, Said, replay, speaking, worth_following
from sekisho.lab.scoring import Incident, score
from sekisho.lab.truth import truth_of


def traffic(count=12, step_s=10):
    """Five honest calls of line 1, then `count` fraudulent ones, one in `step_s` seconds, a domestic one between."""
    calls = {f"h{day}": call(1, f"{day} 10:00:00", f"{day} 10:00:05", f"{day} 10:01:00", 9) for day in range(10, 15)}
    calls["home"] = call(1, "24 12:00:05", "24 12:00:05", "24 12:00:06", 8, rate=FIXED)
    calls["other"] = call(2, "24 12:00:05", "24 12:00:05", "24 12:00:06", 9)
    for place in range(count):
        seconds = place * step_s
        begin = f"24 {12 + seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        calls[f"f{place}"] = list(call(1, begin, begin, begin, 175, to=f"2327600{place:04d}"))
        calls[f"f{place}"][3] += 60_000
        calls[f"f{place}"] = tuple(calls[f"f{place}"])
    return calls, truth_of({name: ("A", "flood") for name in calls if name[0] == "f"})


def spoken(*rows):
    """Verdicts of a run that speaks at every call: (call_id, score, nats)."""
    told = [
        dict.fromkeys(("verdict_id", "company", "line"), "-")
        | {"call_id": call_id, "at": 0, "action": "alert", "scope": "international", "score_nats": nats}
        | {"evidence": [{"name": "rate", "nats": weight, "facts": "{}"}], "spend_today": 0, "spend_month": 0}
        for call_id, nats, weight in rows
    ]
    return replace(backtested({}), verdicts=pa.Table.from_pylist(told, VERDICTS))


def replayed(verdicts, count=12, again=(), **how):
    calls, truth = traffic(count, **how)
    run = backtested(calls, [(1, *verdict[1:]) for verdict in verdicts])
    place = run.verdicts.schema.get_field_index("call_id")
    run.verdicts = run.verdicts.set_column(
        place, "call_id", pa.array([verdict[0] for verdict in verdicts], pa.string())
    )
    asked = []

    def line_again(line):
        asked.append(line)
        return spoken(*again)

    (incident,) = score(run, truth, PRICES).incidents
    told = replay(run, truth, incident, PRICES, line_again)
    assert asked == [1]
    return told


def test_the_calls_before_it_and_its_own_until_it_was_stopped():
    told = replayed([("f4", at("24 12:00:40"), "hold")], again=[("f0", 8.5, 8.5), ("f0", 6.0, 6.0), ("f1", 9.0, 0.0)])
    assert [step.fraud for step in told.steps] == [False] * 3 + [True] * (4 + BEHIND_STOP + 1)
    assert told.more == 12 - 4 - BEHIND_STOP - 1
    first, second = told.steps[3:5]
    assert (first.at, first.number, first.a_minute, first.talk_ms) == (
        at("24 12:00:00"),
        "2327600****",
        175_000,
        60_000,
    )
    assert (first.score, first.evidence) == (8.5, (Evidence("rate", 8.5),))
    assert (second.score, second.evidence) == (None, ())  # a verdict without any weight is a rule's
    assert (first.cut, first.cost, first.begun) == (True, 175_000, 0)
    held = told.steps[7]
    assert (held.said, held.begun, held.cost, held.charge) == (
        (Said("hold", "international"),),
        Action.HOLD,
        0,
        175_000,
    )
    assert told.steps[0].cost == told.steps[0].charge == 9_000


def test_what_was_said_twice_is_told_once():
    moment = at("24 12:00:40")
    verdicts = [("f4", moment, "alert"), ("f4", moment, "alert"), ("f4", moment, "ask", "232")]
    told = replayed(verdicts)
    assert told.steps[7].said == (Said("alert", "international"), Said("ask", "232"))


def test_a_long_incident_is_shortened_around_its_stop():
    told = replayed([("f300", at("24 12:50:00"), "hold")], count=400)
    assert len(told.steps) == MOST
    assert told.more == 400 - (MOST - 3)
    stopped = [step.begun > 0 for step in told.steps]
    assert stopped == [False] * (MOST - BEHIND_STOP - 1) + [True] * (BEHIND_STOP + 1)
    assert told.steps[-BEHIND_STOP - 1].at == at("24 12:50:00")


def test_an_incident_that_was_never_stopped():
    told = replayed([], count=5)
    assert [step.fraud for step in told.steps] == [False] * 3 + [True] * 5
    assert told.more == 0
    assert not any(step.begun or step.cut for step in told.steps)


def incident(name, at_stake, lost, calls_before):
    return Incident(name, "flood", 9, at_stake, lost, calls_before, 0)


def test_the_incident_that_tells_most():
    told = (incident("a", 9_000, 100, 1), incident("b", 5_000, 100, 3), incident("c", 7_000, 6_500, 3))
    assert worth_following(told).name == "b"
    assert worth_following(told[:1]).name == "a"
    assert worth_following((incident("d", 0, 0, 9),)) is None
    assert worth_following(()) is None


def test_a_speaking_policy_holds_as_before():
    policy = Policy(hold_nats=12.0)
    loud = speaking(policy)
    assert (loud.hold_nats, loud.alert_every_s) == (12.0, 0.0)
    assert 0 < loud.alert_nats < np.finfo(np.float32).eps * 100
