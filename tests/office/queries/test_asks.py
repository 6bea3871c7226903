"""Which lines are asked now, and what ends an ask before its time."""

from __future__ import annotations

import pytest

from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS, SECOND_MS


@pytest.fixture
def asked(cast, db):
    """The ask in force on the first line, as (scope, since, until), or None."""
    from sekisho.office.models import Line
    from sekisho.office.queries.asks import asks_in_force

    line = Line.objects.get(number=cast.line_a).pk

    def look(now_ms):
        ask = asks_in_force([line], now_ms).get(line)
        return None if ask is None else (ask.scope, ask.since_ms, ask.until_ms)

    return look


@pytest.fixture
def screened(cast, now_ms):
    from sekisho.office.services.take_effects import take_effects

    def take(*, passed, was_asked=True, at_ms=now_ms, line=None):
        facts = {"company": "east", "line": line or cast.line_a, "call_id": "c" * 300, "passed": passed}
        take_effects([("screening", facts | {"asked": was_asked, "at_ms": at_ms})])

    return take


def test_an_ask_is_in_force_for_four_hours(asked, open_case, now_ms):
    since = now_ms - MINUTE_MS
    assert asked(now_ms) is None
    open_case(action="ask", scope="232", at_ms=since)
    assert asked(now_ms) == ("232", since, since + 4 * HOUR_MS)
    assert asked(since + 4 * HOUR_MS) is None
    open_case(action="ask", scope="371", at_ms=now_ms)
    assert asked(now_ms) == ("371", now_ms, now_ms + 4 * HOUR_MS)


@pytest.mark.parametrize(
    ("told", "ends"),
    [
        ({"passed": True}, True),
        ({"passed": False}, False),
        ({"passed": True, "was_asked": False}, False),
        ({"passed": True, "line": "+81311112222"}, False),
        ({"passed": True, "line": "0611112222"}, False),
    ],
)
def test_who_proves_himself_ends_it(told, ends, asked, screened, open_case, now_ms):
    open_case(action="ask")
    screened(**told)
    assert (asked(now_ms) is None) is ends


def test_an_older_proof_ends_no_newer_ask(asked, screened, open_case, now_ms):
    open_case(action="ask", at_ms=now_ms - 2 * MINUTE_MS)
    screened(passed=True, at_ms=now_ms - MINUTE_MS)
    open_case(action="ask", at_ms=now_ms - SECOND_MS)
    assert asked(now_ms) is not None


@pytest.mark.parametrize(("outcome", "ends"), [("honest", True), ("fraud", False)])
def test_a_case_closed_as_honest_ends_it(outcome, ends, asked, open_case, cast, now_ms):
    from sekisho.office.services.close_case import close_case

    close_case(case=open_case(action="ask"), outcome=outcome, now_ms=now_ms, by=cast.east_operator)
    assert (asked(now_ms) is None) is ends


def test_the_desk_releases_an_asked_line(asked, open_case, cast, posted, now_ms):
    from sekisho.office.services.release_hold import release_hold

    release_hold(case=open_case(action="ask"), reason="he called", now_ms=now_ms, by=cast.east_operator)
    assert [message.kind for message in posted()] == ["release"]
    assert asked(now_ms) is None


def test_the_trail_says_what_came_of_it(screened, open_case, now_ms):
    from sekisho.office.models import AuditLine

    case = open_case(action="ask")
    screened(passed=False)
    screened(passed=True)
    told = AuditLine.objects.filter(case__uuid=case, action__startswith="screening").order_by("id")
    assert [(line.action, line.user, len(line.object), line.at_ms) for line in told] == [
        ("screening.failed", None, 100, now_ms),
        ("screening.passed", None, 100, now_ms),
    ]


def test_how_an_asked_line_and_one_held_on_a_destination_stand(open_case, cast, call_book, now_ms):
    from sekisho.office.queries.queue import queue

    open_case(action="ask", scope="232")
    open_case(cast.line_b, action="hold", scope="1658 1876")
    rows = {row.line: row for row in queue(cast.east_operator, call_book, now_ms).rows}
    asked_line, held = rows[cast.line_a], rows[cast.line_b]
    assert (asked_line.state, asked_line.scope, asked_line.risk.stopped) == ("asked", "232", False)
    assert (held.state, held.scope, held.risk.stopped) == ("held", "1658 1876", True)


def test_the_customer_sees_his_own_asks(open_case, cast, now_ms):
    from sekisho.office.queries.bars_in_force import bars_in_force

    open_case(action="ask", scope="232")
    (found,) = bars_in_force(cast.a_viewer, now_ms)
    assert (found.line, found.what, found.owner, found.scope) == (cast.line_a, "ask", "judge", "232")
    assert len(bars_in_force(cast.east_auditor, now_ms)) == 1
    for user in (cast.b_admin, cast.west_operator):
        assert bars_in_force(user, now_ms) == ()


@pytest.mark.parametrize(("scope", "left"), [("international", ["hold"]), ("232", ["hold", "ask"])])
def test_who_is_held_on_all_calls_is_not_asked_as_well(scope, left, open_case, cast, now_ms):
    from sekisho.office.queries.bars_in_force import bars_in_force

    open_case(action="ask", at_ms=now_ms - MINUTE_MS)
    open_case(action="hold", scope=scope)
    assert [row.what for row in bars_in_force(cast.a_viewer, now_ms)] == left
