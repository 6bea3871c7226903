"""Limits in time: under a hold clause they are spoken before the unit that reaches them, so that a cut can follow."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.watch.kernel import ANSWER, END, START, Call, Kernel
from tests.core.watch.kernel import PRICES as RATES
from tests.core.watch.pages import milli, table

from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS, parse_rfc3339
from sekisho.core.units import Price, charge_of, charged_so_far
from sekisho.core.watch.assign import join_contract
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.state import NONE

NOON = parse_rfc3339("2026-06-15T03:00:00Z")
LEAD_MS = Policy().cut_lead_ms


@pytest.mark.parametrize(("limit", "unit_s", "yen", "clause", "spoken", "charged"), table("limit", "unit_s"))
def test_a_limit_is_spoken_and_the_call_is_cut_where_the_page_says(limit, unit_s, yen, clause, spoken, charged):
    price = Price(int(unit_s) * 1000, milli(yen), int(unit_s) * 1000, milli(yen), 0, 0)
    kernel = Kernel(daily_limit=milli(limit), automatic_hold=clause == "yes")
    kernel.prices[0] = price
    call = Call(0, NOON - 5_000, NOON)
    kernel.tell(call, START).tell(call, ANSWER).tick(NOON + HOUR_MS)
    _, _, _, at = kernel.said()[0]
    assert at == NOON + int(spoken) * 1000
    assert charge_of(price, at + LEAD_MS - NOON) == milli(charged)


def test_every_line_with_a_call_abroad_in_progress_is_held_at_that_instant():
    """Twelve lines of one contract at 175 yen a minute: 24 units are 4,200 yen; the third minute would be 6,300."""
    kernel = Kernel(20, monthly_limit=4_300_000)
    for line in range(12):
        join_contract(kernel.state, line, 15)
    for line in range(12):
        call = Call(line, NOON - 5_000, NOON, line=line, international=line != 3)
        kernel.tell(call, START).tell(call, ANSWER)
    held = kernel.tick(NOON + HOUR_MS).said()
    assert sorted(line for _, _, line, _ in held) == [line for line in range(12) if line != 3]
    assert {(reason, action, at) for reason, action, _, at in held} == {
        ("monthly_limit", "HOLD", NOON + 2 * MINUTE_MS - LEAD_MS)
    }


def test_a_record_that_reaches_the_limit_holds_the_other_lines_too():
    kernel = Kernel(daily_limit=1_000_000)
    join_contract(kernel.state, 1, 0)
    call = Call(0, NOON, line=1)  # it rings
    kernel.tell(call, START).tell(Call(1, NOON, NOON, NOON + 10 * MINUTE_MS, international=False), END)
    kernel.tick(NOON + HOUR_MS)
    assert [(line, at) for _, _, line, at in kernel.said()] == [(line, NOON + 10 * MINUTE_MS) for line in (0, 1)]


SOME = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 60_000), st.integers(0, 30 * MINUTE_MS)),
        st.integers(0, 20_000),
        st.one_of(st.integers(0, 10 * MINUTE_MS), st.integers(0, 3 * HOUR_MS)),
        st.integers(0, len(RATES) - 1),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=20,
)


def switched(drawn, **limits: int) -> tuple[list[Call], Kernel]:
    """Calls as a switch lets them be: refused on a held line, cut `cut_lead_ms` after the verdict that holds it.

    Lines 0 and 1 have one contract.
    """
    kernel = Kernel(4, **limits)
    join_contract(kernel.state, 1, 0)
    starts = accumulate((wait for wait, *_ in drawn), initial=NOON)
    calls = {
        handle: Call(handle, start, start + ring, start + ring + talk, rate, line)
        for handle, (start, (_, ring, talk, rate, line)) in enumerate(zip(starts, drawn, strict=False))
    }
    told: dict[int, int] = {}
    heard = 0

    def cut_held(beginning: int | None) -> bool:
        nonlocal heard
        said = kernel.said()[heard:]
        heard += len(said)
        for _, action, line, at in said:
            assert action == "HOLD"
            for handle, kind in told.items():
                call, cut = calls[handle], at + LEAD_MS * (handle != beginning)
                if call.line == line and kind < END and (call.end > cut or handle == beginning):
                    answered = kind == ANSWER or call.answer < cut
                    calls[handle] = call._replace(answer=call.answer if answered else None, end=cut)
        return bool(said)

    while ahead := [next_of(call, told.get(handle)) for handle, call in calls.items() if told.get(handle) != END]:
        at, kind, handle = min(ahead)
        kernel.tick(at)
        if cut_held(None):
            continue
        if kind == START and kernel.state.lines["held_until"][calls[handle].line] > at:
            del calls[handle]
            continue
        kernel.tell(calls[handle], kind)
        told[handle] = kind
        cut_held(handle if kind == START else None)
    return list(calls.values()), kernel


def next_of(call: Call, told: int | None) -> tuple[int, int, int]:
    """When, what and of which call the next event is."""
    if told is None:
        return call.start, START, call.handle
    if told == START and call.answer is not None:
        return call.answer, ANSWER, call.handle
    return call.end, END, call.handle


def steps(call: Call) -> list[tuple[int, int]]:
    """(instant, milli-yen) of every unit that the call is charged for."""
    price, found, before = RATES[call.rate], [], 0
    at = call.answer
    while at is not None and (at < call.end or at == call.answer):
        cost = charged_so_far(price, at - call.answer)
        found.append((at, cost - before))
        before = cost
        at = call.answer + price.first_unit_ms + (len(found) - 1) * price.unit_ms
    assert before == call.charge
    return found


def dearest_unit(call: Call) -> int:
    price = RATES[call.rate]
    return max(price.first_milliyen + price.connection_milliyen, price.unit_milliyen + 1_000 * price.floor_yen)


@settings(max_examples=150, deadline=None)
@given(
    SOME,
    st.one_of(st.integers(1, 200_000), st.integers(1, 3_000_000)),
    st.sampled_from(["daily_limit", "monthly_limit", "international_monthly_limit"]),
)
def test_past_a_limit_no_more_is_spent_than_a_unit_for_each_call_in_progress(drawn, limit, which):
    """Within a day, so that the sum of a contract only grows; the calls in progress are those at the crossing."""
    calls, kernel = switched(drawn, **{which: limit})
    for lines in ((0, 1), (2,), (3,)):
        ours = [call for call in calls if call.line in lines]
        spent, crossed = 0, None
        for at, cost in sorted(step for call in ours for step in steps(call)):
            spent += cost
            crossed = at if crossed is None and spent >= limit else crossed
        assert spent == kernel.state.contracts["month_spend"][lines[0]]
        up = [call for call in ours if crossed is not None and call.start <= crossed <= call.end]
        assert spent < limit + sum(map(dearest_unit, up))
    assert kernel.state.contracts["open_head"].max() == NONE
