"""Asterisk `Master.csv` → CALLS: rows of every form, legs of one call put together (`asterisk_legs`).

The whole file is one piece, as the legs of a call may stand far apart; what is kept a row is small.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from sekisho.core.records.asterisk_legs import LegMerger
from sekisho.core.records.asterisk_row import Leg, is_row, leg_of
from sekisho.core.records.blocks import TOO_LONG, lines_of, text_lines
from sekisho.core.records.call_row import BadRow, Rows
from sekisho.core.records.parsed import Bytes, Parsed, Provenance
from sekisho.core.records.source import SourceProfile
from sekisho.core.records.switch_time import SwitchClock


def read(data: Bytes, profile: SourceProfile, provenance: Provenance) -> Iterator[Parsed]:
    """A whole `Master.csv`; rows are its lines, from 1. Never raises: what cannot be read becomes a reject."""
    rows, clock = Rows(profile.company, provenance), SwitchClock(profile.zone)
    firsts: dict[str, Leg] = {}
    others: dict[str, list[Leg]] = {}  # of the few groups that have several legs
    for first, lines in text_lines(data):
        for number, fields in enumerate(_split(lines), first):
            if isinstance(fields, BadRow):
                rows.reject(number, str(fields))
                continue
            if not fields or (len(fields) == 1 and not fields[0].strip()):
                rows.not_a_record += 1
                continue
            try:
                leg = leg_of(fields, number, clock)
            except BadRow as fault:
                rows.reject(number, str(fault))
                continue
            if firsts.setdefault(leg.group, leg) is not leg:
                others.setdefault(leg.group, []).append(leg)
    merger = LegMerger(profile)
    for group, leg in firsts.items():
        if group not in others:
            _put(rows, merger, [leg], group)
            continue
        for count, call in enumerate(merger.calls([leg, *others[group]]), 1):
            _put(rows, merger, call, group if count == 1 else f"{group}#{count}")
    yield from rows.parsed()


def looks_asterisk(head: bytes) -> bool:
    """Whether one of the first lines of a file is a row of an Asterisk call file."""
    return any(not isinstance(fields, BadRow) and is_row(fields) for fields in _split(lines_of(head)[:50]))


def _put(rows: Rows, merger: LegMerger, legs: list[Leg], call_id: str) -> None:
    try:
        rows.call(merger.row(legs, call_id), legs[0].row)
        rows.merged += len(legs) - 1
    except BadRow as fault:
        for leg in legs:
            rows.reject(leg.row, str(fault))


def _split(lines: list[str]) -> Iterator[Sequence[str] | BadRow]:
    """The fields of every line, or why it has none."""
    reader, done = csv.reader(lines, strict=True), 0
    try:
        for fields in reader:
            if reader.line_num != done + 1 or lines[done] == TOO_LONG:
                break  # a quote that was never closed swallowed lines
            yield fields
            done += 1
    except csv.Error:
        pass
    for line in lines[done:]:
        yield _alone(line)


def _alone(line: str) -> Sequence[str] | BadRow:
    """The fields of one line. An old cdr_custom did not escape the quotes of the caller's name, its first column."""
    if line == TOO_LONG:
        return BadRow("the line is longer than any record")
    for strict in (True, False):
        try:
            fields = next(csv.reader([line], strict=strict), [])
        except csv.Error:
            continue
        if strict or not any('"' in field for field in fields[1:]):
            return fields
    return BadRow("the line is not CSV")
