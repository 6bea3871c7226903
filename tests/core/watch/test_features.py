"""The features' names and evidences, and that the kernel fills every one with a finite number, whatever the state."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.watch.desk import SL, US, Desk

from sekisho.core.terms.instants import DAY_MS, HOUR_MS
from sekisho.core.watch import features
from sekisho.core.watch.evidence import catalogue
from sekisho.core.watch.features import (
    EVIDENCE_OF,
    FEATURES,
    FREE_SCORES,
    NAMES,
    NO_TRACES,
    TRACE,
    VECTOR,
    log_ratio,
    room_for_traces,
)
from sekisho.core.watch.state import ABROAD, EVIDENCES, SIGHT
from sekisho.core.watch.watching import fill_vector

NOON = 1_780_000_020_000


def test_names_are_unique_and_plain():
    assert len(set(NAMES)) == FEATURES == len(NAMES)
    assert all(name.isidentifier() and name == name.lower() for name in NAMES)


def test_every_feature_belongs_to_an_evidence():
    assert len(EVIDENCE_OF) == FEATURES
    assert set(EVIDENCE_OF) == set(range(EVIDENCES)), "and no evidence is without one"
    assert len(catalogue.NAMES) == EVIDENCES


def test_the_label_free_scores_come_first():
    assert NAMES[:FREE_SCORES] == ("free_fast", "free_slow", "free_burst", "gain")


def test_the_order_is_part_of_every_scorecard():
    """A profile names its features; a change here refuses all that were trained before."""
    assert NAMES[4:8] == ("country_share", "country_hours", "country_calls", "countries")
    assert NAMES[-3:] == ("suspects_there", "suspects_share", "suspects_all")
    assert FEATURES == 63


def test_a_vector_is_what_a_scorecard_reads():
    assert VECTOR["x"].shape == TRACE["features"].shape == (FEATURES,)
    assert VECTOR["x"].base == np.float32
    assert VECTOR.itemsize == 4 * FEATURES


def test_room_for_traces_is_empty_and_as_large_as_asked():
    traces = room_for_traces(5)
    assert (traces.rows.size, traces.filled.tolist()) == (5, [0])
    assert NO_TRACES.rows.size == 0


@pytest.mark.parametrize(
    ("over", "under", "ratio"),
    [(10.0, 1.0, log(10)), (1.0, 10.0, -log(10)), (0.0, 1.0, log(0.01)), (1e9, 0.0, 8.0), (0.0, 1e9, -8.0), (0, 0, 0)],
)
def test_the_logarithm_of_a_ratio_is_bounded(over, under, ratio):
    assert log_ratio(over, under) == pytest.approx(ratio)


SMALL = st.floats(0, 1e5, width=32)
FIELDS = [name for name in ABROAD.names if ABROAD[name].base == np.float32]


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from([0, US, SL, 30_000]), st.integers(0, 4), st.floats(0, 1e5), st.floats(0, 1e7))
def test_every_feature_is_a_finite_number_whatever_the_state(data, where, event, talk_s, running):
    desk = Desk(lines=1)
    abroad = desk.abroad(0, NOON - data.draw(st.integers(0, 400)) * DAY_MS)
    for name in FIELDS:
        abroad[name] = data.draw(SMALL)
    abroad["talk_square"] = data.draw(SMALL)
    abroad["open"], abroad["redials"] = data.draw(st.integers(0, 300)), data.draw(st.integers(0, 1_000))
    desk.line()["signal"], desk.line()["signalled_at"] = data.draw(st.integers(0, 900)), NOON - HOUR_MS
    sight = np.zeros(1, SIGHT)[0]
    sight["country"], sight["share"] = where, data.draw(st.floats(2**-20, 1, width=32))
    sight["week_an_hour"] = data.draw(st.floats(2**-20, 1e4, width=32))
    sight["number_hours"] = data.draw(st.sampled_from([-1.0, 0.0, 168.0, 60_000.0]))
    for name in ("milliyen_a_minute", "gap_s", "block", "gain"):
        sight[name] = data.draw(SMALL)
    fill_vector(desk.book, desk.line(), abroad, sight, event, talk_s, running, NOON)
    x = desk.aids.vector["x"][0]
    assert np.isfinite(x).all(), [name for name, value in zip(NAMES, x, strict=True) if not np.isfinite(value)]
    assert np.abs(x[FREE_SCORES:]).max() <= 1e6
    assert features.NAMES is NAMES
