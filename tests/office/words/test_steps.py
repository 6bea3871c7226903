"""How far an order is."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sekisho.office.words.pulse import judge_said, late_parts
from sekisho.office.words.steps import order_steps, release_steps


@pytest.fixture(autouse=True)
def _in_english(office):
    from django.utils import translation

    with translation.override("en"):
        yield


def order(executing=None, completed=None, kind="set"):
    took = None if completed is None else completed - 1_000
    return SimpleNamespace(
        kind=kind, accepted_ms=1_000, executing_ms=executing, completed_ms=completed, order_to_effect_ms=took
    )


@pytest.mark.parametrize(
    ("instants", "states"),
    [
        ((None, None), ["done", "now", "later"]),
        ((1_080, None), ["done", "done", "now"]),
        ((1_080, 1_212), ["done", "done", "done"]),
    ],
)
def test_steps_of_an_order(instants, states):
    assert [step.state for step in order_steps(order(*instants))] == states


def test_the_last_step_tells_how_long_it_took():
    assert order_steps(order(1_080, 1_212))[-1].remark == "0.21 s from order to effect"
    assert order_steps(order(1_080, 1_212, "lift"))[-1].word == "Lifted at the gate"


def test_steps_of_a_release():
    assert [step.state for step in release_steps(1_000, None)] == ["done", "now"]
    assert release_steps(1_000, 1_500)[-1].remark == "0.50 s from order to effect"


def part(name, at_ms, *, late=False):
    return SimpleNamespace(part=name, at_ms=at_ms, late=late)


def test_the_pulse_names_the_late_part():
    parts = [part("judge", 8_000), part("archive", 0, late=True), part("relay", None, late=True)]
    assert judge_said(parts, 10_000) == "Last word of the judge: 2 seconds ago."
    told = "Late: archive (last sign of life 10 seconds ago), relay (no sign of life yet)."
    assert late_parts(parts, 10_000) == told
    assert late_parts(parts[:1], 10_000) == ""
    assert judge_said([], 10_000) == "The judge has not spoken yet."
