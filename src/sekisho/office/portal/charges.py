"""The customer's first page: what is stopped and why, what the lines cost up to yesterday, and today so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from sekisho.core.terms.instants import japanese_date
from sekisho.office.pictures.days import Day, spend_by_day
from sekisho.office.portal.months import asked_month
from sekisho.office.portal.restriction import banner
from sekisho.office.queries.bars_in_force import bars_in_force
from sekisho.office.queries.charge_days import charge_days
from sekisho.office.queries.charges import Charges, charges
from sekisho.office.queries.customer_orders import CustomerOrder, customer_orders
from sekisho.office.queries.month import ClassCharges
from sekisho.office.visit.access import for_customers, found, page_context
from sekisho.office.visit.polling import answer, fragment, wanted
from sekisho.office.visit.visit import Visit, call_book
from sekisho.office.words.steps import Step, order_steps

EVERY_S: Final = 5
WIDE: Final = 1100
NARROW: Final = 326


@dataclass(frozen=True, slots=True)
class ShownOrder:
    """An order with its steps."""

    row: CustomerOrder
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ShownMonth:
    """The month that was chosen: its charges by class, and through which day they run."""

    month: date
    charges: ClassCharges
    total_yen: int
    through: date | None


@require_GET
@for_customers
def charges_page(request: Any, came: Visit) -> HttpResponse:
    """The page, or its fragment `now`: restrictions, today so far, orders."""
    told = found(charges(came.user, call_book(), came.now_ms))
    if wanted(request) == "now":
        return answer(request, _now(request, came, told))
    shown = _chosen(told, asked_month(request))
    rows = found(charge_days(came.user, call_book(), came.now_ms, month=shown.month))
    days = [Day(row.day, row.charge, row.international) for row in rows]
    context = page_context(
        came,
        here="charges",
        now=_now(request, came, told),
        shown=shown,
        months=[told.month, *(month.month for month in told.months)],
        past=told.months,
        picture={"wide": spend_by_day(days, WIDE), "narrow": spend_by_day(days, NARROW)},
    )
    return render(request, "sekisho/portal/charges.html", context)


def _now(request: Any, came: Visit, told: Charges) -> SafeString:
    orders = found(customer_orders(came.user))
    context = page_context(
        came,
        charges=told,
        banners=[banner(row) for row in found(bars_in_force(came.user, came.now_ms))],
        orders=[ShownOrder(row, order_steps(row)) for row in orders],
    )
    return fragment(request, "now", "sekisho/portal/now.html", context, every_s=EVERY_S)


def _chosen(told: Charges, month: date | None) -> ShownMonth:
    if month in (None, told.month):
        yesterday = japanese_date(told.until_ms) - timedelta(days=1)
        through = yesterday if yesterday >= told.month else None
        return ShownMonth(told.month, told.so_far, told.total_yen, through)
    for past in told.months:
        if past.month == month:
            return ShownMonth(past.month, past.charges, past.total_yen, None)
    raise Http404
