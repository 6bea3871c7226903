"""Campaigns: blocks of foreign numbers that many lines, new to them, suddenly call. A second memory, keyed by block.

A block is a number without its last three digits. The table is of fixed size; where two blocks meet in one place the
one that was called later stays, so what is remembered is bounded whatever is dialled; but one whose callers
are suspect (suspects.py) yields only to another such. In it stand too the lines that have no memory of
calls abroad yet and from which somebody looks for the way out: one number behind many prefixes.
"""

from __future__ import annotations

from typing import Final

from numba import njit

from sekisho.core.memory import prefetch
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, SECOND_MS
from sekisho.core.watch.book import BLOCK_BYTES, Book, block_at, call_at, line_at
from sekisho.core.watch.evidence import campaign, suspect_block
from sekisho.core.watch.logarithms import exp
from sekisho.core.watch.places import BLOCKS, COMPANIES
from sekisho.core.watch.recent import TAIL, digits_of, is_prefixed
from sekisho.core.watch.state import Record

BLOCK_NUMBERS: Final = 1_000
MONTH_MS: Final = 30 * DAY_MS
_MIX: Final = 0x1E37_79B9_7F4A_7C15
_SHIFT: Final = 40
_HEADS: Final = 199  # what stands before the last seven digits, told apart as far as 31 bits allow
TRIES_FADE_MS: Final = 2 * HOUR_MS


@njit(cache=True)
def _row(key: int) -> int:
    return ((key * _MIX) >> _SHIFT) & (BLOCKS - 1)


@njit(cache=True)
def _key(company: int, digits: int) -> int:
    return (digits // BLOCK_NUMBERS + 1) * COMPANIES + (company & (COMPANIES - 1))


@njit(cache=True)
def block_row(company: int, digits: int) -> int:
    """Where the block stands in which the number of these `digits` lies, if it is remembered."""
    return _row(_key(company, digits))


@njit(cache=True)
def look_ahead_block(book: Book, row: int) -> None:
    """Fetch the block that the call in this row goes to, once its line has been fetched."""
    call = call_at(book, row)
    if call.international == 1:
        block = block_row(int(line_at(book, call.line).company), digits_of(call.number))
        prefetch(book.blocks + block * BLOCK_BYTES)


@njit(cache=True)
def _fade(block: Record, at: int) -> None:
    passed = max(at - block.at, 0)
    month = exp(-passed / MONTH_MS)
    twice = month * month
    six = twice * twice * twice
    twelve = six * six
    block.lines *= twelve * twelve * six  # to the thirtieth: what is left after so many days
    block.usual *= month
    block.suspects *= month
    block.at = max(at, block.at)


@njit(cache=True)
def _stays(block: Record, at: int) -> bool:
    """Whether a block with suspect lines keeps its place from one that is merely called."""
    return block.suspects > 0.0 and block.suspects * exp(-max(at - block.at, 0) / MONTH_MS) >= suspect_block.LEAST_LINES


@njit(cache=True)
def _begin(block: Record, key: int, at: int, last: int) -> None:
    block.key, block.at, block.last_line = key, at, last
    block.lines = block.usual = block.suspects = 0.0


@njit(cache=True)
def room_for_block(book: Book, row: int, company: int, digits: int, at: int) -> None:
    """See to it that the record in this row is that of the block, faded to `at`; whatever stood there is forgotten."""
    block, key = block_at(book, row), _key(company, digits)
    if block.key != key:
        _begin(block, key, at, -1)
    else:
        _fade(block, at)


@njit(cache=True)
def suspects_on(book: Book, line: Record, digits: int) -> float:
    """How many other lines (fading) are suspect because of the block, as of when `block_nats` last looked at it."""
    company = int(line.company)
    row = block_row(company, digits)
    block = block_at(book, row)
    if block.key != _key(company, digits):
        return 0.0
    return float(max(block.suspects - (1.0 if line.suspect_block == row + 1 else 0.0), 0.0))


@njit(cache=True)
def block_nats(book: Book, company: int, digits: int, line: int, at: int, fresh: bool) -> float:
    """Nats of the block in which the number of these `digits` lies, before this call; a `fresh` call is then counted.

    Only calls to a number new to the line count: what a line calls every day is no campaign. Blocks of one company
    teach nothing of another's.
    """
    key = _key(company, digits)
    block = block_at(book, _row(key))
    if block.key != key:
        if not fresh or _stays(block, at):
            return 0.0
        _begin(block, key, at, -1)
    else:
        _fade(block, at)
    usual_a_day = block.usual * DAY_MS / MONTH_MS
    others = block.lines if block.last_line != line else max(block.lines - 1.0, 0.0)
    nats = campaign.nats(others, usual_a_day)
    if fresh and block.last_line != line:
        block.lines += 1.0
        block.usual += 1.0
        block.last_line = line
    return nats


@njit(cache=True)
def note_try(book: Book, line: int, tried: int, at: int) -> None:
    """Count digits that lead nowhere, dialled on a line without calls abroad: the same number behind another prefix?

    The record is that of a block: `lines` holds the tries, `last_line` the last seven digits and a trace of the others.
    """
    key, seen = -line - 1, tried // TAIL % _HEADS * TAIL + tried % TAIL
    record = block_at(book, _row(key))
    if record.key != key:
        if not _stays(record, at):
            _begin(record, key, at, seen)
        return
    passed = max(at - record.at, 0)
    record.lines *= exp(-passed / TRIES_FADE_MS)
    if is_prefixed(seen, int(record.last_line), passed / SECOND_MS):
        record.lines += 1.0
    record.at, record.last_line = max(at, record.at), seen


@njit(cache=True)
def tries_of(book: Book, line: int, at: int) -> float:
    """How many (fading) tries `note_try` knows of the line."""
    record = block_at(book, _row(-line - 1))
    if record.key != -line - 1:
        return 0.0
    return float(record.lines * exp(-max(at - record.at, 0) / TRIES_FADE_MS))
