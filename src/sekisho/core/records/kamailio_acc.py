"""Kamailio `acc` log lines → CALLS: INVITE, BYE and CDR records of one call become one call (`kamailio_calls`).

The whole file is one piece, as the records of a call may stand hours apart. Calls are seen as outgoing: the source
attribute names the line. `talk_ms` stays empty: a CDR's duration holds the ringing too, so answer to end is charged.
"""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.core.records.blocks import TOO_LONG, lines_of, text_lines
from sekisho.core.records.call_row import BadRow, CallRow, Rows, check
from sekisho.core.records.kamailio_calls import Told, calls_of
from sekisho.core.records.kamailio_line import Cdr, LineReader, Request
from sekisho.core.records.parsed import Bytes, Parsed, Provenance
from sekisho.core.records.source import KamailioNames, SourceProfile


def read(data: Bytes, profile: SourceProfile, provenance: Provenance) -> Iterator[Parsed]:
    """A whole log; rows are its lines, from 1. Never raises: what cannot be read becomes a reject.

    Lines that hold no accounting record (start-up, scripts, other modules) count as not a record.
    """
    rows, reader = Rows(profile.company, provenance), LineReader(profile.kamailio)
    groups: dict[str, list[Request | Cdr]] = {}
    for first, lines in text_lines(data):
        for number, line in enumerate(lines, first):
            if line == TOO_LONG:
                rows.reject(number, "the line is longer than any record")
                continue
            try:
                record = reader.record(line, number)
            except BadRow as fault:
                rows.reject(number, str(fault))
                continue
            if record is None:
                rows.not_a_record += 1
            else:
                groups.setdefault(record.call_id, []).append(record)
    for call_id, records in groups.items():
        calls, orphans = calls_of(records)
        for count, told in enumerate(calls, 1):
            _put(rows, profile, told, call_id if count == 1 else f"{call_id}#{count}")
        for row in orphans:
            rows.reject(row, "the INVITE of this record is not in the file, so the call's start is unknown")
    yield from rows.parsed()


def looks_kamailio(head: bytes) -> bool:
    """Whether there is an accounting record among the first lines of a log."""
    reader = LineReader(KamailioNames())
    for line in lines_of(head):
        try:
            if reader.record(line, 0) is not None:
                return True
        except BadRow:
            continue
    return False


def _put(rows: Rows, profile: SourceProfile, told: Told, call_id: str) -> None:
    line = profile.line_default if profile.line_from == "fixed" else profile.line_of(told.src)
    number = profile.dialled(told.dst)
    row = CallRow(call_id, profile.name, "out", line, number, told.start, told.answer, told.end, told.cause, None)
    try:
        rows.call(check(row), told.rows[0])
        rows.merged += len(told.rows) - 1
    except BadRow as fault:
        for number_of_row in told.rows:
            rows.reject(number_of_row, str(fault))
