"""What tests of the intake read back from the log, and how they wait for its threads."""

from __future__ import annotations

import asyncio

from sekisho.bodies import batches_of
from sekisho.ports import JOURNAL


async def wait_for(what) -> None:
    async with asyncio.timeout(30):
        while not what():  # noqa: ASYNC110 - another thread does it
            await asyncio.sleep(0.001)


def journal(home, kind: str = "calls") -> list:
    return [entry for entry in home.log.read(JOURNAL, 0, 10_000) if entry.kind == kind]


def call_ids(home) -> list[str]:
    return [row["call_id"] for entry in journal(home) for batch in batches_of(entry.body) for row in batch.to_pylist()]
