"""The attack: abroad, dear, and of a size that is known beforehand."""

from __future__ import annotations

import numpy as np

from sekisho.core.numbering.plan import build_plan, resolve
from sekisho.core.terms.destination import DestinationClass
from sekisho.demo.cast import make_cast
from sekisho.demo.thief import BEGINS_S, CHANNELS, Thief

LINE = make_cast()[0].victim.lines[0].national


def calls(count):
    thief = Thief(np.random.default_rng(1), LINE)
    return [thief.next_call() for _ in range(count)], [thief.gap_s() for _ in range(count)]


def test_he_rings_dear_countries_through_one_line():
    plan = build_plan()
    made, _ = calls(300)
    found = [resolve(plan, call.number, call.line) for call in made]
    assert {(each.class_, each.valid) for each in found} == {(DestinationClass.INTERNATIONAL, True)}
    countries = [each.country for each in found]
    assert set(countries) == {"SL", "LV", "SO", "GN"}
    assert countries.count("SL") > 100
    assert {call.line for call in made} == {LINE}
    assert all(call.attack for call in made)


def test_his_calls_are_answered_soon_and_last_about_a_minute():
    made, gaps = calls(300)
    assert all(1_000 <= call.ring_ms <= 3_000 for call in made)
    answered = [call.talk_ms for call in made if call.talk_ms]
    assert 0.85 < len(answered) / len(made) < 1
    assert all(45_000 <= talk <= 110_000 for talk in answered)
    assert all(call.talk_ms for call in made[:3])
    assert all(2 <= gap <= 4 for gap in gaps)


def test_he_begins_within_thirty_seconds_with_no_more_channels_than_there_are():
    assert all(0 < BEGINS_S[company.key] < 30 for company in make_cast())
    assert all(company.victim.channels >= CHANNELS for company in make_cast())
