"""What the watch is set to, and how the kernel gets it."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from sekisho.core.terms.instants import DAY_MS, HOUR_MS
from sekisho.core.watch import policy as policy_module
from sekisho.core.watch.calendar import japanese_holidays
from sekisho.core.watch.habit import DAILY
from sekisho.core.watch.policy import DIALS, SEGMENTS, Policy, dials
from sekisho.core.watch.scorecard import Scorecard, new_trees


def other(value):
    """Any other value of the same kind."""
    if isinstance(value, bool):
        return not value
    if value == ():
        return ("US",)
    return tuple(part + 1 for part in value) if isinstance(value, tuple) else value + 1


@pytest.mark.parametrize("name", [field.name for field in fields(Policy) if field.name != "scorecard"])
def test_every_number_is_part_of_the_version(name):
    changed = replace(Policy(), **{name: other(getattr(Policy(), name))})
    assert changed.version != Policy().version


def test_the_version_is_twelve_hex_digits_and_stays():
    assert Policy().version == Policy().version
    assert len(Policy().version) == 12
    assert set(Policy().version) <= set("0123456789abcdef")


def test_the_model_is_part_of_the_version(monkeypatch):
    before = Policy().version
    monkeypatch.setattr(policy_module, "MODEL", "another")
    assert Policy().version != before


def test_the_units_of_the_kernel():
    record = dials(
        Policy(
            honest_rate=(3.6, 0.36, 0.036, 0.0036),
            honest_rate_hours=100,
            forget_days=2,
            thief_rate_fast=36,
            thief_rate_slow=7.2,
            burst_rate=18,
            renew_minutes=0.5,
            probation_hours=1.5,
            hold_hours=4,
            raised_hours=168,
            alert_every_s=0.5,
            settling_days=2,
            longest_call_hours=0.5,
        )
    )[0]
    assert record["prior_rate"].tolist() == pytest.approx([1e-6, 1e-7, 1e-8, 1e-9])
    assert record["prior_ms"] == 100 * HOUR_MS
    assert record["forget_ms"] == 2 * DAY_MS
    assert record["thief_fast"] == pytest.approx(1e-5)
    assert record["thief_slow"] == pytest.approx(2e-6)
    assert record["burst"] == pytest.approx(5e-6)
    assert record["renew_ms"] == 30_000
    assert record["probation_ms"] == 5_400_000
    assert record["hold_ms"] == 4 * HOUR_MS
    assert record["raised_ms"] == 7 * DAY_MS
    assert record["alert_every_ms"] == 500
    assert record["settling_ms"] == 2 * DAY_MS
    assert record["longest_ms"] == HOUR_MS // 2


@pytest.mark.parametrize(
    "name",
    [
        *("new_country_doubt", "thief_countries", "redial_nats", "call_nats", "alert_nats", "learn_nats"),
        *("burst_odds_nats", "wide_nats", "raised_nats", "spared_nats"),
        *("month_multiple", "month_floor", "month_new_customer", "month_unknown_customer", "cut_lead_ms"),
        *("international_multiple", "international_floor", "international_new_customer"),
        *("international_unknown_customer", "same_day_multiple", "same_day_whole", "same_day_floor"),
    ],
)
def test_numbers_that_the_kernel_takes_as_they_are(name):
    policy = replace(Policy(), **{name: 7})
    assert dials(policy)[0][name] == 7


def test_one_knob_shifts_the_thresholds_of_ask_and_hold():
    record = dials(Policy(ask_nats=(1.0, 2.0, 3.0, 4.0), hold_nats=(5.0, 6.0, 7.0, 8.0), threshold_shift=0.5))[0]
    assert record["ask_nats"].tolist() == [1.5, 2.5, 3.5, 4.5]
    assert record["hold_nats"].tolist() == [5.5, 6.5, 7.5, 8.5]
    assert record["alert_nats"] == Policy().alert_nats


def test_a_scorecard_is_part_of_the_version_and_its_prior_is_taken_off():
    trees = new_trees(2)
    trees["value"][:, 0] = -1.5
    policy = Policy(scorecard=Scorecard(("a",), trees))
    assert policy.version != Policy().version
    assert dials(policy)[0]["prior_nats"] == -3.0
    assert dials(Policy())[0]["prior_nats"] == 0.0


def test_there_is_a_threshold_for_every_segment():
    assert DAILY + 1 == SEGMENTS == len(Policy().ask_nats) == len(Policy().hold_nats)


def test_the_kernel_gets_the_days_off_of_japan():
    record = dials(Policy())
    assert record.dtype == DIALS
    assert record.size == 1
    np.testing.assert_array_equal(record[0]["closed"], japanese_holidays())


def test_the_defaults_are_in_a_sensible_order():
    policy = Policy()
    assert 0 < policy.learn_nats < policy.call_nats < policy.alert_nats
    for ask, hold in zip(policy.ask_nats, policy.hold_nats, strict=True):
        assert policy.alert_nats < ask < hold
        assert policy.call_nats < ask < 2 * policy.call_nats, "one call is no attack, two may be"
    assert policy.raised_nats < min(policy.ask_nats) - policy.alert_nats
    assert policy.thief_rate_slow < policy.burst_rate < policy.thief_rate_fast
    assert policy.renew_minutes < 60 * policy.hold_hours
    assert max(policy.honest_rate) < policy.thief_rate_slow


def test_a_policy_cannot_be_changed():
    with pytest.raises(AttributeError):
        Policy().hold_nats = 1.0
