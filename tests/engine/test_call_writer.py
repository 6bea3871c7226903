"""The thread that makes call events durable: together, in order, once; and nobody waits for ever."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.engine.journal_reading import call_ids, journal, wait_for

from sekisho.core.terms.errors import InUse, LogDamaged
from sekisho.core.terms.instants import format_rfc3339, parse_rfc3339
from sekisho.engine.call_events import Answer, BadRequest, read_request
from sekisho.engine.call_writer import CallWriter
from sekisho.engine.control import load_tariff
from sekisho.health import Pulse
from sekisho.ports import HEALTH_TOPIC, JOURNAL, TALLY_TOPIC
from sekisho.wiring.embedded import open_embedded, open_log
from sekisho.wiring.gate_file import HttpSource
from sekisho.wiring.settings import read_settings

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
NOW = parse_rfc3339("2026-11-23T08:00:00Z")
SBC = HttpSource("sbc", "east", "0" * 64, charging=True)
TAP = HttpSource("tap", "east", "1" * 64, charging=False)
WEST = HttpSource("sbc", "west", "2" * 64, charging=True)
ONE = Answer(rows=1, calls=1)


class Clock:
    def __init__(self, ms: int = NOW) -> None:
        self.ms = ms

    def now_ms(self) -> int:
        return self.ms


class Watched:
    """A log whose appends of requests wait for `go`, and fail while there are `faults`."""

    def __init__(self, log) -> None:
        self.log, self.faults, self.appends = log, [], []
        self.go, self.entered = threading.Event(), threading.Event()
        self.go.set()
        self.find, self.last, self.close = log.find, log.last, log.close

    def append(self, batch):
        if JOURNAL not in batch:
            return self.log.append(batch)
        self.entered.set()
        assert self.go.wait(30)
        if self.faults:
            raise self.faults.pop()
        self.appends.append([message.kind for message in batch[JOURNAL]])
        return self.log.append(batch)


@pytest.fixture
def home(tmp_path):
    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path)}), [])
    load_tariff(home.log, "east", "hikari.csv", TARIFF, key="tariff")
    yield home
    home.close()


def told(number: int, source: HttpSource = SBC):
    event = {"call_id": f"c{number}", "direction": "out", "line": "0312345678", "number": "117"}
    return read_request(source, json.dumps(event | {"start": format_rfc3339(NOW - 1_000)}).encode(), NOW)


@asynccontextmanager
async def writing(home, clock=None, files: int = 0):
    opened: list[Watched] = []

    def opener():
        opened.append(Watched(open_log(home.settings)))
        return opened[0]

    writer = CallWriter(opener, Pulse("intake", clock or Clock()), lambda: files)
    writer.start()
    try:
        await wait_for(lambda: opened)
        yield writer, opened[0]
    finally:
        opened[0].go.set()
        await writer.stop()


def test_what_comes_during_an_append_goes_together_with_the_next_in_order(home):
    async def run():
        async with writing(home) as (writer, log):
            log.go.clear()
            tasks = [asyncio.create_task(writer.put(told(0)))]
            await wait_for(log.entered.is_set)
            for number in range(1, 21):
                tasks.append(asyncio.create_task(writer.put(told(number))))
                await wait_for(lambda: writer.waiting == len(tasks) - 1)
            assert not any(task.done() for task in tasks)
            log.go.set()
            return await asyncio.gather(*tasks), log.appends

    answers, appends = asyncio.run(run())
    assert answers == [ONE] * 21
    assert appends == [["source", "calls"], ["calls"] * 20]
    assert call_ids(home) == [f"c{number}" for number in range(21)]


def test_a_repeat_is_told_once_in_one_append_or_in_two(home):
    async def run():
        async with writing(home) as (writer, _):
            return await asyncio.gather(*(writer.put(told(1)) for _ in range(10))) + [await writer.put(told(1))]

    assert asyncio.run(run()) == [ONE] * 11
    assert call_ids(home) == ["c1"]


def test_a_source_is_told_once_before_its_first_calls(home):
    async def run():
        async with writing(home) as (writer, log):
            for number, source in enumerate([TAP, TAP, SBC, TAP]):
                await writer.put(told(number, source))
            return log.appends

    assert asyncio.run(run()) == [["source", "calls"], ["calls"], ["source", "calls"], ["calls"]]
    assert [json.loads(entry.body) for entry in journal(home, "source")] == [
        {"name": "tap", "company": "east", "charging": False},
        {"name": "sbc", "company": "east", "charging": True},
    ]


def test_the_next_start_tells_a_source_anew(home):
    async def run(clock):
        async with writing(home, clock) as (writer, _):
            await writer.put(told(clock.ms))

    asyncio.run(run(Clock(NOW)))
    asyncio.run(run(Clock(NOW + 1)))
    assert len(journal(home, "source")) == 2


def test_a_company_without_a_tariff_is_refused_and_the_others_are_not(home):
    async def run():
        async with writing(home) as (writer, _):
            return await asyncio.gather(writer.put(told(1, WEST)), writer.put(told(2)), return_exceptions=True)

    refused, taken = asyncio.run(run())
    assert isinstance(refused, BadRequest)
    assert (refused.status, taken) == (409, ONE)
    assert call_ids(home) == ["c2"]


def test_a_disk_that_takes_no_more_is_told_and_tried_again(home):
    async def run():
        async with writing(home) as (writer, log):
            log.faults.append(InUse("log.sqlite: disk is full; see to its disk"))
            with pytest.raises(InUse):
                await writer.put(told(1))
            assert home.log.last(TALLY_TOPIC) == 0
            return await writer.put(told(1)), log.appends

    assert asyncio.run(run()) == (ONE, [["source", "calls"]])


def test_a_damaged_log_ends_the_writer_and_nobody_waits_for_ever(home):
    async def run():
        async with writing(home) as (writer, log):
            log.faults.append(LogDamaged("broken"))
            log.go.clear()
            tasks = [asyncio.create_task(writer.put(told(0)))]
            await wait_for(log.entered.is_set)
            tasks += [asyncio.create_task(writer.put(told(number))) for number in (1, 2)]
            await wait_for(lambda: writer.waiting == 2)
            log.go.set()
            before = await asyncio.gather(*tasks, return_exceptions=True)
            with pytest.raises(LogDamaged):
                await writer.put(told(3))
            return before, writer.fault

    before, fault = asyncio.run(run())
    assert [type(each) for each in before] == [LogDamaged] * 3
    assert isinstance(fault, LogDamaged)


def test_what_waits_when_it_is_stopped_is_appended_first(home):
    async def run():
        async with writing(home) as (writer, log):
            log.go.clear()
            tasks = [asyncio.create_task(writer.put(told(0)))]
            await wait_for(log.entered.is_set)
            tasks += [asyncio.create_task(writer.put(told(number))) for number in range(1, 5)]
            await wait_for(lambda: writer.waiting == 4)
            stopping = asyncio.create_task(writer.stop())
            log.go.set()
            await stopping
            return await asyncio.gather(*tasks)

    assert asyncio.run(run()) == [ONE] * 5
    assert call_ids(home) == [f"c{number}" for number in range(5)]


def test_a_sender_who_has_gone_holds_nobody_up(home):
    async def run():
        async with writing(home) as (writer, log):
            log.go.clear()
            gone, stays = (asyncio.create_task(writer.put(told(number))) for number in (1, 2))
            await wait_for(log.entered.is_set)
            gone.cancel()
            log.go.set()
            return await stays

    assert asyncio.run(run()) == ONE
    assert call_ids(home) == ["c1", "c2"]


def test_signs_of_life_go_out_while_nobody_calls(home):
    async def run():
        async with writing(home, files=3):
            await wait_for(lambda: home.log.last(HEALTH_TOPIC))

    asyncio.run(run())
    said = json.loads(home.log.read(HEALTH_TOPIC, 0, 1)[0].body)
    assert (said["part"], said["position"], said["behind"]) == ("intake", 1, 3)
