"""The map: every country once, called ones filled, names beside each other."""

from __future__ import annotations

import phonenumbers
import pytest

from sekisho.office.pictures.countries import Country
from sekisho.office.pictures.world import world
from sekisho.office.pictures.world_tiles import HEIGHT, ROWS, TILES, WIDTH

NEIGHBOURS = [
    Country("SL", 44, 9_000_000),
    Country("GM", 8, 2_000_000),
    Country("GN", 3, 1_500_000),
    Country("LR", 1, 9),
]


def test_every_region_with_telephones_has_one_tile():
    assert set(TILES) == set(phonenumbers.SUPPORTED_REGIONS)
    assert sum(code != ".." for row in ROWS for code in row) == len(TILES)
    assert {len(row) for row in ROWS} == {WIDTH}
    assert len(ROWS) == HEIGHT


@pytest.mark.parametrize("width", [326, 530])
def test_names_do_not_touch(width, language, taken):
    picture = taken(world(NEIGHBOURS, width))
    assert picture.faults() == []
    assert picture.texts  # one at least is named


def test_called_countries_are_filled(language, taken):
    picture = taken(world(NEIGHBOURS, 530))
    assert picture.count("above") == 1
    assert picture.count("abroad") == 3
    assert "44" in picture.said


def test_a_service_without_a_country_is_no_tile(language, taken):
    picture = taken(world([Country("+881", 2, 5_000)], 530))
    assert picture.count("above") == 0
