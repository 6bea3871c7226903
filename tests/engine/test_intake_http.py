"""POST /v1/calls over real connections: durable before 200, one append for many, refusals that say what to do."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import socket
import threading
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from tests.engine.journal_reading import call_ids, journal, wait_for

from sekisho.bodies import batches_of
from sekisho.core.records.parsed import Tally
from sekisho.core.terms.errors import BadSetting, InUse, LogDamaged
from sekisho.core.terms.instants import format_rfc3339, parse_rfc3339
from sekisho.engine import intake_http
from sekisho.engine.call_writer import CallWriter
from sekisho.engine.control import load_tariff
from sekisho.engine.intake_http import MOST_BYTES, CallDoor, open_door
from sekisho.engine.runner import start_engine
from sekisho.engine.sums import sum_of
from sekisho.health import Pulse
from sekisho.ports import JOURNAL, RATED_TOPIC, REJECT_TOPIC, TALLY_TOPIC
from sekisho.wiring.embedded import open_embedded, open_log
from sekisho.wiring.gate_file import HttpSource
from sekisho.wiring.settings import read_settings

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
NOW = parse_rfc3339("2026-11-23T08:00:00Z")


def source(name: str, company: str = "east", *, charging: bool = True) -> HttpSource:
    return HttpSource(name, company, hashlib.sha256(f"token of {name}".encode()).hexdigest(), charging)


SOURCES = (source("sbc"), source("tap", charging=False), source("sbc-west", "west"))


class Clock:
    def __init__(self) -> None:
        self.ms = NOW

    def now_ms(self) -> int:
        return self.ms


def event(number: int, **more):
    start = format_rfc3339(NOW - 60_000 + number)
    return {
        "call_id": f"c{number}",
        "direction": "out",
        "line": "0312345678",
        "number": "0398765432",
        "start": start,
    } | more


def ended(number: int):
    return event(number, answer=format_rfc3339(NOW - 30_000), end=format_rfc3339(NOW - 1_000), cause=200)


@pytest.fixture
def home(tmp_path):
    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path)}))
    load_tariff(home.log, "east", "hikari.csv", TARIFF, key="tariff")
    yield home
    home.close()


class Served:
    """A door that is open, and a client before it."""

    def __init__(self, address: str, writer: CallWriter, session: aiohttp.ClientSession, clock: Clock, close) -> None:
        self.address, self.writer, self.session, self.clock, self.close = address, writer, session, clock, close

    async def post(self, told, name: str = "sbc", headers: dict | None = None) -> tuple[int, dict]:
        body = io.BytesIO(told if isinstance(told, bytes) else json.dumps(told).encode())
        headers = {"Authorization": f"Bearer token of {name}", "Content-Type": "application/json", **(headers or {})}
        async with self.session.post(f"{self.address}/v1/calls", data=body, headers=headers) as response:
            self.headers = response.headers
            return response.status, await response.json()


@asynccontextmanager
async def served(home, opener=None):
    clock = Clock()
    writer = CallWriter(opener or partial(open_log, home.settings), Pulse("intake", clock))
    writer.start()
    door = await open_door(CallDoor(SOURCES, writer, clock).app(), "127.0.0.1", 0, "SEKISHO_INTAKE_HTTP_PORT")
    host, port = door.addresses[0]
    async with aiohttp.ClientSession() as session:
        try:
            yield Served(f"http://{host}:{port}", writer, session, clock, door.cleanup)
        finally:
            await door.cleanup()
            await writer.stop()


def test_200_says_what_became_of_every_row_and_the_log_has_it(home):
    async def run():
        async with served(home) as door:
            answer = await door.post([event(1), ended(1), event(2, start="0312345678")])
            assert call_ids(home) == ["c1", "c1"]  # read while the door is open: it is on the disk already
            return answer

    status, told = asyncio.run(run())
    assert (status, told["rows"], told["calls"]) == (200, 3, 2)
    ((reject),) = told["rejects"]
    assert reject["row"] == 3
    assert '"031234****"' in reject["reason"]
    (kept,) = home.log.read(REJECT_TOPIC, 0, 10)
    (row,) = batches_of(kept.body)[0].to_pylist()
    assert (row["row"], row["reason"], row["company"]) == (3, reject["reason"], "east")


def test_the_judge_counts_and_rates_what_was_told(home):
    async def run():
        async with served(home) as door:
            for told in (event(1), event(1, answer=format_rfc3339(NOW - 30_000)), ended(1), [ended(1), event(2)]):
                assert (await door.post(told))[0] == 200

    asyncio.run(run())
    engine = start_engine(home)
    while engine.judge.step():
        pass
    (rated,) = [
        row
        for entry in home.log.read(RATED_TOPIC, 0, 10)
        for batch in batches_of(entry.body)
        for row in batch.to_pylist()
    ]
    assert (rated["call_id"], rated["source"], rated["charge_milliyen"]) == ("c1", "sbc", 8_000)
    deliveries = [entry.key for entry in home.log.read(TALLY_TOPIC, 0, 100) if entry.kind == "read"]
    sums = [sum_of(home.log, delivery) for delivery in deliveries]
    assert sum((each for each in sums if each), Tally()) == Tally(rows_in=5, calls=2, merged=2, duplicates=1)


def test_the_same_bytes_again_change_nothing_and_get_the_same_answer(home):
    async def run():
        async with served(home) as door:
            late = event(2, start=format_rfc3339(NOW + 400_000))
            first = await door.post([event(1), late])
            before = {topic: home.log.last(topic) for topic in (JOURNAL, REJECT_TOPIC, TALLY_TOPIC)}
            door.clock.ms += 1_000_000  # the time that was too far ahead is not any more
            assert await door.post([event(1), late]) == first
            assert {topic: home.log.last(topic) for topic in before} == before
            assert first[1]["calls"] == 1

    asyncio.run(run())


def test_the_same_bytes_of_another_source_are_another_delivery(home):
    async def run():
        async with served(home) as door:
            assert (await door.post(event(1)))[0] == (await door.post(event(1), "tap"))[0] == 200

    asyncio.run(run())
    assert len(journal(home)) == 2


class Held:
    """A log whose appends wait for a sign; it counts them."""

    def __init__(self, log, go: threading.Event) -> None:
        self.log, self.go, self.appends = log, go, []
        self.entered = threading.Event()
        self.find, self.last, self.close = log.find, log.last, log.close

    def append(self, batch):
        if JOURNAL in batch:
            self.entered.set()
            self.go.wait(30)
            self.appends.append(len(batch[JOURNAL]))
        return self.log.append(batch)


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Basic token of sbc", "token of sbc", "Bearer é"])
def test_without_the_token_of_a_source_nothing_is_told(home, authorization):
    async def run():
        async with served(home) as door:
            answer = await door.post(event(1), headers={"Authorization": authorization})
            return answer, door.headers["WWW-Authenticate"]

    assert asyncio.run(run()) == ((401, {"error": "no valid bearer token"}), "Bearer")
    assert journal(home) == []


@pytest.mark.parametrize(
    ("body", "headers", "status", "says"),
    [
        (b"{", {}, 400, "not JSON"),
        (b"[" * 200_000, {}, 400, "nested too deep"),
        (b"{}", {"Content-Type": "text/csv"}, 415, "send application/json"),
        (b"{}", {"Content-Encoding": "gzip"}, 415, "not compressed"),
        (b" " * (MOST_BYTES + 1), {}, 413, "more than 1048576 bytes"),
        (json.dumps([1] * 1_001).encode(), {}, 413, "at most 1000"),
    ],
)
def test_a_request_that_holds_no_rows_is_refused_whole(home, body, headers, status, says):
    async def run():
        async with served(home) as door:
            return await door.post(body, headers=headers)

    answered, told = asyncio.run(run())
    assert answered == status
    assert says in told["error"]
    assert home.log.last(TALLY_TOPIC) == 0


def test_a_body_without_a_length_is_limited_too(home):
    async def chunks():
        for _ in range(20):
            yield b" " * 65_536

    async def run():
        async with served(home) as door:
            headers = {"Authorization": "Bearer token of sbc", "Content-Type": "application/json"}
            async with door.session.post(f"{door.address}/v1/calls", data=chunks(), headers=headers) as response:
                return response.status

    assert asyncio.run(run()) == 413


def test_the_largest_request_is_taken(home):
    rows = [event(number, line="0312345678" + " " * 700) for number in range(1_000)]
    assert len(json.dumps(rows)) < MOST_BYTES

    async def run():
        async with served(home) as door:
            return await door.post(rows)

    status, told = asyncio.run(run())
    assert (status, told["rows"]) == (200, 1_000)


def test_a_company_without_a_tariff_is_told_so_until_it_has_one(home):
    async def run():
        async with served(home) as door:
            refused = await door.post(event(1), "sbc-west")
            assert journal(home) == []
            load_tariff(home.log, "west", "hikari.csv", TARIFF, key="west")
            return refused, await door.post(event(1), "sbc-west")

    (status, told), again = asyncio.run(run())
    assert (status, told["error"]) == (409, "company 'west' has no tariff; load one, then send this again")
    assert again == (200, {"rows": 1, "calls": 1, "rejects": []})


def test_when_too_many_wait_the_next_is_told_to_come_again(home, monkeypatch):
    monkeypatch.setattr(intake_http, "MOST_REQUESTS", 3)
    go = threading.Event()

    async def run():
        async with served(home, lambda: Held(open_log(home.settings), go)) as door:
            tasks = [asyncio.create_task(door.post(event(number))) for number in range(3)]
            healthy = {"waiting": 0}
            while healthy["waiting"] < 3:
                async with door.session.get(f"{door.address}/healthz") as response:
                    healthy = await response.json()
            refused = await door.post(event(9)), door.headers["Retry-After"]
            go.set()
            return refused, await asyncio.gather(*tasks)

    refused, others = asyncio.run(run())
    assert refused == ((503, {"error": "too many requests wait; send again"}), "1")
    assert {status for status, _ in others} == {200}


def test_bodies_that_wait_are_bounded_together(home, monkeypatch):
    monkeypatch.setattr(intake_http, "MOST_WAITING_BYTES", 100)

    async def run():
        async with served(home) as door:
            return await door.post(event(1))

    assert asyncio.run(run())[0] == 503


def test_a_body_that_does_not_come_is_given_up(home, monkeypatch):
    monkeypatch.setattr(intake_http, "BODY_S", 0.05)

    async def run():
        async with served(home) as door:
            host, port = door.address.removeprefix("http://").split(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(
                b"POST /v1/calls HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token of sbc\r\n"
                b"Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{"
            )
            line = await reader.readline()
            writer.close()
            return line

    assert asyncio.run(run()).startswith(b"HTTP/1.1 408 ")


class Failing:
    """A log that fails at its next appends."""

    def __init__(self, log, faults: list) -> None:
        self.log, self.faults = log, faults
        self.find, self.last, self.close = log.find, log.last, log.close

    def append(self, batch):
        if JOURNAL in batch and self.faults:
            raise self.faults.pop()
        return self.log.append(batch)


def test_a_disk_that_takes_no_more_is_told_and_waited_for(home):
    faults = [InUse("log.sqlite: disk is full; see to its disk")]

    async def run():
        async with served(home, lambda: Failing(open_log(home.settings), faults)) as door:
            return await door.post(event(1)), await door.post(event(1))

    refused, taken = asyncio.run(run())
    assert refused == (503, {"error": "the log cannot be written just now; send again"})
    assert taken[0] == 200
    assert len(journal(home, "source")) == 1


def test_a_damaged_log_ends_the_writer_and_nobody_waits_for_ever(home):
    async def run():
        async with served(home, lambda: Failing(open_log(home.settings), [LogDamaged("broken")])) as door:
            headers = {"Authorization": "Bearer token of sbc"}
            statuses = []
            for number in range(2):
                async with door.session.post(
                    f"{door.address}/v1/calls", json=event(number), headers=headers
                ) as response:
                    statuses.append(response.status)
            async with door.session.get(f"{door.address}/healthz") as response:
                return statuses, response.status, door.writer.fault

    statuses, health, fault = asyncio.run(run())
    assert (statuses, health) == ([500, 500], 503)
    assert isinstance(fault, LogDamaged)


def test_what_is_at_work_when_the_door_closes_is_appended_and_answered(home):
    go, opened = threading.Event(), []

    def opener():
        opened.append(Held(open_log(home.settings), go))
        return opened[0]

    async def run():
        async with served(home, opener) as door:
            tasks = [asyncio.create_task(door.post(event(0)))]
            await wait_for(lambda: opened and opened[0].entered.is_set())
            tasks += [asyncio.create_task(door.post(event(number))) for number in range(1, 5)]
            await wait_for(lambda: door.writer.waiting == 4)
            closing = asyncio.create_task(door.close())
            await asyncio.sleep(0.05)
            assert not closing.done()
            go.set()
            await closing
            return await asyncio.gather(*tasks)

    assert {status for status, _ in asyncio.run(run())} == {200}
    assert sorted(call_ids(home)) == [f"c{number}" for number in range(5)]


def test_a_port_that_is_taken_is_named_with_its_setting(home):
    async def run(port: int):
        await open_door(CallDoor((), None, Clock()).app(), "127.0.0.1", port, "SEKISHO_INTAKE_HTTP_PORT")

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        says = rf"SEKISHO_INTAKE_HTTP_PORT: cannot listen on 127.0.0.1 port {port} \(another program has it\); stop"
        with pytest.raises(BadSetting, match=says):
            asyncio.run(run(port))
