"""The label-free score: the worked tables of docs/algorithms/watch.md, and each of its habits by itself."""

from __future__ import annotations

import re
from math import exp, log, log1p

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.watch.desk import CHEAP, DEAR, SL, US, Desk
from tests.core.watch.worked_line import in_japan, section, tables, worked

from sekisho.core.terms.call import Action
from sekisho.core.terms.destination import country_code
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, parse_rfc3339
from sekisho.core.watch import score
from sekisho.core.watch.calendar import PART_NAMES
from sekisho.core.watch.evidence import catalogue as of
from sekisho.core.watch.evidence import country, price
from sekisho.core.watch.policy import SEGMENTS, Policy
from sekisho.core.watch.score import BURST, FAST, MOST_NATS, SLOW, cool, free_score, top_thief
from sekisho.core.watch.speak import Occasion
from sekisho.core.watch.state import NONE
from sekisho.core.watch.watching import judge_call

POLICY = Policy()
MONDAY = parse_rfc3339("2026-06-01T10:00:00+09:00")
NIGHT_HOURS = parse_rfc3339("2026-06-06T02:00:00+09:00")
TOLD = ("country", "price", "week", "known", "validity", "adjacent")
NAMED = dict(zip(TOLD, ("country", "price", "part_of_week", "number", "validity", "adjacent"), strict=True))
HYPOTHESES = {"f": POLICY.thief_rate_fast, "s": POLICY.thief_rate_slow, "b": POLICY.burst_rate}
NEAR = 0.01


def scores(abroad) -> list[float]:
    return [float(each) for each in abroad["score"]]


def raised(desk: Desk, fast: float, slow: float, burst: float, at: int):
    """A line with these scores."""
    abroad = desk.abroad(0, at)
    abroad["score"], abroad["at"] = (fast, slow, burst), at
    abroad["shares"][of.RATE] = max(fast, slow)
    return abroad


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_worked_line_call_by_call():
    desk = Desk()
    for row in worked():
        at = in_japan(row)
        abroad = desk.abroad(0, at)
        seen, sunk = float(abroad["calls"].sum()), abroad.copy()
        cool(sunk, at - int(sunk["at"]), desk.dials)
        assert scores(sunk) == pytest.approx([float(row[f"before {each}"]) for each in HYPOTHESES], abs=NEAR)
        sight = desk.meet(
            at, country_code(row["to"]), float(row["yen"]) * 1000, row["number"], valid=int(row["valid"] == "yes")
        )
        assert PART_NAMES[int(sight["part"])] == row["part"]
        assert sight["week_an_hour"] == pytest.approx(float(row["λ₀"]), abs=1e-5)
        assert sight["share"] == pytest.approx(float(row["share"]), abs=1e-5)
        told = [float(desk.aids.nats["x"][0, of.NAMES.index(NAMED[each])]) for each in TOLD]
        assert told == pytest.approx([float(row[each]) for each in TOLD], abs=NEAR)
        assert float(np.abs(desk.aids.nats["x"][0]).sum()) == pytest.approx(sum(map(abs, told)), abs=1e-6)
        assert scores(abroad) == pytest.approx([float(row[f"after {each}"]) for each in HYPOTHESES], abs=NEAR)
        assert free_score(abroad, desk.dials) == pytest.approx(float(row["score"]), abs=NEAR)
        assert (float(abroad["calls"].sum()) > seen + 0.5) == (row["learnt"] == "yes")
        desk.out.filled[0] = 0
        judge_call(desk.book, Occasion(0, NONE, 0, 0, 0, at), sight, 0, 0.0, 0.0)
        said = [Action(int(each["action"])).name.lower() for each in desk.out.rows[: desk.out.filled[0]]]
        assert said == row["said"].split(" ")[:1] * bool(row["said"])


@pytest.mark.parametrize("row", worked(), ids=lambda row: row["#"])
def test_the_page_is_right_in_itself(row):
    """Each row's figures follow from one another, so that a reader can check them with a pocket calculator."""
    of_row = {name: float(cell) for name, cell in row.items() if re.fullmatch(r"-?\d+\.\d+", cell)}
    for each, pace in HYPOTHESES.items():
        assert of_row[f"rate {each}"] == pytest.approx(log(pace / of_row["λ₀"]), abs=0.012)
    assert of_row["country"] == pytest.approx(country.nats(of_row["share"], 240.0), abs=0.03)
    assert of_row["price"] in (0.0, pytest.approx(price.nats(float(row["yen"]) * 1000), abs=0.006))
    others = sum(of_row[each] for each in TOLD)
    known = of_row["price"] == 0.0
    new_country = 0.0 if known else log(0.35 / max(10 * of_row["share"], 0.01))
    burst = 0.5 * of_row["week"] + new_country + 0.5 * of_row["adjacent"] - max(of_row["validity"], 0.0)
    whole = {each: log1p(exp(of_row[f"x {each}"])) for each in HYPOTHESES}
    for each, more in (("f", others), ("s", others), ("b", burst)):
        assert of_row[f"x {each}"] == pytest.approx(of_row[f"rate {each}"] + more, abs=0.03)
    allowed = {each: min(whole[each], 2.0 if redial(row) else 8.5) for each in "fs"}
    after = {each: of_row[f"before {each}"] + allowed[each] for each in "fs"}
    beyond = max(0.0, after["f"] - 40.0, after["s"] - 40.0)
    after["b"] = max(of_row["before b"] + whole["b"] * allowed["f"] / whole["f"] - beyond, 0.0)
    for each in HYPOTHESES:
        assert of_row[f"after {each}"] == pytest.approx(min(after[each], 40.0), abs=0.02)
    left = max(of_row["after f"], of_row["after s"]) - log1p(exp(of_row["after b"] - 3.0))
    assert of_row["score"] == pytest.approx(max(left, 0.0), abs=0.012)


def redial(row: dict[str, str]) -> bool:
    rows = worked()
    return int(row["#"]) > 1 and rows[int(row["#"]) - 2]["number"] == row["number"]


def test_the_page_tells_the_tables_of_the_price_and_of_the_thresholds():
    (_, bands) = tables("The evidences")
    told = [[float(cell) for cell in list(row.values())[1:]] for row in bands]
    assert told == [price.HONEST.tolist(), price.THIEF.tolist()]
    (thresholds,) = tables("Thresholds")
    told = [tuple(float(cell) for cell in list(row.values())[1:]) for row in thresholds]
    assert told == [POLICY.ask_nats, POLICY.hold_nats]
    assert len(told[0]) == SEGMENTS


def test_the_page_tells_every_evidence():
    (laws, _) = tables("The evidences")
    assert {row["evidence"].strip("`") for row in laws} == set(of.NAMES)
    assert section("Where it is blind")


# --- silence ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "left"),
    [(0, (8, 8, 8)), (1, (7, 7.95, 7.8)), (5, (3, 7.75, 7)), (20, (0, 7, 4)), (160, (0, 0, 0))],
)
def test_silence_lets_each_score_sink_at_its_own_pace(minutes, left):
    desk = Desk()
    abroad = raised(desk, 8.0, 8.0, 8.0, MONDAY)
    cool(abroad, minutes * MINUTE_MS, desk.dials)
    assert scores(abroad) == pytest.approx(left, abs=1e-5)
    assert abroad["shares"].sum() == pytest.approx(max(left[:2]), abs=1e-4)


def test_a_late_event_does_not_let_it_sink():
    desk = Desk()
    abroad = raised(desk, 8.0, 8.0, 8.0, MONDAY)
    cool(abroad, -HOUR_MS, desk.dials)
    assert scores(abroad) == [8.0, 8.0, 8.0]


# --- the rival -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fast", "slow", "burst", "left"),
    [
        (8.0, 5.0, 0.0, 8.0 - log1p(exp(-3))),  # no burst: nearly all of it
        (8.0, 5.0, 3.0, 8.0 - log(2)),  # as likely as ordinary calling
        (5.0, 8.0, 8.0, 3.0 - log1p(exp(-5))),
        (8.0, 8.0, 40.0, 0.0),
        (0.0, 0.0, 0.0, 0.0),
    ],
)
def test_what_the_rival_leaves(fast, slow, burst, left):
    desk = Desk()
    abroad = raised(desk, fast, slow, burst, MONDAY)
    assert top_thief(abroad) == max(fast, slow)
    assert free_score(abroad, desk.dials) == pytest.approx(max(left, 0.0), abs=1e-5)


def test_a_burst_does_not_explain_numbers_that_cannot_be():
    """Two calls abroad at night to a new country, by their whole weight."""
    left = []
    for valid in (1, 0):
        desk = Desk(Policy(call_nats=1e9))
        for call in range(2):
            desk.meet(NIGHT_HOURS + call * 5 * MINUTE_MS, number=f"2327{call:03}0000", valid=valid)
        left.append(free_score(desk.abroad(), desk.dials))
    assert left[1] - left[0] > 6.0


@pytest.mark.parametrize("ceiling", [2.0, 8.5, 12.0, 1e9])
def test_the_rival_keeps_as_much_of_his_gain_as_the_ceiling_leaves_of_the_thiefs(ceiling):
    desk, free = Desk(Policy(call_nats=ceiling)), Desk(Policy(call_nats=1e9))
    for each in (desk, free):
        each.meet(NIGHT_HOURS)
    fast, slow, burst = scores(free.abroad())
    assert (fast, slow, burst) == pytest.approx((13.71, 10.72, 11.93), abs=0.01)
    kept = min(ceiling / fast, 1.0)
    assert scores(desk.abroad()) == pytest.approx([min(fast, ceiling), min(slow, ceiling), kept * burst], rel=1e-5)


def test_the_rival_of_a_redial_keeps_as_little():
    desk = Desk()
    desk.meet(NIGHT_HOURS)
    before = scores(desk.abroad())
    desk.meet(NIGHT_HOURS)
    fast, slow, burst = (after - was for after, was in zip(scores(desk.abroad()), before, strict=True))
    assert (fast, slow) == pytest.approx((2.0, 2.0), abs=1e-5)
    assert 0.0 < burst < 2.0


def test_what_a_thief_would_gain_beyond_the_most_comes_off_the_rival():
    first, later = Desk(), Desk()
    first.meet(NIGHT_HOURS)
    thief, _, gained = scores(first.abroad())
    assert thief == 8.5
    assert gained < thief
    abroad = raised(later, MOST_NATS, MOST_NATS - 1.0, 20.0, NIGHT_HOURS)
    later.meet(NIGHT_HOURS)
    assert scores(abroad) == pytest.approx([MOST_NATS, MOST_NATS, 20.0 + gained - 8.5], abs=NEAR)
    later.meet(NIGHT_HOURS, number="23276543210")
    abroad["score"][BURST] = 0.5
    later.meet(NIGHT_HOURS, number="23276123456")
    assert scores(abroad)[BURST] == 0.0, "and never below nothing"


# --- caps ------------------------------------------------------------------------------------------------------------


def test_the_same_number_again_adds_at_most_the_cap_of_a_redial():
    desk = Desk()
    added = []
    for number in ("2327000", "2327000", "2328000", "2327000"):
        before = float(top_thief(desk.abroad()))
        desk.meet(NIGHT_HOURS, number=number)
        added.append(float(top_thief(desk.abroad())) - before)
    assert added == pytest.approx([8.5, 2.0, 8.5, 8.5], abs=1e-5), "only the call just before counts"


def test_a_number_nobody_could_read_is_no_redial():
    desk = Desk()
    desk.meet(NIGHT_HOURS, number="")
    desk.meet(NIGHT_HOURS, number="")
    assert float(top_thief(desk.abroad())) == pytest.approx(17.0, abs=1e-5)


def test_no_score_stands_above_the_most():
    desk = Desk()
    for call in range(9):
        desk.meet(NIGHT_HOURS + call, number=f"2327{call}00000")
    fast, slow, burst = scores(desk.abroad())
    assert fast == slow == MOST_NATS
    assert burst <= MOST_NATS
    assert desk.abroad()["shares"].sum() == pytest.approx(MOST_NATS, abs=1e-3)


# --- shares ----------------------------------------------------------------------------------------------------------

CALLS = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 10 * MINUTE_MS), st.integers(0, 30 * DAY_MS), st.integers(-HOUR_MS, 0)),
        st.sampled_from([0, US, SL, 10, 11, 12, 13, 14, 15, 16, 17]),
        st.sampled_from([0.0, CHEAP, 30_000.0, 45_000.0, DEAR, 700_000.0]),
        st.integers(0, 30),
        st.integers(0, 1),
    ),
    max_size=40,
)


@settings(max_examples=100, deadline=None)
@given(CALLS)
def test_the_shares_add_up_to_the_likelier_thief(calls):
    desk, at = Desk(), MONDAY
    for wait, where, milliyen, number, valid in calls:
        at += wait
        desk.meet(at, where, milliyen, f"2327{number:04}", valid=valid)
        abroad = desk.abroad()
        shares = abroad["shares"].astype(float)
        assert shares.sum() == pytest.approx(float(top_thief(abroad)), rel=1e-3, abs=2e-3)
        assert min(scores(abroad)) >= 0
        assert max(scores(abroad)) <= MOST_NATS
        assert 0.0 <= float(free_score(abroad, desk.dials)) <= float(top_thief(abroad))
        assert np.isfinite(shares).all()


def test_what_a_call_gained_is_kept_with_it():
    desk = Desk()
    first = float(desk.meet(NIGHT_HOURS)["gain"])
    assert first == pytest.approx(8.5)
    assert float(desk.meet(NIGHT_HOURS + MINUTE_MS, number="23276900000")["gain"]) == pytest.approx(8.5, abs=0.01)


def test_the_hypotheses_have_their_places():
    assert (FAST, SLOW, BURST) == (0, 1, 2)
    assert score.BURST_NEW_COUNTRY == 0.35
