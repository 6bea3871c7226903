"""After a week, the first call to a country new to the line is stopped, once."""

from __future__ import annotations

from tests.lab.worked_calls import ABROAD, FIXED, at, call, records

from sekisho.lab.bars import BAR_MS
from sekisho.lab.compare import new_country

# `bar`: whether the rule stops the call. Line 1 is first seen on the 1st at 09:00, with a domestic call; the order of
# the rows is not that of time.
CALLS = """
line  start        country  what      bar  why
1     01 09:00:00  JP       domestic  no   from now on the line is known
1     08 09:00:00  SL       abroad    yes  a week is over to the millisecond
1     03 09:00:00  US       abroad    no   the first week teaches
1     20 09:00:00  US       abroad    no   known since the 3rd
1     08 08:59:59  KR       abroad    no   a second too early
1     09 09:00:00  SL       abroad    no   no longer new
1     21 09:00:00  GM       abroad    yes  another new one
1     21 08:00:00  FR       incoming  no   who is called says nothing
1     22 09:00:00  FR       abroad    yes  the incoming call taught nothing
2     20 09:00:00  SL       abroad    no   line 2 is new itself
2     27 09:00:01  GM       abroad    yes  and a week later it is not
"""


def worked():
    _, *rows = CALLS.strip().splitlines()
    for row in rows:
        line, day, time, country, what, bar, _ = row.split(maxsplit=6)
        rate = FIXED if what == "domestic" else ABROAD
        made = call(int(line), f"{day} {time}", rate=rate, outgoing=int(what != "incoming"), country=country)
        yield made, bar == "yes"


def test_the_worked_calls():
    rows = list(worked())
    bars = new_country.bars(records([row for row, _ in rows]))
    told = sorted((row[0], row[1]) for row, barred in rows if barred)
    assert list(zip(bars.line.tolist(), bars.at.tolist(), strict=True)) == told
    assert ((bars.until - bars.at) == BAR_MS).all()
    assert bars.prefixes.size == 0  # all international calls of the line


def test_a_shorter_week():
    calls = records([call(1, "01 09:00:00", country="US"), call(1, "02 09:00:00", country="SL")])
    assert new_country.bars(calls).at.size == 0
    assert new_country.bars(calls, learn_days=1).at.tolist() == [at("02 09:00:00")]


def test_no_calls():
    assert new_country.bars(records([])).at.size == 0


def test_a_country_that_stays_new_for_a_week_is_stopped_again():
    known = call(1, "01 09:00:00", rate=FIXED, country="JP")
    calls = ["10 09:00:00", "10 10:59:59", "10 11:00:00", "12 09:00:00", "17 08:59:59", "17 09:00:00", "18 09:00:00"]
    rows = records([known, *(call(1, moment) for moment in calls)])
    assert new_country.bars(rows).at.tolist() == [at("10 09:00:00")]
    weekly = new_country.bars(rows, new_days=7)
    assert weekly.at.tolist() == [at(moment) for moment in ("10 09:00:00", "10 11:00:00", "12 09:00:00", "17 08:59:59")]
    assert ((weekly.until - weekly.at) == BAR_MS).all()
    two = records([known, call(1, "10 09:00:00"), call(1, "10 10:00:00", country="GM"), call(2, "10 09:00:00")])
    assert new_country.bars(two, new_days=7).at.tolist() == [at("10 09:00:00")]
