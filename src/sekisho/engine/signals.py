"""What PBXs tell, over HTTP: `POST /v1/signals` at the intake (intake_http.py).

One signal or a list of up to 1,000, each `{"line", "signal", "at"}`: `signal` is a name of evidence/signal.WEIGHTS,
`at` the instant (RFC 3339 with `Z`; else now). They are appended all or none: one that is wrong refuses the request.
The same signal of the same instant again changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from sekisho.core.records.call_row import shown
from sekisho.core.terms.errors import BadSetting
from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS, parse_rfc3339
from sekisho.core.watch.evidence.signal import LASTS_HOURS
from sekisho.engine.call_events import BadRequest
from sekisho.flow.controls import signal_body
from sekisho.ports import JOURNAL, Message
from sekisho.wiring.gate_file import HttpSource

KIND: Final = "signal"
MOST_SIGNALS: Final = 1_000
AHEAD_MS: Final = 5 * MINUTE_MS  # a later time is a clock that is wrong
BEHIND_MS: Final = int(LASTS_HOURS * HOUR_MS)  # an older one has faded
_FIELDS: Final = ("line", "signal", "at")
_NEEDED: Final = ("line", "signal")


@dataclass(frozen=True, slots=True)
class SignalsTaken:
    """How many signals a request told."""

    signals: int

    def json(self) -> dict[str, Any]:
        """For the answer's body."""
        return {"signals": self.signals}


@dataclass(frozen=True, slots=True)
class SignalRequest:
    """One request, read: the messages to append, and the answer that is true once they are appended."""

    source: HttpSource
    delivery: str
    messages: dict[str, list[Message]]
    answer: SignalsTaken


def read_signals(source: HttpSource, body: bytes, now_ms: int) -> SignalRequest:
    """Read the body of a request of this source. Raises BadRequest, which names the first signal that is wrong."""
    told = _listed(body)
    messages = {}
    for place, signal in enumerate(told, 1):
        try:
            message = _message(source, signal, now_ms)
        except ValueError as error:
            raise BadRequest(400, f"signal {place}: {error}") from None
        messages[message.key] = message
    delivery = f"signals:{source.company}/{source.name}/{hashlib.sha256(body).hexdigest()}"
    return SignalRequest(source, delivery, {JOURNAL: list(messages.values())}, SignalsTaken(len(told)))


def _listed(body: bytes) -> list[Any]:
    try:
        told = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise BadRequest(400, "the body is not JSON in UTF-8; send one signal, or a list of them") from None
    listed = told if isinstance(told, list) else [told]
    if not listed:
        raise BadRequest(400, "the body holds no signal; send one object, or a list of them")
    if len(listed) > MOST_SIGNALS:
        raise BadRequest(413, f"{len(listed)} signals in one request; send at most {MOST_SIGNALS}")
    return listed


def _message(source: HttpSource, told: Any, now_ms: int) -> Message:
    """One signal as the journal's message. Raises ValueError."""
    if not isinstance(told, dict):
        raise ValueError("it is no object")  # noqa: TRY004 - what is told is wrong, not how we were called
    unknown = sorted(told.keys() - set(_FIELDS))
    if unknown:
        raise ValueError(f"unknown field {shown(unknown[0])}; the fields are {', '.join(_FIELDS)}")
    for name in _FIELDS:
        value = told.get(name)
        if value is None and name not in _NEEDED:
            continue
        if not isinstance(value, str) or not value:
            raise ValueError(f"{name} is {'missing' if value in (None, '') else 'no text'}")
    at_ms = now_ms if told.get("at") is None else parse_rfc3339(told["at"])
    if not now_ms - BEHIND_MS <= at_ms <= now_ms + AHEAD_MS:
        raise ValueError("at lies more than two days back or five minutes ahead; tell at once, and set the clock")
    try:
        body = signal_body(source.company, told["line"], told["signal"], at_ms)
    except BadSetting as error:
        raise ValueError(str(error)) from None
    parts = (source.company, source.name, told["line"], told["signal"], str(at_ms))
    return Message(KIND, f"{KIND}:{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[:32]}", body)
