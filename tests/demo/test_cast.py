"""The cast: as many lines as asked for, nobody's numbers, one company that may hold by itself and one that may not."""

from __future__ import annotations

import pytest

from sekisho.core.numbering.plan import build_plan, resolve
from sekisho.core.terms.destination import DestinationClass
from sekisho.core.terms.errors import BadSetting
from sekisho.demo.cast import Kind, make_cast


@pytest.mark.parametrize("lines", [40, 62, 300, 600])
def test_each_company_has_half_of_the_lines_and_none_twice(lines):
    numbers = [line.national for company in make_cast(lines) for line in company.lines]
    assert len(numbers) == len(set(numbers)) == lines
    assert [len(company.lines) for company in make_cast(lines)] == [lines // 2, lines // 2]


def test_lines_look_japanese_and_are_nobodys():
    plan = build_plan()
    for company in make_cast():
        for line in company.lines:
            found = resolve(plan, line.national)
            assert (found.class_, f"+{found.e164}") == (DestinationClass.FIXED, line.e164)
            area = next(area for area in (2, 3) if line.national[area] == "1")  # no real exchange begins with 1
            assert len(line.national[area:]) == 10 - area


@pytest.mark.parametrize("lines", [40, 300])
def test_the_play_has_all_it_needs(lines):
    east, west = make_cast(lines)
    assert (east.automatic_hold, west.automatic_hold) == (True, False)
    assert east.address != west.address
    for company in (east, west):
        assert company.victim.kind == Kind.OFFICE
        assert len(company.victim.lines) <= 3
        kinds = {customer.kind for customer in company.customers}
        assert {Kind.OFFICE, Kind.TRADER, Kind.HOME} <= kinds
        codes = [customer.key for customer in company.customers]
        assert len(codes) == len(set(codes))


def test_names_in_two_languages():
    east = make_cast()[0]
    assert (east.called("ja"), east.called("en")) == ("東日本", "East Japan")
    assert (east.victim.called("ja"), east.victim.called("en")) == ("有限会社ひばり設計事務所", "Hibari Design Office")


@pytest.mark.parametrize("lines", [0, 38, 41, 602])
def test_other_sizes_are_refused(lines):
    with pytest.raises(BadSetting, match=f"{lines} lines: give an even number from 40 to 600"):
        make_cast(lines)
