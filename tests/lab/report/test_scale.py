"""Logarithmic axes, with a place for nothing."""

from __future__ import annotations

import pytest

from sekisho.lab.report.scale import LogScale, fitted


def test_powers_of_ten_stand_evenly():
    scale = LogScale(1.0, 1_000.0, 0.0, 300.0, zero=False)
    assert [scale.place(value) for value in (1, 10, 100, 1_000)] == pytest.approx([0, 100, 200, 300])
    assert scale.powers() == [1.0, 10.0, 100.0, 1_000.0]
    assert (scale.place(0.1), scale.place(0.0), scale.place(5_000)) == (0.0, 0.0, 300.0)


def test_zero_has_a_place_of_its_own():
    scale = LogScale(1.0, 100.0, 0.0, 100.0, zero=True)
    assert scale.place(0.0) == 0.0
    assert scale.place(1.0) == pytest.approx(8.0)
    assert scale.place(100.0) == pytest.approx(100.0)


def test_an_axis_may_run_upwards():
    scale = LogScale(1.0, 100.0, 200.0, 0.0, zero=False)
    assert [scale.place(value) for value in (1, 10, 100)] == pytest.approx([200, 100, 0])


@pytest.mark.parametrize(
    ("values", "low", "high", "zero"),
    [
        ([3, 40], 1.0, 100.0, False),
        ([0, 40], 10.0, 100.0, True),
        ([0.02, 40_000], 0.01, 100_000.0, False),
        ([], 10.0, 100.0, False),
        ([10, 100], 10.0, 100.0, False),
    ],
)
def test_all_values_find_a_place(values, low, high, zero):
    scale = fitted(values, 0.0, 500.0, 10.0, 100.0)
    assert (scale.low, scale.high, scale.zero) == (low, high, zero)
    assert all(0 <= scale.place(value) <= 500 for value in values)
