"""Two policies, day by day, in two rows to one scale."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

NONE = (0, 0, 0)


@pytest.fixture
def draw(office):
    from django.utils import translation

    from sekisho.office.pictures.verdict_days import Day, Said, verdicts_by_day

    def make(days, width=1_100):
        told = [
            Day(date(2026, 11, 1) + timedelta(days=place), Said(*active), Said(*own))
            for place, (active, own) in enumerate(days)
        ]
        with translation.override("en"):
            return ET.fromstring(verdicts_by_day(told, "night", width))  # noqa: S314 - our own

    return make


def bars(picture, class_):
    found = [each for each in picture.iter() if each.tag.endswith("rect") and each.get("class") == class_]
    return [(float(each.get("y")), float(each.get("height"))) for each in found]


def test_both_rows_have_one_scale(draw):
    picture = draw([((10, 0, 0), (5, 0, 0))])
    (top, full), (low, half) = bars(picture, "usual")
    assert full == pytest.approx(2 * half)
    assert top + full < low


def test_holds_stand_below_asks_below_alerts(draw):
    picture = draw([((1, 2, 3), NONE)])
    ys = [bars(picture, class_)[0][0] for class_ in ("above", "asked", "usual")]
    assert ys == sorted(ys, reverse=True)
    assert [round(bars(picture, class_)[0][1], 2) for class_ in ("above", "asked", "usual")] == [
        pytest.approx(88 * count / 10) for count in (3, 2, 1)
    ]


@pytest.mark.parametrize("width", [1_100, 326])
def test_labels_keep_apart_and_inside(draw, width):
    from sekisho.office.pictures.svg import width_of

    picture = draw([((1, 0, 0), (0, 0, 1))] * 28, width)
    texts = [each for each in picture.iter() if each.tag.endswith("text") and "Nov" in (each.text or "")]
    places = [(float(each.get("x")), float(each.get("x")) + width_of(each.text)) for each in texts]
    assert len(places) > 1
    assert all(end < begin for (_, end), (begin, _) in pairwise(places))
    assert places[-1][1] <= width


def test_it_says_the_sums_in_words(draw):
    picture = draw([((1, 2, 3), (4, 5, 6)), ((1, 0, 0), NONE)])
    said = next(each.text for each in picture.iter() if each.tag.endswith("desc"))
    assert said == "Active policy: 2 alerts, 2 asks, 3 holds. night: 4 alerts, 5 asks, 6 holds."


def test_no_days_are_no_fault(draw):
    assert bars(draw([]), "usual") == []
