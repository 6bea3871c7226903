"""The score of a line: the worked tables of docs/algorithms/watch.md, and each of its habits by itself."""

from __future__ import annotations

import re
from math import exp, log, log1p
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.terms.destination import country_code
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, parse_rfc3339
from sekisho.core.watch.calendar import BUSINESS, NIGHT, PART_NAMES, WEEKEND, part_of_week
from sekisho.core.watch.evidence import country, price
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.score import UNKNOWN_COUNTRY, _cool, forget_unproven, score_call, top_score
from sekisho.core.watch.speak import may_alert, may_hold
from sekisho.core.watch.state import COUNTRIES_REMEMBERED, new_state

PAGE = Path(__file__).parents[3] / "docs" / "algorithms" / "watch.md"
POLICY = Policy()
DIALS = dials(POLICY)
MONDAY = parse_rfc3339("2026-06-01T10:00:00+09:00")
NIGHT_HOURS = parse_rfc3339("2026-06-06T02:00:00+09:00")
US, SL = country_code("US"), country_code("SL")
CHEAP, DEAR = 9_000.0, 175_000.0
FAST, SLOW = 0, 1


class Line:
    """One line, and what is dialled on it: every call to a new number unless told."""

    def __init__(self, policy: Policy = POLICY) -> None:
        self.row = new_state(1, 1).lines[0]
        self.dials = dials(policy)[0]
        self.dialled = 0

    def call(self, at: int, where: int = SL, milliyen: float = DEAR, number: int | None = None):
        """Judge one call; returns (honest rate an hour, share of its country)."""
        self.dialled += 1
        dialled = np.uint64(1_000 + self.dialled if number is None else number)
        score, facts = score_call(self.row, at, at, dialled, where, milliyen, self.dials)
        assert score == top_score(self.row) == max(self.scores())
        assert facts[2] == milliyen / 1000
        return facts[:2]

    def scores(self) -> list[float]:
        return [float(score) for score in self.row["score"]]

    def cooled(self, at: int) -> list[float]:
        """The scores as they would stand at `at`."""
        later = self.row.copy()
        _cool(later, at, self.dials)
        return [float(score) for score in later["score"]]

    def slot(self, where: int) -> int:
        return self.row["country"].tolist().index(where)

    def raise_to(self, fast: float, slow: float, at: int) -> None:
        self.row["score"], self.row["scored_at"] = (fast, slow), at
        self.row["shares"] = np.array([[fast, 0, 0], [slow, 0, 0]])


def section(number: int) -> str:
    return re.split(r"^## \d+\. .*$", PAGE.read_text("utf-8"), flags=re.MULTILINE)[number]


def worked() -> list[dict[str, str]]:
    """The rows of the two tables of section 5, joined by their number."""
    tables: list[list[list[str]]] = [[]]
    for line in section(5).splitlines():
        if line.startswith("|"):
            tables[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif tables[-1]:
            tables.append([])
    terms, scores = ([dict(zip(table[0], row, strict=True)) for row in table[2:]] for table in tables if table)
    assert [row["#"] for row in terms] == [row["#"] for row in scores]
    return [one | other for one, other in zip(terms, scores, strict=True)]


def in_japan(row: dict[str, str]) -> int:
    return parse_rfc3339(row["in Japan"].replace(" ", "T") + "+09:00")


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_worked_line_call_by_call():
    line, near = Line(), 0.01
    for row in worked():
        at = in_japan(row)
        part = part_of_week(at, line.dials["closed"])
        assert PART_NAMES[part] == row["part"]
        assert line.cooled(at) == pytest.approx([float(row["before f"]), float(row["before s"])], abs=near)
        seen = float(line.row["calls"].sum())
        honest, share = line.call(at, country_code(row["to"]), float(row["yen"]) * 1000, ord(row["number"]))
        assert honest == pytest.approx(float(row["λ₀"]), abs=1e-5)
        assert share == pytest.approx(float(row["share"]), abs=1e-5)
        assert line.scores() == pytest.approx([float(row["after f"]), float(row["after s"])], abs=near)
        assert (float(line.row["calls"].sum()) > seen + 0.5) == (row["learnt"] == "yes")
        said = ""
        if max(line.scores()) >= POLICY.hold_nats:
            said = "hold" if may_hold(line.row, at, line.dials) else ""
        elif max(line.scores()) >= POLICY.alert_nats:
            said = "alert" if may_alert(line.row, at, line.dials) else ""
        assert said == row["said"]


@pytest.mark.parametrize("row", worked(), ids=lambda row: row["#"])
def test_the_page_is_right_in_itself(row):
    """Each row's figures follow from one another, so that a reader can check them with a pocket calculator."""
    of = {
        name: float(row[name])
        for name in row
        if name not in ("#", "in Japan", "to", "number", "part", "learnt", "said")
    }
    assert of["rate f"] == pytest.approx(log(60 / of["λ₀"]), abs=0.012)
    assert of["rate s"] == pytest.approx(log(3 / of["λ₀"]), abs=0.012)
    assert of["country"] == pytest.approx(country.nats(of["share"], 240.0), abs=0.03)
    assert of["price"] in (0.0, pytest.approx(price.nats(of["yen"] * 1000), abs=0.006))
    for thief in "fs":
        assert of[f"x {thief}"] == pytest.approx(of[f"rate {thief}"] + of["country"] + of["price"], abs=0.016)
        cap = 2.0 if row["#"] == "5" else 8.5
        assert of[f"added {thief}"] == pytest.approx(min(log1p(exp(of[f"x {thief}"])), cap), abs=0.011)
        assert of[f"after {thief}"] == pytest.approx(of[f"before {thief}"] + of[f"added {thief}"], abs=0.011)


def test_the_page_tells_the_tables_of_the_price():
    rows = [line for line in section(2).splitlines() if re.match(r"\| (honest first|thief's) calls", line)]
    told = [[float(cell) for cell in row.strip("|").split("|")[1:]] for row in rows]
    assert told == [price.HONEST.tolist(), price.THIEF.tolist()]


# --- silence and holds -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "fast", "slow"), [(0, 8, 8), (1, 7, 7.95), (5, 3, 7.75), (20, 0, 7), (160, 0, 0)])
def test_silence_lets_the_score_sink_at_the_thiefs_rate(minutes, fast, slow):
    line = Line()
    line.raise_to(8.0, 8.0, MONDAY)
    assert line.cooled(MONDAY + minutes * MINUTE_MS) == pytest.approx([fast, slow], abs=1e-5)


def test_a_late_event_does_not_let_it_sink():
    line = Line()
    line.raise_to(8.0, 8.0, MONDAY)
    assert line.cooled(MONDAY - HOUR_MS) == [8.0, 8.0]


@pytest.mark.parametrize(
    ("hours_after_the_hold", "floor"), [(0, 13), (1, 13), (100, 13), (4 + 167.9, 13), (4 + 168, 0), (1000, 0)]
)
def test_after_a_hold_the_score_stays_just_below_it_for_a_week(hours_after_the_hold, floor):
    line = Line()
    line.raise_to(20.0, 14.0, MONDAY)
    line.row["held_until"] = MONDAY + 4 * HOUR_MS
    at = MONDAY + int(hours_after_the_hold * HOUR_MS)
    line.row["scored_at"] = at - 10 * HOUR_MS
    assert line.cooled(at) == [floor, floor]


def test_a_hold_for_money_keeps_no_score_up():
    """The customer's limit held the line; its honest calls must not pile up for a week."""
    line = Line()
    line.raise_to(3.0, 3.0, MONDAY)
    line.row["held_until"] = MONDAY + 4 * HOUR_MS
    assert line.cooled(MONDAY + DAY_MS) == [0.0, 0.0]


@pytest.mark.parametrize("hold_nats", [14.0, 14.3, 11.1, 17.77])
def test_the_floor_holds_whatever_the_threshold(hold_nats):
    """A score is single precision: the floor must not be missed by a rounding."""
    line = Line(Policy(hold_nats=hold_nats))
    line.raise_to(hold_nats + 1, hold_nats + 1, MONDAY)
    line.row["held_until"] = MONDAY + 4 * HOUR_MS
    for hour in range(1, 100):
        _cool(line.row, MONDAY + hour * HOUR_MS, line.dials)
        assert line.scores() == pytest.approx([hold_nats - 1, hold_nats - 1], abs=1e-5)


# --- caps ------------------------------------------------------------------------------------------------------------


def test_one_call_adds_at_most_its_cap():
    line = Line()
    line.call(NIGHT_HOURS, SL, 700_000.0)
    assert line.scores() == [8.5, 8.5]


def test_the_same_number_again_adds_at_most_the_cap_of_a_redial():
    line = Line()
    line.call(NIGHT_HOURS, number=7)
    line.call(NIGHT_HOURS, number=7)
    assert line.scores() == [10.5, 10.5]
    line.call(NIGHT_HOURS, number=8)
    assert line.scores() == [19.0, 19.0]
    line.call(NIGHT_HOURS, number=7)
    assert line.scores() == [27.5, 27.5], "only the call just before counts"


def test_a_number_nobody_could_read_is_no_redial():
    line = Line()
    line.call(NIGHT_HOURS, number=0)
    line.call(NIGHT_HOURS, number=0)
    assert line.scores() == [17.0, 17.0]


# --- learning --------------------------------------------------------------------------------------------------------


def test_it_learns_only_below_learn_nats():
    line = Line()
    line.raise_to(3.99, 3.99, MONDAY)
    line.call(MONDAY, US, CHEAP)
    assert line.row["calls"][BUSINESS] == 1
    line.raise_to(4.0, 1.0, MONDAY)
    line.call(MONDAY, US, CHEAP)
    assert line.row["calls"][BUSINESS] == 1
    assert line.row["country_calls"][line.slot(US)] == 1


def test_calls_are_learnt_in_their_part_of_the_week():
    line = Line()
    for at, part in ((MONDAY, BUSINESS), (NIGHT_HOURS, NIGHT), (NIGHT_HOURS + 8 * HOUR_MS, WEEKEND)):
        line.raise_to(0.0, 0.0, at)
        before = float(line.row["calls"][part])
        line.call(at, US, CHEAP)
        assert line.row["calls"][part] == before + 1


def test_what_was_learnt_fades():
    line = Line(Policy(forget_days=10))
    line.call(MONDAY, US, CHEAP)
    line.raise_to(100.0, 100.0, MONDAY + 10 * DAY_MS)  # so that nothing more is learnt
    line.call(MONDAY + 10 * DAY_MS, US, CHEAP)
    assert line.row["calls"][BUSINESS] == pytest.approx(exp(-1))
    assert line.row["country_calls"][line.slot(US)] == pytest.approx(exp(-1))


def test_a_line_that_is_watched_in_silence_is_known_to_be_silent():
    """45 days of memory, watched for ever: 45 of 168 hours of it are business hours."""
    line = Line()
    line.call(MONDAY, US, CHEAP)
    line.row["calls"] = 0
    honest, _ = line.call(MONDAY + 2 * 364 * DAY_MS, US, CHEAP)
    assert honest == pytest.approx(0.02 * 200 / (45 / 168 * 45 * 24 + 200), rel=1e-4)


@pytest.mark.parametrize(("hours", "known"), [(0, False), (23.99, False), (24, True), (48, True)])
def test_a_new_country_teaches_only_after_its_probation(hours, known):
    line = Line()
    line.call(MONDAY, US, CHEAP)
    at = MONDAY + int(hours * HOUR_MS)
    _, share = line.call(at, US, CHEAP)
    kept = exp(-hours / (45 * 24))
    assert share == pytest.approx((kept + 0.15) / (kept + 1) if known else 0.15, rel=1e-5)


def test_a_country_on_probation_does_not_make_others_rarer_either():
    line = Line()
    for minute in range(5):
        line.raise_to(0.0, 0.0, MONDAY)
        line.call(MONDAY + minute * MINUTE_MS, US, CHEAP)
    _, share = line.call(MONDAY + HOUR_MS, SL, DEAR)
    assert share == pytest.approx(0.001)


def test_a_hold_takes_back_what_is_on_probation():
    line = Line()
    line.call(MONDAY, US, CHEAP)
    line.raise_to(0.0, 0.0, MONDAY)
    line.call(MONDAY + 20 * HOUR_MS, SL, DEAR)
    forget_unproven(line.row, MONDAY + 25 * HOUR_MS, line.dials)
    assert line.row["country_calls"][line.slot(SL)] == 0
    assert line.row["country_calls"][line.slot(US)] > 0.9


def test_the_country_rung_least_makes_room():
    line = Line()
    for place in range(COUNTRIES_REMEMBERED):
        for _ in range(1 if place == 3 else 2):
            line.raise_to(0.0, 0.0, MONDAY)
            line.call(MONDAY, 10 + place, CHEAP)
    line.raise_to(0.0, 0.0, MONDAY)
    line.call(MONDAY + HOUR_MS, SL, DEAR)
    remembered = line.row["country"].tolist()
    assert remembered == [10, 11, 12, SL, 14, 15, 16, 17]
    assert line.row["country_since"][3] == MONDAY + HOUR_MS


def test_a_country_nobody_knows_takes_one_place_and_hides_no_other():
    line = Line()
    for where in [*range(10, 10 + COUNTRIES_REMEMBERED), 0, 0]:
        line.raise_to(0.0, 0.0, MONDAY)
        line.call(MONDAY, where, CHEAP)
    remembered = line.row["country"].tolist()
    assert remembered == [UNKNOWN_COUNTRY, *range(11, 18)]
    assert line.row["country_calls"][0] == 2
    _, share = line.call(MONDAY + 25 * HOUR_MS, 17, CHEAP)
    assert share > 0.1, "the last country is still found"


# --- shares ----------------------------------------------------------------------------------------------------------

CALLS = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 10 * MINUTE_MS), st.integers(0, 30 * DAY_MS), st.integers(-HOUR_MS, 0)),
        st.sampled_from([0, US, SL, 10, 11, 12, 13, 14, 15, 16, 17]),
        st.sampled_from([0.0, CHEAP, 30_000.0, 45_000.0, DEAR, 700_000.0]),
        st.integers(0, 3),
        st.booleans(),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(CALLS)
def test_the_shares_add_up_to_the_score_and_none_is_larger_than_its_evidence(calls):
    line, at, most = Line(), MONDAY, np.zeros(3)
    for wait, where, milliyen, number, held in calls:
        at += wait
        honest, share = line.call(at, where, milliyen, number)
        rates = [abs(log(thief / honest)) for thief in (60, 3)]
        most += (max(rates) + log(2), abs(country.nats(share, 240.0)), abs(price.nats(milliyen)))
        shares = line.row["shares"].astype(float)
        assert shares.sum(axis=1) == pytest.approx(line.scores(), rel=1e-4, abs=1e-3)
        assert min(line.scores()) >= 0
        assert (np.abs(shares) <= most * 1.001).all()
        if held:
            may_hold(line.row, at, line.dials)


def test_a_call_that_says_nothing_is_told_in_small_figures():
    """A busy line in its own hours to a new cheap country: 5 nats for and 5 nats against make no fifties."""
    line = Line()
    line.call(MONDAY, US, CHEAP)
    line.row["calls"][BUSINESS] = 2.2
    line.raise_to(0.0, 0.0, MONDAY)
    line.call(MONDAY, 10, CHEAP)
    assert np.abs(line.row["shares"]).max() < 8
