"""The one decision as the judge takes it, and what the judge remembers of its asks.

The record of a line says until when and on what it is held or asked (core/watch/state.LINE). Which calls were sent to
the screening announcement, and which passed on the allowance because nobody could ask, is kept here: of lines with an
ask in force only, a few calls each. It is part of the judged state; attempts in the log say what was decided, so that a
replay notes the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from sekisho.core.numbering.plan import NumberPlan, number_call, prefixes_of_country
from sekisho.core.restrict.allowance import Allowance, instead_of_asking
from sekisho.core.restrict.decision import NOTHING, Decision, Standing, Why, decide
from sekisho.core.restrict.restrictions import Bar
from sekisho.core.tables import VERDICTS
from sekisho.core.terms.call import ACTION_NAMES, Action, CallEvent
from sekisho.core.terms.destination import NO_COUNTRY
from sekisho.core.watch import screening
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.release import release
from sekisho.core.watch.rules import failed_screening
from sekisho.core.watch.state import Records, WatchState
from sekisho.core.watch.verdicts import INTERNATIONAL, verdict_id
from sekisho.flow.attempt import Attempt, Numbered, Way, price_of_attempt
from sekisho.flow.outcome import Effect, Outcome
from sekisho.flow.stages import Stages

MOST_ASKED: Final = 32  # calls a line whose screening is waited for; the oldest are forgotten
MOST_PASSED: Final = 64  # calls a line on the allowance; where so many have passed, no more do
_ENDLESS: Final = 1 << 30
_PURGE_AT: Final = 1_024
_WAYS: Final = {Why.ASK: Way.ASKED, Why.ALLOWANCE: Way.ALLOWANCE}


def standing_of(lines: Records, row: int) -> Standing:
    """What the watch has laid on the line in this row; nothing where there is no such row."""
    if not 0 <= row < lines.size:
        return NOTHING
    record = lines[row]
    return Standing(
        int(record["held_until"]),
        int(record["held_country"]),
        int(record["asked_until"]),
        int(record["asked_country"]),
    )


def scope_text(plan: NumberPlan, country: int) -> str:
    """VERDICTS.scope of a hold or ask on a country: its prefixes; `international` for all, or where it has none."""
    return " ".join(prefixes_of_country(plan, country)) or INTERNATIONAL


@dataclass(slots=True)
class _Asked:
    """An ask on a line: until when, and the calls it concerned, Call-ID → country."""

    until_ms: int
    asked: dict[str, int] = field(default_factory=dict)
    passed: dict[str, int] = field(default_factory=dict)


class Asks:
    """The calls that asks in force have concerned, by the row of their line."""

    def __init__(self) -> None:
        self._lines: dict[int, _Asked] = {}
        self._purge_at = _PURGE_AT

    def decide(
        self,
        stages: Stages,
        state: WatchState,
        bar: Bar | None,
        call: tuple[Attempt, Numbered, int],
        allowance: Allowance | None,
    ) -> Decision:
        """The decision on a call: an attempt, its numbers, the row of its line (-1: none), under the bar on that line.

        `allowance` is for a switch that cannot ask, else None.
        """
        attempt, numbered, row = call
        standing = standing_of(state.lines, row)
        decision = decide(numbered.class_, numbered.country, bar, standing, attempt.at_ms)
        if not decision.asked or allowance is None:
            return decision
        passed = self._passed(row, numbered.country, attempt)
        return instead_of_asking(allowance, passed, price_of_attempt(stages, attempt, numbered))

    def _passed(self, row: int, country: int, attempt: Attempt) -> int:
        """How many other calls to this country the line's ask has let pass; as good as endless where there are many."""
        known = self._in_force(row, attempt.at_ms)
        if known is None:
            return 0
        if attempt.call_id in known.passed:  # the same call again: it has its place already
            return 0
        if len(known.passed) >= MOST_PASSED:
            return _ENDLESS
        return sum(each == country for each in known.passed.values())

    def _in_force(self, row: int, at_ms: int) -> _Asked | None:
        known = self._lines.get(row)
        return known if known is not None and at_ms < known.until_ms else None

    def note(self, state: WatchState, row: int, attempt: Attempt, country: int, way: Way) -> None:
        """Remember which way an attempt went, now or in a replay."""
        if way is Way.NONE or not 0 <= row < state.lines.size:
            return
        known = self._in_force(row, attempt.at_ms)
        if known is None:
            self._purge(attempt.at_ms)
            known = self._lines[row] = _Asked(0)
        known.until_ms = int(state.lines["asked_until"][row])
        if way is Way.ALLOWANCE:
            known.passed[attempt.call_id] = country
            return
        known.asked.pop(attempt.call_id, None)
        known.asked[attempt.call_id] = country
        if len(known.asked) > MOST_ASKED:
            del known.asked[next(iter(known.asked))]

    def _purge(self, at_ms: int) -> None:
        """Forget asks that have ended, whenever there are twice as many as were kept the last time."""
        if len(self._lines) >= self._purge_at:
            self._lines = {row: known for row, known in self._lines.items() if at_ms < known.until_ms}
            self._purge_at = max(_PURGE_AT, 2 * len(self._lines))

    def country_asked(self, row: int, call_id: str) -> int | None:
        """Whereto the call was that the line's ask sent to the announcement; None where there is none."""
        known = self._lines.get(row)
        return None if known is None else known.asked.get(call_id)

    def over(self, row: int) -> None:
        """The line's ask has ended before its time."""
        self._lines.pop(row, None)

    def to_json(self) -> dict[str, Any]:
        """For a snapshot: plain lists and numbers."""
        lines = [[row, known.until_ms, known.asked, known.passed] for row, known in self._lines.items()]
        return {"lines": lines, "purge_at": self._purge_at}

    def put(self, told: Mapping[str, Any]) -> None:
        """Take in what `to_json` gave."""
        self._lines = {
            row: _Asked(until_ms, dict(asked), dict(passed)) for row, until_ms, asked, passed in told["lines"]
        }
        self._purge_at = told["purge_at"]


def way_of(decision: Decision) -> Way:
    """Which way an allowed attempt goes; none of note where it is refused, or free to go."""
    return _WAYS.get(decision.why, Way.NONE) if decision.allowed else Way.NONE


def apply_release(
    asks: Asks, _stages: Stages, state: WatchState, policy: tuple[Policy, Records], row: int, told: Mapping[str, Any]
) -> Outcome:
    """The desk ends the hold and the ask of the line in `row` (controls.release_body)."""
    asks.over(row)
    release(state, row, told["at_ms"], honest=told["honest"], probation_ms=int(policy[1]["probation_ms"][0]))
    facts = {name: told[name] for name in ("company", "line", "release")}
    return Outcome(effects=[Effect("release", f"release:{told['release']}", facts)])


def apply_screening(
    asks: Asks, stages: Stages, state: WatchState, policy: tuple[Policy, Records], row: int, told: Mapping[str, Any]
) -> Outcome:
    """What the screening announcement tells of a call on the line in `row` (controls.screening_body).

    Proved: the ask ends and the country is known. Not proved: a hold on that country where the terms allow it, else an
    alert. A call that was never asked changes nothing; its effect says so. `policy` with its dials.
    """
    version, dials = policy[0].version, policy[1][0]
    at_ms, call_id = told["at_ms"], told["call_id"]
    country = asks.country_asked(row, call_id)
    if country is None and told["number"]:
        there = number_call(stages.plan, told["number"], told["line"])[3]
        standing = standing_of(state.lines, row)
        covered = at_ms < standing.asked_until_ms and standing.asked_country in (NO_COUNTRY, there)
        country = there if covered else None
    outcome = Outcome()
    if country is not None and told["passed"]:
        screening.proved(
            state, row, country, at_ms, probation_ms=int(dials["probation_ms"]), hold_ms=int(dials["hold_ms"])
        )
        asks.over(row)
    elif country is not None:
        held = screening.failed(state, row, country, at_ms, hold_ms=int(dials["hold_ms"]))
        standing, record = standing_of(state.lines, row), state.lines[row]
        tells = at_ms >= standing.held_until_ms and at_ms - int(record["alerted_at"]) >= int(dials["alert_every_ms"])
        if held or tells:
            record["alerted_at"] = at_ms
            action = Action.HOLD if held else Action.ALERT
            scope = scope_text(stages.plan, standing.held_country if held else country)
            outcome.verdicts = _verdict(stages, state, row, told, version, action, scope)
    facts = {name: told[name] for name in ("company", "line", "call_id", "passed")}
    outcome.effects.append(
        Effect("screening", f"screening:{told['screening']}", {**facts, "asked": country is not None})
    )
    return outcome


def _verdict(
    stages: Stages, state: WatchState, row: int, told: Mapping[str, Any], version: str, action: Action, scope: str
) -> pa.RecordBatch:
    """One row of VERDICTS that says the caller did not prove himself."""
    line, company, at_ms = stages.lines.text(row), told["company"], told["at_ms"]
    contract = state.contracts[state.lines["contract"][row]]
    name = failed_screening.NAME
    values = {
        "verdict_id": verdict_id(company, line, told["call_id"], int(CallEvent.START), name, at_ms, version),
        "call_id": told["call_id"],
        "company": company,
        "line": line,
        "at": at_ms,
        "action": ACTION_NAMES[action],
        "scope": scope,
        "score_nats": 0.0,
        "evidence": [{"name": name, "nats": 0.0, "facts": json.dumps({})}],
        "spend_today": int(contract["day_spend"].sum()),
        "spend_month": int(contract["month_spend"]),
    }
    return pa.RecordBatch.from_arrays([pa.array([values[f.name]], f.type) for f in VERDICTS], schema=VERDICTS)
