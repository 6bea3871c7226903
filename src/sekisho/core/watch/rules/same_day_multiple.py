"""Rule `same_day_multiple`: charges are several times last month's up to the same day, and as much as all of it.

Earlier than `month_multiple`: a customer who spends evenly, or late in the month, is far from three times a whole month
when a thief begins on its third day. Half of it alone would be wrong: a customer who paid everything on the 25th would
be alerted by every call before that day; one who paid it on the 1st, and pays a little later now, is no concern.
The same day is the piece of the month that holds it (days 1-6, 7-12, 13-18, 19-24), to its end; in the last piece the
rule has nothing to add to `month_multiple`. Told once a month, not after `month_multiple`, and only where all of last
month was seen.
"""

from __future__ import annotations

from numba import njit

from sekisho.core.watch.calendar import month_and_day
from sekisho.core.watch.policy import Dials
from sekisho.core.watch.rules.last_month import is_known
from sekisho.core.watch.spend import TENTH, piece_of
from sekisho.core.watch.state import FAR, NONE, PIECES, Record

NAME = "same_day_multiple"
JA = (
    "今月の通話料は進行中の通話を含め{spent:,.0f}円で、"
    "先月の同じ頃までの{by_now:,.0f}円を大きく超え、先月全体の{last:,.0f}円に達しています"
)
EN = (
    "Charges this month, calls in progress included, are {spent:,.0f} yen: several times the {by_now:,.0f} yen up to "
    "the same days of last month, and as much as all of last month, {last:,.0f} yen"
)
ACTION = "Look at the line's calls; where they are abroad or at night, ring the customer."
BLIND = "A month in which the customer's large bill comes a week earlier than in the month before."


@njit(cache=True)
def by_now(contract: Record, piece: int) -> int:
    """Milli-yen of last month's charges from its beginning to the end of this piece."""
    if piece >= PIECES - 1:
        return int(contract.last_spend)
    tenths = 0
    for each in range(piece + 1):
        tenths += int(contract.last_course[each])
    return tenths * TENTH


@njit(cache=True)
def at_least(contract: Record, dials: Dials) -> int:
    """Milli-yen below which the rule is silent whatever the day: quickly told."""
    return max(dials.same_day_floor, int(dials.same_day_whole * contract.last_spend))


@njit(cache=True)
def threshold(contract: Record, at: int, dials: Dials) -> int:
    """Milli-yen of the month at which the rule speaks at `at`; rising as the month goes on. FAR: it is silent."""
    if contract.told_same_day == 1 or contract.told_multiple > 0 or contract.month == NONE:
        return FAR
    if contract.last_spend <= 0 or not is_known(contract):
        return FAR
    month, day = month_and_day(at)
    piece = piece_of(day)
    if month != contract.month or piece >= PIECES - 1:
        return FAR
    several = int(dials.same_day_multiple * by_now(contract, piece))
    return max(at_least(contract, dials), several)


@njit(cache=True)
def speaks(contract: Record, spent: int, at: int, dials: Dials) -> bool:
    """Whether `spent` milli-yen in this month, calls in progress included, crosses the threshold; remembers it."""
    if spent < at_least(contract, dials) or spent < threshold(contract, at, dials):
        return False
    contract.told_same_day = 1
    return True
