"""The small pictures: a line's shape in the queue, the weight of an evidence, labels and scales below them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sekisho.office.pictures.labels import GAP, Label, in_lanes, thinned
from sekisho.office.pictures.nats import weight
from sekisho.office.pictures.scale import ceiling, stands_out
from sekisho.office.pictures.sparkline import sparkline


def test_an_hour_far_above_normal_stands_out(language, taken):
    picture = taken(sparkline([0] * 46 + [90_000, 5_000_000], [100_000] * 48))
    assert picture.count("above") == 1
    assert picture.count("usual") == 1
    assert "5,000" in picture.said


def test_an_empty_line_is_said(language, taken):
    picture = taken(sparkline([0] * 48, [0] * 48))
    assert picture.count("usual") == 0
    assert picture.said == {"ja": "この時間帯の通話料はありません", "en": "No charges in these hours"}[language]


@pytest.mark.parametrize(("nats", "class_", "said"), [(3.0, "for-thief", "thief"), (-1.0, "for-honest", "honest")])
def test_nats_point_to_a_side(nats, class_, said, office, taken):
    from django.utils import translation

    with translation.override("en"):
        picture = taken(weight(nats, 6.0))
    assert picture.count(class_) == 1
    assert said in picture.said


@pytest.mark.parametrize(
    ("value", "least", "top"), [(0, 100, 100), (101, 100, 200), (200, 100, 200), (2_001, 1, 5_000), (9_999, 1, 10_000)]
)
def test_an_axis_ends_at_a_round_number(value, least, top):
    assert ceiling(value, least) == top


@pytest.mark.parametrize(
    ("milliyen", "high", "out"),
    [(299_000, 0, False), (300_000, 0, True), (300_000, 150_000, False), (300_001, 150_000, True)],
)
def test_when_an_hour_stands_out(milliyen, high, out):
    assert stands_out(milliyen, high) is out


def test_labels_are_thinned_out():
    placed = thinned([Label("12:00", float(x)) for x in range(0, 200, 10)], 0, 200)
    assert 1 < len(placed) < 5
    assert all(b.left >= a.right + GAP for a, b in pairwise(placed))


def test_labels_move_to_another_lane_or_are_left_out():
    placed = in_lanes([Label("alert", 50.0)] * 4, 0, 100)
    assert [label and label.lane for label in placed] == [0, 1, 2, None]
