"""A shadow beside the active policy: days, lines, and what known outcomes say."""

from __future__ import annotations

import pytest

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS


@pytest.fixture
def of(cast, now_ms):
    """`of(user)`: side by side and measured, as that user sees `night`."""
    from sekisho.office.queries.shadow_cases import measured
    from sekisho.office.queries.shadow_days import side_by_side
    from sekisho.office.queries.shadows import shadow_named

    def ask(user=None):
        user = user or cast.east_supervisor
        row = shadow_named(user, "night", now_ms)
        return side_by_side(user, row, now_ms), measured(user, row, now_ms)

    return ask


def test_who_may_see_them(cast, shadow, now_ms):
    from sekisho.office.queries.shadows import shadows

    shadow()
    seen = {login: shadows(user, now_ms) is not None for login, user in cast.everybody.items()}
    assert {login for login, sees in seen.items() if sees} == {"east_supervisor", "east_auditor"}


def test_whether_it_runs(cast, shadow, now_ms):
    from sekisho.office.queries.shadows import shadow_named
    from sekisho.office.services.take_health import take_health

    shadow()
    assert not shadow_named(cast.east_auditor, "night", now_ms).runs
    told = {"part": "shadow.night", "at_ms": now_ms - 14_000, "started_ms": 1, "position": 1, "behind": 9}
    take_health([told])
    row = shadow_named(cast.east_auditor, "night", now_ms)
    assert (row.runs, row.behind, row.differs) == (True, 9, (("hold_nats", 14.0, 12.0),))
    assert not shadow_named(cast.east_auditor, "night", now_ms + 2_000).runs
    assert shadow_named(cast.east_auditor, "day", now_ms) is None


def test_each_day_in_japan_and_each_line(cast, shadow, open_case, of, now_ms):
    yesterday = now_ms - DAY_MS
    open_case(cast.line_a, now_ms - MINUTE_MS, action="hold")
    case = open_case(cast.line_b, yesterday)
    shadow(
        [
            ("v1", cast.line_a, now_ms - HOUR_MS, {"action": "ask"}),
            ("v2", cast.line_a, now_ms - MINUTE_MS, {"action": "hold"}),
            ("v3", cast.line_a2, now_ms - 3 * HOUR_MS, {}),  # 23:52 of the day before, in Japan
            ("v4", "0399999999", now_ms, {}),
            ("v5", cast.line_west, now_ms, {"company": "west"}),
        ]
    )
    beside, _ = of()
    assert len(beside.days) == 28
    before, today = beside.days[-2:]
    assert (today.active.holds, today.active.alerts, before.active.alerts) == (1, 0, 1)
    assert (today.shadow.holds, today.shadow.asks, today.shadow.alerts, before.shadow.alerts) == (1, 1, 1, 1)
    assert (beside.both, beside.only_active_count, beside.only_shadow_count) == (1, 1, 2)
    assert [(line.number, line.case, line.active_ms) for line in beside.only_active] == [(cast.line_b, case, yesterday)]
    assert [(line.number, line.known) for line in beside.only_shadow] == [
        ("0399999999", False),
        (cast.line_a2, True),
    ]
    assert beside.only_shadow[1].customer.code == "A"


def test_before_it_began_and_other_policies_under_its_name_do_not_count(cast, shadow, open_case, of, now_ms):
    open_case(cast.line_b, now_ms - 3 * DAY_MS)
    shadow([("old", cast.line_a, now_ms - HOUR_MS, {})], version="v0")
    shadow([("v1", cast.line_a2, now_ms - 3 * DAY_MS, {})], since_ms=now_ms - 2 * DAY_MS)
    beside, _ = of()
    assert beside.first_ms == now_ms - 2 * DAY_MS
    assert (beside.both, beside.only_active_count, beside.only_shadow_count) == (0, 0, 0)
    assert len(beside.days) == 3


def close(case, outcome, cast, now_ms):
    from sekisho.office.services.close_case import close_case

    close_case(case=case, outcome=outcome, now_ms=now_ms, by=cast.east_operator)


def test_outcomes(cast, shadow, open_case, verdicts, of, now_ms):
    from sekisho.office.services.take_verdicts import take_verdicts

    opened = now_ms - 2 * HOUR_MS
    caught = open_case(cast.line_a, opened, spend_today=9_000_000)
    take_verdicts([verdicts(("later", cast.line_a, opened + 5 * MINUTE_MS, {"action": "hold"}))])
    missed = open_case(cast.line_a2, opened, action="hold")
    false = open_case(cast.line_b, opened)
    for case, outcome in ((caught, "fraud"), (missed, "fraud"), (false, "honest")):
        close(case, outcome, cast, now_ms - MINUTE_MS)
    shadow(
        [
            ("s1", cast.line_a, opened - 20 * MINUTE_MS, {"spend_today": 2_000_000}),
            ("s2", cast.line_a, opened - 10 * MINUTE_MS, {"action": "ask", "spend_today": 4_000_000}),
            ("s3", cast.line_a2, now_ms, {}),  # after the case was closed: another story
            ("s4", cast.line_b, opened + MINUTE_MS, {"action": "hold"}),
        ]
    )
    _, told = of()
    assert (told.frauds, told.caught, told.honest, told.false) == (2, 1, 1, 1)
    assert (told.stopped_active, told.stopped_shadow) == (2, 1)
    assert (told.false_stops_active, told.false_stops_shadow) == (0, 1)
    assert (told.ahead, told.behind, told.median_ahead_ms) == (1, 0, 20 * MINUTE_MS)
    assert (told.spent_active, told.spent_shadow) == (9_000_000, 2_000_000)
    rows = {row.case: row for row in told.cases}
    assert rows[caught].shadow.action == "alert"
    assert rows[caught].shadow_stop.at_ms == opened - 10 * MINUTE_MS
    assert rows[missed].shadow is None
    assert rows[false].ahead_ms == -MINUTE_MS


def test_open_cases_have_no_outcome(cast, shadow, open_case, of, now_ms):
    open_case(cast.line_a, now_ms - HOUR_MS)
    shadow([("s1", cast.line_a, now_ms - HOUR_MS, {})])
    _, told = of()
    assert (told.frauds, told.honest, told.cases) == (0, 0, ())


def test_one_line_as_the_shadow_saw_it(cast, shadow, now_ms):
    from sekisho.office.queries.shadow_line import shadow_line
    from sekisho.office.queries.shadows import shadow_named

    shadow([("s1", cast.line_a, now_ms - HOUR_MS, {}), ("s2", cast.line_a, now_ms, {"action": "hold"})])
    row = shadow_named(cast.east_auditor, "night", now_ms)
    line = shadow_line(cast.east_auditor, row, cast.line_a, now_ms)
    assert [verdict.action for verdict in line.verdicts] == ["hold", "alert"]
    assert (line.case, line.customer.code) == (None, "A")
    assert [evidence.name for evidence in line.verdicts[0].evidence] == ["country", "rate"]
    assert shadow_line(cast.east_auditor, row, cast.line_b, now_ms) is None
    assert shadow_line(cast.west_operator, row, cast.line_a, now_ms) is None
