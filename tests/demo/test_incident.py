"""The recorded incident as the demonstration tells it: its parts, its costs, where the judge held."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from sekisho.core.terms.destination import DestinationClass
from sekisho.core.terms.errors import BadCallFile
from sekisho.core.terms.instants import HOUR_MS, SECOND_MS, parse_rfc3339
from sekisho.core.watch.policy import Policy
from sekisho.demo.incident import INCIDENT, PARTS, replay
from sekisho.wiring.profiles import chosen_policy
from sekisho.wiring.tariffs import load_tariff

SCENARIO = re.compile(r"(\w+) rc 0 ok (\d+) failed 0 start (\S+) (\S+) secs ([\d.]+)")
DEAR = """valid_from,match,name,unit_s,yen_per_unit,tax
2015-01-01,class:fixed,fixed,60,10,taxable
2015-01-01,class:mobile,mobile,60,10,taxable
2015-01-01,class:ip,ip,60,10,taxable
2015-01-01,class:special,special,60,10,taxable
2015-01-01,class:international,abroad,60,100000,exempt
"""


def scenario():
    """The log of the scenario: (part, calls, first instant, last instant) as whole seconds tell it."""
    found = SCENARIO.findall((INCIDENT / "scenario_times.txt").read_text())
    starts = [parse_rfc3339(f"{day}T{time}Z") for _, _, day, time, _ in found]
    ends = [start + int((float(each[4]) + 1) * SECOND_MS) for start, each in zip(starts, found, strict=True)]
    return [(each[0], int(each[1]), start, end) for each, start, end in zip(found, starts, ends, strict=True)]


EAGER = Policy(burst_odds_nats=1_000.0)  # nobody calls in honest bursts: few calls lead to an ask and a hold


@pytest.fixture(scope="module")
def told():
    return replay(load_tariff(), EAGER)


def test_the_parts_are_those_of_the_scenario(told):
    assert [(part, calls) for part, calls, _, _ in scenario()] == list(PARTS)
    assert Counter(moment.part for moment in told.moments) == dict(PARTS)


def test_each_call_began_while_its_part_was_running(told):
    running = {part: (start, end) for part, _, start, end in scenario()}
    for moment in told.moments:
        start, end = running[moment.part]
        assert start <= moment.start <= end


def test_calls_come_in_the_order_in_which_they_began(told):
    starts = [moment.start for moment in told.moments]
    assert starts == sorted(starts)
    assert {moment.line for moment in told.moments} == {"0312000000"}


def test_what_the_calls_are(told):
    kinds = Counter((moment.class_, moment.answered) for moment in told.moments)
    assert kinds == {
        (DestinationClass.FIXED, True): 10,
        (DestinationClass.INTERNATIONAL, True): 46,
        (DestinationClass.INTERNATIONAL, False): 8,
    }
    assert {moment.country for moment in told.moments if moment.class_ == DestinationClass.FIXED} == {"JP"}


def test_costs_add_up(told):
    charges = [moment.charge for moment in told.moments]
    assert [moment.spent for moment in told.moments] == [sum(charges[: place + 1]) for place in range(64)]
    assert told.cost == sum(charges) == 9_039_000
    # Each call is one unit: 8 yen at home, 9 to the United States, 150 and 700 (satellite) where the thief rings.
    assert Counter((moment.part, moment.charge) for moment in told.moments) == {
        ("normal", 8_000): 10,
        ("normal", 9_000): 1,
        ("fraud1_cracked_ext", 150_000): 36,
        ("fraud1_cracked_ext", 700_000): 4,
        ("fraud2_disa", 150_000): 5,
        ("barred", 0): 8,
    }


def test_the_second_fraudulent_call_is_held(told):
    fraud = [moment for moment in told.moments if moment.part != "normal"]
    assert [place for place, moment in enumerate(fraud, 1) if moment.held] == [2]
    actions = [[verdict["action"] for verdict in moment.verdicts] for moment in fraud if moment.verdicts]
    assert actions == [["ask"], ["hold"]]


def test_honest_calls_are_left_alone(told):
    honest = [moment for moment in told.moments if moment.part == "normal"]
    assert not any(moment.verdicts or moment.stopped for moment in honest)


def test_the_profile_that_ships_speaks_early_and_never_of_honest_calls():
    told = replay(load_tariff(), chosen_policy("factory"))
    fraud = [moment for moment in told.moments if moment.part != "normal"]
    honest = [moment for moment in told.moments if moment.part == "normal"]
    assert any(moment.verdicts for moment in fraud[:5])
    assert not any(moment.verdicts or moment.stopped for moment in honest)


def test_every_later_call_abroad_is_stopped_and_costs_nothing(told):
    place = next(place for place, moment in enumerate(told.moments) if moment.held)
    assert not any(moment.stopped for moment in told.moments[: place + 1])
    assert all(moment.stopped for moment in told.moments[place + 1 :])
    assert told.moments[-1].start - told.moments[place].start < 4 * HOUR_MS
    assert told.cost_with_hold == told.moments[place].spent == 939_000


def test_a_call_of_which_two_verdicts_speak_keeps_both(tmp_path):
    path = tmp_path / "dear.csv"
    path.write_text(DEAR)
    told = replay(load_tariff(str(path)), EAGER)
    both = [verdict["action"] for moment in told.moments if moment.held for verdict in moment.verdicts]
    assert both == ["hold", "alert"]
    assert told.cost_with_hold == 300_100_000


def test_without_the_recording_there_is_nothing_to_replay(tmp_path):
    with pytest.raises(BadCallFile, match="cannot be read"):
        replay(load_tariff(), Policy(), tmp_path)
