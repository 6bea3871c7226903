"""Live call events to the intake: `POST /v1/calls`, a few at a time, in the order in which they happened.

The intake answers once they are durable; until then they are kept and sent again, so a restarted intake misses nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any, Final

import aiohttp

EVERY_S: Final = 0.2
A_REQUEST: Final = 500
MOST_WAITING: Final = 50_000  # events; where the intake is gone for hours, what comes then is lost
REFUSED: Final = 400  # a status from here on: not taken


class EventPost:
    """Sends the rows of one company's switch. `run` is its loop; `tell` never waits."""

    def __init__(self, session: aiohttp.ClientSession, address: str, token: str) -> None:
        """To the intake at `address` (http://host:port)."""
        self._session, self._url = session, f"{address}/v1/calls"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._waiting: deque[dict[str, Any]] = deque()
        self.sent = 0
        self.fault = ""  # why the last request failed, empty where it did not
        self.rejects: list[dict[str, Any]] = []  # rows that the intake did not take for calls

    def tell(self, row: dict[str, Any]) -> None:
        """Take an event in canonical names; it is sent in the order of telling."""
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(row)

    async def run(self) -> None:
        """Send what waits, for ever."""
        while True:
            await asyncio.sleep(EVERY_S)
            await self.send()

    async def finish(self, timeout_s: float) -> None:
        """Send all that waits; give up after `timeout_s`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout_s
        while self._waiting and loop.time() < until:
            if not await self.send():
                await asyncio.sleep(EVERY_S)

    async def send(self) -> bool:
        """Send what waits now; whether all of it was taken."""
        while self._waiting:
            rows = [self._waiting[place] for place in range(min(len(self._waiting), A_REQUEST))]
            if not await self._post(rows):
                return False
            for _ in rows:
                self._waiting.popleft()
            self.sent += len(rows)
        return True

    async def _post(self, rows: list[dict[str, Any]]) -> bool:
        try:
            async with self._session.post(self._url, json=rows, headers=self._headers) as response:
                text = await response.text()
                taken = response.status < REFUSED
                self.fault = "" if taken else f"{response.status}: {text[:200]}"
                if taken:
                    self.rejects += json.loads(text)["rejects"]
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            self.fault = f"{type(error).__name__}: {error}"
        return not self.fault
