"""The notice of 2015: several times last month's charges, seen the next day at 16:00."""

from __future__ import annotations

from tests.lab.worked_calls import FIXED, at, call, records

from sekisho.core.terms.instants import HOUR_MS
from sekisho.lab.compare import daily_look

# Line 1 was charged 2,000 yen in November: three times is 6,000. `bar` is when it is barred because of that day.
CALLS = """
line  end             yen    what      month  bar             why
1     11-10 12:00:00  1500   abroad    1500   -               a new customer: 60,000 would be needed
1     11-20 12:00:00  500    domestic  2000   -               all charges count, not only those abroad
1     12-01 12:00:00  5900   abroad    5900   -               below 6,000
1     12-02 23:59:59  100    domestic  6000   12-03 18:00:00  three times; seen the day after at 16:00, barred at 18:00
1     12-03 00:00:00  5900   abroad    11900  -               below six times
1     12-03 23:00:00  100    abroad    12000  12-04 18:00:00  six times
1     12-10 09:00:00  8000   abroad    20000  -               below twelve times
2     11-30 12:00:00  59999  abroad    59999  -               nobody knows line 2: below 60,000
2     12-01 12:00:00  4000   abroad    4000   -               a new month
3     12-05 12:00:00  60000  abroad    60000  12-06 18:00:00  nothing last month, so like a new customer
4     11-05 12:00:00  1000   abroad    1000   -               a small line
4     12-05 12:00:00  4999   abroad    4999   -               almost five times, but below the floor of 5,000
4     12-06 12:00:00  1      abroad    5000   12-07 18:00:00  at the floor
5     11-05 12:00:00  9000   incoming  0      -               who is called pays nothing
"""


def worked():
    _, *rows = CALLS.strip().splitlines()
    for row in rows:
        line, day, time, yen, what, _, *rest = row.split(maxsplit=6)
        bar = "-" if rest[0].startswith("-") else " ".join(rest[0].split(maxsplit=2)[:2])
        rate = {"rate": FIXED} if what == "domestic" else {}
        end = f"{day} {time}"
        yield call(int(line), end, end, end, int(yen), outgoing=int(what != "incoming"), **rate), bar


def told(bars):
    return list(zip(bars.line.tolist(), bars.at.tolist(), strict=True))


def test_the_worked_months():
    rows = list(worked())
    bars = daily_look.bars(records([row for row, _ in rows]))
    assert told(bars) == sorted((row[0], at(bar)) for row, bar in rows if bar != "-")
    assert ((bars.until - bars.at) == 72 * HOUR_MS).all()
    assert bars.prefixes.size == 0


def test_the_order_of_the_rows_does_not_matter():
    rows = [row for row, _ in worked()]
    assert told(daily_look.bars(records(rows[::-1]))) == told(daily_look.bars(records(rows)))


def test_its_numbers_can_be_changed():
    calls = records([call(1, "11-10 09:00:00", "11-10 09:00:00", "11-10 09:10:00", 9_000)])
    bars = daily_look.bars(calls, look_hour=9, delay_hours=0.5, stands_hours=24, multiple=2, new_customer_yen=4_500)
    assert told(bars) == [(1, at("11-11 09:30:00"))]
    assert (bars.until - bars.at).tolist() == [24 * HOUR_MS]
    assert daily_look.bars(calls, multiple=2, new_customer_yen=4_501).at.size == 0


def test_no_calls():
    assert daily_look.bars(records([])).at.size == 0
