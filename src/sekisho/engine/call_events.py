"""Call events as JSON → calls and rejects: what a switch tells over HTTP while its calls run.

An event is an object with canonical names: call_id, direction, line, number, start, and, once they are known, answer,
end, cause, talk_ms. Times are RFC 3339 with `Z`; null or absent is not yet. Which event it is, its times say: start
alone, with answer, with end. Company and source are not in it, the token tells them.

The checks are those of canonical records (`canonical_rows`), so a call that one door takes the other takes too.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from sekisho.bodies import body_of
from sekisho.core.records.call_row import BadRow, CallRow, Rows, shown
from sekisho.core.records.canonical_rows import canonical_row
from sekisho.core.records.parsed import Provenance, Tally
from sekisho.core.tables import CALLS, CANONICAL_COLUMNS, REJECTS
from sekisho.core.terms.instants import MINUTE_MS, format_rfc3339
from sekisho.engine.sums import read_message
from sekisho.ports import JOURNAL, REJECT_TOPIC, TALLY_TOPIC, Message
from sekisho.wiring.gate_file import HttpSource

MOST_EVENTS: Final = 1_000
AHEAD_MS: Final = 5 * MINUTE_MS  # a later time is a clock that is wrong; it would take the time of all lines with it
FIELDS: Final = tuple(name for name in CANONICAL_COLUMNS if name != "source")
_KNOWN: Final = frozenset(FIELDS)
_WHOLE: Final = ("cause", "talk_ms")


class BadRequest(ValueError):
    """A request of which no row can be told; its text says why. `status` is what HTTP calls it."""

    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of the rows of a request, as its sender is told: rows in = calls + rejects."""

    rows: int
    calls: int
    rejects: tuple[tuple[int, str], ...] = ()  # (row from 1, masked reason)

    def json(self) -> dict[str, Any]:
        """For the answer's body."""
        rejects = [{"row": row, "reason": reason} for row, reason in self.rejects]
        return {"rows": self.rows, "calls": self.calls, "rejects": rejects}


@dataclass(frozen=True, slots=True)
class CallRequest:
    """One request, read: the messages to append, and the answer that is true once they are appended.

    `delivery` names it: the same bytes of the same source are the same delivery, however often they come.
    """

    source: HttpSource
    delivery: str
    messages: dict[str, list[Message]]
    answer: Answer


def read_request(source: HttpSource, body: bytes, now_ms: int) -> CallRequest:
    """Read the body of a request of this source. Raises BadRequest; rows that are no calls are rejects, not errors."""
    events = _events(body)
    sha256 = hashlib.sha256(body).hexdigest()
    delivery = f"http:{source.company}/{source.name}/{sha256}"
    rows = Rows(source.company, Provenance(delivery, sha256))
    for number, event in enumerate(events, 1):
        try:
            rows.call(_call(event, source.name, now_ms), number)
        except BadRow as bad:
            rows.reject(number, str(bad))
    (parsed,) = rows.parsed()
    entry = f"{delivery}:calls"
    messages: dict[str, list[Message]] = {JOURNAL: [], REJECT_TOPIC: []}
    if rows.calls:
        messages[JOURNAL].append(Message("calls", entry, body_of([parsed.calls], CALLS)))
    if rows.bad:
        messages[REJECT_TOPIC].append(Message("rejects", delivery, body_of([parsed.rejects], REJECTS)))
    messages[TALLY_TOPIC] = [read_message(delivery, parsed.tally, [entry] if rows.calls else [])]
    return CallRequest(source, delivery, messages, _answer(parsed.tally, parsed.rejects))


def answer_again(read: bytes, rejects: list[Any]) -> Answer:
    """The answer to a delivery that is in the log, from its sum and the batches of its rejects.

    It need not be what reading the bytes now would give: a time that was too far ahead then may not be any more.
    """
    told = json.loads(read)
    pairs = tuple((row["row"], row["reason"]) for batch in rejects for row in batch.to_pylist())
    return Answer(told["rows_in"], told["calls"], pairs)


def _answer(tally: Tally, rejects: Any) -> Answer:
    pairs = zip(rejects.column("row").to_pylist(), rejects.column("reason").to_pylist(), strict=True)
    return Answer(tally.rows_in, tally.calls, tuple(pairs))


def _events(body: bytes) -> list[Any]:
    try:
        told = json.loads(body.decode(), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise BadRequest(400, "the body is not UTF-8") from None
    except RecursionError:
        raise BadRequest(400, "the body is nested too deep; an event is one flat object") from None
    except ValueError:
        raise BadRequest(400, "the body is not JSON") from None
    if isinstance(told, dict):
        return [told]
    if not isinstance(told, list) or not told:
        raise BadRequest(400, "the body holds no event; send one object, or a list of them")
    if len(told) > MOST_EVENTS:
        raise BadRequest(413, f"{len(told)} events in one request; send at most {MOST_EVENTS}")
    return told


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are not JSON


def _call(event: Any, source: str, now_ms: int) -> CallRow:
    """An event as a checked call. Raises BadRow."""
    if not isinstance(event, dict):
        raise BadRow("the event is no object")
    if not event.keys() <= _KNOWN:
        unknown = ", ".join(shown(name) for name in sorted(event.keys() - _KNOWN)[:3])
        raise BadRow(f"unknown field {unknown}; the fields are {', '.join(FIELDS)}")
    if event.get("number") is None:
        raise BadRow('number is missing; where the caller is hidden it is ""')
    texts = {name: _text(name, event.get(name)) for name in FIELDS}
    row = canonical_row([source if name == "source" else texts[name] for name in CANONICAL_COLUMNS])
    last = max(instant for instant in (row.start, row.answer, row.end) if instant is not None)
    if last > now_ms + AHEAD_MS:
        raise BadRow(
            f"{format_rfc3339(last)} is more than {AHEAD_MS // MINUTE_MS} minutes ahead; set the switch's clock"
        )
    return row


def _text(name: str, value: Any) -> str:
    """A field as the text that a canonical record would hold; nothing where it is null."""
    if value is None:
        return ""
    if name in _WHOLE:
        if type(value) is not int:
            raise BadRow(f"{name} is no whole number")
        return str(value)
    if not isinstance(value, str):
        raise BadRow(f"{name} is no text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadRow(f"{name} holds half of a surrogate pair") from None
    return value
