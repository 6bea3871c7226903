"""Live traffic: ordinary callers of both companies through their switches, in each an attack; all in one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

import aiohttp
import numpy as np

from sekisho.core.rating.tariff import Tariff
from sekisho.demo.callers import make_callers
from sekisho.demo.cast import CastCompany
from sekisho.demo.events import EventPost
from sekisho.demo.ledger import Ledger, Sums
from sekisho.demo.ordinary import Ordinary
from sekisho.demo.prices import Prices
from sekisho.demo.sip_client import open_client
from sekisho.demo.switch import Switch
from sekisho.demo.thief import BEGINS_S, CHANNELS, LONGEST_MS, MOST_CALLS, Thief

FINISH_S: Final = 5.0
REQUEST_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Scene:
    """Where live traffic goes: the gate, the intake's address, each company's token, tariff and seed."""

    gate: tuple[str, int]
    intake: str
    tokens: Mapping[str, str]
    tariff: Tariff
    seed: int
    now_ms: Callable[[], int]
    pace: float = 1.0


class Carrier:
    """One company on the air."""

    def __init__(self, scene: Scene, company: CastCompany) -> None:
        """Draw the callers; nothing moves before `run`."""
        self.company = company
        self.ledger = Ledger(Prices(scene.tariff))
        self.began_ms = 0  # when the attack's first call was placed; 0: not yet
        self._scene = scene
        rng = np.random.default_rng([scene.seed, scene.now_ms(), *company.key.encode()])
        self._ordinary = Ordinary(rng, make_callers(company, scene.seed), scene.pace)
        self._thief = Thief(rng, company.victim.lines[0].national)
        self._switch: Switch
        self._post: EventPost

    @property
    def fault(self) -> str:
        """Why the intake last refused events, or empty."""
        return self._post.fault

    @property
    def silent(self) -> int:
        """How often the gate did not answer."""
        return self._switch.counts.silent

    def sums(self) -> Sums:
        """The account so far."""
        return self.ledger.sums(self._scene.now_ms())

    async def open(self, held: AsyncExitStack, session: aiohttp.ClientSession) -> None:
        """Open the switch's socket. Raises OSError where its address cannot be had."""
        client = await open_client(self._scene.gate, self.company.address)
        held.callback(client.close)
        self._post = EventPost(session, self._scene.intake, self._scene.tokens[self.company.key])
        self._switch = Switch(self.company.source, client, self._post, self.ledger, self._scene.now_ms)

    async def run(self) -> None:
        """Traffic, attack and events, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._post.run())
            tasks.create_task(self._ordinary_calls())
            tasks.create_task(self._attack())

    async def finish(self) -> None:
        """Hang up, and tell the rest of the events."""
        await self._switch.hang_up()
        await self._post.finish(FINISH_S)

    async def _ordinary_calls(self) -> None:
        while True:
            now = self._scene.now_ms()
            await asyncio.sleep(self._ordinary.gap_s(now))
            self._switch.begin(self._ordinary.next_call(now))

    async def _attack(self) -> None:
        """At most MOST_CALLS attempts in LONGEST_MS, never more than CHANNELS at once."""
        await asyncio.sleep(BEGINS_S[self.company.key])
        self.began_ms = self._scene.now_ms()
        channels = asyncio.Semaphore(CHANNELS)
        for _ in range(MOST_CALLS):
            await channels.acquire()
            if self._scene.now_ms() - self.began_ms > LONGEST_MS:
                return
            call = self._switch.begin(self._thief.next_call())
            if call is None:
                channels.release()
            else:
                call.add_done_callback(lambda _: channels.release())
            await asyncio.sleep(self._thief.gap_s())


async def run_live(
    carriers: Sequence[Carrier],
    stop: Callable[[], bool],
    told: Callable[[], None],
    seconds: float | None = None,
) -> list[Sums]:
    """Run live traffic until `stop()`, or for so many seconds; `told` is called every second.

    Returns the account of each company, after every call was hung up and told.
    """
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as held:
        timeout = aiohttp.ClientTimeout(total=REQUEST_S)
        session = await held.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        for carrier in carriers:
            await carrier.open(held, session)
        running = [asyncio.create_task(carrier.run()) for carrier in carriers]
        until = loop.time() + seconds if seconds is not None else float("inf")
        try:
            while not stop() and loop.time() < until:
                done, _ = await asyncio.wait(running, timeout=min(1.0, max(until - loop.time(), 0)))
                for task in done:
                    task.result()  # traffic never ends by itself: say why it did
                told()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await asyncio.gather(*(carrier.finish() for carrier in carriers))
        return [carrier.sums() for carrier in carriers]
