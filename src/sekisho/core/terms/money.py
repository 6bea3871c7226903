"""Money is whole milli-yen inside (1 yen = 1,000), yen on paper."""

from __future__ import annotations

MILLIYEN = 1_000


def yen_floor(milliyen: int) -> int:
    """Whole yen; the fraction is dropped (FACTS §2: dropped on the month's total only, so call this on totals)."""
    return milliyen // MILLIYEN


def yen_text(milliyen: int, unit: str = "円") -> str:
    """`1,234 円` or, where `unit` is `yen`, `17.5 yen`: exact, thousands separated, no trailing zeros."""
    sign = "-" if milliyen < 0 else ""
    whole, part = divmod(abs(milliyen), MILLIYEN)
    return f"{sign}{whole:,}" + (f".{part:03d}".rstrip("0") if part else "") + f" {unit}"
