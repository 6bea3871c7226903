"""How far an order has come, as steps: accepted, executing, completed, each with its instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from sekisho.office.words import instants


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its word, when it was reached (None: not yet), `done`, `now` or `later`, and a remark."""

    word: str
    at_ms: int | None
    state: str
    remark: str = ""

    @property
    def icon(self) -> str:
        """The shape of templatetags/icons.py."""
        return {"done": "done", "now": "waiting", "later": "open"}[self.state]


def order_steps(order: Any) -> tuple[Step, ...]:
    """The three steps of an order (queries' OrderRow)."""
    effect = gettext("In force at the gate") if order.kind == "set" else gettext("Lifted at the gate")
    took = ""
    if order.order_to_effect_ms is not None:
        took = gettext("%(span)s from order to effect") % {"span": instants.span(order.order_to_effect_ms)}
    return _in_order(
        (gettext("Accepted"), order.accepted_ms, ""),
        (gettext("Executing"), order.executing_ms, ""),
        (effect, order.completed_ms, took),
    )


def release_steps(released_ms: int, acknowledged_ms: int | None) -> tuple[Step, ...]:
    """The two steps of a hold that the desk released."""
    took = ""
    if acknowledged_ms is not None:
        span = instants.span(acknowledged_ms - released_ms)
        took = gettext("%(span)s from order to effect") % {"span": span}
    return _in_order(
        (gettext("Release accepted"), released_ms, ""), (gettext("Released at the gate"), acknowledged_ms, took)
    )


def _in_order(*told: tuple[str, int | None, str]) -> tuple[Step, ...]:
    steps = []
    waiting = False
    for word, at_ms, remark in told:
        state = "done" if at_ms is not None else "later" if waiting else "now"
        waiting = waiting or at_ms is None
        steps.append(Step(word, at_ms, state, remark))
    return tuple(steps)
