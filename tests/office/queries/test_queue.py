"""The queue: by money at risk, of the own company only, with how each line stands."""

from __future__ import annotations

import pytest

from sekisho.core.terms.instants import MINUTE_MS


@pytest.fixture
def queue(db):
    from sekisho.office.queries.queue import queue

    return queue


def live(line, now_ms, calls, abroad, accrued):
    from sekisho.office.services.take_live import take_live

    told = {"company": "east", "line": line, "open": calls, "open_international": abroad, "accrued": accrued}
    take_live([{"at_ms": now_ms, "lines": [told]}])


def test_the_dearest_case_stands_first(queue, cast, open_case, make_call_book, now_ms):
    call_book = make_call_book(
        (cast.line_a, now_ms - MINUTE_MS, {"charge_milliyen": 175_000}),
        (cast.line_b, now_ms - MINUTE_MS, {"charge_milliyen": 350_000}),
    )
    cases = {line: open_case(line=line, at_ms=now_ms - 2 * MINUTE_MS) for line in (cast.line_a, cast.line_b)}
    found = queue(cast.east_auditor, call_book, now_ms)
    assert [row.line for row in found.rows] == [cast.line_b, cast.line_a]
    first = found.rows[0]
    assert (first.case, first.state, first.customer.code, first.company.code) == (
        cases[cast.line_b],
        "alerted",
        "B",
        "east",
    )
    assert (first.risk.spent, first.risk.next_hour, first.risk.total) == (350_000, 1_400_000, 1_750_000)
    assert (first.opened_ms, first.last_ms, first.score) == (now_ms - 2 * MINUTE_MS, now_ms - 2 * MINUTE_MS, 9.5)
    assert (first.headline.name, first.headline.facts) == ("country", {"calls": 0.0})
    live(cast.line_a, now_ms, 2, 2, 500_000)
    found = queue(cast.east_operator, call_book, now_ms)
    assert [row.line for row in found.rows] == [cast.line_a, cast.line_b]
    assert (found.rows[0].open_international, found.rows[0].risk.in_progress) == (2, 500_000)


def test_domestic_calls_in_progress_and_old_news_are_no_risk(queue, cast, open_case, call_book, now_ms):
    open_case()
    live(cast.line_a, now_ms, 3, 0, 900_000)
    assert queue(cast.east_operator, call_book, now_ms).rows[0].risk.total == 0
    live(cast.line_a, now_ms, 3, 1, 900_000)
    assert queue(cast.east_operator, call_book, now_ms + 61_000).rows[0].risk.total == 0


def test_how_a_line_stands(queue, cast, open_case, make_call_book, now_ms):
    from sekisho.office.services.set_bar import set_bar
    from sekisho.office.services.take_effects import take_effects

    call_book = make_call_book((cast.line_a, now_ms - MINUTE_MS, {}))

    def standing():
        (row,) = queue(cast.east_operator, call_book, now_ms).rows
        return row.state, row.risk.stopped, row.risk.next_hour

    open_case()
    assert standing() == ("alerted", False, 700_000)
    bar, _ = set_bar(line=cast.line_a, owner="emergency", reason="fraud", by=cast.east_operator, now_ms=now_ms)
    assert standing() == ("barred", False, 700_000)
    take_effects([("bar", {"bar": str(bar), "version": 1, "in_force": True, "at_ms": now_ms})])
    assert standing() == ("barred", True, 0)


def test_a_held_line(queue, cast, open_case, call_book, now_ms):
    from sekisho.office.services.take_effects import take_effects

    open_case(action="hold")
    facts = {"company": "east", "line": cast.line_a, "by": "hold", "bar": "", "number": "0102327612****"}
    take_effects([("refused", facts | {"count": 4, "first_ms": 1, "last_ms": 2})])
    (row,) = queue(cast.east_operator, call_book, now_ms).rows
    assert (row.state, row.risk.stopped, row.refused) == ("held", True, 4)
    (row,) = queue(cast.east_operator, call_book, now_ms + 5 * 3_600_000).rows
    assert row.state == "alerted"


def test_who_sees_which_cases(queue, cast, open_case, call_book, now_ms):
    open_case()
    seen = {login: queue(user, call_book, now_ms) for login, user in cast.everybody.items()}
    rows = {login: None if found is None else len(found.rows) for login, found in seen.items()}
    assert rows == {
        "east_operator": 1,
        "east_supervisor": 1,
        "east_auditor": 1,
        "west_operator": 0,
        "a_admin": None,
        "a_viewer": None,
        "b_admin": None,
        "maintainer": None,
    }


def test_lines_nobody_knows_are_counted(queue, cast, verdicts, call_book, now_ms):
    from sekisho.office.services.take_verdicts import take_verdicts

    take_verdicts([verdicts(("v1", "0399999999", now_ms, {}), ("v2", "0399999999", now_ms, {}))])
    assert queue(cast.east_operator, call_book, now_ms).unknown_lines == 1
    assert queue(cast.west_operator, call_book, now_ms).unknown_lines == 0


def test_a_closed_case_is_not_in_the_queue(queue, cast, open_case, call_book, now_ms):
    from sekisho.office.services.close_case import close_case

    close_case(case=open_case(), outcome="honest", now_ms=now_ms, by=cast.east_operator)
    assert queue(cast.east_operator, call_book, now_ms).rows == ()


def test_many_cases_ask_the_lake_once(queue, cast, open_case, now_ms):
    from sekisho.core.tables import RATED

    asked = []

    class Counting:
        def calls(self, *told, **more):
            asked.append((told, more))
            return RATED.empty_table()

    for line in (cast.line_a, cast.line_a2, cast.line_b):
        open_case(line=line)
    assert len(queue(cast.east_operator, Counting(), now_ms).rows) == 3
    assert len(asked) == 1
