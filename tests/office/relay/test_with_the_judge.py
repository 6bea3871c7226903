"""Office, relay and the real judge over one log: lines and terms go out, verdicts come in, bars and releases close."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from tests.flow.judge_arrays import EAGER

from sekisho.bodies import body_of
from sekisho.core.tables import CALLS
from sekisho.core.terms.instants import SECOND_MS
from sekisho.engine.control import load_tariff
from sekisho.engine.judge import JudgeProcess
from sekisho.flow import JudgeSettings
from sekisho.ports import JOURNAL, Message
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

TARIFF = Path(__file__).parents[3] / "examples" / "tariffs" / "hikari-style.csv"
CALLS_OF_AN_ATTACK = 40


class Clock:
    """A clock that a test sets."""

    def __init__(self, now_ms: int) -> None:
        self.at_ms = now_ms

    def now_ms(self) -> int:
        return self.at_ms


def attack(company: str, line: str, first_ms: int) -> bytes:
    """Calls to Sierra Leone every ten seconds, as a switch tells them when they end."""
    rows = []
    for number in range(CALLS_OF_AN_ATTACK):
        start = first_ms + number * 10 * SECOND_MS
        row = {"call_id": f"{company}-{number}", "source": "sbc", "direction": "out", "line": line, "company": company}
        row |= {"number": f"010232761234{number:02d}", "start": start, "answer": start + 1_000, "end": start + 9_000}
        rows.append(row | {"cause": 200, "talk_ms": None, "file_sha256": "0" * 64, "row": number + 1})
    columns = [pa.array([row[f.name] for row in rows]).cast(f.type) for f in CALLS]
    return body_of([pa.RecordBatch.from_arrays(columns, schema=CALLS)], CALLS)


@pytest.fixture
def carrier(db, cast, tmp_path, now_ms):
    """(log, settle): `settle` lets relay and judge work until nothing moves."""
    from sekisho.office.relay.exchange import Relay

    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path / "home")}), [])
    clock = Clock(now_ms)
    relay = Relay(home.log, clock, pytest.fail)
    judge = JudgeProcess(home.log, home.snapshots, JudgeSettings(EAGER), clock, entries=32, snapshot_entries=300)
    for company in ("east", "west"):
        load_tariff(home.log, company, TARIFF.name, TARIFF.read_bytes(), key=f"tariff {company}")

    def settle() -> None:
        clock.at_ms += 200
        while relay.step() | judge.step():
            pass

    settle()
    yield home.log, settle
    home.close()


def test_an_attack_is_held_where_the_terms_allow_it(carrier, cast, call_book, now_ms):
    from sekisho.office.queries.case_file import case_file
    from sekisho.office.queries.queue import queue
    from sekisho.office.services.release_hold import release_hold

    log, settle = carrier
    begin = now_ms - CALLS_OF_AN_ATTACK * 10 * SECOND_MS
    for company, line in (("east", "0312345678"), ("west", "0612345678")):
        log.append({JOURNAL: [Message("calls", company, attack(company, line, begin))]})
    settle()
    (east,) = queue(cast.east_operator, call_book, now_ms).rows
    (west,) = queue(cast.west_operator, call_book, now_ms).rows
    assert (east.line, east.state) == (cast.line_a, "held")
    assert (west.line, west.state) == (cast.line_west, "alerted")
    release_hold(case=east.case, reason="the customer called", by=cast.east_operator, now_ms=now_ms)
    settle()
    found = case_file(cast.east_operator, east.case, call_book, now_ms)
    assert found.standing == "alerted"
    assert {hold.acknowledged_ms is not None for hold in found.holds} == {True}


def test_orders_are_completed_by_the_judge(carrier, cast, now_ms):
    from sekisho.office.models import Bar, Order
    from sekisho.office.services.lift_bar import lift_bar
    from sekisho.office.services.set_bar import set_bar

    _, settle = carrier
    about = {"line": cast.line_a, "by": cast.east_operator, "now_ms": now_ms, "reason": "fraud"}
    mine, _ = set_bar(owner="customer", proof="by telephone", **about)
    ours, _ = set_bar(owner="emergency", **about)
    settle()
    lift_bar(bar=mine, by=cast.a_admin, now_ms=now_ms + SECOND_MS, proof="portal")
    settle()
    assert set(Order.objects.values_list("state", flat=True)) == {"completed"}
    lifted, left = Bar.objects.get(uuid=mine), Bar.objects.get(uuid=ours)
    assert (lifted.acknowledged_version, lifted.ended_ms is not None) == (2, True)
    assert (left.acknowledged_version, left.ended_ms) == (1, None)
    assert left.in_force_ms is not None
