"""Calls whose end never comes: the table of rules.md, section 8, and that nothing is lost or counted twice."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.watch.kernel import ANSWER, END, SETTLE, SILENT, START, Call, Kernel
from tests.core.watch.pages import milli, table

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, parse_rfc3339
from sekisho.core.watch.open_calls import EXPIRED, conserved
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.state import FAR, NONE

NOON = parse_rfc3339("2026-06-15T03:00:00Z")


@pytest.mark.parametrize("cells", table("told", "record, s of talk"))
def test_what_is_counted_is_what_the_page_says(cells):
    told, record, after_a_day, in_the_end, ended, expired = cells
    talk = None if record == "-" else int(record) * SECOND_MS
    call = Call(0, NOON, NOON + 5_000 if "answer" in told else None)
    whole = call._replace(answer=NOON + 5_000, end=NOON + 5_000 + (talk or 0))
    kernel = Kernel().tell(call, START)
    if "answer" in told:
        kernel.tell(call, ANSWER)
    if "end" in told:
        kernel.tell(whole, END)
    kernel.tick(NOON + DAY_MS)
    assert kernel.state.contracts["month_spend"][0] == milli(after_a_day)
    if talk is not None and "end" not in told:
        kernel.tell(whole, END)
    assert kernel.state.contracts["month_spend"][0] == milli(in_the_end)
    assert (kernel.total("ended"), kernel.total("expired")) == (int(ended), int(expired))
    assert kernel.total("started") == 1
    assert conserved(kernel.state)


def test_it_expires_at_24_hours_and_not_before():
    call = Call(0, NOON, NOON + 5_000)
    kernel = Kernel().tell(call, START).tell(call, ANSWER).tick(NOON + DAY_MS - 1)
    assert (kernel.total("expired"), kernel.slots[0]) == (0, 0)
    kernel.tick(NOON + DAY_MS)
    assert (kernel.total("expired"), kernel.slots[0]) == (1, EXPIRED - 175_000)
    assert kernel.state.contracts["open_head"][0] == NONE
    assert kernel.state.contracts["armed_at"][0] == FAR


def test_the_policy_says_how_long():
    kernel = Kernel(policy=Policy(**SILENT, longest_call_hours=1)).tell(Call(0, NOON), START).tick(NOON + HOUR_MS)
    assert kernel.total("expired") == 1


def test_an_event_of_another_line_lets_it_expire_too():
    kernel = Kernel().tell(Call(0, NOON), START).tell(Call(1, NOON + DAY_MS, line=1), START)
    assert kernel.total("expired") == 1


@pytest.mark.parametrize("kinds", [(START,), (ANSWER,), (END,), (END, SETTLE), (SETTLE,), (START, ANSWER, END)])
def test_what_comes_after_is_not_counted_again(kinds):
    call = Call(0, NOON, NOON, NOON + 90_000)
    kernel = Kernel().tell(call, START).tell(call, ANSWER).tick(NOON + DAY_MS)
    for kind in kinds:
        kernel.tell(call, kind, NOON + DAY_MS + HOUR_MS)
        assert conserved(kernel.state)
    assert [kernel.total(name) for name in ("started", "ended", "expired")] == [1, 0, 1]
    if kinds in ((END,), (SETTLE,)):
        assert kernel.state.contracts["month_spend"][0] == call.charge


def test_the_end_of_evidence_leaves_the_unit_until_the_record_comes():
    call = Call(0, NOON, NOON)
    kernel = Kernel().tell(call, START).tell(call, ANSWER).tick(NOON + DAY_MS)
    kernel.tell(call._replace(end=None), END, NOON + DAY_MS + 1)
    assert kernel.state.contracts["month_spend"][0] == 175_000
    kernel.tell(call._replace(end=NOON + 90_000), SETTLE)
    assert kernel.state.contracts["month_spend"][0] == 350_000
    assert kernel.state.contracts["abroad_spend"][0] == 350_000


def test_a_call_that_expires_no_longer_fills_a_limit():
    """175 yen a minute for a day would be 252,000 yen; the limit of a day was told, and is free again at the end."""
    call = Call(0, NOON, NOON)
    kernel = Kernel(daily_limit=250_000_000, automatic_hold=False).tell(call, START).tell(call, ANSWER)
    kernel.tick(NOON + 2 * DAY_MS)
    assert [at - NOON for *_, at in kernel.said()] == [1428 * MINUTE_MS]
    assert kernel.state.contracts["month_spend"][0] == 175_000


def test_nothing_open_never_expires():
    kernel = Kernel()
    call = Call(0, NOON, end=NOON + 5)
    kernel.tell(call, START).tell(call, END).tick(NOON + 3 * DAY_MS)
    assert kernel.total("expired") == 0
    assert kernel.total("oldest") == kernel.total("youngest") == NONE


CALLS = st.lists(
    st.tuples(st.integers(0, 6 * HOUR_MS), st.booleans(), st.one_of(st.none(), st.integers(0, 50 * HOUR_MS))),
    min_size=1,
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(CALLS)
def test_whatever_ends_or_does_not_no_call_is_lost_and_all_money_is_right_in_the_end(drawn):
    kernel, at = Kernel(), NOON - 10 * DAY_MS
    told: list[tuple[int, int, Call]] = []
    for handle, (wait, answered, talk) in enumerate(drawn):
        at += wait
        answer = at + 3_000 if answered else None
        call = Call(handle, at, answer, None if talk is None else at + 3_000 + talk, handle % 5, handle % 4)
        told.append((at, START, call))
        if answered:
            told.append((at + 3_000, ANSWER, call))
        if call.end is not None:
            told.append((call.end, END, call))
    for _, kind, call in sorted(told):
        kernel.tell(call, kind)
        assert conserved(kernel.state)
    kernel.tick(at + 60 * HOUR_MS)
    assert conserved(kernel.state)
    calls = {call.handle: call for _, _, call in told}.values()
    lost = [call for call in calls if call.end is None or call.end >= call.start + DAY_MS]
    assert (kernel.total("started"), kernel.total("expired")) == (len(drawn), len(lost))
    units = [call._replace(end=call.answer) for call in calls if call.end is None and call.answer is not None]
    expected = sum(call.charge for call in [*units, *(call for call in calls if call.end is not None)])
    assert kernel.state.contracts["month_spend"].sum() == expected
