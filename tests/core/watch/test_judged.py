"""What goes into and comes out of the kernel."""

from __future__ import annotations

import numpy as np

from sekisho.core.terms.call import CallEvent
from sekisho.core.terms.instants import NEVER
from sekisho.core.watch.judged import (
    ALLOWED_COUNTRIES,
    CALL,
    CONCURRENT_CALLS,
    DAILY_LIMIT,
    INTERNATIONAL_MONTHLY_LIMIT,
    INTERNATIONAL_MULTIPLE,
    MONTH_MULTIPLE,
    MONTHLY_LIMIT,
    PRICE_CEILING,
    REASONS,
    SAME_DAY_MULTIPLE,
    SCORE,
    VERDICT,
    WRITES_AT_ONCE,
    Events,
    new_calls,
    room_for_verdicts,
)
from sekisho.core.watch.rules import (
    allowed_countries,
    concurrent_calls,
    daily_limit,
    failed_screening,
    international_monthly_limit,
    international_multiple,
    month_multiple,
    monthly_limit,
    price_ceiling,
    same_day_multiple,
)
from sekisho.core.watch.state import EVIDENCES, NONE
from sekisho.core.watch.step import LOOKS_AT_ONCE


def test_calls_begin_with_nothing_known():
    calls = new_calls(3)
    assert calls.dtype == CALL
    assert calls.size == 3
    for name in ("start", "answer", "end"):
        assert (calls[name] == NEVER).all()
    assert (calls["rate"] == NONE).all()
    for name in ("charge", "international", "outgoing", "scored"):
        assert not calls[name].any()


def test_the_room_is_empty_and_as_large_as_asked():
    room = room_for_verdicts(5)
    assert room.rows.dtype == VERDICT
    assert room.rows.size == 5
    assert room.filled.tolist() == [0]


def test_reasons_have_the_names_of_their_rules():
    assert REASONS[SCORE] == "score"
    rules = {
        MONTH_MULTIPLE: month_multiple,
        DAILY_LIMIT: daily_limit,
        MONTHLY_LIMIT: monthly_limit,
        INTERNATIONAL_MULTIPLE: international_multiple,
        SAME_DAY_MULTIPLE: same_day_multiple,
        INTERNATIONAL_MONTHLY_LIMIT: international_monthly_limit,
        PRICE_CEILING: price_ceiling,
        ALLOWED_COUNTRIES: allowed_countries,
        CONCURRENT_CALLS: concurrent_calls,
    }
    assert {REASONS[reason]: rule.NAME for reason, rule in rules.items()} == {name: name for name in REASONS[1:-1]}
    assert REASONS[-1] == failed_screening.NAME, "told by flow, not by the kernel"


def test_a_verdict_has_a_fact_for_every_evidence():
    assert VERDICT["nats"].shape == (EVIDENCES,)
    assert VERDICT["facts"].shape == (EVIDENCES,)


def test_one_event_can_write_no_more_than_it_has_room_for():
    """An answer nobody saw begin.

    At its start and again at its answer the score; at its start one rule on its destination, and calls at a time; at
    both the rules on money, of which those on multiples have spoken already.
    """
    scores, on_calls, limits, multiples = 2, 2, 3, 3
    assert scores + on_calls + multiples + limits + limits <= WRITES_AT_ONCE


def test_one_timer_can_write_no_more_either():
    """Calls looked at again, and the rules on money."""
    limits, multiples = 3, 3
    assert LOOKS_AT_ONCE + multiples + limits <= WRITES_AT_ONCE


def test_an_event_and_its_row_share_a_number():
    events = Events(what=np.array([4 * 7 + CallEvent.END]), at=np.array([0]))
    assert events.what[0] >> 2 == 7
    assert events.what[0] & 3 == CallEvent.END
    assert max(CallEvent) < 3, "3 is SETTLE"


def test_kernels_may_read_the_records_in_place():
    for kind in (CALL, VERDICT):
        assert kind.isalignedstruct
