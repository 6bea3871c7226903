"""A shadow beside the active policy: how often each spoke a day, and of which lines. Of the user's own company."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Min, QuerySet

from sekisho.core.terms.instants import DAY_MS, JST_OFFSET_MS, japanese_date
from sekisho.office.models import Case, ShadowVerdict, User, Verdict
from sekisho.office.queries.named import Named, named
from sekisho.office.queries.shadows import ShadowRow

DAYS: Final = 28
_MOST_LINES: Final = 50


@dataclass(frozen=True, slots=True)
class Counts:
    """Verdicts of one policy, by action."""

    alerts: int = 0
    asks: int = 0
    holds: int = 0


@dataclass(frozen=True, slots=True)
class DayRow:
    """One Japanese day: what each of the two said."""

    day: date
    active: Counts
    shadow: Counts


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A line that one of the two, or both, spoke of: when first. `case`: its newest case, if any."""

    number: str
    known: bool
    customer: Named | None
    active_ms: int | None
    shadow_ms: int | None
    case: Any


@dataclass(frozen=True, slots=True)
class SideBySide:
    """`only_shadow`, `only_active`: lines that only one spoke of, the latest first, at most fifty; and how many."""

    first_ms: int
    days: tuple[DayRow, ...]
    both: int
    only_active_count: int
    only_shadow_count: int
    only_active: tuple[SpokenLine, ...]
    only_shadow: tuple[SpokenLine, ...]


def first_of(shadow: ShadowRow, now_ms: int) -> int:
    """Since when the two are compared: since the shadow began, at most 28 days."""
    return max(shadow.since_ms, (now_ms + JST_OFFSET_MS) // DAY_MS * DAY_MS - JST_OFFSET_MS - (DAYS - 1) * DAY_MS)


def verdicts_of_shadow(user: User, shadow: ShadowRow, first_ms: int) -> QuerySet[ShadowVerdict]:
    """What the shadow said of lines of the user's company, under its present policy."""
    return ShadowVerdict.objects.filter(
        shadow=shadow.name, version=shadow.version, company=user.company, at_ms__gte=first_ms
    )


def side_by_side(user: User, shadow: ShadowRow, now_ms: int) -> SideBySide:
    """The two beside each other."""
    first_ms = first_of(shadow, now_ms)
    theirs = Verdict.objects.filter(company=user.company, at_ms__gte=first_ms)
    ours = verdicts_of_shadow(user, shadow, first_ms)
    active, own = _lines(theirs), _lines(ours)
    only_active = sorted(active.keys() - own.keys(), key=lambda key: -active[key])
    only_shadow = sorted(own.keys() - active.keys(), key=lambda key: -own[key])
    return SideBySide(
        first_ms=first_ms,
        days=_days(theirs, ours, first_ms, now_ms),
        both=len(active.keys() & own.keys()),
        only_active_count=len(only_active),
        only_shadow_count=len(only_shadow),
        only_active=_spoken(user, only_active[:_MOST_LINES], active, own),
        only_shadow=_spoken(user, only_shadow[:_MOST_LINES], active, own),
    )


_Key = tuple[int | None, str]  # a line's key, or where the office knows none such its text


def _lines(verdicts: QuerySet[Any]) -> dict[_Key, int]:
    found: dict[_Key, int] = {}
    for line, text, first in verdicts.values_list("line", "line_text").annotate(first=Min("at_ms")):
        key = (line, "" if line is not None else text)
        found[key] = min(first, found.get(key, first))
    return found


def _spoken(user: User, keys: Iterable[_Key], active: dict[_Key, int], own: dict[_Key, int]) -> tuple[SpokenLine, ...]:
    wanted = list(keys)
    lines = {
        line.pk: line
        for line in user.company.lines.filter(pk__in=[pk for pk, _ in wanted]).select_related("contract__customer")
    }
    cases = dict(Case.objects.filter(line__in=lines).order_by("opened_ms").values_list("line", "uuid"))
    return tuple(
        SpokenLine(
            number=lines[pk].number if pk in lines else text,
            known=pk in lines,
            customer=named(lines[pk].contract.customer) if pk in lines else None,
            active_ms=active.get((pk, text)),
            shadow_ms=own.get((pk, text)),
            case=cases.get(pk),
        )
        for pk, text in wanted
    )


def _days(theirs: QuerySet[Any], ours: QuerySet[Any], first_ms: int, now_ms: int) -> tuple[DayRow, ...]:
    active, own = _by_day(theirs), _by_day(ours)
    first, last = ((at + JST_OFFSET_MS) // DAY_MS for at in (first_ms, now_ms))
    return tuple(
        DayRow(japanese_date(day * DAY_MS - JST_OFFSET_MS), active.get(day, Counts()), own.get(day, Counts()))
        for day in range(first, last + 1)
    )


def _by_day(verdicts: QuerySet[Any]) -> dict[int, Counts]:
    day = ExpressionWrapper((F("at_ms") + JST_OFFSET_MS) / DAY_MS, output_field=BigIntegerField())
    found: dict[int, dict[str, int]] = {}
    for each, action, count in verdicts.annotate(day=day).values_list("day", "action").annotate(count=Count("id")):
        found.setdefault(int(each), {})[action] = count
    return {
        each: Counts(alerts=told.get("alert", 0), asks=told.get("ask", 0), holds=told.get("hold", 0))
        for each, told in found.items()
    }
