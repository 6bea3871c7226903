"""The kernel as a whole: events in, verdicts out; however they are cut, ticked or squeezed, the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.watch.random_trees import some_trees
from tests.core.watch.worked_line import in_japan, worked

from sekisho.core.digits.packed import pack
from sekisho.core.terms.call import Action
from sekisho.core.terms.destination import country_code
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, parse_rfc3339
from sekisho.core.units import Price, charge_of
from sekisho.core.watch.assign import join_contract, make_lines
from sekisho.core.watch.book import aids_of
from sekisho.core.watch.features import NAMES, room_for_traces
from sekisho.core.watch.judged import REASONS, WRITES_AT_ONCE, Events, new_calls, room_for_verdicts
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.state import FAR, NEVER, NONE, TOTALS, WatchState, filled, new_state, with_room
from sekisho.core.watch.step import DONE, NEEDS_ABROAD_ROOM, NEEDS_CALL_ROOM, NEEDS_VERDICT_ROOM, SETTLE, advance, run
from sekisho.core.watch.watching import LOOK

MONDAY = parse_rfc3339("2026-06-01T10:00:00+09:00")
START, ANSWER, END = range(3)
USED = {"lines": "lines", "abroad": "abroad", "contracts": "contracts", "agreed": "agreed"} | {
    "open": "slots_used",
    "timers": "timers",
}
SL, US = country_code("SL"), country_code("US")
PRICES = [
    Price(60_000, 175_000, 60_000, 175_000, 0, 0),
    Price(60_000, 9_000, 60_000, 9_000, 0, 0),
    Price(6_000, 100, 6_000, 100, 950, 1),
    Price(180_000, 8_000, 180_000, 8_000, 0, 0),
    Price(60_000, 150_000, 60_000, 150_000, 0, 0),
]
DEAR, CHEAP, FLOORED, DOMESTIC, HUNDRED_FIFTY, FREE = 0, 1, 2, 3, 4, NONE


@dataclass(frozen=True)
class Call:
    """A call as it happened; `None` is what never did."""

    start: int
    answer: int | None = None
    end: int | None = None
    rate: int = DEAR
    line: int = 0
    country: int = SL
    number: int = 0
    international: bool = True
    outgoing: bool = True
    scored: bool = True
    valid: bool = True

    @property
    def charge(self) -> int:
        ended = self.answer is not None and self.end is not None
        return charge_of(PRICES[self.rate], self.end - self.answer) if ended and self.rate != NONE else 0


def to_arrays(state: WatchState) -> dict[str, np.ndarray]:
    """The rows in use."""
    rows = {f"watch.{name}": getattr(state, name)[: int(state.totals[count][0])] for name, count in USED.items()}
    return rows | {"watch.totals": state.totals, "watch.blocks": state.blocks[state.blocks["key"] != 0]}


def copied(state: WatchState) -> WatchState:
    """The same rows in a state of their own, as after a snapshot."""
    arrays = to_arrays(state)
    sizes = {name: arrays[f"watch.{name}"].size for name in USED}
    new = filled(new_state(1, 1), sizes, state.totals.copy())
    for name, size in sizes.items():
        getattr(new, name)[:size] = arrays[f"watch.{name}"]
    new.blocks[:] = state.blocks
    return new


class Watch:
    """A state, and what was said so far."""

    def __init__(
        self, policy: Policy | None = None, *, lines: int = 4, room: int = 64, pool: int = 64, **terms
    ) -> None:
        self.dials, self.aids = dials(policy or Policy()), aids_of(policy or Policy())
        self.terms = {"automatic_hold": True, "daily_limit": 0, "monthly_limit": 0} | terms
        self.state = make_lines(new_state(lines, pool), lines, **self.terms)
        self.slots = np.full(256, NONE, np.int64)
        self.room = room_for_verdicts(room)
        self.said: list[np.void] = []
        self.stops: list[int] = []
        self.prices = np.array(PRICES, np.int64)

    def records(self, calls: Sequence[Call], handles: Sequence[int] | None = None):
        rows = new_calls(len(calls))
        for row, call in zip(rows, calls, strict=True):
            for name in ("start", "answer", "end"):
                row[name] = NEVER if getattr(call, name) is None else getattr(call, name)
            for name in ("rate", "line", "country", "international", "outgoing", "scored", "valid", "charge"):
                row[name] = getattr(call, name)
            row["number"] = pack(str(call.number or 1 + call.start))
            row["contract"] = self.state.lines["contract"][call.line]
        rows["handle"] = np.arange(len(calls)) if handles is None else handles
        return rows

    def run(self, rows, what: Sequence[int], at: Sequence[int]) -> Watch:
        """Feed events, (4 * row + kind) and instants, giving room whenever it is asked for."""
        events, first, why = Events(np.array(what, np.int64), np.array(at, np.int64)), 0, NONE
        while why != DONE:
            first, why = run(self.state, self.dials, rows, events, first, self.prices, self.slots, self.room, self.aids)
            self.stops.append(why)
            self.empty()
            if why == NEEDS_ABROAD_ROOM:
                self.state = with_room(self.state, 0, 0, abroad=self.state.abroad.size + 1)
            if why == NEEDS_CALL_ROOM:
                self.state = with_room(self.state, 0, self.state.open.size + 1)
        return self

    def live(self, *calls: Call) -> Watch:
        """Everything as it happens."""
        what, at = told(calls)
        return self.run(self.records(calls), what, at)

    def cdr(self, *calls: Call) -> Watch:
        """Every call at its end."""
        rows = sorted((row for row, call in enumerate(calls) if call.end), key=lambda row: calls[row].end)
        return self.run(self.records(calls), [4 * row + END for row in rows], [calls[row].end for row in rows])

    def tick(self, until: int) -> Watch:
        done = False
        while not done:
            done = advance(self.state, self.dials, new_calls(0), self.prices, self.slots, until, self.room, self.aids)
            self.empty()
        return self

    def empty(self) -> None:
        self.said += list(self.room.rows[: self.room.filled[0]].copy())
        self.room.filled[0] = 0

    def verdicts(self) -> list[tuple[str, str, int]]:
        """(reason, action, seconds after MONDAY) of everything said."""
        return [
            (REASONS[one["reason"]], Action(int(one["action"])).name, (int(one["at"]) - MONDAY) / SECOND_MS)
            for one in self.said
        ]


def told(calls: Sequence[Call]) -> tuple[list[int], list[int]]:
    """The events of these calls in the order of time."""
    happened = [
        (at, 4 * row + kind)
        for row, call in enumerate(calls)
        for kind, at in enumerate((call.start, call.answer, call.end))
        if at is not None
    ]
    happened.sort()
    return [what for _, what in happened], [at for at, _ in happened]


def attack(count: int, *, gap_ms: int = 20_000, first: int = MONDAY, **of) -> list[Call]:
    """So many unanswered calls to Sierra Leone, each to another number."""
    starts = [first + index * gap_ms for index in range(count)]
    return [Call(start, end=start + 5_000, **of) for start in starts]


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
    assert [int(one["scope"]) for one in watch.said] == [0, SL, 0]
    last = [float(rows[-1][f"after {each}"]) for each in "fsb"]
    assert watch.state.abroad["score"][0].tolist() == pytest.approx(last, abs=0.01)


def test_an_attack_is_alerted_asked_held_there_and_held_at_all():
    watch = Watch(QUICK).live(*attack(5))
    steps = [("ALERT", 20.0), ("ASK", 40.0), ("HOLD", 60.0), ("HOLD", 80.0)]
    assert watch.verdicts() == [("score", *step) for step in steps]
    assert [int(one["scope"]) for one in watch.said] == [0, 0, SL, 0]


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


def test_incoming_calls_change_only_what_they_may_span():
    watch = Watch(daily_limit=1)
    before = {name: rows.copy() for name, rows in to_arrays(watch.state).items()}
    inside = [replace(call, answer=call.start, outgoing=False) for call in attack(2, gap_ms=1_000)]
    rows = watch.records(inside)
    what, at = told(inside)
    for first, last, incoming in ((0, 4, 2), (4, 5, 1), (5, 6, 0)):
        watch.run(rows, what[first:last], at[first:last])
        assert watch.state.lines["incoming"][0] == incoming
    assert watch.state.lines["incoming_since"][0] == MONDAY
    assert watch.verdicts() == []
    before["watch.totals"]["now"] = watch.state.totals["now"]
    before["watch.lines"]["incoming_since"][0] = MONDAY
    for name, rows in to_arrays(watch.state).items():
        np.testing.assert_array_equal(rows, before[name])


def test_a_call_abroad_within_an_incoming_one_is_dial_through():
    watch = Watch()
    inside = Call(MONDAY, MONDAY, MONDAY + HOUR_MS, outgoing=False)
    watch.live(inside, Call(MONDAY + MINUTE_MS), Call(MONDAY + 2 * HOUR_MS, number=9))
    opened = watch.state.open[: watch.state.totals["slots_used"][0]]
    assert opened["sight"]["through"].tolist() == [1, 0]


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
