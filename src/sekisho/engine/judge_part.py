"""The judge's process in a running system: it follows the journal and answers the gate, in one thread.

Everything on disk happens in a second thread, so that no decision waits for it:

    loop thread   apply a journal entry │ decide on an INVITE │ apply │ decide …
    disk thread   read the journal, append what was said, append attempts (every 50 ms), ticks, live, health

Until the journal has been read to its end the gate's doors are closed: bars must be known before it answers.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final, TypeVar

from sekisho.core.terms.errors import BadSetting, InUse, SekishoError
from sekisho.engine.control import tick_message
from sekisho.engine.gate import Gate
from sekisho.engine.gate_http import decision_app, is_emergency
from sekisho.engine.gate_sip import Peer, SipGate
from sekisho.engine.intake_http import open_door, refusal
from sekisho.engine.judge import JudgeProcess, Said
from sekisho.engine.live_lines import LiveLines, live_message
from sekisho.flow import JudgeSettings
from sekisho.flow.outcome import InProgress
from sekisho.flow.rehearsal import rehearse
from sekisho.health import HEALTH_MS, health_message
from sekisho.ports import HEALTH_TOPIC, JOURNAL, LIVE_TOPIC, Message
from sekisho.wiring.embedded import Embedded, open_embedded
from sekisho.wiring.gate_file import GateFile, read_gate_file, source_of_token
from sekisho.wiring.profiles import chosen_policy
from sekisho.wiring.settings import Settings
from sekisho.wiring.tariffs import read_tariff

POLL_S: Final = 0.02
FLUSH_S: Final = 0.05
TICK_S: Final = 1.0
APPLIED_S: Final = 3.0  # so long somebody who told the journal something waits until the judge knows it
SWITCH_S: Final = 0.0005  # so long may the disk thread keep the interpreter from a decision
ENTRIES: Final = 32
COLLECT_MS: Final = 60_000
COLLECT: Final = (2_000, 10, 1_000_000)  # objects, collections of the young, of the middle-aged: the old hardly ever

Say = Callable[[str], None]
T = TypeVar("T")


class JudgePart:
    """One judge with its gate, from start to stop."""

    def __init__(self, settings: Settings, gates: GateFile, say: Say) -> None:
        self._settings, self._gates, self._say = settings, gates, say
        self._judge = JudgeSettings(chosen_policy(settings.profile))
        self._disk = ThreadPoolExecutor(1, "disk")
        self._snapshot_disk = ThreadPoolExecutor(1, "snapshot")
        self._stop = asyncio.Event()
        self._order = asyncio.Lock()
        self._entries = asyncio.Lock()  # held by a snapshot that lets no more entries be applied
        self._live = LiveLines()
        self._home: Embedded
        self._process: JudgeProcess
        self._gate: Gate

    async def run(self) -> None:
        """Follow the journal and answer until SIGTERM or SIGINT. Raises InUse where another judge runs."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        async with AsyncExitStack() as held:
            self._home = await self._on_disk(open_embedded, self._settings, ("judge",))
            held.push_async_callback(self._on_disk, self._home.close)
            rehearse(self._judge, read_tariff()[0])
            self._process = await self._on_disk(self._start_process)
            self._started_ms = self._home.clock.now_ms()
            self._gate = Gate(self._process, f"{self._started_ms:x}", self._gates.allowance)
            await self._catch_up()
            _calm_the_collector()
            async with AsyncExitStack() as doors:
                await self._open_doors(doors)
                self._say(f"policy {self._judge.policy.version}, profile {self._settings.profile}")
                self._say("ready")
                await self._work()
            await self._rest()  # behind closed doors: nothing changes any more while it is saved

    async def _work(self) -> None:
        """Until the stop. Raises what one of the tasks raised, the first alone."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for task in (self._follow(), self._flush(), self._tell(), self._keep_snapshots()):
                    tasks.create_task(task)
        except* SekishoError as faults:
            raise faults.exceptions[0] from None

    def _start_process(self) -> JudgeProcess:
        home, settings = self._home, self._settings
        return JudgeProcess(
            home.log,
            home.snapshots,
            self._judge,
            home.clock,
            entries=min(settings.judge_entries, ENTRIES),
            snapshot_entries=settings.snapshot_entries,
        )

    async def _on_disk(self, call: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._disk, partial(call, *arguments))

    async def _catch_up(self) -> None:
        """Judge what the journal holds now. What is appended meanwhile can wait: else a busy journal never ends."""
        end = await self._on_disk(self._home.log.last, JOURNAL)
        while not self._stop.is_set() and await self._some_entries():
            if self._process.snapshot_due:
                await self._snapshot()
            if self._process.position >= end and not self._process.replaying:
                return

    async def _some_entries(self) -> bool:
        """Judge the next entries; decisions come between any two of them."""
        entries = await self._on_disk(self._process.read)
        for entry in entries:
            async with self._entries:
                self._process.apply(entry)
            await asyncio.sleep(0)
        if entries:
            # With the attempts that were applied before and between them: what is said must not outlive its cause.
            await self._append(self._gate.take_attempts(self._home.clock.now_ms()), self._process.take_said())
        return bool(entries)

    async def _open_doors(self, doors: AsyncExitStack) -> None:
        settings, clock = self._settings, self._home.clock
        peers = {peer.address: Peer(peer.company, peer.go_on, peer.screening) for peer in self._gates.peers}
        sip = SipGate(peers, self._gate.decide, is_emergency, clock, self._say)
        host, wanted = settings.gate_host, settings.gate_sip_port
        try:
            host, port = sip.open(host, wanted)
        except OSError as error:
            raise BadSetting(refusal(error, host, wanted, "SEKISHO_GATE_SIP_PORT")) from None
        doors.callback(sip.close)
        self._say(f"SIP on {host}:{port}/udp, {len(peers)} trusted peers")

        source_of = partial(source_of_token, self._gates.sources)
        app = decision_app(self._gate.decide, source_of, clock, self._tell_judge)
        runner = await open_door(app, settings.gate_host, settings.gate_http_port, "SEKISHO_GATE_HTTP_PORT")
        doors.push_async_callback(runner.cleanup)
        self._say(f"HTTP on {settings.gate_host}:{runner.addresses[0][1]}")

    async def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                more = await self._some_entries()
            except InUse as fault:
                self._say(str(fault))
                await self._pause(TICK_S)
                continue
            if not more:
                await self._pause(POLL_S)

    async def _flush(self) -> None:
        while not self._stop.is_set():
            await self._pause(FLUSH_S)
            await self._append(self._gate.take_attempts(self._home.clock.now_ms()))

    async def _tell(self) -> None:
        told_ms, decided, collected_ms = 0, 0, 0
        while not self._stop.is_set():
            now = self._home.clock.now_ms()
            if self._gate.decisions == decided and now - collected_ms >= COLLECT_MS:
                gc.collect()  # nobody asks anything: time for all of it
                collected_ms = now
            decided = self._gate.decisions
            said: Said = {JOURNAL: [tick_message(now)], **self._gate.take_refusals()}
            said[LIVE_TOPIC] = await self._live_messages(now)
            if now - told_ms >= HEALTH_MS:
                told_ms = now
                behind = await self._on_disk(self._home.log.last, JOURNAL) - self._process.position
                position, sound = self._process.position, self._process.judge.conserved()
                health = health_message("judge", now, self._started_ms, position=position, behind=behind, sound=sound)
                said[HEALTH_TOPIC] = [health]
            await self._append(said)
            await self._pause(TICK_S)

    async def _live_messages(self, now: int) -> list[Message]:
        """Of lines with calls in progress, what changed; put into words in the other thread."""
        lines, sums = self._live.news(*self._process.judge.in_progress(now), now)
        if not lines.size:
            return []

        def message() -> Message:
            names = self._process.judge.names_of(lines)  # once given, a line's row and text never change
            told = [InProgress(*name, *each) for name, each in zip(names, sums.tolist(), strict=True)]
            return live_message(told, now)

        return [await self._on_disk(message)]

    async def _append(self, *all_said: Said) -> None:
        """Append for certain, in one transaction and in the order of the calls.

        While another process holds the log or its disk is full: wait and try again.
        """
        messages: Said = {}
        for said in all_said:
            for topic, each in said.items():
                messages.setdefault(topic, []).extend(each)
        async with self._order:
            while any(messages.values()):
                try:
                    await self._on_disk(self._process.write, messages)
                except InUse as fault:
                    self._say(str(fault))
                    await asyncio.sleep(TICK_S)
                else:
                    return

    async def _tell_judge(self, message: Message) -> bool:
        """Append to the journal; False where the judge has not come so far within some seconds."""
        await self._append({JOURNAL: [message]})
        entry = await self._on_disk(self._home.log.find, JOURNAL, message.key)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + APPLIED_S
        while entry is not None and self._process.position < entry.sequence:
            if self._stop.is_set() or loop.time() > deadline:
                return False
            await self._pause(POLL_S)
        return True

    async def _keep_snapshots(self) -> None:
        """Save a snapshot whenever one is due, a few thousand rows at a time between entries and decisions."""
        while not self._stop.is_set():
            if self._process.snapshot_due:
                try:
                    await self._snapshot()
                except InUse as fault:
                    self._say(str(fault))
                    await self._pause(TICK_S)
            await self._pause(POLL_S)

    async def _snapshot(self) -> None:
        """Rows are copied in this thread, and written in one of their own. After a first round no entries are applied,
        so that what is touched meanwhile becomes less; decisions go on.
        """  # noqa: D205 - the sentence is longer than a line
        taken = self._process.begin_snapshot()
        async with AsyncExitStack() as held:
            while not taken.taking.settled:
                if taken.taking.rounds == 1 and not self._entries.locked():
                    await held.enter_async_context(self._entries)
                await self._on_snapshot_disk(taken.draft.add, taken.taking.step())
            said = self._gate.take_attempts(self._home.clock.now_ms()), self._process.take_said()
            ended = self._process.end_snapshot(taken)
        await self._append(*said)
        await self._on_snapshot_disk(self._process.save, taken, *ended)

    async def _on_snapshot_disk(self, call: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._snapshot_disk, partial(call, *arguments))

    async def _rest(self) -> None:
        """What was decided last goes to the log, and a snapshot makes the next start quick."""
        await self._append(self._gate.take_attempts(self._home.clock.now_ms()), self._gate.take_refusals())
        await self._on_disk(self._process.rest)

    async def _pause(self, seconds: float) -> None:
        """Wait, but not past the stop."""
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return


def _calm_the_collector() -> None:
    """Nothing of what is there now is garbage, and a full collection would hold up decisions: young objects only."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)


def run_judge_part(settings: Settings, say: Say) -> None:
    """The process `judge`: returns after SIGTERM. Raises InUse, LogDamaged, BadSource, BadSetting."""
    sys.setswitchinterval(SWITCH_S)
    asyncio.run(JudgePart(settings, read_gate_file(settings.home), say).run())
