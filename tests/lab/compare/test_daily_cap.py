"""A cap on the day's international charges, summed at hang-up, forgotten at midnight."""

from __future__ import annotations

import numpy as np
from tests.lab.worked_calls import FIXED, at, call, records

from sekisho.lab.compare import daily_cap


def capped(calls, yen):
    return daily_cap.bars(daily_cap.days(calls), yen)


# A cap of 1,000 yen. `sum` is the line's day in yen behind the call, `bar` whether the rule speaks at its end.
CALLS = """
line  answer       end          yen   sum   bar  why
1     24 09:00:00  24 09:02:00  350   350   no   below
1     24 09:03:00  24 09:05:00  649   999   no   one yen short
1     24 09:04:00  24 23:59:58  1     1000  yes  begun early, ended late: at the cap
1     24 23:00:00  24 23:59:59  175   1175  no   spoken already
1     24 23:00:00  25 00:00:00  800   800   no   hung up at midnight: the next day's
1     25 00:01:00  25 00:02:00  175   975   no   the day began anew
1     25 00:03:00  25 00:04:00  175   1150  yes  over the cap
2     24 09:00:00  24 12:00:00  5000  5000  yes  one long call, told when it is over
3     24 09:00:00  24 12:00:00  5000  -     no   a domestic call
"""


def worked():
    _, *rows = CALLS.strip().splitlines()
    for row in rows:
        line, *moments, yen, _, bar, _ = row.split(maxsplit=8)
        answer, end = " ".join(moments[:2]), " ".join(moments[2:])
        rate = {"rate": FIXED} if line == "3" else {}
        yield call(int(line), answer, answer, end, int(yen), **rate), bar == "yes"


def test_the_worked_calls():
    rows = list(worked())
    bars = capped(records([row for row, _ in rows]), 1_000)
    told = sorted((row[0], row[3]) for row, barred in rows if barred)
    assert list(zip(bars.line.tolist(), bars.at.tolist(), strict=True)) == told
    assert bars.until.tolist() == [at("25 00:00:00"), at("26 00:00:00"), at("25 00:00:00")]
    assert bars.prefixes.size == 0


def test_the_order_of_the_rows_does_not_matter():
    rows = [row for row, _ in worked()]
    first = capped(records(rows), 1_000)
    again = capped(records(rows[::-1]), 1_000)
    assert np.array_equal(first.at, again.at)
    assert np.array_equal(first.line, again.line)


def test_a_higher_cap_speaks_less_and_no_calls_nothing():
    rows = [row for row, _ in worked()]
    assert capped(records(rows), 1_160).at.tolist() == [at("24 23:59:59"), at("24 12:00:00")]
    assert capped(records(rows), 10_000).at.size == 0
    assert capped(records([]), 1_000).at.size == 0


def test_unanswered_calls_cost_nothing():
    assert capped(records([call(1, "24 09:00:00", "-", "24 09:00:30")]), 1).at.size == 0
