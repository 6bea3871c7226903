"""Every number that anybody of the cast dials exists in the plan, and is where it is meant to be."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.numbering.plan import build_plan, resolve
from sekisho.core.terms.destination import DestinationClass
from sekisho.demo.cast import make_cast
from sekisho.demo.contacts import ABROAD, caller_number, domestic_number, number_abroad

PLAN = build_plan()
EAST, WEST = make_cast()
LINES = [EAST.lines[0], EAST.lines[20], WEST.lines[0], WEST.lines[60]]


@pytest.mark.parametrize("country", sorted(ABROAD))
def test_numbers_abroad_are_valid_and_in_their_country(country):
    rng = np.random.default_rng(1)
    found = [resolve(PLAN, number_abroad(rng, country), LINES[0].national) for _ in range(60)]
    assert {(each.class_, each.country, each.valid) for each in found} == {
        (DestinationClass.INTERNATIONAL, country, True)
    }


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.national)
def test_domestic_numbers_are_valid_and_of_every_class_that_people_dial(line):
    rng = np.random.default_rng(2)
    found = [resolve(PLAN, domestic_number(rng, line), line.national) for _ in range(400)]
    assert all(each.valid for each in found)
    wanted = {"FIXED", "MOBILE", "IP", "FREE", "SPECIAL"}
    assert {each.class_.name for each in found} == wanted  # and so no emergency call


def test_callers_are_valid():
    rng = np.random.default_rng(3)
    for line in LINES:
        found = [resolve(PLAN, caller_number(rng, line), line.national, outgoing=False) for _ in range(100)]
        assert all(each.valid for each in found)
        assert {each.class_.name for each in found} <= {"FIXED", "MOBILE"}
