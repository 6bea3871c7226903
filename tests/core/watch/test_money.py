"""The rules on a contract's money: spoken together, and during calls, against a simulation of every single unit.

In the first part amounts are yen, and a call costs 175 yen a minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.terms.call import Action, CallEvent
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, NEVER, parse_rfc3339
from sekisho.core.units import PRICE_FIELDS, Price, charge_of, charged_so_far
from sekisho.core.watch import spend
from sekisho.core.watch.assign import join_contract, make_lines, set_limit
from sekisho.core.watch.book import NO_AIDS, open_book
from sekisho.core.watch.calendar import month_index
from sekisho.core.watch.judged import REASONS, Events, new_calls, room_for_verdicts
from sekisho.core.watch.money import judge_money, look_again_at, room_of_limits, room_of_multiples
from sekisho.core.watch.open_calls import begin
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.speak import Occasion
from sekisho.core.watch.state import BUCKET_MS, DAY_BUCKETS, FAR, NONE, new_state
from sekisho.core.watch.step import DONE, advance, run

NOON = parse_rfc3339("2026-06-15T03:00:00Z")
JULY = parse_rfc3339("2026-06-30T15:00:00Z")
DEAR = (60_000, 175_000, 60_000, 175_000, 0, 0)
REFERENCES = {"month_new_customer": 20_000_000, "month_unknown_customer": 20_000_000}
LEAD_MS = Policy().cut_lead_ms
RENEWED_MS = 4 * HOUR_MS - 15 * MINUTE_MS  # a hold of four hours is written again when a quarter of an hour is left
ALONE = {"same_day_floor": 1 << 60, "international_floor": 1 << 60}  # the other rules on a month are silent
POLICY = dials(Policy(month_multiple=3.0, month_floor=5_000_000, **REFERENCES, **ALONE))


def milli(yen: float) -> int:
    return int(yen * 1000)


class Contract:
    """One contract in its second month, which paid so much in the first."""

    def __init__(self, *, last: float = 0, day: float = 0, month: float = 0, holds: bool = True) -> None:
        self.state = make_lines(new_state(2, 8), 2, automatic_hold=holds, daily_limit=0, monthly_limit=0)
        self.row = self.state.contracts[0]
        self.out = room_for_verdicts(8)
        self.beside = (POLICY, new_calls(1), np.zeros((1, PRICE_FIELDS), np.int64), np.full(1, NONE), self.out, NO_AIDS)
        self.book = open_book(self.state, *self.beside)
        spend.turn_to(self.row, NOON - 31 * 24 * HOUR_MS)
        self.row["month_spend"] = milli(last)
        self.row["first_day"] = 1  # all of the first was seen
        spend.turn_to(self.row, NOON)
        self.state = set_limit(self.state, 0, "daily_limit", milli(day))
        self.state = set_limit(self.state, 0, "monthly_limit", milli(month))

    def spent(self, yen: float, *, hours_ago: float = 0) -> Contract:
        at = NOON - int(hours_ago * HOUR_MS)
        spend.add_finished(self.row, at - MINUTE_MS, at, milli(yen))
        return self

    def talking(self, calls: int = 1) -> Contract:
        for _ in range(calls):
            slot = begin(self.book, 0, 0, NOON - 5_000)
            self.state.open["answer"][slot], self.state.open["price"][slot] = NOON, DEAR
        return self

    def judge(self, at: int = NOON, line: int = 0) -> list[tuple[str, str, float, float, float]]:
        """What is said at `at`: (reason, action, the three facts of a rule, in yen and as they are)."""
        self.out.filled[0] = 0
        judge_money(self.book, self.row, Occasion(0, NONE, 0, line, int(CallEvent.END), at))
        return [
            (REASONS[row["reason"]], Action(int(row["action"])).name, *[float(fact) for fact in row["facts"][:3]])
            for row in self.out.rows[: self.out.filled[0]]
        ]

    def room(self, at: int = NOON) -> int:
        """Until the notice's rule or a limit may speak."""
        of_multiples, _ = room_of_multiples(self.book, self.row, at)
        of_limits, _ = room_of_limits(self.book, self.row, at)
        return int(min(of_multiples, of_limits))

    def look(self, at: int = NOON) -> int:
        return int(look_again_at(self.book, self.row, at))


def test_nothing_is_said_of_an_ordinary_month():
    assert Contract(last=10_000, day=50_000, month=100_000).spent(29_999).judge() == []


@pytest.mark.parametrize(
    ("last", "spent", "compared", "multiple"),
    [
        (10_000, 30_000, 10_000, 3),
        (10_000, 130_000, 10_000, 12),  # told once, at the highest doubling
        (0, 60_000, 20_000, 3),  # nothing paid last month
        (100, 5_000, 100, 48),  # the floor, then by doublings of 300 yen
    ],
)
def test_the_notices_rule_tells_what_it_compares(last, spent, compared, multiple):
    contract = Contract(last=last).spent(spent)
    said = [("month_multiple", "ALERT", milli(spent), milli(compared), multiple)]
    assert contract.judge() == said
    assert contract.judge() == []


def test_calls_in_progress_count():
    """29,900 yen and one call at 175 yen a minute against 30,000: its first minute is enough."""
    contract = Contract(last=10_000).spent(29_900)
    assert contract.judge() == []
    assert contract.talking().judge() == [("month_multiple", "ALERT", milli(30_075), milli(10_000), 3)]


def test_ringing_calls_do_not():
    contract = Contract(last=10_000).spent(29_900)
    begin(contract.book, 0, 0, NOON)
    assert contract.judge(NOON + HOUR_MS) == []


@pytest.mark.parametrize(("holds", "action"), [(True, "HOLD"), (False, "ALERT")])
def test_the_limit_of_a_day_holds_where_the_terms_allow_it(holds, action):
    contract = Contract(last=100_000, day=500, holds=holds).spent(499)
    assert contract.judge() == []
    assert contract.spent(1).judge() == [("daily_limit", action, milli(500), milli(500), 0)]
    assert contract.judge() == [], "not again at once"
    again = NOON + (RENEWED_MS if holds else 3 * HOUR_MS)
    assert contract.judge(again - 1) == []
    assert len(contract.judge(again)) == 1


@pytest.mark.parametrize(("holds", "action"), [(True, "HOLD"), (False, "ALERT")])
def test_the_limit_of_a_month_holds_where_the_terms_allow_it(holds, action):
    contract = Contract(last=100_000, month=500, holds=holds).spent(400, hours_ago=100)
    assert contract.judge() == []
    assert contract.spent(150, hours_ago=50).judge() == [("monthly_limit", action, milli(550), milli(500), 0)]
    assert contract.judge() == []
    assert len(contract.judge(NOON + RENEWED_MS)) == (1 if holds else 0), "a hold is renewed, an alert is monthly"


def test_the_limit_of_a_day_counts_24_hours_and_calls_in_progress():
    contract = Contract(last=100_000, day=500).spent(300, hours_ago=100).spent(326, hours_ago=20)
    assert contract.judge() == []
    assert contract.talking().judge() == [("daily_limit", "HOLD", milli(501), milli(500), 0)]


def test_one_hold_is_enough_for_two_limits():
    said = Contract(last=100_000, day=500, month=500).spent(600).judge()
    assert [reason for reason, *_ in said] == ["daily_limit"]


def test_without_the_clause_each_limit_is_told():
    said = Contract(last=100_000, day=500, month=500, holds=False).spent(600).judge()
    assert [reason for reason, *_ in said] == ["daily_limit", "monthly_limit"]


def test_each_line_of_the_contract_is_held_when_it_calls():
    contract = Contract(last=100_000, day=500).spent(600)
    contract.state.lines["contract"][1] = 0
    assert [len(contract.judge(line=0)), len(contract.judge(line=1)), len(contract.judge(line=1))] == [1, 1, 0]


@pytest.mark.parametrize(
    ("given", "spent", "room"),
    [
        ({"last": 10_000}, 12_000, 18_000),  # to three times last month's
        ({"last": 0}, 12_000, 48_000),  # to three times the reference
        ({"last": 10_000, "day": 15_000}, 12_000, 3_000),
        ({"last": 10_000, "month": 14_000}, 12_000, 2_000),
        ({"last": 10_000, "day": 15_000, "month": 14_000}, 12_000, 2_000),
        ({"last": 10_000, "day": 11_000}, 12_000, 18_000),  # reached already: speaks at the next call
        ({"last": 10_000}, 30_000, 0),
    ],
)
def test_the_room_until_a_rule_may_speak(given, spent, room):
    assert Contract(**given).spent(spent).room() == milli(room)


def test_calls_in_progress_take_room():
    assert Contract(last=10_000).spent(12_000).talking(2).room(NOON + MINUTE_MS) == milli(18_000 - 4 * 175)


def test_nobody_looks_where_nothing_accrues():
    assert Contract(last=10_000, day=500).look() == FAR


def test_close_to_a_limit_the_next_unit_is_looked_at():
    assert Contract(last=100_000, day=500, holds=False).talking().look(NOON + 1) == NOON + MINUTE_MS
    assert Contract(last=100_000, day=500).talking().look(NOON + 1) == NOON + MINUTE_MS - LEAD_MS


def test_far_from_a_limit_the_look_is_far_off_but_never_too_late():
    look = Contract(last=100_000, day=50_000).talking().look()
    assert NOON + 4 * HOUR_MS < look <= NOON + 285 * MINUTE_MS


def test_the_turn_of_the_month_is_looked_at():
    """With the new month another threshold holds; the old one is so far off that nobody would look before."""
    assert Contract(last=10_000_000).talking().look() == JULY


def test_while_a_day_is_over_its_limit_its_windows_edge_is_looked_at():
    """What was reached may fall below the limit there and reach it again."""
    contract = Contract(last=10_000_000, day=500).spent(600).talking()
    assert contract.look() == (NOON // BUCKET_MS + 1) * BUCKET_MS


# --- during calls, by the kernel as a whole --------------------------------------------------------------------------

PRICES = [
    Price(*DEAR),
    Price(6_000, 100, 6_000, 100, 950, 1),  # 0.1 yen for 6 s, the fraction of a yen dropped
    Price(60_000, 9_000, 6_000, 900, 500, 0),
    Price(180_000, 8_000, 180_000, 8_000, 0, 0),
    Price(86_400_000, 900_000, 86_400_000, 900_000, 0, 0),
]
Told = tuple[int, int | None, int | None, int]  # start, answer, end, row of PRICES


class Line:
    """One line whose domestic calls are told as they happen; what is said, as (reason, action, instant)."""

    def __init__(self, policy: Policy | None = None, **terms) -> None:
        terms = {"automatic_hold": True, "daily_limit": 0, "monthly_limit": 0} | terms
        self.state = make_lines(new_state(2, 64), 2, **terms)
        self.dials = dials(policy) if policy else POLICY
        self.prices, self.slots = np.array(PRICES, np.int64), np.full(64, NONE, np.int64)
        self.room = room_for_verdicts(4096)

    def live(self, *told: Told) -> Line:
        calls = new_calls(len(told))
        calls["outgoing"], calls["handle"] = 1, np.arange(len(told))
        for call, (start, answer, end, price) in zip(calls, told, strict=True):
            call["start"], call["rate"] = start, price
            call["answer"], call["end"] = (NEVER if at is None else at for at in (answer, end))
            call["charge"] = charge_of(PRICES[price], end - answer) if answer is not None and end is not None else 0
        calls["contract"] = self.state.lines["contract"][0]
        what, at = zip(*events(told), strict=True)
        told_events = Events(np.array(what), np.array(at))
        _, why = run(self.state, self.dials, calls, told_events, 0, self.prices, self.slots, self.room, NO_AIDS)
        assert why == DONE
        return self

    def tick(self, until: int) -> Line:
        assert advance(self.state, self.dials, new_calls(0), self.prices, self.slots, until, self.room, NO_AIDS)
        return self

    def said(self) -> list[tuple[str, str, int]]:
        rows = self.room.rows[: self.room.filled[0]]
        return [(REASONS[one["reason"]], Action(int(one["action"])).name, int(one["at"])) for one in rows]

    def first_said(self) -> dict[str, int]:
        """When each rule first spoke."""
        return {reason: at for reason, _, at in reversed(self.said())}


def events(told: tuple[Told, ...]) -> list[tuple[int, int]]:
    """(4 * row + kind, instant) in the order of time."""
    happened = [(4 * row + kind, at) for row, call in enumerate(told) for kind, at in enumerate(call[:3])]
    return sorted((one for one in happened if one[1] is not None), key=lambda one: (one[1], one[0]))


def test_a_limit_is_spoken_a_second_before_the_unit_that_reaches_it_begins():
    """175 yen a minute and a limit of 1,000: the sixth minute begins after five."""
    line = Line(daily_limit=milli(1_000)).live((NOON, NOON + 10_000, NOON + HOUR_MS, 0))
    assert line.said()[0] == ("daily_limit", "HOLD", NOON + 310_000 - LEAD_MS)
    verdict = line.room.rows[0]
    assert (verdict["row"], verdict["handle"], verdict["day_spend"]) == (NONE, 0, milli(875))
    assert verdict["facts"].tolist()[:2] == [milli(1_050), milli(1_000)], "with the unit that is about to begin"


def test_the_notices_rule_speaks_during_the_call():
    """Three times 20,000 yen: unit 343 of 175 yen begins after 342 minutes."""
    line = Line().live((NOON, NOON, None, 0)).tick(NOON + DAY_MS)
    assert line.said() == [("month_multiple", "ALERT", NOON + minutes * MINUTE_MS) for minutes in (342, 685, 1371)]
    assert line.room.rows[0]["month_spend"] == 343 * 175_000


def test_a_limit_set_during_a_call_is_seen_at_once():
    line = Line().live((NOON, NOON, None, 0)).tick(NOON + 100_000)
    line.state = set_limit(line.state, 0, "daily_limit", 1)
    assert line.tick(NOON + 100_000).said() == [("daily_limit", "HOLD", NOON + 100_000)]


def test_a_call_that_moves_to_a_contract_with_a_limit_is_seen_at_once():
    line = Line()
    line.state = set_limit(line.state, 1, "daily_limit", milli(400))
    line.live((NOON, NOON, None, 0)).tick(NOON + 30_000)
    join_contract(line.state, 0, 1)
    assert line.tick(NOON + HOUR_MS).said()[0] == ("daily_limit", "HOLD", NOON + 2 * MINUTE_MS - LEAD_MS)


def test_the_record_of_another_call_brings_the_look_forward():
    """A call in progress is far from the limit of 3,500 yen, until the record of another adds 900."""
    other = (NOON - HOUR_MS, NOON - HOUR_MS, NOON - HOUR_MS + 299_000, 0)
    line = Line(daily_limit=milli(3_500), automatic_hold=False).live((NOON, NOON, None, 0))
    calls = new_calls(1)
    calls["start"], calls["answer"], calls["end"], calls["rate"] = other
    calls["charge"], calls["outgoing"], calls["handle"] = milli(875), 1, 9
    told = Events(np.array([int(CallEvent.END)]), np.array([NOON + 61_000]))
    run(line.state, line.dials, calls, told, 0, line.prices, line.slots, line.room, NO_AIDS)
    assert line.tick(NOON + HOUR_MS).said()[0] == ("daily_limit", "ALERT", NOON + 14 * MINUTE_MS)


def test_what_fell_below_the_limit_of_a_day_and_reaches_it_again_is_told_again():
    """1,608 yen of 1,500 at noon; at 15:00 700 of them leave the windows; a call at 8 yen for 3 minutes goes on.

    900 + 75 × 8 = 1,500, and unit 75 begins after 74 × 3 minutes.
    """
    yesterday = (NOON - 22 * HOUR_MS, NOON - 22 * HOUR_MS, NOON - 22 * HOUR_MS + 205_000, 0)
    line = Line(Policy(**ALONE, month_floor=10**15), daily_limit=milli(1_500), automatic_hold=False)
    line.live(yesterday, (NOON, NOON, None, 4), (NOON, NOON, None, 3)).tick(NOON + 5 * HOUR_MS)
    assert [(at - NOON) // MINUTE_MS for _, _, at in line.said()] == [0, 222]


# --- against a simulation of every unit ------------------------------------------------------------------------------

FIRST = parse_rfc3339("2026-06-30T18:00:00+09:00")  # six hours before the month turns
CALL = st.tuples(
    st.one_of(st.integers(0, 300), st.integers(0, 20_000)),
    st.integers(0, 30),
    st.one_of(st.none(), st.integers(0, 300), st.integers(0, 40_000)),
    st.integers(0, len(PRICES) - 1),
)
NOTICE = {"month_floor": 200_000, "month_new_customer": 300_000, "month_unknown_customer": 300_000}


def as_told(drawn) -> tuple[Told, ...]:
    starts = accumulate((wait for wait, *_ in drawn), initial=0)
    return tuple(
        (
            FIRST + start * 1000,
            FIRST + (start + ring) * 1000,
            None if talk is None else FIRST + (start + ring + talk) * 1000,
            price,
        )
        for start, (_, ring, talk, price) in zip(starts, drawn, strict=False)
    )


def instants(told: tuple[Told, ...], until: int) -> list[int]:
    """Every instant at which a sum can change: events, begins of units, edges of windows."""
    found = {at for _, at in events(told)} | set(range(-(-FIRST // BUCKET_MS) * BUCKET_MS, until, BUCKET_MS))
    for _, answer, end, row in told:
        price = PRICES[row]
        found |= set(range(answer + price.first_unit_ms, min(end or until, until) + 1, price.unit_ms))
    return sorted(at for at in found if at <= until)


def sums(told: tuple[Told, ...], at: int, happened: int) -> Iterator[int]:
    """Day, month and last month at `at`, when the first `happened` events have been told."""
    known = {what for what, _ in events(told)[:happened]}
    month, bucket = month_index(at), at // BUCKET_MS
    day = this = last = 0
    for row, (start, answer, end, rate) in enumerate(told):
        if 4 * row + 2 in known:
            charge = charge_of(PRICES[rate], end - answer)
            day += charge * (end // BUCKET_MS > bucket - DAY_BUCKETS)
            this += charge * (month_index(start) == month)
            last += charge * (month_index(start) == month - 1)
        elif 4 * row + 1 in known:
            cost = charged_so_far(PRICES[rate], at - answer)
            day, this = day + cost, this + cost
    yield from (day, this, last)


def simulated(told: tuple[Told, ...], until: int, daily: int, monthly: int) -> dict[str, int]:
    """When each rule would first speak if somebody added up everything at every single unit."""
    spoken: dict[str, int] = {}
    when = [at for _, at in events(told)]
    for at in instants(told, until):
        for happened in range(sum(one < at for one in when), sum(one <= at for one in when) + 1):
            day, month, last = sums(told, at, happened)
            fresh = month_index(at) == month_index(told[0][0]) or last == 0
            # One day of June's thirty was seen.
            compared = NOTICE["month_new_customer"] if fresh else max(last * 30, last + 290_000)
            reached = {
                "month_multiple": month >= max(NOTICE["month_floor"], 3 * compared),
                "daily_limit": day >= daily,
                "monthly_limit": month >= monthly,
            }
            spoken |= {reason: at for reason, now in reached.items() if now and reason not in spoken}
    return spoken


@settings(max_examples=60, deadline=None)
@given(st.lists(CALL, min_size=1, max_size=6), st.integers(1, 3_000_000), st.integers(1, 3_000_000))
def test_every_rule_speaks_when_a_simulation_of_every_unit_does(drawn, daily, monthly):
    told = as_told(drawn)
    until = max(at for _, at in events(told)) + 5 * HOUR_MS
    policy = Policy(**NOTICE, **ALONE)
    line = Line(policy, automatic_hold=False, daily_limit=daily, monthly_limit=monthly).live(*told).tick(until)
    assert line.first_said() == simulated(told, until, daily, monthly)
