"""Signals: what a customer's PBX tells of itself (controls.signal_body), kept on the line it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sekisho.core.terms.errors import LogDamaged
from sekisho.core.terms.instants import HOUR_MS
from sekisho.core.watch.evidence.signal import WEIGHTS, nats
from sekisho.core.watch.state import WatchState, touch
from sekisho.flow.outcome import Effect, Outcome

HUNDREDTHS: Final = 100  # of a nat, as a line keeps it
DIGITS: Final = 6


def _worth(weight: float, passed_ms: int) -> float:
    """Nats by now; what is alike but for the last digits is alike."""
    return round(float(nats(weight, passed_ms / HOUR_MS)), DIGITS)


def apply_signal(
    _asks: object, _stages: object, state: WatchState, _policy: object, row: int, told: Mapping[str, Any]
) -> Outcome:
    """Hear a signal of the line in `row`. A line keeps one: that which is worth more by now, of two alike the newer.

    Raises LogDamaged for a name that is not in WEIGHTS.
    """
    name, at = told["name"], int(told["at_ms"])
    if name not in WEIGHTS:
        raise LogDamaged(f"the journal tells of a signal {name!r}, which this judge does not know")
    line, weight = state.lines[row], WEIGHTS[name]
    known, since = int(line["signal"]) / HUNDREDTHS, int(line["signalled_at"])
    both = max(at, since)
    told_now, kept = _worth(weight, both - at), _worth(known, both - since) if known else 0.0
    if (told_now, at) >= (kept, since):
        line["signal"], line["signalled_at"] = round(weight * HUNDREDTHS), at
        touch(state, line=row)
    facts = {name: told[name] for name in ("company", "line", "name")}
    key = f"signal:{told['company']}:{told['line']}:{name}:{at}"
    return Outcome(effects=[Effect("signal", key, {**facts, "since_ms": at})])
