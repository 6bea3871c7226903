"""From what is known of a call to its features, to a score, to what is said of it."""

from __future__ import annotations

from math import log, log1p

import numpy as np
import pytest
from tests.core.watch.desk import DEAR, SL, US, Desk
from tests.core.watch.random_trees import some_trees

from sekisho.core.terms.call import Action
from sekisho.core.terms.destination import country_code
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, NEVER, parse_rfc3339
from sekisho.core.watch import score
from sekisho.core.watch.calendar import NIGHT
from sekisho.core.watch.evidence.catalogue import HOT_LIST, SIGNAL
from sekisho.core.watch.features import NAMES, NO_TRACES, room_for_traces
from sekisho.core.watch.judged import SCORE
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.scorecard import score_rows
from sekisho.core.watch.speak import Occasion
from sekisho.core.watch.state import NONE
from sekisho.core.watch.watching import LOOK, UNSEEN, fill_vector, judge_call

MONDAY = parse_rfc3339("2026-06-01T10:00:00+09:00")
NIGHT_HOURS = parse_rfc3339("2026-06-06T02:30:00+09:00")
LV = country_code("LV")
START, ANSWER, END = range(3)
# What the ceiling leaves of the first call: rate, part of the week, price, country, a number that cannot be.
KEPT = 8.5 / (log(60 / 0.00768) + log(7.68) + log(0.25 / 0.04) + log(1 / 0.24) + 2.3)


def features(desk: Desk, sight, event: int, at: int, talk_s: float = 0.0, running: float = 0.0) -> dict[str, float]:
    fill_vector(desk.book, desk.line(), desk.abroad(), sight, event, talk_s, running, at)
    return dict(zip(NAMES, desk.aids.vector["x"][0].tolist(), strict=True))


# --- the vector ------------------------------------------------------------------------------------------------------


FIRST_CALL = {
    "free_fast": 8.5,
    "free_slow": 8.5,
    "free_burst": KEPT * (log(12 / 0.00768) + log(7.68) / 2 + log(0.35 / 0.01) - 2.3),
    "gain": 8.5,
    "country_share": -log(0.001),
    "country_hours": 0.0,
    "country_calls": log(2),  # it was learnt at once
    "countries": 0.0,
    "opened": log(2),
    "young_countries": 1.0,
    "young_calls": log(2),
    "young_numbers": log(2),
    "young_spend": 0.0,
    "yen_a_minute": log(176),
    "dearer": log(176),
    "satellite": 0.0,
    "valid": 0.0,
    "number_hours": -1.0,
    "fresh_15m": log(2),
    "fresh_day": log(2),
    "fresh_share": 1.0,
    "redials": 0.0,
    "walked": 0.0,
    "prefixed": 0.0,
    "per_hour": log(0.00768),
    "part_quieter": log(7.68),
    "part": NIGHT,
    "hour": 2.0,
    "calls_2m": log(2),
    "hours_usual": 0.0,
    "gap": log1p(1e7),
    "age_days": 0.0,
    "learnt": log(2),
    "missed_2h": 0.0,
    "talk": 0.0,
    "talks_spread": 1.0,
    "event": START,
    "open": 0.0,
    "open_usual": 0.0,
    "probes": 0.0,
    "through": 0.0,
    "block": 0.0,
    "hot": 0.0,
    "signal": 0.0,
    "spend_2h": 0.0,
    "spend_usual": log(100 / 500),
}


def test_the_vector_of_a_lines_first_call():
    desk = Desk()
    told = features(desk, desk.meet(NIGHT_HOURS, valid=0), START, NIGHT_HOURS)
    assert {name: told[name] for name in FIRST_CALL} == pytest.approx(FIRST_CALL, abs=2e-3)


def test_talk_and_what_calls_in_progress_cost_come_in_with_the_event():
    desk = Desk()
    sight = desk.meet(NIGHT_HOURS)
    told = features(desk, sight, LOOK, NIGHT_HOURS + MINUTE_MS, 60.0, 350.0)
    for name in ("young_spend", "spend_2h", "spend_day"):
        assert told[name] == pytest.approx(log1p(350.0), rel=1e-4)
    assert told["spend_usual"] == pytest.approx(log(450 / 500), rel=1e-4)
    assert (told["talk"], told["event"]) == (pytest.approx(log(61), rel=1e-4), LOOK)


def test_what_goes_on_beside_the_call():
    desk = Desk()
    sight = desk.meet(NIGHT_HOURS)
    desk.line()["signal"], desk.line()["signalled_at"] = 300, NIGHT_HOURS - 24 * HOUR_MS
    abroad = desk.abroad()
    abroad["open"], abroad["usual_open"], abroad["probes_2d"] = 7, 3.0, 2.0
    told = features(desk, sight, ANSWER, NIGHT_HOURS)
    assert (told["open"], told["open_usual"]) == (7.0, 4.0)
    assert told["probes"] == pytest.approx(log(3), rel=1e-4)
    assert told["signal"] == pytest.approx(1.5)


def test_a_satellite_is_one():
    desk = Desk()
    assert features(desk, desk.meet(MONDAY, country_code("+881")), START, MONDAY)["satellite"] == 1.0
    assert features(desk, desk.meet(MONDAY, 0), START, MONDAY)["satellite"] == 0.0


def test_days_known_begin_with_the_contract():
    desk = Desk()
    contract = desk.state.contracts[0]
    contract["first_month"], contract["first_day"] = 2026 * 12 + 2, 1  # 1 March, to a day or two
    told = features(desk, desk.meet(MONDAY), START, MONDAY)
    assert np.expm1(told["known_days"]) == pytest.approx(92, abs=2)
    assert told["age_days"] == told["silent_days"] == 0.0
    desk.state.totals["begun"] = MONDAY - 132 * DAY_MS  # forty days before that the watch began
    told = features(desk, desk.meet(MONDAY), START, MONDAY)
    assert np.expm1(told["silent_days"]) == pytest.approx(40, abs=2)


@pytest.mark.parametrize(("usual", "longer"), [(0.0, 0.0), (log(61), log(601) - log(61))])
def test_talks_are_longer_than_usual_only_where_something_is_usual(usual, longer):
    desk = Desk()
    sight = desk.meet(NIGHT_HOURS)
    desk.abroad()["talk"], desk.abroad()["talk_usual"] = log(601), usual
    assert features(desk, sight, END, NIGHT_HOURS)["talks_longer"] == pytest.approx(longer, rel=1e-4)


def test_a_country_that_has_faded_is_neither_known_nor_young():
    desk = Desk()
    desk.meet(MONDAY - 200 * DAY_MS, country_code("US"))
    told = features(desk, desk.meet(MONDAY, LV, DEAR, "37190000001"), START, MONDAY)
    assert (told["countries"], told["young_countries"]) == (0.0, 1.0)


# --- what is said ----------------------------------------------------------------------------------------------------

THIEF_ALONE = {"burst_odds_nats": 1e9}  # the rival explains nothing: the score is the likelier thief's


class Watched(Desk):
    """A desk that says what it thinks of its calls at once."""

    def __init__(self, policy: Policy | None = None, **of) -> None:
        super().__init__(policy or Policy(**THIEF_ALONE), **of)

    def judge(self, at: int, where: int = SL, nats: float | None = None, event: int = START) -> list[tuple[str, int]]:
        """(action, scope) of what is said of a call that begins; the thief's score being so many nats after it."""
        self.meet(at, where, DEAR, f"2327600{at % 9973:04}")
        if nats is not None:
            self.abroad()["score"] = (nats, 0.0, 0.0)
        return self.say(at, event)

    def say(self, at: int, event: int) -> list[tuple[str, int]]:
        """What is said at this event of the call that was met last."""
        self.out.filled[0] = 0
        judge_call(self.book, Occasion(0, NONE, 0, 0, event, at), self.sights[0], event, 0.0, 0.0)
        rows = self.out.rows[: self.out.filled[0]]
        assert all(row["reason"] == SCORE for row in rows)
        return [(Action(int(row["action"])).name, int(row["scope"])) for row in rows]


@pytest.mark.parametrize(
    ("nats", "said"),
    [
        (8.9, []),
        (9.1, [("ALERT", 0)]),
        (12.9, [("ALERT", 0)]),
        (13.1, [("ASK", 0)]),
        (18.9, [("ASK", 0)]),
        (19.1, [("HOLD", SL)]),
        (21.9, [("HOLD", SL)]),
        (22.1, [("HOLD", 0)]),
    ],
)
def test_the_mildest_that_stops_the_loss(nats, said):
    """A new line, whose thresholds are 13 and 19."""
    assert Watched().judge(NIGHT_HOURS, nats=nats) == said


@pytest.mark.parametrize(("days", "asked"), [(6, 13.0), (8, 12.5)])
def test_thresholds_are_those_of_the_segment(days, asked):
    watched = Watched()
    watched.abroad(0, NIGHT_HOURS - days * DAY_MS)
    assert watched.judge(NIGHT_HOURS, nats=asked - 0.1) == [("ALERT", 0)]
    assert watched.judge(NIGHT_HOURS, nats=asked + 0.1) == [("ASK", 0)]


def test_with_two_countries_on_probation_all_is_held():
    watched = Watched()
    watched.meet(NIGHT_HOURS - HOUR_MS, LV, DEAR, "37190000001")
    assert watched.judge(NIGHT_HOURS, nats=19.5) == [("HOLD", 0)]


@pytest.mark.parametrize(("nats", "said"), [(17.5, []), (21.9, []), (22.1, [("HOLD", 0)])])
def test_the_next_event_of_a_held_call_widens_its_hold_only_from_the_threshold_of_before(nats, said):
    """Held at 19.1; the thresholds are lower by 2 from then on, but not that of a hold on all, 22."""
    watched = Watched()
    assert watched.judge(NIGHT_HOURS, nats=19.1) == [("HOLD", SL)]
    watched.abroad()["score"] = (nats, 0.0, 0.0)
    assert watched.say(NIGHT_HOURS + 5_000, ANSWER) == said
    assert watched.line()["held_country"] == (0 if said else SL)


def test_a_country_that_has_faded_does_not_make_a_hold_wide():
    watched = Watched()
    watched.meet(NIGHT_HOURS - 200 * DAY_MS, LV, DEAR, "37190000001")
    assert watched.judge(NIGHT_HOURS, nats=19.5) == [("HOLD", SL)]


def test_a_second_destination_widens_a_hold_to_all():
    watched = Watched()
    assert watched.judge(NIGHT_HOURS, SL, nats=19.5) == [("HOLD", SL)]
    watched.abroad()["country"][:] = 0  # as if Sierra Leone were forgotten
    assert watched.judge(NIGHT_HOURS + MINUTE_MS, LV, nats=19.5) == [("HOLD", 0)]


@pytest.mark.parametrize("nats", [9.5, 15.0, 30.0])
def test_without_the_clause_it_is_alerted(nats):
    watched = Watched(clause=False)
    assert watched.judge(NIGHT_HOURS, nats=nats) == [("ALERT", 0)]
    assert watched.judge(NIGHT_HOURS + 30_000, nats=nats) == [], "once a minute"
    assert watched.line()["held_until"] == watched.line()["asked_until"] == NEVER


def test_what_is_covered_is_not_said_again_and_not_alerted_instead():
    watched = Watched()
    watched.judge(NIGHT_HOURS, nats=30.0)
    assert watched.judge(NIGHT_HOURS + 10 * MINUTE_MS, nats=30.0) == []
    assert watched.judge(NIGHT_HOURS + 10 * MINUTE_MS, nats=15.0) == []


@pytest.mark.parametrize(
    ("hours", "said"), [(4.5, "ASK"), (100, "ASK"), (4 + 167.9, "ASK"), (4 + 168.1, "ALERT"), (1_000, "ALERT")]
)
def test_for_a_week_after_a_hold_the_next_suspect_call_says_more(hours, said):
    watched = Watched()
    watched.abroad(0, NIGHT_HOURS - 90 * DAY_MS)
    watched.judge(NIGHT_HOURS, nats=30.0)
    at = NIGHT_HOURS + int(hours * HOUR_MS)
    assert [action for action, _ in watched.judge(at, nats=11.0)] == [said]


@pytest.mark.parametrize(
    ("hours", "nats", "said"),
    [
        (5, 20.9, "ASK"),  # 19 held it first, and does no longer: 18.5 on a line of some days, and 3
        (5, 21.6, "HOLD"),
        (4 + 167.9, 20.9, "ASK"),
        (4 + 168.1, 20.9, "HOLD"),
    ],
)
def test_a_line_that_was_held_may_be_spared_another_hold_for_an_ask(hours, nats, said):
    watched = Watched(Policy(spared_nats=3.0, raised_nats=0.0, **THIEF_ALONE))
    watched.abroad(0, NIGHT_HOURS - 90 * DAY_MS)
    assert [action for action, _ in watched.judge(NIGHT_HOURS, nats=19.1)] == ["HOLD"]
    assert [action for action, _ in watched.judge(NIGHT_HOURS + int(hours * HOUR_MS), nats=nats)] == [said]


def test_who_is_released_is_spared_no_longer():
    watched = Watched(Policy(spared_nats=3.0, raised_nats=0.0, **THIEF_ALONE))
    watched.judge(NIGHT_HOURS, nats=19.1)
    watched.line()["held_until"] = NEVER  # as release.py does
    assert watched.judge(NIGHT_HOURS + HOUR_MS, nats=19.1)[0][0] == "HOLD"


def test_the_score_of_a_verdict_is_the_score():
    watched = Watched()
    watched.judge(NIGHT_HOURS, nats=15.0)
    verdict = watched.out.rows[0]
    assert verdict["score"] == pytest.approx(15.0, abs=1e-4)
    assert verdict["nats"].sum() == pytest.approx(15.0, abs=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_with_a_scorecard_its_nats_decide_less_what_is_known_of_no_call(seed):
    card = some_trees(seed)
    always = (-1e9, -1e9, -1e9, -1e9)
    watched = Watched(Policy(scorecard=card, ask_nats=always, hold_nats=(1e9, 1e9, 1e9, 1e9)))
    for call in range(4):
        watched.line()["asked_until"] = NEVER
        assert watched.judge(NIGHT_HOURS + call * HOUR_MS, event=call % 3) == [("ASK", 0)]
        verdict, vector = watched.out.rows[0], watched.aids.vector["x"]
        nats = float(score_rows(card, vector)[0]) - card.prior
        assert float(verdict["score"]) == pytest.approx(nats, abs=1e-4)
        assert float(verdict["nats"].astype(float).sum()) == pytest.approx(nats, abs=1e-3), "the explanation adds up"


ALWAYS_ASK = {"ask_nats": (-1e9,) * 4, "hold_nats": (1e9,) * 4}


def listed_and_signalled(card) -> tuple[np.void, np.void]:
    """What is said of a call, and of the same once its number is listed and a signal of 3 nats is a day old."""
    watched, at = Watched(Policy(scorecard=card, **ALWAYS_ASK)), NIGHT_HOURS + 5_000
    watched.judge(NIGHT_HOURS)
    said = []
    for hot, signal in ((0, 0), (1, 300)):
        watched.sights[0]["hot"], watched.line()["signal"] = hot, signal
        watched.line()["signalled_at"], watched.line()["asked_until"] = at - DAY_MS, NEVER
        assert watched.say(at, ANSWER) == [("ASK", 0)]
        said.append(watched.out.rows[0].copy())
    return said[0], said[1]


def test_hot_lists_and_signals_count_beside_trees_that_have_never_seen_any():
    card = some_trees(3)
    for name in ("hot", "signal"):
        card.trees["feature"][card.trees["feature"] == NAMES.index(name)] = NAMES.index("hour")
    before, after = listed_and_signalled(card)
    assert float(after["score"] - before["score"]) == pytest.approx(5.5, abs=1e-3)
    more = after["nats"] - before["nats"]
    assert (float(more[HOT_LIST]), float(more[SIGNAL])) == pytest.approx((4.0, 1.5), abs=1e-3)
    assert after["nats"].astype(float).sum() == pytest.approx(float(after["score"]), abs=1e-3)


def test_trees_that_ask_for_them_say_it_alone():
    card = some_trees(3)
    _, after = listed_and_signalled(card)
    assert after["nats"].astype(float).sum() == pytest.approx(float(after["score"]), abs=1e-3)
    watched = Watched(Policy(scorecard=card))
    assert (watched.dials["untaught_hot"], watched.dials["untaught_signal"]) == (0.0, 0.0)


def test_the_label_free_score_is_computed_all_the_same():
    plain, scored = Watched(Policy()), Watched(Policy(scorecard=some_trees(1)))
    for call in range(5):
        for watched in (plain, scored):
            watched.meet(NIGHT_HOURS + call * MINUTE_MS, SL, DEAR, f"23276{call:06}")
    assert plain.abroad() == scored.abroad()


# --- traces ----------------------------------------------------------------------------------------------------------


def test_a_trace_is_what_the_scorecard_would_see():
    watched = Watched(Policy(), traces=room_for_traces(40))
    sight = watched.meet(NIGHT_HOURS)
    judge_call(watched.book, Occasion(7, NONE, 5, 0, END, NIGHT_HOURS + 1), sight, UNSEEN, 30.0, 12.0)
    traces = watched.aids.traces
    assert traces.filled.tolist() == [1]
    trace = traces.rows[0]
    assert (trace["at"], trace["row"], trace["line"], trace["event"]) == (NIGHT_HOURS + 1, 5, 0, UNSEEN)
    free = float(score.free_score(watched.abroad(), watched.dials))
    assert (trace["segment"], trace["free"]) == (0, pytest.approx(free))
    np.testing.assert_array_equal(trace["features"], watched.aids.vector["x"][0])
    told = dict(zip(NAMES, trace["features"].tolist(), strict=True))
    assert (told["event"], told["talk"]) == (UNSEEN, pytest.approx(log(31), rel=1e-4))


def test_where_nothing_is_traced_and_no_scorecard_reads_it_no_vector_is_filled():
    watched = Watched(Policy())
    assert watched.aids.traces is NO_TRACES
    watched.judge(NIGHT_HOURS, US)
    assert not watched.aids.vector["x"].any()
