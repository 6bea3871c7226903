"""The quick logarithms and powers of e beside the library's, and what they make of what has none."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.watch.logarithms import exp, log, log1p, softplus

POSITIVE = st.floats(min_value=1e-300, max_value=1e300)


@settings(deadline=None, max_examples=500)
@given(POSITIVE)
def test_they_are_the_librarys_to_nine_places(x):
    assert log(x) == pytest.approx(math.log(x), rel=1e-9, abs=1e-9)
    assert log1p(x) == pytest.approx(math.log1p(x), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("x", [0.5, 1.0, 2.0, math.sqrt(0.5), math.sqrt(2.0), math.nextafter(1.0, 0.0), 1 - 1e-12])
def test_where_the_power_of_two_changes_too(x):
    assert log(x) == pytest.approx(math.log(x), abs=1e-10)


def test_nothing_more_is_nothing():
    assert log(1.0) == 0.0
    assert log1p(0.0) == 0.0


@pytest.mark.parametrize("x", [0.0, -0.0, -1.0, -1e300, math.inf, -math.inf, math.nan, 5e-324])
def test_of_what_has_no_logarithm_comes_a_finite_number(x):
    assert math.isfinite(log(x))
    assert math.isfinite(log1p(x))


@settings(deadline=None, max_examples=200)
@given(POSITIVE, POSITIVE)
def test_more_never_comes_to_less(x, y):
    small, large = sorted((x, y))
    assert log(small) <= log(large) + 1e-9


@settings(deadline=None, max_examples=500)
@given(st.floats(min_value=-700.0, max_value=700.0))
def test_powers_of_e_are_the_librarys_to_nine_places(x):
    assert exp(x) == pytest.approx(math.exp(x), rel=1e-9)


@pytest.mark.parametrize("x", [0.5 * math.log(2.0), -0.5 * math.log(2.0), 1.5 * math.log(2.0), -1e-300, 5e-324, -0.0])
def test_powers_of_e_where_the_power_of_two_changes(x):
    for at in (math.nextafter(x, -math.inf), x, math.nextafter(x, math.inf)):
        assert exp(at) == pytest.approx(math.exp(at), rel=1e-9)
    assert exp(0.0) == 1.0


def test_powers_of_e_end_where_doubles_do():
    assert exp(1e300) == exp(math.inf) == exp(700.0)
    assert exp(-1e300) == exp(-math.inf) == exp(-700.0) > 0.0
    assert math.isfinite(exp(math.nan))


@settings(deadline=None, max_examples=500)
@given(st.floats(min_value=-1e300, max_value=1e300))
def test_the_soft_step_is_the_librarys(x):
    wanted = x if x > 30.0 else math.log1p(math.exp(x))
    assert softplus(x) == pytest.approx(wanted, rel=1e-9, abs=1e-9)
    assert softplus(x) >= 0.0
