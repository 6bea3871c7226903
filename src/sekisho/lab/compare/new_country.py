"""Rule `new-country`: after a week, stop the first call to a country that is new to the line.

A rule of one line that everybody thinks of. The line's first week teaches: the countries it rings in `learn_days` from
its first call (of any kind) on are its own. Later, the first call to each further country is stopped as it begins, with
all international calls of the line for four hours; from then on that country is the line's own, too.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sekisho.core.terms.instants import DAY_MS
from sekisho.core.watch.state import Records
from sekisho.lab.bars import BAR_MS, Bars, holds

NAME: Final = "new-country"
JA: Final = "初めての国を止める (1週間後から)"
EN: Final = "First call to a new country, after a week"
SOURCE: Final = "the one-line rule of issue 4"
LEARN_DAYS: Final = 7


def bars(calls: Records, learn_days: float = LEARN_DAYS) -> Bars:
    """A hold on all international calls at each first call to a country, once the line has been seen long enough."""
    lines = 1 + int(calls["line"].max(initial=-1))
    seen = np.full(lines, np.iinfo(np.int64).max, np.int64)
    np.minimum.at(seen, calls["line"], calls["start"])
    abroad = calls[(calls["international"] == 1) & (calls["outgoing"] == 1)]
    country = abroad["line"].astype(np.int64) << 32 | (abroad["country"].astype(np.int64) & 0xFFFF)
    order = np.lexsort((abroad["start"], country))
    _, first = np.unique(country[order], return_index=True)
    news = abroad[order[first]]
    late = news["start"] - seen[news["line"]] >= round(learn_days * DAY_MS)
    line, at = news["line"][late], news["start"][late]
    return holds(line, at, at + BAR_MS)
