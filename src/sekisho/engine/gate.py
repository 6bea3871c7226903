"""The gate's side of the judge: every attempt is decided on at once; what was decided reaches the log a little later.

The gate does not wait for a disk. Attempts of up to 50 ms are appended together; a crash before that loses them, until
their call records arrive, matched by Call-ID. Refusals are summed up by line and told once a second.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Final

from sekisho.core.restrict.allowance import USUAL, Allowance
from sekisho.core.restrict.decision import Decision, Why
from sekisho.core.terms.masking import mask_number
from sekisho.engine.judge import ATTEMPTS, JudgeProcess, Said, attempts_key, said_of
from sekisho.flow.attempt import Attempt, Told, attempts_body
from sekisho.flow.outcome import Outcome, join
from sekisho.ports import ATTEMPT_TOPIC, EFFECT_TOPIC, Message

_BY: Final = {Why.BAR: "bar", Why.HOLD: "hold", Why.ASK: "ask"}


@dataclass(slots=True)
class _Group:
    """Attempts that were applied after the same journal entry."""

    after: int
    told: list[Told] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)


@dataclass(slots=True)
class _Refused:
    count: int
    first_ms: int
    last_ms: int
    number: str


class Gate:
    """Decides for whoever asks (SIP, HTTP), in the thread in which the judge applies the journal."""

    def __init__(self, process: JudgeProcess, start: str, allowance: Allowance = USUAL) -> None:
        """`start` names this start of the process: keys of refusals begin with it.

        `allowance` is what passes under an ask from a switch that cannot ask.
        """
        self._process, self._start, self._allowance = process, start, allowance
        self._groups: list[_Group] = []
        self._refused: dict[tuple[str, str, str, str], _Refused] = {}
        self._sums_told = 0
        self.decisions = self.refusals = self.asked = 0

    def decide(
        self, company: str, line: str, number: str, call_id: str, emergency: bool, at_ms: int, can_ask: bool = False
    ) -> Decision:
        """What becomes of an attempt; `line` and `number` as signalled, `at_ms` now.

        `can_ask`: the switch has a screening announcement.
        """
        attempt = Attempt(company, call_id, line, number, at_ms, emergency)
        decision, judged = self._process.judge.decide(attempt, None if can_ask else self._allowance)
        self.decisions += 1
        self.asked += decision.asked
        if judged is not None:
            position = self._process.position
            if not self._groups or self._groups[-1].after != position:
                self._groups.append(_Group(position))
            group = self._groups[-1]
            group.told.append(judged.told)
            join(group.outcome, judged.outcome)
        if not decision.allowed:
            self._note_refusal(attempt, decision)
        return decision

    def take_attempts(self, at_ms: int) -> Said:
        """The messages of all attempts since the last time, and of what they led to. They must be appended."""
        said: Said = {ATTEMPT_TOPIC: []}
        groups, self._groups = self._groups, []
        for group in groups:
            self._process.attempts += 1
            key = attempts_key(self._process.attempts)
            said[ATTEMPT_TOPIC].append(Message(ATTEMPTS, key, attempts_body(group.after, group.told)))
            for topic, messages in said_of(group.outcome, key, at_ms).items():
                said.setdefault(topic, []).extend(messages)
        return said

    def take_refusals(self) -> Said:
        """The refusals since the last time, one message a line and cause."""
        refused, self._refused = self._refused, {}
        messages = []
        for (company, line, by, bar), each in refused.items():
            self._sums_told += 1
            facts = {
                "company": company,
                "line": line,
                "by": by,
                "bar": bar,
                "count": each.count,
                "first_ms": each.first_ms,
                "last_ms": each.last_ms,
                "number": each.number,
            }
            key = f"refused:{self._start}:{self._sums_told}"
            messages.append(Message("refused", key, json.dumps(facts).encode()))
        return {EFFECT_TOPIC: messages}

    def _note_refusal(self, attempt: Attempt, decision: Decision) -> None:
        self.refusals += 1
        key = (attempt.company, attempt.line, _BY[decision.why], decision.bar)
        known = self._refused.get(key)
        if known is None:
            self._refused[key] = _Refused(1, attempt.at_ms, attempt.at_ms, mask_number(attempt.number))
        else:
            known.count += 1
            known.last_ms, known.number = attempt.at_ms, mask_number(attempt.number)
