"""Rule `new-country`: after a week, stop the first call to a country that is new to the line.

A rule of one line that everybody thinks of. The line's first week teaches: the countries it rings in `learn_days` from
its first call (of any kind) on are its own. Later, the first call to each further country is stopped as it begins, with
all international calls of the line for four hours. Two readings are scored:

- `new-country`: to the letter. The first call was the first; from then on that country is the line's own, too.
- `new-country-week`: a call that was stopped taught nothing. A country stays new for a week from its first call, and
  every call to it stops the line again (as often as the watch may: again after half of a bar's time).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sekisho.core.terms.instants import DAY_MS
from sekisho.core.watch.state import Records
from sekisho.lab.bars import BAR_MS, Bars, holds, spaced

NAME: Final = "new-country"
JA: Final = "初めての国を止める (1週間後から)"
EN: Final = "First call to a new country, after a week"
NAME_WEEK: Final = "new-country-week"
JA_WEEK: Final = "初めての国を1週間止める (1週間後から)"
EN_WEEK: Final = "A country stays new for a week, after a week"
SOURCE: Final = "a rule of one line that everybody thinks of"
LEARN_DAYS: Final = 7


def bars(calls: Records, learn_days: float = LEARN_DAYS, new_days: float = 0.0) -> Bars:
    """A hold on all international calls at each first call to a country, once the line has been seen long enough.

    With `new_days` above 0 the country stays new so long, and its further calls hold the line again.
    """
    lines = 1 + int(calls["line"].max(initial=-1))
    seen = np.full(lines, np.iinfo(np.int64).max, np.int64)
    np.minimum.at(seen, calls["line"], calls["start"])
    abroad = calls[(calls["international"] == 1) & (calls["outgoing"] == 1)]
    country = abroad["line"].astype(np.int64) << 32 | (abroad["country"].astype(np.int64) & 0xFFFF)
    order = np.lexsort((abroad["start"], country))
    line, at, country = abroad["line"][order], abroad["start"][order], country[order]
    first = np.ones(country.size, np.bool_)
    first[1:] = country[1:] != country[:-1]
    met = at[np.maximum.accumulate(np.where(first, np.arange(at.size), 0))] if at.size else at
    late = met - seen[line] >= round(learn_days * DAY_MS)
    speaks = late & (first | (at - met < round(new_days * DAY_MS)))
    line, at = line[speaks], at[speaks]
    if new_days > 0:
        kept = spaced(line, np.zeros(line.size, np.uint64), at, BAR_MS // 2)
        line, at = line[kept], at[kept]
    return holds(line, at, at + BAR_MS)
