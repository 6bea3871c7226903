"""The curve: one backtest a setting, thresholds shifted, rules on money left alone."""

from __future__ import annotations

from tests.lab.worked_calls import PRICES, at, backtested, call

from sekisho.core.watch.policy import Policy, dials
from sekisho.lab.report.curve import SHIFTS, curve_points, point_figures, shifted
from sekisho.lab.scoring import score
from sekisho.lab.truth import truth_of


def test_shifting_moves_the_thresholds_of_the_score_only():
    policy = Policy(daily_limit=5_000)
    lower = shifted(policy, -2.5)
    before, after = dials(policy)[0], dials(lower)[0]
    for name in ("alert_nats", "ask_nats", "hold_nats"):
        assert after[name].tolist() == (before[name] - 2.5).tolist()
    assert (lower.month_multiple, lower.daily_limit, lower.learn_nats) == (3.0, 5_000, policy.learn_nats)
    assert shifted(policy, 0.0) == policy
    assert lower.version != policy.version


def test_one_point_a_setting_in_order():
    calls = {f"c{place}": call(1, f"09:0{place}:00", f"09:0{place}:00", f"09:0{place}:30", 175) for place in range(5)}
    calls["honest"] = call(2, "08:00:00", "08:00:00", "08:01:00", 9)
    truth, asked = truth_of({name: ("A", "flood") for name in calls if name != "honest"}), []

    def run_at(shift):
        asked.append(shift)
        held = [(1, at("09:00:00") + int(2 + shift) * 60_000, "hold")]
        return backtested(calls, held + ([(2, at("08:00:00"), "ask")] if shift < 0 else []))

    points = curve_points(run_at, [1.0, -2.0, 0.0], lambda run: score(run, truth, PRICES))
    assert asked == [point.shift for point in points] == [-2.0, 0.0, 1.0]
    assert [point.score.lost for point in points] == [0, 350_000, 525_000]
    assert [point.false_per_million for point in points] == [1e6, 0.0, 0.0]
    assert [point.false_holds_per_million for point in points] == [0.0, 0.0, 0.0]
    assert point_figures(points[0]) == {
        "shift_nats": -2.0,
        "lost_share": 0.0,
        "false_asks_per_million": 1e6,
        "false_holds_per_million": 0.0,
        "asks": 1,
        "holds": 1,
    }


def test_the_usual_settings_hold_the_one_that_is_set():
    assert 0.0 in SHIFTS
    assert list(SHIFTS) == sorted(set(SHIFTS))
