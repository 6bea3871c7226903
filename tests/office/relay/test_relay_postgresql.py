"""The office on a real PostgreSQL: tables made, decisions relayed, what the judge said taken in, by real processes."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

DRIVER = Path(__file__).with_name("relay_driver.py")
DEADLINE_S = 60
WAITING = "SELECT count(*) FROM office_outbox WHERE published_ms IS NULL"
ALIVE = "SELECT count(*) FROM office_parthealth WHERE part = 'relay' AND started_ms >= %s"
OFFSETS = "SELECT topic, sequence FROM office_consumeroffset WHERE topic <> 'health' ORDER BY topic"


def programs() -> Path:
    """Where PostgreSQL's programs are: the newest version of Debian's folders."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    assert found, "PostgreSQL is not installed; run scripts/peers.sh"
    return found[-1].parent


def as_postgres() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="module")
def database():
    """The address of an empty database on a server of its own."""
    folder = Path(tempfile.mkdtemp(prefix="sekisho-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    cluster, port = folder / "cluster", free_port()
    made = [programs() / "initdb", "-D", cluster, "-U", "sekisho", "--auth=trust", "--no-sync", "--locale=C.UTF-8"]
    subprocess.run([*as_postgres(), *map(str, made)], check=True, stdout=subprocess.DEVNULL, cwd=folder)
    options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder, "fsync": "off"}
    started = [programs() / "postgres", "-D", cluster, *(f"--{name}={value}" for name, value in options.items())]
    log = (folder / "server.log").open("wb")
    server = subprocess.Popen([*as_postgres(), *map(str, started)], stdout=log, stderr=log, cwd=folder)
    address = f"postgresql://sekisho@127.0.0.1:{port}/postgres"
    try:
        wait_for(address, server)
        yield address
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(DEADLINE_S)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while True:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline or server.poll() is not None:
                raise
            time.sleep(0.05)
        else:
            return


@pytest.fixture(scope="module")
def relayed(database, tmp_path_factory):
    """The database after the relay has run over a seeded office, was stopped, and has run once more."""
    environment = os.environ | {
        "SEKISHO_HOME": str(tmp_path_factory.mktemp("office") / "home"),
        "SEKISHO_DATABASE_URL": database,
    }
    subprocess.run([sys.executable, DRIVER, "seed"], env=environment, check=True)
    for _ in range(2):
        begun = time.time_ns() // 1_000_000
        relay = subprocess.Popen([sys.executable, DRIVER, "run"], env=environment)
        try:
            assert until_all_is_done(database, relay, begun)
            relay.send_signal(signal.SIGTERM)
            assert relay.wait(DEADLINE_S) == 0
        finally:
            relay.kill()
    with psycopg.connect(database) as connection:
        yield connection


def until_all_is_done(database: str, relay: subprocess.Popen[bytes], begun: int) -> bool:
    """Wait until this relay has given a sign of life and nothing waits any more."""
    deadline = time.monotonic() + DEADLINE_S
    with psycopg.connect(database, autocommit=True) as connection:
        while time.monotonic() < deadline and relay.poll() is None:
            offsets = dict(connection.execute(OFFSETS).fetchall())
            taken = offsets == {"effects": 12, "live": 1, "verdicts": 14}
            alive = connection.execute(ALIVE, [begun]).fetchone() == (1,)
            if taken and alive and connection.execute(WAITING).fetchone() == (0,):
                return True
            time.sleep(0.05)
    return False


def test_orders_are_completed(relayed):
    orders = relayed.execute("SELECT state, completed_ms - accepted_ms FROM office_order").fetchall()
    assert orders == [("completed", 400)] * 4


def test_verdicts_opened_cases_and_holds(relayed):
    assert relayed.execute("SELECT count(*), count(line_id) FROM office_verdict").fetchone() == (14, 12)
    assert relayed.execute("SELECT count(*), count(DISTINCT line_id) FROM office_case").fetchone() == (6, 6)
    assert relayed.execute("SELECT count(*) FROM office_hold").fetchone() == (6,)


def test_refusals_were_summed_once(relayed):
    counts = relayed.execute("SELECT count FROM office_refusal ORDER BY line_id").fetchall()
    assert counts == [(4,), (2,), (2,), (2,), (2,), (2,)]


def test_live_lines_and_health_came_in(relayed):
    assert relayed.execute("SELECT count(*), sum(accrued) FROM office_liveline").fetchone() == (6, 30)
    assert relayed.execute("SELECT part FROM office_parthealth").fetchall() == [("relay",)]


def test_the_rules_of_the_tables_hold_there_too(relayed):
    with pytest.raises(psycopg.errors.UniqueViolation), relayed.transaction():
        relayed.execute(
            "INSERT INTO office_case (uuid, state, opened_ms, outcome, company_id, line_id) "
            "SELECT gen_random_uuid(), 'open', 1, '', company_id, line_id FROM office_case"
        )
