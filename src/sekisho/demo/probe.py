"""One test call: what does the gate say to it? Nothing rings; an attempt is all there is."""

from __future__ import annotations

import asyncio
from typing import Final
from uuid import uuid4

from sekisho.core.terms.errors import BadSetting
from sekisho.demo.sip_client import Answer, open_client

TIMEOUT_S: Final = 4.0


async def ask_gate(
    gate: tuple[str, int], source: str, line: str, number: str, timeout_s: float = TIMEOUT_S
) -> Answer | None:
    """The gate's answer to one INVITE from the switch with the address `source`; None where it does not answer.

    Raises BadSetting where this machine has no such address.
    """
    try:
        client = await open_client(gate, source)
    except OSError as error:
        why = error.strerror or str(error)
        raise BadSetting(f"--source {source}: no datagram can be sent from there ({why}); use 127.0.0.x") from None
    try:
        return await client.ask(line, number, f"test-{uuid4().hex}@{source}", timeout_s)
    finally:
        client.close()


def probe(gate_host: str, port: int, source: str, line: str, number: str, timeout_s: float = TIMEOUT_S) -> int | None:
    """The status of the gate's answer to one INVITE, or None: 302 and 404 let the call go on, 403 and 603 refuse it."""
    answer = asyncio.run(ask_gate((gate_host, port), source, line, number, timeout_s))
    return None if answer is None else answer.status
