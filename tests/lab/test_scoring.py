"""What verdicts were worth, worked by hand: who was stopped when, and what it cost."""

from __future__ import annotations

import pytest
from tests.lab.paper_tables import table
from tests.lab.worked_calls import ABROAD, FIXED, PRICES, at, backtested, call

from sekisho.core.terms.instants import SECOND_MS
from sekisho.lab.scoring import Honest, score
from sekisho.lab.truth import truth_of

# The attack of the paper, on line 1: `yen` is what a call costs if nobody stops it, `kept` with the hold at HELD_AT.
HELD_AT = "09:03:30"
KEPT = 1_400_000  # milli-yen, the sum of `kept`


def attack_rows():
    return table("call", "start", "answer", "end", "yen", "kept", "why")


def attack(*verdicts):
    """The attack's calls under these verdicts (line, instant, action), and the truth about them."""
    calls = {
        row["call"]: call(1, row["start"], row["answer"], row["end"], row["yen"], rate=ABROAD) for row in attack_rows()
    }
    return backtested(calls, verdicts), dict.fromkeys(calls, ("A", "flood"))


def test_the_worked_attack():
    run, truth = attack((1, at(HELD_AT), "hold"))
    result = score(run, truth_of(truth), PRICES)
    (incident,) = result.incidents
    rows = attack_rows()
    assert incident.at_stake == result.at_stake == 1_000 * sum(int(row["yen"]) for row in rows) == 7_000_000
    assert incident.lost == result.lost == 1_000 * sum(int(row["kept"]) for row in rows) == KEPT
    assert (incident.name, incident.kind, incident.calls) == ("A", "flood", 10)
    assert incident.calls_before == 5
    assert incident.delay_ms == 210 * SECOND_MS
    assert (result.false_holds, result.false_asks, result.line_days) == (0, 0, 0)


@pytest.mark.parametrize("row", attack_rows(), ids=lambda row: row["call"])
def test_each_call_of_the_worked_attack(row):
    run, truth = attack((1, at(HELD_AT), "hold"))
    only = {row["call"]: truth[row["call"]]}
    assert score(run, truth_of(only), PRICES).lost == int(row["kept"]) * 1_000


@pytest.mark.parametrize("action", ["hold", "ask"])
def test_an_ask_stops_a_thief_like_a_hold(action):
    run, truth = attack((1, at(HELD_AT), action))
    assert score(run, truth_of(truth), PRICES).lost == KEPT


@pytest.mark.parametrize(("line", "action"), [(1, "alert"), (2, "hold")])
def test_an_alert_or_a_hold_on_another_line_stops_nothing(line, action):
    run, truth = attack((line, at(HELD_AT), action))
    (incident,) = score(run, truth_of(truth), PRICES).incidents
    assert (incident.lost, incident.calls_before, incident.delay_ms) == (incident.at_stake, incident.calls, None)


@pytest.mark.parametrize(
    ("talked_ms", "units"),
    [(0, 1), (58_000, 1), (59_000, 1), (59_001, 2), (119_000, 2), (2_399_500, 40), (3_000_000, 40)],
)
def test_a_cut_call_costs_its_started_units_one_second_on_but_never_more_than_it_did(talked_ms, units):
    answered = at("09:00:10")
    run = backtested({"a": call(1, "09:00:00", "09:00:10", "09:40:10", 40 * 175)}, [(1, answered + talked_ms, "hold")])
    assert score(run, truth_of({"a": ("A", "flood")}), PRICES).lost == units * 175_000


def test_a_second_hold_stops_what_the_first_no_longer_does():
    run, truth = attack((1, at(HELD_AT), "hold"), (1, at("13:03:31"), "hold"))
    # `after` rings when the second hold comes, and is answered four seconds later.
    assert score(run, truth_of(truth), PRICES).lost == KEPT - 350_000


def test_a_hold_of_international_calls_stops_no_domestic_call():
    run = backtested({"a": call(1, "10:00:00", "10:00:00", "10:03:00", 8, rate=FIXED)}, [(1, at("09:59:00"), "hold")])
    assert score(run, truth_of({"a": ("A", "flood")}), PRICES).lost == 8_000


def test_an_incident_may_run_over_several_lines():
    calls = {
        "a": call(1, "09:00:00", "09:00:00", "09:01:00", 175),
        "b": call(2, "09:05:00", "09:05:00", "09:06:00", 175),
        "c": call(1, "09:10:00", "09:10:00", "09:11:00", 175),
    }
    run = backtested(calls, [(2, at("09:05:00"), "hold")])
    (incident,) = score(run, truth_of(dict.fromkeys(calls, ("A", "fan"))), PRICES).incidents
    assert (incident.calls, incident.lost) == (3, 350_000)
    assert (incident.calls_before, incident.delay_ms) == (1, 300 * SECOND_MS)


def test_incidents_are_told_apart():
    calls = {
        "a": call(1, "09:00:00", "09:00:00", "09:01:00", 175),
        "b": call(1, "20:00:00", "20:00:00", "20:01:00", 175),
        "honest": call(1, "09:00:30", "09:00:30", "09:01:00", 175),
    }
    run = backtested(calls, [(1, at("20:00:00"), "hold")])
    result = score(run, truth_of({"b": ("second", "slow"), "a": ("first", "flood")}), PRICES)
    assert [(each.name, each.kind, each.at_stake, each.lost) for each in result.incidents] == [
        ("first", "flood", 175_000, 175_000),
        ("second", "slow", 175_000, 0),
    ]
    assert result.line_days == 1


def test_a_hold_days_later_did_not_catch_the_incident():
    run, truth = attack((1, at("26 09:00:00"), "hold"))
    result = score(run, truth_of(truth), PRICES)
    assert result.incidents[0].delay_ms is None
    assert result.false_holds == 1


def test_a_hold_in_force_when_the_thief_begins_catches_him_at_once():
    run, truth = attack((1, at("08:00:00"), "hold"))
    result = score(run, truth_of(truth), PRICES)
    (incident,) = result.incidents
    assert (incident.calls_before, incident.delay_ms) == (0, 0)
    # Until 12:00 it stops everything; nothing holds what begins then.
    assert incident.lost == 175_000 + 175_000 + 350_000
    assert result.false_holds == 1  # it came before there was a thief


@pytest.mark.parametrize(
    ("line", "instant", "false"),
    [
        (2, "09:03:30", 1),  # an honest line
        (1, "08:59:59", 1),  # before the first fraudulent call
        (1, "09:00:00", 0),
        (1, "25 12:59:59", 0),  # within a day of the end of the last one (13:00:00)
        (1, "25 13:00:00", 0),
        (1, "25 13:00:01", 1),
    ],
)
@pytest.mark.parametrize("action", ["hold", "ask", "alert"])
def test_false_holds_and_asks(line, instant, false, action):
    calls = {
        "a": call(1, "09:00:00", "09:00:00", "13:00:00", 175),
        "b": call(1, "10:00:00", "10:00:00", "10:01:00", 175),
        "honest": call(2, "09:00:00", "09:00:00", "09:01:00", 175),
    }
    run = backtested(calls, [(line, at(instant), action)])
    result = score(run, truth_of(dict.fromkeys("ab", ("A", "flood"))), PRICES)
    counted = {"hold": result.false_holds, "ask": result.false_asks}
    assert counted == {"hold": 0, "ask": 0} | ({action: false} if action != "alert" else {})


# Which days count: those on which an honest line rings abroad, by the date in Japan.
DAYS = """
call  line  start        what       days
a     1     23 23:59:59  abroad     1
b     1     24 00:00:00  abroad     2
c     1     24 08:59:59  abroad     2
d     1     24 09:00:00  abroad     2
e     2     24 12:00:00  abroad     3
f     3     24 12:00:00  domestic   3
g     3     24 12:00:00  incoming   3
h     3     24 12:00:00  fraud      3
i     3     25 12:00:00  abroad     4
"""


def test_line_days_are_counted_by_the_date_in_japan():
    _, *rows = (line.rsplit(maxsplit=2) for line in DAYS.strip().splitlines())
    calls, truth = {}, {}
    for told, what, days in rows:
        call_id, line, start = told.split(maxsplit=2)
        rate = FIXED if what == "domestic" else ABROAD
        calls[call_id] = call(int(line), start, rate=rate, outgoing=int(what != "incoming"))
        if what == "fraud":
            truth[call_id] = ("A", "flood")
        assert score(backtested(calls), truth_of(truth), PRICES).line_days == int(days), call_id


def test_counts_are_told_per_million_line_days():
    calls = {str(day): call(1, f"{day} 12:00:00") for day in range(10, 18)}
    result = score(backtested(calls, [(1, at("12 12:00:00"), "hold")]), truth_of({}), PRICES)
    assert (result.line_days, result.false_holds) == (8, 1)
    assert result.per_million(result.false_holds) == 125_000.0


def test_nothing_at_all():
    result = score(backtested({}), truth_of({"a": ("A", "flood")}), PRICES)
    assert (result.incidents, result.at_stake, result.lost, result.per_million(1)) == ((), 0, 0, 0.0)


def test_a_bar_on_other_numbers_does_not_catch_him():
    run, truth = attack((1, at(HELD_AT), "hold", "220 371"))
    (incident,) = score(run, truth_of(truth), PRICES).incidents
    assert (incident.lost, incident.calls_before, incident.delay_ms) == (incident.at_stake, incident.calls, None)


@pytest.mark.parametrize("scope", ["232", "220 23276", "23276000001"])
def test_a_bar_on_his_numbers_does(scope):
    run, truth = attack((1, at(HELD_AT), "ask", scope))
    result = score(run, truth_of(truth), PRICES)
    (incident,) = result.incidents
    assert (incident.lost, incident.delay_ms, result.false_asks) == (KEPT, 210 * SECOND_MS, 0)


def test_a_bar_on_a_number_he_has_not_rung_yet_catches_him_when_he_does():
    calls = {
        "a": call(1, "09:00:00", "09:00:00", "09:01:00", 175),
        "b": call(1, "09:10:00", "09:10:00", "09:11:00", 175, to="2201234567"),
        "c": call(1, "09:20:00", "09:20:00", "09:21:00", 175),
    }
    run = backtested(calls, [(1, at("09:05:00"), "hold", "220")])
    (incident,) = score(run, truth_of(dict.fromkeys(calls, ("A", "wide"))), PRICES).incidents
    assert (incident.lost, incident.through) == (350_000, 2)
    assert (incident.calls_before, incident.delay_ms) == (1, 600 * SECOND_MS)


def test_a_bar_that_comes_while_he_pauses_is_the_doing_of_what_he_did():
    run = backtested({"a": call(1, "09:00:00", "09:00:00", "09:01:00", 175)}, [(1, at("09:30:00"), "ask", "232")])
    (incident,) = score(run, truth_of({"a": ("A", "probe-pump")}), PRICES).incidents
    assert (incident.lost, incident.calls_before, incident.delay_ms) == (175_000, 1, 1800 * SECOND_MS)


def test_what_honest_callers_bear():
    told = table("call", "line", "start", "answer", "end", "to", "borne")
    calls = {
        row["call"]: call(
            int(row["line"]),
            row["start"],
            row["answer"],
            row["end"],
            20,
            to=row["to"],
            rate=FIXED if row["call"] == "home" else ABROAD,
        )
        for row in told
    }
    calls["thief"] = call(1, "11:20:00", "11:20:05", "11:25:00", 875)
    bars = [
        (line, at(when), *bar) for line in (1, 2) for when, *bar in (("10:00:00", "ask", "220"), ("11:00:00", "hold"))
    ]
    result = score(backtested(calls, bars), truth_of({"thief": ("A", "flood")}), PRICES)
    borne = [row["borne"] for row in told if row["line"] == "2"]
    assert result.elsewhere == Honest(9, borne.count("blocked"), borne.count("cut"), borne.count("asked"))
    assert result.elsewhere == Honest(9, 2, 2, 2)
    assert result.on_victims == Honest(1, 1, 0, 0)
    assert (result.asks, result.holds, result.false_asks, result.false_holds) == (2, 2, 2, 2)


def test_calls_of_the_truth_that_are_not_there_are_counted():
    run = backtested({"a": call(1, "09:00:00", "09:00:00", "09:01:00", 175)})
    result = score(run, truth_of({"a": ("A", "flood"), "b": ("A", "flood"), "c": ("B", "flood")}), PRICES)
    assert (result.missing, [each.name for each in result.incidents]) == (2, ["A"])
