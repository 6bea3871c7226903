"""What one call costs, by the same tariff and the same arithmetic as the judge's: for the demonstration's own sums."""

from __future__ import annotations

import numpy as np

from sekisho.core.numbering.plan import build_plan, number_call
from sekisho.core.rating.charge import price_of
from sekisho.core.rating.tariff import Tariff
from sekisho.core.units import charge_of, charged_so_far, price_at


class Prices:
    """Prices of calls as dialled."""

    def __init__(self, tariff: Tariff) -> None:
        """By `tariff`, its newest table. Whatever has to be compiled is compiled now."""
        self._plan, self._tariff = build_plan(), tariff
        for over in (True, False):
            self.charge("0310000001", "117", 0, 0, over=over)

    def charge(self, line: str, number: str, answer_ms: int, talk_ms: int, *, over: bool) -> int:
        """Milli-yen of a call of `line` that was answered at `answer_ms` and has talked for `talk_ms`.

        While it is not `over`, the units it has begun.
        """
        _, e164, class_, country, _ = number_call(self._plan, number, line)
        rate = price_of(self._tariff.tables[-1].rates, np.uint64(e164), class_, country, answer_ms)
        price = price_at(self._tariff.prices, rate)
        return int(charge_of(price, talk_ms) if over else charged_so_far(price, talk_ms))
