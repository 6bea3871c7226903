"""Big files in pieces: blocks of whole lines, and the lines of a block.

Every text dialect here is one record a line, quoted or not: a line break inside quotes ends the record. That is what
the switches write, and it keeps the harm of a lost quote within its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa

from sekisho.core.records.parsed import Bytes

BLOCK_BYTES: Final = 1 << 24
MAX_LINE: Final = 65_536  # a longer line is no record; it is never decoded
TOO_LONG: Final = "\n"  # stands for such a line; no real line can be this
BOM: Final = b"\xef\xbb\xbf"
_LOOK_BACK: Final = 4_096


def cut(data: Bytes, block_bytes: int = BLOCK_BYTES) -> Iterator[Any]:
    """The bytes as buffers of about `block_bytes` that end behind a line break (or at the end of the data)."""
    buffer, at = pa.py_buffer(data), 0
    while at < buffer.size:
        end = _line_end(buffer, at, min(at + block_bytes, buffer.size))
        yield buffer.slice(at, end - at)
        at = end


def _line_end(buffer: Any, start: int, end: int) -> int:
    """The place behind the last line break in start..end; where there is none, behind the next one."""
    view, step, at = memoryview(buffer), _LOOK_BACK, end
    if end == len(view):
        return end
    while at > start:
        from_ = max(start, at - step)
        found = bytes(view[from_:at]).rfind(b"\n")
        if found >= 0:
            return from_ + found + 1
        at, step = from_, step * 2
    while end < len(view):
        found = bytes(view[end : end + step]).find(b"\n")
        if found >= 0:
            return end + found + 1
        end += step
    return len(view)


def text_lines(data: Bytes, block_bytes: int = BLOCK_BYTES) -> Iterator[tuple[int, list[str]]]:
    """(1-based number of the first line, lines as `lines_of` gives them) block by block."""
    row = 1
    for block in cut(data, block_bytes):
        lines = lines_of(block)
        yield row, lines
        row += len(lines)


def lines_of(buffer: Any, *, lone_cr: bool = False) -> list[str]:
    r"""The lines of a buffer without their line breaks, as text.

    Lines end with `\n` or `\r\n`; with `lone_cr` a `\r` alone ends one too, which is how Arrow reads CSV (not for logs:
    there it would let a value forge a record). Bytes that are not UTF-8 become U+FFFD. A line over MAX_LINE bytes is
    handed out as TOO_LONG.
    """
    raw = bytes(buffer).replace(b"\r\n", b"\n")
    if lone_cr:
        raw = raw.replace(b"\r", b"\n")
    if not raw:
        return []
    raw = raw.removesuffix(b"\n")
    pieces = raw.split(b"\n")
    if max(map(len, pieces)) > MAX_LINE:
        return [TOO_LONG if len(piece) > MAX_LINE else piece.decode(errors="replace") for piece in pieces]
    return raw.decode(errors="replace").split("\n")
