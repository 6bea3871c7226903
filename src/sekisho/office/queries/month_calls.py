"""A month's calls, as the bill lists them: answered outgoing calls that may cost something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from sekisho.core.terms.destination import CLASS_NAMES, DestinationClass
from sekisho.core.terms.masking import mask_number
from sekisho.office.models import Line, User
from sekisho.office.models.customer import SHOW_FULL, SHOW_NOTHING
from sekisho.office.queries.line_picture import instant
from sekisho.office.queries.line_text import normalised
from sekisho.office.queries.month import (
    INTERNATIONAL,
    MOBILE,
    ClassCharges,
    first_of_month,
    month_before,
    month_bounds,
)
from sekisho.office.queries.named import Named, named
from sekisho.ports import CallBook

PAST_MONTHS: Final = 3  # how far back details go
_MOST_CALLS: Final = 50_000
_NOT_LISTED: Final = [
    CLASS_NAMES[class_] for class_ in (DestinationClass.FREE, DestinationClass.EMERGENCY, DestinationClass.INVALID)
]


@dataclass(frozen=True, slots=True)
class BilledCall:
    """One row of the itemised bill. `number` is written as the customer wants it; `kind` and `discount` are empty.

    `talk_ms` is the time that was charged.
    """

    start_ms: int
    line: str
    number: str
    place: str
    class_: str
    talk_ms: int
    charge: int
    kind: str
    discount: str


@dataclass(frozen=True, slots=True)
class MonthCalls:
    """One page of a month's calls, oldest first; `charges` are of all of them. `months`: those one may ask for."""

    customer: Named
    month: date
    first_ms: int
    last_ms: int
    lines: tuple[str, ...]
    line: str | None
    page: int
    pages: int
    count: int
    rows: tuple[BilledCall, ...]
    charges: ClassCharges
    total_yen: int
    months: tuple[date, ...]


def month_calls(
    user: User,
    call_book: CallBook,
    now_ms: int,
    *,
    month: date | None = None,
    line: str | None = None,
    page: int = 1,
    per_page: int = 100,
) -> MonthCalls | None:
    """The calls of a month (its first day), of one line or all. Beyond the last page is the last page.

    `month` None: this month, or the one before as long as this one has no calls.

    None for staff, for a month out of reach, for a line that is not the customer's, and where the customer never
    applied for call details; nothing from before that is shown.
    """
    customer = user.customer
    if customer is None or customer.details_since_ms is None:
        return None
    own = list(Line.objects.filter(contract__customer=customer).order_by("number").values_list("number", flat=True))
    months = _months(now_ms, customer.details_since_ms)
    if (month is not None and month not in months) or (line is not None and line not in own):
        return None
    wanted = own if line is None else [line]
    shown = months[0] if month is None else month
    found = _listed(call_book, user.company.code, wanted, shown, customer.details_since_ms, now_ms)
    if month is None and found.num_rows == 0 and len(months) > 1:
        before = _listed(call_book, user.company.code, wanted, months[1], customer.details_since_ms, now_ms)
        shown, found = (months[1], before) if before.num_rows else (shown, found)
    pages = max(1, -(-found.num_rows // per_page))
    page = min(max(1, page), pages)
    rows = found.slice((page - 1) * per_page, per_page).to_pylist()
    sums = _charges(found)
    return MonthCalls(
        customer=named(customer),
        month=shown,
        first_ms=month_bounds(shown)[0],
        last_ms=month_bounds(shown)[1],
        lines=tuple(own),
        line=line,
        page=page,
        pages=pages,
        count=found.num_rows,
        rows=tuple(_billed(row, customer.numbers_shown) for row in rows),
        charges=sums,
        total_yen=sums.total_yen,
        months=months,
    )


def _months(now_ms: int, since_ms: int) -> tuple[date, ...]:
    months = [first_of_month(now_ms)]
    while len(months) <= PAST_MONTHS and month_bounds(months[-1])[0] > since_ms:
        months.append(month_before(months[-1]))
    return tuple(months)


def _listed(
    call_book: CallBook, company: str, lines: Sequence[str], month: date, since_ms: int, now_ms: int
) -> pa.Table:
    first_ms, last_ms = month_bounds(month)
    first_ms, last_ms = max(first_ms, since_ms), min(last_ms, now_ms + 1)
    calls = call_book.calls(
        company, lines, first_ms, max(first_ms, last_ms), limit=_MOST_CALLS, outgoing_only=True, newest_first=False
    )
    free = pc.is_in(calls["class"].cast(pa.string()), value_set=pa.array(_NOT_LISTED))
    return calls.filter(pc.and_(calls["answer"].is_valid(), pc.invert(free)))


def _charges(calls: pa.Table) -> ClassCharges:
    table = pa.table({"class": calls["class"].cast(pa.string()), "charge": calls["charge_milliyen"]})
    told = {
        row["class"]: row["charge_sum"] for row in table.group_by("class").aggregate([("charge", "sum")]).to_pylist()
    }
    mobile, international = told.pop(MOBILE, 0), told.pop(INTERNATIONAL, 0)
    return ClassCharges(sum(told.values()), mobile, international)


def _billed(row: dict[str, Any], shown: str) -> BilledCall:
    start_ms = instant(row["start"]) or 0
    talk_ms = row["talk_ms"]
    if talk_ms is None:
        talk_ms = max(0, (instant(row["end"]) or 0) - (instant(row["answer"]) or 0))
    return BilledCall(
        start_ms=start_ms,
        line=normalised(row["line"]),
        number=_number(row["number"], shown),
        place=row["place"],
        class_=row["class"],
        talk_ms=talk_ms,
        charge=int(row["charge_milliyen"]),
        kind="",
        discount="",
    )


def _number(number: str, shown: str) -> str:
    if shown == SHOW_NOTHING:
        return ""
    return number if shown == SHOW_FULL else mask_number(number)
