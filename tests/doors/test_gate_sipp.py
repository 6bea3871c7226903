"""Real SIPp asks the gate, over loopback, with a stand-in for the judge: calls abroad are refused, others go on."""

from __future__ import annotations

import re

import pytest
from tests.doors.gate_thread import Decision, Running, serving
from tests.doors.sipp_runner import run_sipp


def decide(company, line, number, call_id, emergency, at_ms, can_ask):
    if number.startswith("0109"):
        return Decision(True, "Caller to prove himself", asked=True) if can_ask else Decision(True, "", most_s=60)
    if number.startswith("010"):
        return Decision(allowed=False, text="International calls barred by the customer's order")
    return Decision(allowed=True, text="not an international call")


@pytest.fixture(scope="module")
def served():
    with serving(decide, lambda number: number == "110") as running:
        yield running


@pytest.fixture
def gate(served: Running):
    for name in ("attempts", "answered", "refused", "asked", "repeated", "emergencies"):
        setattr(served.gate.counters, name, 0)
    return served


def passed(gate, scenario, **more):
    result = run_sipp(scenario, gate.port, **more)
    assert result.ok, result.out


def test_allowed(gate):
    passed(gate, "allowed", service="0312345678", calls=20)
    assert gate.gate.counters.answered == 20


def test_allowed_with_404(gate):
    passed(gate, "allowed_404", service="0312345678", source="127.0.0.3")


def test_refused(gate):
    passed(gate, "refused", service="0106112345678", calls=20)
    assert gate.gate.counters.refused == 20


def test_asked(gate):
    passed(gate, "asked", service="0109612345678", source="127.0.0.4", calls=20)
    assert (gate.gate.counters.asked, gate.gate.counters.answered) == (20, 0)
    assert not run_sipp("asked", gate.port, service="0109612345678").ok, "that switch cannot ask"


def test_a_call_on_the_allowance_is_told_how_long_it_may_last(gate):
    passed(gate, "allowance", service="0109612345678")


def test_a_refused_call_is_not_taken_for_an_allowed_one(gate):
    assert not run_sipp("allowed", gate.port, service="0106112345678").ok
    assert not run_sipp("refused", gate.port, service="0312345678").ok


def test_a_stranger_is_refused(gate):
    passed(gate, "stranger", service="0312345678", source="127.0.0.9")


@pytest.mark.parametrize("source", ["127.0.0.2", "127.0.0.9"])
@pytest.mark.parametrize(
    "uri", ["sip:110@127.0.0.1;user=phone", "tel:110;phone-context=+81", "urn:service:sos", "urn:service:sos.police"]
)
def test_an_emergency_goes_on_from_anywhere(gate, uri, source):
    passed(gate, "allowed", uri=uri, source=source)
    assert gate.gate.counters.emergencies == 1


def test_options(gate):
    passed(gate, "options")


def test_an_answer_is_sent_again_until_the_ack(gate):
    result = run_sipp("late_ack", gate.port, service="0312345678")
    assert result.ok, result.out
    copies = re.search(r"302 <-+ +1 +(\d+)", result.out)
    assert copies is not None, result.out
    assert int(copies[1]) >= 1  # after 0.5 s; after 1.5 s, unless the machine is busy
    assert gate.gate.counters.attempts == 1


def test_a_late_cancel(gate):
    passed(gate, "cancelled", service="0312345678")


def test_a_method_that_is_not_served(gate):
    passed(gate, "register")
