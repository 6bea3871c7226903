"""One incident, call by call: what was known, what it was worth as evidence, what was said, what it cost.

Verdicts are written only where there is something to say. So that every call has its score, the line's calls alone are
judged again by the same kernel with a policy that speaks at each of them; what was *said* comes from the run itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sekisho.core.digits.packed import unpack
from sekisho.core.terms.call import Action
from sekisho.core.terms.instants import MINUTE_MS, NEVER
from sekisho.core.terms.masking import mask_number
from sekisho.core.units import price_at
from sekisho.core.watch.policy import Policy
from sekisho.lab.backtest import Backtest
from sekisho.lab.bars import bars_of
from sekisho.lab.scoring import Incident
from sekisho.lab.stopping import Stopped, stopped
from sekisho.lab.truth import Truth

HONEST_BEFORE: Final = 3  # honest calls shown in front of the incident
HOLD: Final = int(Action.HOLD)
MOST: Final = 40  # calls shown
BEHIND_STOP: Final = 6  # fraudulent calls shown behind the first one that was stopped


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing the score takes into account, and its nats."""

    name: str
    nats: float


@dataclass(frozen=True, slots=True)
class Said:
    """What was said at a call: alert, ask or hold, and its scope."""

    action: str
    scope: str


@dataclass(frozen=True, slots=True)
class Step:
    """One international call: money in milli-yen; `score` None: the kernel said nothing of it, even asked to.

    `begun`: the bar it began under (Action; 0: none); `cut`: a bar came while it was up.
    """

    at: int
    number: str
    country: int
    a_minute: int
    talk_ms: int | None
    fraud: bool
    score: float | None
    evidence: tuple[Evidence, ...]
    said: tuple[Said, ...]
    charge: int
    cost: int
    begun: int
    cut: bool


@dataclass(frozen=True, slots=True)
class Replay:
    """An incident's calls on its first line, and how many more fraudulent calls there were."""

    incident: Incident
    steps: tuple[Step, ...]
    more: int


def speaking(policy: Policy) -> Policy:
    """The policy, made to say something at every call whose score it raises. What it holds is not changed."""
    return replace(policy, alert_nats=1e-6, alert_every_s=0.0)


def worth_following(incidents: tuple[Incident, ...]) -> Incident | None:
    """The incident whose replay tells most: the one in which most was saved, of those with calls before the bar."""
    told = [each for each in incidents if each.at_stake > 0]
    return max(told, key=lambda each: (each.calls_before > 1, each.at_stake - each.lost, each.name), default=None)


def replay(
    run: Backtest,
    truth: Truth,
    incident: Incident,
    prices: npt.NDArray[np.int64],
    line_again: Callable[[int], Backtest],
) -> Replay:
    """The incident on the line where it began.

    `line_again` judges the calls of one line (its row) alone, with a `speaking` policy.
    """
    labels, _ = truth.labels(run.call_ids)
    incident_row = list(zip(truth.names, truth.kinds, strict=True)).index((incident.name, incident.kind))
    fraud = np.flatnonzero(labels == incident_row)
    line = int(run.calls["line"][fraud[np.argmin(run.calls["start"][fraud])]])
    calls = run.calls
    rows = np.flatnonzero((calls["line"] == line) & (calls["international"] == 1) & (calls["outgoing"] == 1))
    rows = rows[np.argsort(calls["start"][rows], kind="stable")]
    stops = stopped(calls[rows], bars_of(run), line + 1, prices)
    shown = _shown(labels[rows] == incident_row, stops)
    call_ids = run.call_ids.take(pa.array(rows[shown])).to_pylist()
    scores, said = _scores(line_again(line)), _said(run, line)
    steps = [
        _step(
            run,
            int(rows[place]),
            call_id,
            scores,
            said,
            prices,
            fraud=bool(labels[rows[place]] != -1),
            stops=stops,
            place=int(place),
        )
        for place, call_id in zip(shown.tolist(), call_ids, strict=True)
    ]
    seen = sum(step.fraud for step in steps)
    return Replay(incident, tuple(steps), incident.calls - seen)


def _shown(fraud: npt.NDArray[np.bool_], stops: Stopped) -> npt.NDArray[np.int64]:
    """Which of the line's calls to show: from a few before the incident to a few behind the first that was stopped."""
    mine = np.flatnonzero(fraud)
    if mine.size == 0:
        return mine
    halted = mine[stops.begun[mine] > 0]
    last = halted[: BEHIND_STOP + 1][-1] if halted.size else mine[-1]
    first = max(0, int(mine[0]) - HONEST_BEFORE)
    places = np.arange(first, int(last) + 1)
    if places.size <= MOST:
        return places
    stop = int(halted[0]) if halted.size else int(last)
    tail = np.arange(stop, int(last) + 1)[: BEHIND_STOP + 1]
    return np.unique(np.concatenate([places[: MOST - tail.size], tail]))


def _scores(again: Backtest) -> dict[str, dict[str, Any]]:
    """The highest-scored verdict of each call in a run that speaks at every call."""
    table = again.verdicts.select(["call_id", "score_nats", "evidence"]).to_pylist()
    best: dict[str, dict[str, Any]] = {}
    for row in table:
        known = best.get(row["call_id"])
        weighs = any(each["nats"] for each in row["evidence"])
        if weighs and (known is None or row["score_nats"] > known["score_nats"]):
            best[row["call_id"]] = row
    return best


def _said(run: Backtest, line: int) -> dict[str, list[Said]]:
    """What was said of the line's calls."""
    rows = pa.array(np.flatnonzero(run.verdict_lines == line))
    said: dict[str, list[Said]] = {}
    for row in run.verdicts.select(["call_id", "action", "scope"]).take(rows).to_pylist():
        told = Said(str(row["action"]), str(row["scope"]))
        if told not in said.setdefault(row["call_id"], []):
            said[row["call_id"]].append(told)
    return said


def _step(
    run: Backtest,
    row: int,
    call_id: str,
    scores: dict[str, dict[str, Any]],
    said: dict[str, list[Said]],
    prices: npt.NDArray[np.int64],
    *,
    fraud: bool,
    stops: Stopped,
    place: int,
) -> Step:
    call = run.calls[row]
    price = price_at(prices, int(call["rate"]))
    told = scores.get(call_id)
    answered = int(call["answer"]) != NEVER and int(call["end"]) != NEVER
    return Step(
        at=int(call["start"]),
        number=mask_number(unpack(call["number"])),
        country=int(call["country"]),
        a_minute=price.unit_milliyen * MINUTE_MS // price.unit_ms if price.unit_ms else 0,
        talk_ms=int(call["end"] - call["answer"]) if answered else None,
        fraud=fraud,
        score=float(told["score_nats"]) if told else None,
        evidence=tuple(Evidence(str(each["name"]), float(each["nats"])) for each in told["evidence"]) if told else (),
        said=tuple(said.get(call_id, ())),
        charge=int(call["charge"]),
        cost=int(stops.cost[place]) if fraud or stops.begun[place] == HOLD else int(call["charge"]),
        begun=int(stops.begun[place]),
        cut=bool(stops.begun[place] == 0 and stops.during[place] > 0),
    )
