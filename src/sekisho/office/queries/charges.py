"""What a customer's lines have cost: up to yesterday, today so far, the months before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sekisho.core.terms.instants import japanese_date, start_of_japanese_day
from sekisho.core.terms.money import yen_floor
from sekisho.office.models import Line, User
from sekisho.office.queries.month import (
    ClassCharges,
    class_charges,
    first_of_month,
    month_before,
    month_bounds,
    past_charges,
    settled_charges,
)
from sekisho.office.queries.named import Named, named
from sekisho.office.queries.standing import live_now
from sekisho.ports import CallBook

_MONTHS: Final = 12
_EMPTY_MONTHS: Final = 2  # so many in a row without a charge: before them the customer had no lines


@dataclass(frozen=True, slots=True)
class MonthCharges:
    """A whole month by class."""

    month: date
    charges: ClassCharges
    total_yen: int


@dataclass(frozen=True, slots=True)
class Charges:
    """`so_far`: this month up to yesterday 24:00 in Japan (`until_ms`), before discounts. `today`: since then.

    `in_progress`: what calls in progress have cost so far; `open`: how many there are. `months`: newest first.
    """

    customer: Named
    month: date
    until_ms: int
    so_far: ClassCharges
    total_yen: int
    today: ClassCharges
    in_progress: int
    today_total_yen: int
    open: int
    months: tuple[MonthCharges, ...]


def charges(user: User, call_book: CallBook, now_ms: int) -> Charges | None:
    """Charges of the user's customer; None for staff, who have none."""
    if user.customer is None:
        return None
    lines = dict(Line.objects.filter(contract__customer=user.customer).values_list("id", "number"))
    company, numbers, month = user.company.code, list(lines.values()), first_of_month(now_ms)
    until_ms = start_of_japanese_day(japanese_date(now_ms))
    so_far = settled_charges(call_book, company, numbers, month_bounds(month)[0], until_ms, now_ms)
    today = class_charges(call_book, company, numbers, until_ms, now_ms + 1)
    live = live_now(lines, now_ms).values()
    in_progress = sum(line.accrued for line in live)
    return Charges(
        customer=named(user.customer),
        month=month,
        until_ms=until_ms,
        so_far=so_far,
        total_yen=so_far.total_yen,
        today=today,
        in_progress=in_progress,
        today_total_yen=yen_floor(today.total + in_progress),
        open=sum(line.open for line in live),
        months=_months(call_book, company, numbers, month, now_ms),
    )


def _months(
    call_book: CallBook, company: str, numbers: Sequence[str], month: date, now_ms: int
) -> tuple[MonthCharges, ...]:
    """The months before `month`, newest first."""
    found: list[MonthCharges] = []
    empty = 0
    for _ in range(_MONTHS - 1):
        month = month_before(month)
        told = past_charges(call_book, company, numbers, month, now_ms)
        empty = 0 if told.total else empty + 1
        if empty == _EMPTY_MONTHS:
            break
        found.append(MonthCharges(month, told, told.total_yen))
    while found and not found[-1].charges.total:
        found.pop()
    return tuple(found)
