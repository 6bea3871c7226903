"""The rules on a call itself: spoken once, with the scope they hold."""

from __future__ import annotations

import pytest
from tests.core.watch.kernel import ANSWER, END, START, Call, Kernel

from sekisho.core.terms.destination import NO_COUNTRY, country_code
from sekisho.core.terms.instants import HOUR_MS, NEVER, parse_rfc3339
from sekisho.core.watch.state import NONE

NOON = parse_rfc3339("2026-06-15T03:00:00Z")
SL, US, LV = country_code("SL"), country_code("US"), country_code("LV")


def scopes(kernel: Kernel) -> list[int]:
    return kernel.room.rows["scope"][: kernel.room.filled[0]].tolist()


@pytest.mark.parametrize(("holds", "action"), [(True, "HOLD"), (False, "ALERT")])
def test_a_call_to_a_country_that_is_not_allowed(holds, action):
    kernel = Kernel(allowed_countries=("US",), automatic_hold=holds)
    kernel.tell(Call(0, NOON, country=US), START).tell(Call(1, NOON + 1, country=SL), START)
    assert kernel.said() == [("allowed_countries", action, 0, NOON + 1)]
    assert scopes(kernel) == [SL]
    assert kernel.room.rows[0]["facts"][0] == SL
    line = kernel.state.lines[0]
    held = (NOON + 1 + 4 * HOUR_MS, SL) if holds else (NEVER, NO_COUNTRY)
    assert (line["held_until"], line["held_country"]) == held, "the other countries go on"


def test_where_the_country_is_unknown_all_is_held():
    kernel = Kernel(allowed_countries=("US",)).tell(Call(0, NOON, country=NO_COUNTRY), START)
    assert scopes(kernel) == [0]
    assert kernel.state.lines["held_until"][0] == NOON + 4 * HOUR_MS


@pytest.mark.parametrize(("holds", "action"), [(True, "HOLD"), (False, "ALERT")])
def test_a_call_above_the_ceiling(holds, action):
    kernel = Kernel(price_ceiling=100_000, automatic_hold=holds)
    kernel.tell(Call(0, NOON, rate=1), START).tell(Call(1, NOON + 1), START).tell(Call(2, NOON + 2, rate=NONE), START)
    assert kernel.said() == [("price_ceiling", action, 0, NOON + 1)]
    assert scopes(kernel) == [SL]
    assert kernel.room.rows[0]["facts"].tolist()[:2] == [175_000.0, 100_000.0]


def test_one_reason_is_enough_for_one_call():
    kernel = Kernel(price_ceiling=100_000, allowed_countries=("US",)).tell(Call(0, NOON), START)
    assert [reason for reason, *_ in kernel.said()] == ["allowed_countries"]


@pytest.mark.parametrize(
    ("holds", "country", "said"),
    [
        (False, SL, [NOON, NOON + 170_000]),
        (True, SL, [NOON]),  # the hold covers it
        (True, LV, [NOON, NOON + 170_000]),  # another destination
    ],
)
def test_it_is_spoken_at_the_first_that_is_told_of_a_call_and_not_again(holds, country, said):
    kernel = Kernel(allowed_countries=("US",), automatic_hold=holds)
    for kind in (START, ANSWER, END):
        kernel.tell(Call(0, NOON, NOON + 5_000, NOON + 70_000), kind)
    kernel.tell(Call(1, NOON + 100_000, NOON + 100_000, NOON + 170_000, country=country), END)
    assert [at for *_, at in kernel.said()] == said


def test_a_second_forbidden_destination_widens_the_hold_to_all():
    kernel = Kernel(allowed_countries=("US",))
    kernel.tell(Call(0, NOON), START).tell(Call(1, NOON + 60_000, country=LV), START)
    assert kernel.state.lines["held_country"][0] == NO_COUNTRY
    kernel.tell(Call(2, NOON + 120_000, country=country_code("CU")), START)
    assert [at for *_, at in kernel.said()] == [NOON, NOON + 60_000], "all is held: a third says nothing"


def test_while_all_is_held_no_destination_is():
    kernel = Kernel(allowed_countries=("US",), concurrent_calls=1)
    kernel.tell(Call(0, NOON, country=US), START).tell(Call(1, NOON + 1, country=US), START)
    kernel.tell(Call(2, NOON + 60_001), START)
    assert [reason for reason, *_ in kernel.said()] == ["concurrent_calls"]


def test_calls_at_home_are_free():
    kernel = Kernel(allowed_countries=("US",), price_ceiling=1, concurrent_calls=1)
    for handle in range(5):
        kernel.tell(Call(handle, NOON, international=False), START)
    assert kernel.said() == []
