"""Rule `price_ceiling`: a call whose price a minute is above what the contract allows.

The price is that of a minute of the units that follow the first; a connection charge and a dearer first unit do not
count. A call without a price a unit (a flat charge, or none) is never above it.
"""

from __future__ import annotations

from numba import njit

from sekisho.core.terms.instants import MINUTE_MS
from sekisho.core.watch.state import Record

NAME = "price_ceiling"
JA = "1分{price:,.1f}円の通話で、契約の上限1分{ceiling:,.1f}円を超えています"
EN = "A call at {price:,.1f} yen a minute, above the contract's ceiling of {ceiling:,.1f} yen a minute"
ACTION = "The contract sets this ceiling: tell the customer which destination was rung; raise it only on their word."
BLIND = "Destinations below the ceiling; what a carrier charges per call and not per unit."


@njit(cache=True)
def is_above(agreed: Record, unit_ms: int, unit_milliyen: int) -> bool:
    """Whether a call charged `unit_milliyen` for each `unit_ms` costs more a minute than is agreed."""
    if agreed.price_ceiling <= 0 or unit_ms <= 0:
        return False
    return bool(unit_milliyen * MINUTE_MS > agreed.price_ceiling * unit_ms)
