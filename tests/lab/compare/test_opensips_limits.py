"""Limits by line and calling code, each of the five figures just below and at its critical threshold."""

from __future__ import annotations

import numpy as np
import pytest
from tests.lab.worked_calls import at, call, records

from sekisho.core.digits.packed import pack, unpack
from sekisho.core.terms.instants import HOUR_MS, JST_OFFSET_MS, MINUTE_MS, SECOND_MS
from sekisho.lab.bars import BAR_MS
from sekisho.lab.compare import opensips_limits

NOON = at("24 12:00:00")  # a Tuesday: 5 a minute, 35 calls, 5 at once, 20 to one number, 13,200 s


def calls_at(instants, *, lasts_ms=1_000, talk=True, line=1, numbers=None):
    """A call of line 1 at each instant, to another number of Sierra Leone each."""
    rows = []
    for place, instant in enumerate(instants):
        row = list(call(line, to=numbers[place] if numbers else f"232{76000000 + place}"))
        row[1], row[3] = instant, instant + lasts_ms
        row[2] = instant if talk else row[2]
        rows.append(tuple(row))
    return rows


def limited(rows, **how):
    return opensips_limits.bars(opensips_limits.critical(records(rows)), **how)


def spoken(rows, **how):
    bars = limited(rows, **how)
    return bars.at.tolist()


def every(step_ms, count, begin=NOON):
    return [begin + place * step_ms for place in range(count)]


@pytest.mark.parametrize(
    ("step_ms", "spoken_at"),
    [(14_999, 59_996), (15_000, None), (20_000, None)],
    ids=["the fifth within a minute", "four in each minute", "three"],
)
def test_calls_a_minute(step_ms, spoken_at):
    rows = calls_at(every(step_ms, 6))
    assert spoken(rows) == ([] if spoken_at is None else [NOON + spoken_at])


def test_calls_of_a_day():
    assert spoken(calls_at(every(2 * MINUTE_MS, 34))) == []
    assert spoken(calls_at(every(2 * MINUTE_MS, 35))) == [NOON + 68 * MINUTE_MS]


@pytest.mark.parametrize("place", [20, 34])
def test_another_rule_counts_anew(place):
    begin = at("24 17:00:00") - place * 2 * MINUTE_MS  # the rule of the evening begins behind so many calls
    assert spoken(calls_at(every(2 * MINUTE_MS, place + 34, begin))) == []
    assert spoken(calls_at(every(2 * MINUTE_MS, place + 35, begin))) == [begin + (place + 34) * 2 * MINUTE_MS]


def test_midnight_doubles_the_limit():
    saturday = at("28 23:00:00")  # Saturday and Sunday have one rule; its 40 calls a day begin anew
    assert spoken(calls_at(every(2 * MINUTE_MS, 69, saturday))) == []
    assert spoken(calls_at(every(2 * MINUTE_MS, 70, saturday))) == [saturday + 69 * 2 * MINUTE_MS]


@pytest.mark.parametrize(("lasts_s", "spoken_at"), [(240, None), (241, 240)], ids=["four at once", "five at once"])
def test_calls_at_once(lasts_s, spoken_at):
    rows = calls_at(every(MINUTE_MS, 7), lasts_ms=lasts_s * SECOND_MS)
    assert spoken(rows) == ([] if spoken_at is None else [NOON + spoken_at * SECOND_MS])


def test_calls_that_ring_are_calls_at_once_too():
    assert spoken(calls_at(every(MINUTE_MS, 5), lasts_ms=10 * MINUTE_MS, talk=False)) == [NOON + 4 * MINUTE_MS]


def test_the_same_number_again_and_again():
    same = ["23276000001"] * 20
    assert spoken(calls_at(every(2 * MINUTE_MS, 19), numbers=same)) == []
    assert spoken(calls_at(every(2 * MINUTE_MS, 20), numbers=same)) == [NOON + 38 * MINUTE_MS]
    mixed = [*same[:10], "23276000002", *same[:10]]
    assert spoken(calls_at(every(2 * MINUTE_MS, 21), numbers=mixed)) == []


def test_a_range_walk_is_invisible_to_it():
    assert spoken(calls_at(every(2 * MINUTE_MS, 30))) == []  # thirty numbers, one behind the other


@pytest.mark.parametrize(("seconds", "speaks"), [(13_199, False), (13_200, True)])
def test_a_long_call_is_told_when_it_is_over(seconds, speaks):
    rows = calls_at([NOON], lasts_ms=seconds * SECOND_MS)
    assert spoken(rows) == ([NOON + 13_200 * SECOND_MS] if speaks else [])
    assert spoken(calls_at([NOON], lasts_ms=seconds * SECOND_MS, talk=False)) == []


@pytest.mark.parametrize(
    ("moment", "a_minute"),
    [("24 08:59:59", 4), ("24 09:00:00", 5), ("28 08:00:00", 5), ("27 00:00:00", 4), ("29 23:59:50", 5)],
    ids=["night", "day", "Saturday night", "Friday night", "Sunday"],
)
def test_the_rule_of_the_hour_and_day(moment, a_minute):
    begin = at(moment)
    assert spoken(calls_at(every(1, a_minute - 1, begin))) == []
    assert spoken(calls_at(every(1, a_minute, begin))) == [begin + a_minute - 1]


def test_each_line_and_calling_code_has_its_own_counts():
    countries = ("232", "220", "12", "13", "371")  # 12… and 13… are both +1
    rows = calls_at(every(1, 5), numbers=[f"{code}76000001" for code in countries])
    assert spoken(rows) == []
    other_line = calls_at(every(1, 2, NOON + 9), line=2)
    assert spoken([*calls_at(every(1, 4)), *other_line]) == []


def test_its_scope_and_how_often_it_speaks():
    rows = calls_at(every(10_000, 361 + 6))  # an hour of six a minute: critical from the fifth call on
    bars = limited(rows)
    assert (bars.until - bars.at).tolist() == [BAR_MS]
    assert [unpack(prefix) for prefix in bars.prefixes.tolist()] == ["232"]
    everything = limited(rows, all_international=True)
    assert (everything.at.tolist(), everything.prefixes.size) == (bars.at.tolist(), 0)
    longer = calls_at(every(10_000, 6 * 150))
    assert np.diff(limited(longer).at).tolist() == [2 * HOUR_MS]


def test_domestic_and_incoming_calls_do_not_count():
    rows = [(*row[:7], 0, *row[8:]) for row in calls_at(every(1, 5))]
    assert spoken(rows) == []
    assert spoken([]) == []


@pytest.mark.parametrize(
    ("number", "code"), [("12125550100", "1"), ("74951234567", "7"), ("442071234567", "44"), ("35312345678", "353")]
)
def test_calling_codes(number, code):
    assert opensips_limits.calling_codes(np.array([pack(number)], np.uint64)).tolist() == [pack(code)]


def test_no_number_has_no_calling_code():
    assert opensips_limits.calling_codes(np.array([0, pack("0312345678")], np.uint64)).tolist() == [0, 0]


def test_the_day_turns_in_japan():
    assert (NOON + JST_OFFSET_MS) % (24 * HOUR_MS) == 12 * HOUR_MS
