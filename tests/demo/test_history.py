"""The history: the same for the same seed, over before it ends, with the shape that the watch learns from."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sekisho.core.numbering.plan import build_plan, resolve
from sekisho.core.terms.destination import DestinationClass
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, JST_OFFSET_MS, parse_rfc3339
from sekisho.demo.callers import make_callers
from sekisho.demo.cast import make_cast
from sekisho.demo.history import SCHEMA, history_begins, make_history

UNTIL = parse_rfc3339("2026-11-24T12:41:00Z")
EAST, WEST = make_cast(60)


def history(company=EAST, seed=1, days=60):
    pieces = list(make_history(company, make_callers(company, seed), seed, UNTIL, days))
    return pieces, pa.concat_tables([piece.calls for piece in pieces])


@pytest.fixture(scope="module")
def east():
    return history()


def times(calls, name):
    return calls[name].cast(pa.int64()).to_numpy(zero_copy_only=False)


def test_the_same_seed_gives_the_same_calls_and_another_one_others(east):
    assert history()[1].equals(east[1])
    assert not history(seed=2)[1].equals(east[1])
    assert not history(WEST)[1].equals(east[1])


def test_it_begins_with_the_month_sixty_days_ago_and_ends_before_the_end(east):
    calls = east[1]
    assert history_begins(UNTIL, 60) == parse_rfc3339("2026-08-31T15:00:00Z")  # 1 September in Japan
    starts = times(calls, "start")
    assert history_begins(UNTIL, 60) <= starts.min() < history_begins(UNTIL, 60) + DAY_MS
    assert UNTIL - DAY_MS < times(calls, "end").max() < UNTIL
    assert (np.diff(starts) >= 0).all()


def test_pieces_are_weeks_that_begin_at_japanese_midnights(east):
    pieces = east[0]
    assert len(pieces) == len({piece.name for piece in pieces}) == 13
    for piece in pieces:
        starts = times(piece.calls, "start")
        assert piece.calls.schema.equals(SCHEMA)
        assert starts.max() - starts.min() < 7 * DAY_MS
    assert pieces[0].name == "20260901.parquet"


def test_every_call_has_a_name_of_its_own_and_an_order_of_times(east):
    calls = east[1]
    assert calls["call_id"].combine_chunks().unique().to_pylist() == calls["call_id"].to_pylist()
    answered = calls.filter(pc.is_valid(calls["answer"]))
    assert (times(answered, "answer") >= times(answered, "start")).all()
    assert (times(answered, "end") > times(answered, "answer")).all()
    assert 0.65 < answered.num_rows / calls.num_rows < 0.8
    talk = (times(answered, "end") - times(answered, "answer")) / 1_000
    assert 100 < talk.mean() < 180
    assert np.median(talk) < 0.6 * talk.mean()  # long-tailed


def test_no_number_is_impossible(east):
    calls = east[1]
    plan = build_plan()
    for direction in ("out", "in"):
        mine = calls.filter(pc.equal(calls["direction"].cast(pa.string()), direction))
        numbers = mine["number"].unique().to_pylist()
        found = [resolve(plan, number, EAST.lines[0].national, outgoing=direction == "out") for number in numbers]
        assert all(each.valid for each in found)
        assert not any(each.class_ in (DestinationClass.INVALID, DestinationClass.EMERGENCY) for each in found)


def test_it_is_dialled_as_people_dial(east):
    numbers = east[1]["number"].to_pylist()
    hidden = sum(number.startswith("184") for number in numbers)
    assert 0 < hidden < 0.03 * len(numbers)
    assert any(number.startswith("010") for number in numbers)
    assert any(number.startswith("090") for number in numbers)


def test_most_lines_never_ring_abroad_and_those_that_do_began_at_once_with_few_countries(east):
    calls = east[1]
    plan = build_plan()
    abroad = calls.filter(pc.match_substring_regex(calls["number"], "^(184)?010"))
    lines = abroad["line"].unique().to_pylist()
    assert {line.national for line in EAST.customers[1].lines} <= set(lines)  # the traders
    assert not {line.national for line in EAST.victim.lines} & set(lines)
    assert len(lines) < 0.6 * len(EAST.lines)
    for line in lines:
        mine = abroad.filter(pc.equal(abroad["line"], line))
        assert times(mine, "start").min() < history_begins(UNTIL, 60) + 15 * DAY_MS
        assert len({resolve(plan, number, line).country for number in mine["number"].unique().to_pylist()}) <= 3


def test_offices_are_quiet_at_night(east):
    calls = east[1]
    office = {line.national for line in EAST.victim.lines}
    mine = calls.filter(pc.is_in(calls["line"], pa.array(sorted(office))))
    hours = (times(mine, "start") + JST_OFFSET_MS) // HOUR_MS % 24
    assert mine.num_rows > 500
    assert ((hours >= 7) & (hours <= 21)).all()
