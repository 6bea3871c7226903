"""The kernel as a whole: events in, verdicts out; however they are cut, ticked or squeezed, the same."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.watch.feed import (
    ANSWER,
    CHEAP,
    DEAR,
    DOMESTIC,
    END,
    FLOORED,
    FREE,
    HUNDRED_FIFTY,
    MONDAY,
    SL,
    START,
    US,
    Call,
    Watch,
    attack,
    copied,
    to_arrays,
    told,
)
from tests.core.watch.random_trees import some_trees
from tests.core.watch.worked_line import in_japan, worked

from sekisho.core.terms.destination import country_code
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, NEVER, SECOND_MS, parse_rfc3339
from sekisho.core.watch.assign import join_contract
from sekisho.core.watch.book import aids_of
from sekisho.core.watch.features import NAMES, room_for_traces
from sekisho.core.watch.judged import WRITES_AT_ONCE
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.state import FAR, NONE, PROVED, TOTALS
from sekisho.core.watch.step import DONE, NEEDS_ABROAD_ROOM, NEEDS_CALL_ROOM, NEEDS_VERDICT_ROOM, SETTLE
from sekisho.core.watch.watching import LOOK

# --- the score -------------------------------------------------------------------------------------------------------

ALONE = {"burst_odds_nats": 1e9}  # the rival explains nothing: each call says what it adds
QUICK = Policy(call_nats=5.0, **ALONE)


def test_the_worked_line_of_the_page_is_asked_and_held_where_the_page_says():
    rows, calls, said = worked(), [], []
    for row in rows:
        start, rate = in_japan(row), {"175": DEAR, "150": HUNDRED_FIFTY, "9": CHEAP}[row["yen"]]
        where, valid = country_code(row["to"]), row["valid"] == "yes"
        calls.append(Call(start, None, start, rate, country=where, number=int(row["number"]), valid=valid))
        if row["said"]:
            said.append(("score", row["said"].split()[0].upper(), (start - MONDAY) / SECOND_MS))
    watch = Watch().cdr(*calls)
    assert watch.verdicts() == said
    where = [country_code(row["said"][-2:]) if row["said"][-3:-2] == " " else 0 for row in rows if row["said"]]
    assert [int(one["scope"]) for one in watch.said] == where
    last = [float(rows[-1][f"after {each}"]) for each in "fsb"]
    assert watch.state.abroad["score"][0].tolist() == pytest.approx(last, abs=0.01)


def test_an_attack_is_alerted_asked_held_there_and_held_at_all():
    watch = Watch(QUICK).live(*attack(5))
    steps = [("ALERT", 20.0), ("ASK", 40.0), ("HOLD", 60.0), ("HOLD", 80.0)]
    assert watch.verdicts() == [("score", *step) for step in steps]
    assert [int(one["scope"]) for one in watch.said] == [0, 0, SL, 0]


@pytest.mark.parametrize("way", ["live", "cdr"])
def test_who_knows_the_pin_is_asked_once_and_his_country_is_known(way):
    """The call that is asked proves its caller, told at its end the next one: then no ask or hold for four hours."""
    calls = [replace(call, proves=True) for call in attack(6)]
    watch = getattr(Watch(QUICK), way)(*calls)
    asked = [verdict[1] for verdict in watch.verdicts() if verdict[1] != "ALERT"]
    assert asked == ["ASK"]
    line, abroad = watch.state.lines[0], watch.state.abroad[0]
    assert line["asked_country"] == PROVED
    slot = abroad["country"].tolist().index(SL)
    assert abroad["country_calls"][slot] > 1.0, "and its calls teach"
    assert int(abroad["country_since"][slot]) * MINUTE_MS <= MONDAY - 35 * HOUR_MS


def test_who_called_before_he_could_be_asked_has_proved_nothing():
    """Told at their ends: the calls began before the ask was spoken."""
    calls = [replace(call, end=call.start + HOUR_MS, answer=call.start, proves=True) for call in attack(12)]
    watch = Watch(QUICK).cdr(*calls)
    assert watch.state.lines["asked_country"][0] != PROVED
    assert "HOLD" in [verdict[1] for verdict in watch.verdicts()]


def test_without_the_clause_it_is_alerted_once_a_minute():
    watch = Watch(QUICK, automatic_hold=False).live(*attack(10))
    assert watch.verdicts() == [("score", "ALERT", second) for second in (20.0, 80.0, 140.0)]
    assert (watch.state.lines["held_until"] == NEVER).all()


def test_a_hold_is_renewed_when_a_quarter_of_an_hour_is_left():
    calls = attack(1) + attack(60, gap_ms=5 * MINUTE_MS, first=MONDAY + 1_000)
    holds = [at for _, action, at in Watch(Policy(**ALONE)).live(*calls).verdicts() if action == "HOLD"]
    assert [round(at / 60) for at in holds] == [5, 230]


def test_a_cdr_tells_the_same_call_at_its_end():
    steps = [("ALERT", 25.0), ("ASK", 45.0), ("HOLD", 65.0), ("HOLD", 85.0)]
    assert Watch(QUICK).cdr(*attack(5)).verdicts() == [("score", *step) for step in steps]


def test_a_call_is_met_once_and_judged_at_every_event():
    traces = room_for_traces(64)
    watch = Watch(Policy(**ALONE))
    watch.aids = aids_of(Policy(), traces)
    watch.live(Call(MONDAY, MONDAY + 5_000, MONDAY + 130_000))
    rows = traces.rows[: traces.filled[0]]
    assert [(row["event"], (row["at"] - MONDAY) / SECOND_MS) for row in rows] == [
        (START, 0), (ANSWER, 5), (LOOK, 65), (LOOK, 125), (END, 130),
    ]  # fmt: skip
    talk = rows["features"][:, NAMES.index("talk")]
    assert np.expm1(talk) == pytest.approx([0, 0, 60, 120, 125], rel=1e-3)
    assert watch.state.abroad["calls"][0].sum() == watch.state.abroad["talks"][0] == 1.0
    assert watch.state.abroad["open"][0] == 0


def test_what_a_call_costs_counts_once_while_it_is_up_and_once_when_it_is_over():
    """At 175 yen a minute: one call of three units, and a second one that has begun its first when that ends."""
    traces = room_for_traces(64)
    watch = Watch(Policy(**ALONE))
    watch.aids = aids_of(Policy(), traces)
    first, second = Call(MONDAY, MONDAY, MONDAY + 130_000), Call(MONDAY + 100_000, MONDAY + 100_000, MONDAY + 140_000)
    watch.live(first, second)
    rows = traces.rows[: traces.filled[0]]
    for name in ("spend_2h", "spend_day", "young_spend"):
        spent = np.expm1(rows["features"][:, NAMES.index(name)])
        told = [
            (int(at), int(event)) for at, event in zip((rows["at"] - MONDAY) // SECOND_MS, rows["event"], strict=True)
        ]
        assert dict(zip(told, spent.tolist(), strict=True)) == pytest.approx(
            {
                (0, START): 0, (0, ANSWER): 175, (60, LOOK): 350, (100, START): 350, (100, ANSWER): 525,
                (120, LOOK): 700, (130, END): 700, (140, END): 700,
            },
            rel=2e-3, abs=1e-6,
        )  # fmt: skip


def test_what_a_call_costs_that_evidence_tells_counts_from_its_charging_record_on():
    """A PBX tells of a call of three units but not what it cost; the carrier's record comes 20 s after its end."""
    traces = room_for_traces(64)
    watch = Watch(Policy(**ALONE))
    watch.aids = aids_of(Policy(), traces)
    first, again = Call(MONDAY, MONDAY, MONDAY + 130_000), Call(MONDAY + 140_000)
    later = Call(MONDAY + 160_000)
    rows = watch.records([first, again, later])
    free = rows.copy()
    free["charge"] = 0
    watch.run(free, [START, ANSWER, END], [first.start, first.answer, first.end])
    watch.run(rows, [4 + START, SETTLE, 8 + START], [again.start, first.end + 20_000, later.start])
    told = traces.rows[: traces.filled[0]]
    spent = np.expm1(told["features"][told["event"] == START][:, NAMES.index("spend_day")])
    assert spent.tolist() == pytest.approx([0, 0, 525], rel=2e-3, abs=1e-6)
    ended = np.expm1(told["features"][told["event"] == END][:, NAMES.index("young_spend")])
    assert ended.tolist() == pytest.approx([525], rel=2e-3), "at its end it is still one in progress"


def test_an_old_habit_is_not_judged():
    traces = room_for_traces(64)
    watch = Watch()
    watch.aids = aids_of(Policy(), traces)
    watch.live(*[Call(MONDAY + day * DAY_MS, rate=CHEAP, country=US, number=5) for day in (0, 2, 4)])
    assert traces.rows["at"][: traces.filled[0]].tolist() == [MONDAY]


def test_an_answer_nobody_saw_begin_is_a_beginning():
    watch = Watch(QUICK)
    calls = attack(3)
    watch.run(watch.records(calls), [4 * row + ANSWER for row in range(3)], [call.start for call in calls])
    assert watch.verdicts() == [("score", "ALERT", 20.0), ("score", "ASK", 40.0)]
    assert watch.state.totals["started"][0] == 3


def test_an_answer_told_by_two_sources_counts_from_the_first():
    watch = Watch()
    calls = [Call(MONDAY), Call(MONDAY)]
    watch.run(watch.records(calls, [7, 7]), [START, ANSWER, 4 + START, 4 + ANSWER], [MONDAY + ms for ms in range(4)])
    assert watch.state.totals["started"][0] == 1
    assert watch.state.open["answer"][watch.slots[7]] == MONDAY + 1


@pytest.mark.parametrize("change", [{"international": False}, {"scored": False}, {"outgoing": False}])
def test_calls_that_are_not_judged_leave_no_score(change):
    watch = Watch(QUICK).live(*attack(5, **change))
    assert watch.verdicts() == []
    assert watch.state.totals["ended"][0] == (0 if "outgoing" in change else 5)
    assert watch.state.totals["abroad"][0] == 0


# --- a flood ---------------------------------------------------------------------------------------------------------

HABIT = [Call(MONDAY - day * DAY_MS, rate=CHEAP, country=US, number=12_125_550_101) for day in (30, 29, 28, 27, 26)]


def flood(calls: int = 15, **of) -> list[tuple[str, float]]:
    """What is said of a quiet line that begins to call Sierra Leone every twenty seconds: action and second."""
    numbers = [23_276_000_000 + index * 7_919 % 1_000_000 for index in range(calls)]
    attempts = [replace(call, number=each) for call, each in zip(attack(calls, **of), numbers, strict=True)]
    return [(action, at) for _, action, at in Watch().live(*HABIT, *attempts).verdicts()]


def test_a_flood_to_numbers_that_cannot_be_is_asked_at_the_third_call():
    assert flood(valid=False)[:2] == [("ALERT", 20.0), ("ASK", 40.0)]


def test_a_flood_to_numbers_that_can_be_is_asked_and_held_within_minutes():
    assert {"ASK", "HOLD"} <= {action for action, _ in flood()}


def test_a_flood_is_not_made_harmless_by_money():
    """What the score leaves to the rules: six units of 175 yen are above 1,000, and the sixth begins after 80 s."""
    talking = [replace(call, answer=call.start, end=call.start + HOUR_MS) for call in attack(6)]
    watch = Watch(daily_limit=1_000_000).live(*HABIT, *talking)
    assert ("daily_limit", "HOLD", 79.0) in watch.verdicts()


# --- calls and their money, see test_money.py for the rules -----------------------------------------------------------


def test_a_charge_told_by_another_source_is_settled_without_a_score():
    call = Call(MONDAY, MONDAY, MONDAY + MINUTE_MS)
    watch = Watch(daily_limit=100_000, automatic_hold=False)
    watch.run(watch.records([call]), [SETTLE], [call.end])
    assert watch.verdicts() == [("daily_limit", "ALERT", 60.0)]
    assert watch.state.totals["abroad"][0] == 0
    assert watch.state.contracts["month_spend"][0] == 175_000


def test_a_limit_reached_holds_the_next_call_abroad_at_its_start():
    """Line 1 of the contract spends it; line 0 has not called yet, and a bare ring is enough."""
    watch = Watch(daily_limit=100_000)
    join_contract(watch.state, 1, 0)
    at_home = Call(MONDAY, MONDAY, MONDAY + MINUTE_MS, international=False, line=1)
    rings = [Call(MONDAY + hour * HOUR_MS, international=hour == 2) for hour in (1, 2)]
    watch.live(at_home, *[replace(ring, rate=CHEAP, country=US) for ring in rings])
    assert watch.verdicts() == [("daily_limit", "HOLD", 0.0), ("daily_limit", "HOLD", 7200.0)]
    assert [one["line"] for one in watch.said] == [1, 0]


def test_money_is_conserved_and_no_call_is_left():
    calls = [replace(call, answer=call.start + 1_000) for call in attack(30)]
    watch = Watch().live(*calls)
    assert watch.state.contracts["month_spend"][0] == sum(call.charge for call in calls)
    assert watch.state.totals["started"][0] == watch.state.totals["ended"][0] == 30
    assert (watch.slots == NONE).all()
    assert watch.state.contracts["armed_at"][0] == FAR


@pytest.mark.parametrize(
    ("rate", "hours", "armed"), [(DOMESTIC, 24.0, False), (DEAR, 24.0, True), (DOMESTIC, 2e5, True)]
)
def test_a_timer_is_armed_only_for_what_comes_before_a_calls_expiry(rate, hours, armed):
    """At 8 yen for three minutes no rule has anything to say within a day; at 175 yen a minute, after two hours."""
    watch = Watch(Policy(longest_call_hours=hours)).live(Call(MONDAY, MONDAY, rate=rate, international=False))
    assert (watch.state.contracts["armed_at"][0] < FAR) == armed
    assert watch.state.totals["timers"][0] == armed


# --- however it is fed -----------------------------------------------------------------------------------------------

WAIT = st.one_of(st.integers(0, 90), st.integers(0, 7_200), st.integers(0, 60_000))
CALL = st.builds(
    lambda wait, ring, talk, rate, line, where: (wait, ring, talk, rate, line, where),
    WAIT,
    st.one_of(st.none(), st.integers(0, 30)),
    st.one_of(st.none(), st.integers(0, 300), st.integers(0, 20_000)),
    st.sampled_from([DEAR, DEAR, CHEAP, FLOORED, DOMESTIC, FREE]),
    st.integers(0, 3),
    st.sampled_from([SL, US, 0, 10]),
)
TRAFFIC = st.lists(CALL, min_size=1, max_size=40)
SMALL = Policy(call_nats=5.0, month_floor=300_000, month_new_customer=400_000, hold_hours=1.0, **ALONE)
THRESHOLDS = {"ask_nats": (1.0, 1.0, 1.0, 1.0), "hold_nats": (6.0, 6.0, 6.0, 6.0)}
TREES = replace(SMALL, scorecard=some_trees(7), **THRESHOLDS)
POLICIES = st.sampled_from([SMALL, TREES])
LIMITS = {"daily_limit": 900_000, "monthly_limit": 1_500_000}


def as_calls(drawn) -> list[Call]:
    """Calls one after the other; in whole seconds, over the turn of a month where the draw is long."""
    calls, at = [], parse_rfc3339("2026-06-30T20:00:00+09:00")
    for wait, ring, talk, rate, line, where in drawn:
        at += wait * SECOND_MS
        answer = None if ring is None else at + ring * SECOND_MS
        begun = at if answer is None else answer
        end = None if talk is None else begun + talk * SECOND_MS
        abroad = rate in (DEAR, CHEAP)
        calls.append(Call(at, answer, end, rate, line, where, number=line + 1 + at % 5, international=abroad))
    return calls


def watching(policy: Policy = SMALL, **room) -> Watch:
    watch = Watch(policy, **LIMITS, **room)
    join_contract(watch.state, 1, 0)
    watch.state.contracts["automatic_hold"][2] = 0
    return watch


def same(one: Watch, other: Watch, *, rooms: bool = True) -> None:
    """The same verdicts and state; `rooms` False: of heaps that were swept at other times, what counts is the same."""
    names = [name for name in one.room.rows.dtype.names if name != "row"]
    assert [[verdict[name].tolist() for name in names] for verdict in one.said] == [
        [verdict[name].tolist() for name in names] for verdict in other.said
    ]
    mine, theirs = to_arrays(one.state), to_arrays(other.state)
    if not rooms:
        for arrays in (mine, theirs):
            arrays.pop("watch.timers")
            place = TOTALS.names.index("timers")
            arrays["watch.totals"] = np.delete(np.array(arrays["watch.totals"].tolist()), place, axis=1)
    for name, rows in mine.items():
        np.testing.assert_array_equal(rows, theirs[name])
    np.testing.assert_array_equal(one.slots, other.slots)


@settings(max_examples=60, deadline=None)
@given(TRAFFIC, st.lists(st.integers(0, 120), max_size=6), POLICIES)
def test_however_a_batch_is_cut_the_same_is_said(drawn, cuts, policy):
    calls = as_calls(drawn)
    what, at = told(calls)
    whole, cut = watching(policy).live(*calls), watching(policy)
    edges = sorted({0, len(what), *(edge for edge in cuts if edge < len(what))})
    for first, last in pairwise(edges):
        # As the engine does it: a batch has only the calls that something happens to, with their handles.
        used = sorted({one >> 2 for one in what[first:last]})
        row_of = {row: index for index, row in enumerate(used)}
        rows = cut.records([calls[row] for row in used], used)
        cut.run(rows, [4 * row_of[one >> 2] + (one & 3) for one in what[first:last]], at[first:last])
    same(whole, cut)


@settings(max_examples=60, deadline=None)
@given(TRAFFIC, st.lists(st.integers(0, 200_000), max_size=20), POLICIES)
def test_ticks_between_events_change_nothing(drawn, seconds, policy):
    calls = as_calls(drawn)
    what, at = told(calls)
    plain, ticked = watching(policy).live(*calls), watching(policy)
    rows = ticked.records(calls)
    ticks = sorted(calls[0].start + second * SECOND_MS for second in seconds)
    for one, instant in zip(what, at, strict=True):
        while ticks and ticks[0] <= instant:
            ticked.tick(ticks.pop(0))
        ticked.run(rows, [one], [instant])
    last = at[-1] + 2 * DAY_MS
    same(plain.tick(last), ticked.tick(last))


@settings(max_examples=60, deadline=None)
@given(TRAFFIC, POLICIES)
def test_tiny_rooms_say_what_large_rooms_say(drawn, policy):
    calls = as_calls(drawn)
    large, tiny = watching(policy).live(*calls), watching(policy, room=WRITES_AT_ONCE, pool=1)
    tiny.state = tiny.state._replace(abroad=tiny.state.abroad[:0])
    tiny.live(*calls)
    last = calls[-1].start + 2 * DAY_MS
    same(large.tick(last), tiny.tick(last), rooms=False)
    assert NEEDS_CALL_ROOM not in large.stops


@settings(max_examples=40, deadline=None)
@given(TRAFFIC, st.integers(0, 60), POLICIES)
def test_a_snapshot_in_between_changes_nothing(drawn, cut, policy):
    calls = as_calls(drawn)
    what, at = told(calls)
    whole, restored = watching(policy).live(*calls), watching(policy)
    rows = restored.records(calls)
    restored.run(rows, what[:cut], at[:cut])
    restored.state = copied(restored.state)
    restored.run(rows, what[cut:], at[cut:])
    same(whole, restored, rooms=False)


def test_the_rooms_run_out_and_are_given():
    calls = [Call(MONDAY + row, MONDAY + row, None, line=row % 4) for row in range(20)]
    watch = Watch(SMALL, room=WRITES_AT_ONCE, pool=1, daily_limit=1)
    watch.state = watch.state._replace(abroad=watch.state.abroad[:1])
    watch.live(*calls)
    assert NEEDS_ABROAD_ROOM in watch.stops
    assert NEEDS_CALL_ROOM in watch.stops
    assert NEEDS_VERDICT_ROOM in watch.stops
    assert watch.stops[-1] == DONE
    assert watch.state.totals["started"][0] == 20
