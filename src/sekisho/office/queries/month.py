"""Months of the bill: they begin on the first, at midnight in Japan. Charges of a month by class."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final, cast

from sekisho.core.terms.destination import CLASS_NAMES, DestinationClass
from sekisho.core.terms.instants import MINUTE_MS, japanese_date, start_of_japanese_day
from sekisho.core.terms.money import yen_floor
from sekisho.ports import CallBook

_DECEMBER: Final = 12
_MOST_KEPT: Final = 1_024
MOBILE: Final = CLASS_NAMES[DestinationClass.MOBILE]
INTERNATIONAL: Final = CLASS_NAMES[DestinationClass.INTERNATIONAL]


@dataclass(frozen=True, slots=True)
class ClassCharges:
    """Milli-yen by the three classes of the bill: 通話料, 携帯電話等への通話料, 海外への通話料."""

    calls: int
    mobile: int
    international: int

    @property
    def total(self) -> int:
        """All of it, milli-yen."""
        return self.calls + self.mobile + self.international

    @property
    def total_yen(self) -> int:
        """All of it in whole yen: fractions are dropped here, on the total, and nowhere else."""
        return yen_floor(self.total)


def first_of_month(now_ms: int) -> date:
    """The first day of the month that holds an instant."""
    return japanese_date(now_ms).replace(day=1)


def month_before(month: date) -> date:
    """The first day of the month before."""
    return date(month.year - 1, _DECEMBER, 1) if month.month == 1 else date(month.year, month.month - 1, 1)


def month_after(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + 1, 1, 1) if month.month == _DECEMBER else date(month.year, month.month + 1, 1)


def month_bounds(month: date) -> tuple[int, int]:
    """The instants at which the month begins and is over."""
    return start_of_japanese_day(month), start_of_japanese_day(month_after(month))


def past_charges(call_book: CallBook, company: str, lines: Sequence[str], month: date, now_ms: int) -> ClassCharges:
    """Charges of a month that is over."""
    return settled_charges(call_book, company, lines, *month_bounds(month), now_ms)


def settled_charges(
    call_book: CallBook, company: str, lines: Sequence[str], first_ms: int, last_ms: int, now_ms: int
) -> ClassCharges:
    """Charges of days that are over. Kept for a minute: pages ask every few seconds, and late calls are few."""
    return _settled(cast(Hashable, call_book), company, tuple(lines), first_ms, last_ms, now_ms // MINUTE_MS)


@lru_cache(maxsize=_MOST_KEPT)
def _settled(
    call_book: Any, company: str, lines: tuple[str, ...], first_ms: int, last_ms: int, _kept: int
) -> ClassCharges:
    return class_charges(call_book, company, lines, first_ms, last_ms)


def class_charges(call_book: CallBook, company: str, lines: Sequence[str], first_ms: int, last_ms: int) -> ClassCharges:
    """Charges of calls that began in first_ms..last_ms."""
    if first_ms >= last_ms or not lines:
        return ClassCharges(0, 0, 0)
    told = call_book.by_class(company, lines, first_ms, last_ms).to_pylist()
    by_class = {row["class"]: int(row["charge_milliyen"] or 0) for row in told}
    mobile, international = by_class.pop(MOBILE, 0), by_class.pop(INTERNATIONAL, 0)
    return ClassCharges(sum(by_class.values()), mobile, international)
