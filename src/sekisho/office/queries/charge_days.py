"""What a customer's lines cost day by day in one month, for the picture."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sekisho.core.terms.instants import japanese_date
from sekisho.office.models import Line, User
from sekisho.office.queries.month import month_bounds
from sekisho.ports import CallBook


@dataclass(frozen=True, slots=True)
class DayCharges:
    """One Japanese day: milli-yen of all calls that began in it, and of those abroad."""

    day: date
    charge: int
    international: int


def charge_days(user: User, call_book: CallBook, now_ms: int, *, month: date) -> tuple[DayCharges, ...] | None:
    """Every day of `month` (its first day) that has begun; None for staff, who have no lines."""
    if user.customer is None:
        return None
    lines = list(Line.objects.filter(contract__customer=user.customer).values_list("number", flat=True))
    first_ms, last_ms = month_bounds(month)
    until_ms = min(last_ms, now_ms + 1)
    if not lines or until_ms <= first_ms:
        return ()
    charge: defaultdict[date, int] = defaultdict(int)
    international: defaultdict[date, int] = defaultdict(int)
    for row in call_book.by_hour(user.company.code, lines, first_ms, until_ms).to_pylist():
        day = japanese_date(row["hour_ms"])
        charge[day] += int(row["charge_milliyen"])
        international[day] += int(row["international_milliyen"])
    days = (japanese_date(until_ms - 1) - month).days + 1
    return tuple(
        DayCharges(day, charge[day], international[day]) for day in (month + timedelta(days=at) for at in range(days))
    )
