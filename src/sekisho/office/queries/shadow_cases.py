"""A shadow measured by cases whose outcome the desk knows: would it have spoken, sooner or later, and at what cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final
from uuid import UUID

from sekisho.core.terms.instants import DAY_MS
from sekisho.office.models import Case, User, Verdict
from sekisho.office.models.case import CLOSED, FRAUD, HONEST
from sekisho.office.queries.named import Named, named
from sekisho.office.queries.shadow_days import first_of, verdicts_of_shadow
from sekisho.office.queries.shadows import ShadowRow

STOPS: Final = frozenset({"ask", "hold"})
_MOST_CASES: Final = 200
_FIELDS: Final = ("at_ms", "action", "spend_today")


@dataclass(frozen=True, slots=True)
class Word:
    """A first verdict on a line: when, which action, and what the line had cost in 24 hours by then, in milli-yen."""

    at_ms: int
    action: str
    spent: int


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """A closed case, and the first word and the first ask or hold of either policy on it."""

    case: UUID
    line: str
    customer: Named
    outcome: str
    closed_ms: int
    active: Word | None
    shadow: Word | None
    active_stop: Word | None
    shadow_stop: Word | None

    @property
    def ahead_ms(self) -> int | None:
        """How much sooner the shadow spoke; below 0: later; None where one of them did not speak."""
        return None if self.active is None or self.shadow is None else self.active.at_ms - self.shadow.at_ms


@dataclass(frozen=True, slots=True)
class Measured:
    """What the known outcomes say. Money is milli-yen, summed over the frauds of which both spoke."""

    frauds: int
    caught: int
    stopped_active: int
    stopped_shadow: int
    ahead: int
    behind: int
    median_ahead_ms: int | None
    spent_active: int
    spent_shadow: int
    honest: int
    false: int
    false_stops_active: int
    false_stops_shadow: int
    cases: tuple[JudgedCase, ...]


def measured(user: User, shadow: ShadowRow, now_ms: int) -> Measured:
    """The newest 200 closed cases of the user's company that opened since the shadow is compared."""
    first_ms = first_of(shadow, now_ms)
    cases = list(
        Case.objects.filter(company=user.company, state=CLOSED, opened_ms__gte=first_ms)
        .select_related("line__contract__customer")
        .order_by("-closed_ms")[:_MOST_CASES]
    )
    active: dict[int, list[tuple[Any, ...]]] = {}
    for case, *word in Verdict.objects.filter(case__in=cases).order_by("at_ms", "id").values_list("case", *_FIELDS):
        active.setdefault(case, []).append(tuple(word))
    own: dict[int, list[tuple[Any, ...]]] = {}
    spoken: Any = verdicts_of_shadow(user, shadow, first_ms).filter(line__in=[case.line_id for case in cases])
    for line, *word in spoken.order_by("at_ms", "id").values_list("line", *_FIELDS):
        own.setdefault(line, []).append(tuple(word))
    rows = [_case(case, active.get(case.pk, []), _within(case, own.get(case.line_id, []))) for case in cases]
    return _measured(rows)


def _within(case: Case, words: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Of a shadow's words on a line those that are about this case: from a day before it opened until it closed."""
    return [word for word in words if case.opened_ms - DAY_MS <= word[0] <= case.closed_ms]


def _case(case: Case, active: Sequence[tuple[Any, ...]], own: Sequence[tuple[Any, ...]]) -> JudgedCase:
    return JudgedCase(
        case=case.uuid,
        line=case.line.number,
        customer=named(case.line.contract.customer),
        outcome=case.outcome,
        closed_ms=case.closed_ms,
        active=_first(active),
        shadow=_first(own),
        active_stop=_first([word for word in active if word[1] in STOPS]),
        shadow_stop=_first([word for word in own if word[1] in STOPS]),
    )


def _first(words: Sequence[tuple[Any, ...]]) -> Word | None:
    return Word(*words[0]) if words else None


def _measured(cases: Sequence[JudgedCase]) -> Measured:
    frauds = [case for case in cases if case.outcome == FRAUD]
    honest = [case for case in cases if case.outcome == HONEST]
    leads = [case.ahead_ms for case in frauds if case.ahead_ms is not None]
    both = [(case.active.spent, case.shadow.spent) for case in frauds if case.active and case.shadow]
    return Measured(
        frauds=len(frauds),
        caught=sum(case.shadow is not None for case in frauds),
        stopped_active=sum(case.active_stop is not None for case in frauds),
        stopped_shadow=sum(case.shadow_stop is not None for case in frauds),
        ahead=sum(lead > 0 for lead in leads),
        behind=sum(lead < 0 for lead in leads),
        median_ahead_ms=round(median(leads)) if leads else None,
        spent_active=sum(pair[0] for pair in both),
        spent_shadow=sum(pair[1] for pair in both),
        honest=len(honest),
        false=sum(case.shadow is not None for case in honest),
        false_stops_active=sum(case.active_stop is not None for case in honest),
        false_stops_shadow=sum(case.shadow_stop is not None for case in honest),
        cases=tuple(cases),
    )
