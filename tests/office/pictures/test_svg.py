"""Markup: escaped whatever it is given; widths rather too large than too small."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from sekisho.office.pictures.svg import drawing, element, number, shortened, width_of, words


def test_texts_and_attributes_are_escaped(office):
    evil = '"><script>alert(1)</script>&'
    told = drawing(10, 10, evil, evil, words(evil, 1, 2), element("rect", {"class": evil}))
    assert "<script" not in told
    tree = ET.fromstring(told)  # noqa: S314 - our own markup
    assert [node.text for node in tree.iter() if node.text] == [evil, evil, evil]


def test_a_picture_says_what_it_is(office):
    tree = ET.fromstring(drawing(300, 100.0, "Charges", "None"))  # noqa: S314
    assert tree.attrib["role"] == "img"
    assert tree.attrib["viewBox"] == "0 0 300 100"
    assert [node.tag.split("}")[1] for node in tree] == ["title", "desc"]


@pytest.mark.parametrize(("value", "told"), [(1.0, "1"), (1.256, "1.26"), (10.0, "10"), (0.0, "0"), (-2.5, "-2.5")])
def test_coordinates_are_short(value, told):
    assert number(value) == told


def test_full_width_letters_are_wide():
    assert width_of("関所") == 32
    assert width_of("12") < 32


def test_what_has_no_room_is_shortened():
    assert shortened("Sierra Leone", 200) == "Sierra Leone"
    cut = shortened("Sierra Leone", 60)
    assert cut.endswith("…")
    assert width_of(cut) <= 60


def test_overlapping_and_cut_words_are_seen(office, taken):
    over = drawing(200, 40, "t", "d", words("alert", 10, 20), words("hold", 20, 22))
    assert len(taken(over).faults()) == 1
    assert len(taken(drawing(200, 40, "t", "d", words("alert", 190, 20))).faults()) == 1
    assert taken(drawing(200, 40, "t", "d", words("alert", 10, 20), words("hold", 100, 20))).faults() == []
