"""What the screening announcement tells: the caller of a call has proved himself by PIN, or has not.

`POST /v1/screenings` (engine/gate_http.py): `{"call_id", "line", "passed", "at", "number"}`. `call_id` is the one the
gate was asked about, `at` the instant (RFC 3339; else now), `number` as dialled, which may be left out. The same again
is the same message: whoever got no answer sends again.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from sekisho.core.terms.errors import BadSetting
from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS, parse_rfc3339
from sekisho.flow.controls import screening_body
from sekisho.ports import Message
from sekisho.wiring.gate_file import HttpSource

KIND: Final = "screening"
AHEAD_MS: Final = 5 * MINUTE_MS  # a later time is a clock that is wrong
BEHIND_MS: Final = HOUR_MS  # an earlier one frees nobody any more: the ask may have ended and begun again
LONGEST: Final = 255
_FIELDS: Final[dict[str, type]] = {"call_id": str, "line": str, "passed": bool, "at": str, "number": str}
_NEEDED: Final = ("call_id", "line", "passed")


class BadScreening(ValueError):
    """A request that tells of no screening; its text says why."""


def screening_message(source: HttpSource, body: bytes, now_ms: int) -> Message:
    """The journal's message of a request of this source. Raises BadScreening."""
    told = _read(body)
    at_ms = now_ms
    if told.get("at"):
        try:
            at_ms = parse_rfc3339(told["at"])
        except ValueError as error:
            raise BadScreening(f"at: {error}") from None
        if not now_ms - BEHIND_MS <= at_ms <= now_ms + AHEAD_MS:
            raise BadScreening("at lies more than an hour back or five minutes ahead; tell at once, and set the clock")
    parts = (source.company, source.name, told["call_id"], told["line"], str(told["passed"]), str(at_ms))
    name = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]
    try:
        message = screening_body(
            source.company,
            told["line"],
            name,
            told["call_id"],
            at_ms,
            passed=told["passed"],
            number=told.get("number", ""),
        )
    except BadSetting as error:
        raise BadScreening(str(error)) from None
    return Message(KIND, f"{KIND}:{name}", message)


def _read(body: bytes) -> dict[str, Any]:
    try:
        told: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise BadScreening("the body is not JSON") from None
    if not isinstance(told, dict):
        raise BadScreening("the body is no object")
    for name in _NEEDED:
        if name not in told:
            raise BadScreening(f"{name} is missing; needed are {', '.join(_NEEDED)}")
    for name, value in told.items():
        if name not in _FIELDS:
            raise BadScreening(f"an unknown field; known are {', '.join(_FIELDS)}")
        if type(value) is not _FIELDS[name] or (isinstance(value, str) and not _is_plain(value)):
            give = "true or false" if _FIELDS[name] is bool else f"a text of at most {LONGEST} signs"
            raise BadScreening(f"{name}: give {give}")
    return told


def _is_plain(text: str) -> bool:
    """Whether a text is short and has no half of a surrogate pair."""
    return len(text) <= LONGEST and text.encode("utf-8", "replace").decode() == text
