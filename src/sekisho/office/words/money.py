"""Money for people. Inside it is whole milli-yen; totals drop the fraction, single calls keep it."""

from __future__ import annotations

from django.utils.translation import gettext

from sekisho.core.terms.money import MILLIYEN, yen_floor


def yen(milliyen: int) -> str:
    """A total: `1,234円`, `1,234 yen`; fractions are dropped."""
    return gettext("%(amount)s yen") % {"amount": plain(milliyen)}


def grouped(yen_: int) -> str:
    """Whole yen without the unit: `1,234`."""
    return f"{yen_:,}"


def whole(yen_: int) -> str:
    """The same for an amount that is whole yen already."""
    return gettext("%(amount)s yen") % {"amount": grouped(yen_)}


def plain(milliyen: int) -> str:
    """A total without its unit, `1,234`, for columns whose heading names the unit."""
    return f"{yen_floor(milliyen):,}"


def exact(milliyen: int) -> str:
    """The charge of one call without its unit: `1,234` or `17.5`."""
    whole, part = divmod(milliyen, MILLIYEN)
    return f"{whole:,}" + (f".{part:03d}".rstrip("0") if part else "")
