"""The real judge process with lines that are asked: SIPp is sent to the announcement, which tells what came of it.

The asks lie in a snapshot from which the judge starts, so that they do not depend on what the watch makes of a call.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from tests.doors.judge_process import TOKEN, JudgeRun, furnish, opened_log, running_judge, until
from tests.doors.sipp_runner import run_sipp

from sekisho.bodies import batches_of
from sekisho.demo.probe import ask_gate
from sekisho.engine.judge import JudgeProcess
from sekisho.flow import JudgeSettings
from sekisho.ports import EFFECT_TOPIC, VERDICT_TOPIC
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

LATVIA, JAMAICA, SIERRA_LEONE = "01037120000000", "01018765550000", "01023276123456"
QUIET = "alert_nats = 1e9\nask_nats = [1e9, 1e9, 1e9, 1e9]\nhold_nats = [1e9, 1e9, 1e9, 1e9]\n"
HOUR = 3_600_000
WRONG = "nobody's"
PROVES, FAILS, POOR, FREE = "+81312000001", "+81312000002", "+81312000003", "+81312000004"
LINES = [{"company": "east", "line": line, "automatic_hold": line == FAILS} for line in (PROVES, FAILS, POOR, FREE)]


def lay_asks(home: Path) -> None:
    """All lines but the last are asked on all calls abroad, for four hours."""
    opened = open_embedded(read_settings({"SEKISHO_HOME": str(home)}))
    judge = JudgeProcess(
        opened.log, opened.snapshots, JudgeSettings(), opened.clock, entries=50, snapshot_entries=1_000
    )
    while judge.step():
        pass
    judge.judge._state.lines["asked_until"][:3] = opened.clock.now_ms() + 4 * HOUR
    judge.judge._state.line_marks[:3] = 1
    judge.rest()
    opened.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("asks")
    furnish(home, LINES)
    (home / "quiet.toml").write_text(QUIET, "utf-8")
    lay_asks(home)
    return home


@pytest.fixture(scope="module")
def judge(home):
    with running_judge(home, SEKISHO_PROFILE=str(home / "quiet.toml")) as run:
        assert run.said[-1] == "ready", run.said
        yield run
        assert run.stop() == 0, run.said


def invite(judge: JudgeRun, line: str, number: str, source: str = "127.0.0.4") -> tuple[int, str]:
    """Status of the gate's answer to one INVITE, and its Call-ID as the announcement hears of it."""
    answer = asyncio.run(ask_gate(("127.0.0.1", judge.sip_port), source, line, number))
    assert answer is not None
    call = answer.contact.partition("sekisho-call=")[2].partition(";")[0]
    return answer.status, call.replace("%40", "@")


def tell(judge: JudgeRun, told: dict[str, Any], token: str = TOKEN) -> int:
    async def post() -> int:
        address = f"http://127.0.0.1:{judge.http_port}/v1/screenings"
        headers = {"Authorization": f"Bearer {token}"}
        async with aiohttp.ClientSession() as session, session.post(address, json=told, headers=headers) as answer:
            return answer.status

    return asyncio.run(post())


def sipp(judge: JudgeRun, scenario: str, line: str, number: str, source: str = "127.0.0.4") -> None:
    result = run_sipp(scenario, judge.sip_port, line=line, service=number, source=source)
    assert result.ok, result.out


def test_an_asked_line_is_sent_to_the_announcement_and_others_are_not(judge):
    sipp(judge, "asked", PROVES, LATVIA)
    sipp(judge, "allowed_404", PROVES, "0398765432")
    sipp(judge, "allowed_404", PROVES, "184119")
    sipp(judge, "allowed_404", FREE, LATVIA)


def test_who_proves_himself_calls_freely_from_the_answer_on(judge, home):
    status, call_id = invite(judge, PROVES, LATVIA)
    assert status == 302
    assert tell(judge, {"call_id": call_id, "line": PROVES, "passed": True}, WRONG) == 401
    assert tell(judge, {"call_id": call_id, "line": PROVES, "passed": True}) == 200
    sipp(judge, "allowed_404", PROVES, LATVIA)
    with opened_log(home) as log:
        (told,) = until(lambda: [e for e in log.read(EFFECT_TOPIC, 0, 99) if e.kind == "screening"])
        assert json.loads(told.body)["asked"] is True


def test_who_does_not_is_refused_there_from_the_answer_on_and_asked_elsewhere(judge, home):
    status, call_id = invite(judge, FAILS, JAMAICA)
    assert status == 302
    assert tell(judge, {"call_id": call_id, "line": FAILS, "passed": False, "number": JAMAICA}) == 200
    sipp(judge, "refused", FAILS, JAMAICA)
    sipp(judge, "asked", FAILS, LATVIA)
    sipp(judge, "allowed_404", FAILS, "0398765432")
    with opened_log(home) as log:

        def held() -> list[dict[str, Any]]:
            entries = log.read(VERDICT_TOPIC, 0, 99)
            rows = [row for entry in entries for batch in batches_of(entry.body) for row in batch.to_pylist()]
            return [row for row in rows if row["line"] == FAILS and row["action"] == "hold"]

        (row,) = until(held)
        assert (row["scope"], row["call_id"]) == ("1658 1876", call_id)


def test_a_switch_that_cannot_ask_has_one_call_a_destination(judge):
    sipp(judge, "allowance", POOR, SIERRA_LEONE, "127.0.0.2")  # 175 yen a minute: one minute
    sipp(judge, "refused", POOR, SIERRA_LEONE, "127.0.0.2")
    sipp(judge, "allowed", POOR, LATVIA, "127.0.0.2")
    sipp(judge, "refused", POOR, LATVIA, "127.0.0.2")
    sipp(judge, "asked", POOR, JAMAICA)
    sipp(judge, "allowed", POOR, "0398765432", "127.0.0.2")
