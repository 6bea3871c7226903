"""A relay that is killed by SIGKILL anywhere goes on where it was: nothing is missing, nothing is doubled."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sekisho.failpoint import OFFICE_FAILPOINTS

DRIVER = Path(__file__).with_name("relay_driver.py")
# When the outbox is read, appended, marked; within the commit of the effects, and after that of the verdicts.
POINTS = ("outbox_read:1", "outbox_append:1", "outbox_mark:1", "consume_commit:1", "consume_commit:4")
DEADLINE_S = 60

QUESTIONS = {
    "waiting": "SELECT count(*) FROM office_outbox WHERE published_ms IS NULL",
    "orders": "SELECT uuid, state, completed_ms FROM office_order ORDER BY id",
    "bars": "SELECT uuid, acknowledged_version, in_force_ms FROM office_bar ORDER BY id",
    "verdicts": "SELECT verdict_id, line_text, line_id IS NULL FROM office_verdict ORDER BY verdict_id",
    "cases": """SELECT l.number, c.opened_ms, (SELECT count(*) FROM office_verdict v WHERE v.case_id = c.id)
        FROM office_case c JOIN office_line l ON l.id = c.line_id ORDER BY l.number, c.id""",
    "holds": "SELECT line_id, since_ms FROM office_hold ORDER BY line_id, since_ms",
    "refusals": "SELECT line_id, count, first_ms, last_ms FROM office_refusal ORDER BY line_id, id",
    "audit": "SELECT action, count(*) FROM office_auditline GROUP BY action ORDER BY action",
    "live": "SELECT line_id, open, accrued FROM office_liveline ORDER BY line_id",
    "offsets": "SELECT topic, sequence FROM office_consumeroffset WHERE topic <> 'health' ORDER BY topic",
}
TOPICS = "SELECT name, last FROM topics WHERE name IN ('effects', 'live', 'verdicts') ORDER BY name"
JOURNAL = "SELECT sequence, kind, key, body FROM entries WHERE topic = 'journal' ORDER BY sequence"


def ask(path: Path, question: str) -> list[Any]:
    base = sqlite3.connect(path, timeout=20)
    try:
        return base.execute(question).fetchall()
    finally:
        base.close()


def start(home: Path, what: str, crash_at: str = "") -> subprocess.Popen[bytes]:
    environment = os.environ | {"SEKISHO_HOME": str(home)}
    environment.pop("SEKISHO_CRASH_AT", None)
    if crash_at:
        environment["SEKISHO_CRASH_AT"] = crash_at
    return subprocess.Popen([sys.executable, DRIVER, what], env=environment)


def run_until_all_is_done(home: Path) -> int:
    """Run the relay until nothing waits any more, then ask it to stop; its exit code."""
    relay = start(home, "run")
    deadline = time.monotonic() + DEADLINE_S
    try:
        while time.monotonic() < deadline and relay.poll() is None:
            office = home / "office.sqlite"
            if ask(office, QUESTIONS["waiting"]) == [(0,)] and ask(office, QUESTIONS["offsets"]) == ask(
                home / "log.sqlite", TOPICS
            ):
                break
            time.sleep(0.05)
        relay.send_signal(signal.SIGTERM)
        return relay.wait(DEADLINE_S)
    finally:
        relay.kill()


def results(home: Path) -> dict[str, list[Any]]:
    found = {name: ask(home / "office.sqlite", question) for name, question in QUESTIONS.items()}
    return found | {"journal": ask(home / "log.sqlite", JOURNAL)}


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    home = tmp_path_factory.mktemp("seeded") / "home"
    assert start(home, "seed").wait(DEADLINE_S) == 0
    return home


@pytest.fixture(scope="module")
def undisturbed(seeded, tmp_path_factory):
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    shutil.copytree(seeded, home)
    assert run_until_all_is_done(home) == 0
    return results(home)


@pytest.fixture(scope="module")
def killed(seeded, tmp_path_factory):
    """Of every point: how the killed process ended, how the next one did, and what there was then."""

    def kill(point: str) -> tuple[int, int, dict[str, list[Any]]]:
        home = tmp_path_factory.mktemp("killed") / "home"
        shutil.copytree(seeded, home)
        first = start(home, "run", point).wait(DEADLINE_S)
        return first, run_until_all_is_done(home), results(home)

    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(POINTS, pool.map(kill, POINTS), strict=True))


def test_the_undisturbed_relay_has_something_to_lose(undisturbed):
    assert undisturbed["waiting"] == [(0,)]
    assert [state for _, state, _ in undisturbed["orders"]] == ["completed"] * 4
    assert len(undisturbed["verdicts"]) == 14
    assert sum(unknown for _, _, unknown in undisturbed["verdicts"]) == 2
    assert [verdicts for _, _, verdicts in undisturbed["cases"]] == [2] * 6
    assert sum(count for _, count, _, _ in undisturbed["refusals"]) == 14
    assert [kind for _, kind, _, _ in undisturbed["journal"]] == ["lines"] + ["bar"] * 4


def test_all_failpoints_have_their_turn():
    assert {point.partition(":")[0] for point in POINTS} == set(OFFICE_FAILPOINTS)


@pytest.mark.parametrize("point", POINTS)
def test_killed_and_started_again_it_ends_alike(point, killed, undisturbed):
    first, second, found = killed[point]
    assert (first, second) == (-signal.SIGKILL, 0)
    assert found == undisturbed
