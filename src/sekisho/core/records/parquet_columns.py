"""Columns as other people's Parquet files hold them → the types of CALLS, fault by fault.

A column that cannot be converted as a whole is converted value by value: values that mean nothing become null and are
named in `faults` (row in the batch → reason).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sekisho.core.columns import figures
from sekisho.core.records.call_row import LATEST, BadRow
from sekisho.core.records.canonical_checks import is_ascii
from sekisho.core.records.canonical_rows import instant, integer
from sekisho.core.records.written_out import written_out
from sekisho.core.tables import INSTANT, WORD

Faults = dict[int, str]
_PER_SECOND: Final = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_NEVER: Final = 2 * LATEST  # stands for times that are out of every range, so that they break a rule


def fits(kind: Any, wanted: Any) -> bool:
    """Whether a column of type `kind` can be read as `wanted` at all."""
    if pa.types.is_null(kind):
        return True
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    text = _is_text(kind)
    if wanted in (pa.string(), WORD):
        return text
    if wanted == INSTANT:
        return text or bool(pa.types.is_timestamp(kind))
    return text or bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def column_as(column: Any, name: str, wanted: Any, zone: str, faults: Faults) -> Any:
    """`column` in the type `wanted`; `zone` is that of times without one. Faults are added to `faults`."""
    if column.type == INSTANT:
        return column
    if pa.types.is_null(column.type):
        return pa.nulls(len(column), wanted)
    if wanted == WORD:
        return _word(column)
    if wanted == pa.string() and column.type == WORD:
        return written_out(_word(column))
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if wanted == pa.string():
        return _text(column)
    if wanted == INSTANT and pa.types.is_timestamp(column.type):
        return _timestamp(column, zone)
    if _is_text(column.type):
        text = _text(column)
        return _parsed(text, name, wanted, instant if wanted == INSTANT else integer, faults)
    return _integers(column, name, wanted, faults)


def _is_text(kind: Any) -> bool:
    t = pa.types
    return bool(
        t.is_string(kind)
        or t.is_large_string(kind)
        or t.is_string_view(kind)
        or t.is_binary(kind)
        or t.is_large_binary(kind)
    )


def _text(column: Any) -> Any:
    """A column of texts as strings; bytes that are not UTF-8 become U+FFFD."""
    if column.type == pa.string() and is_ascii(column):
        return column
    try:
        text = column.cast(pa.string())
        text.validate(full=True)
    except pa.ArrowException:
        raw = column.cast(pa.binary()).to_pylist()
        return pa.array([value if value is None else value.decode(errors="replace") for value in raw], pa.string())
    return text


def _word(column: Any) -> Any:
    """A column of texts as a dictionary."""
    if column.type == WORD:
        return pa.DictionaryArray.from_arrays(column.indices, _text(column.dictionary))
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return _text(column).dictionary_encode()


def _timestamp(column: Any, zone: str) -> Any:
    """Timestamps of any unit as INSTANT; what lies outside every range becomes a time that breaks a rule."""
    ticks, per_second = figures(column), _PER_SECOND[column.type.unit]
    if per_second > 1_000:
        ticks = np.floor_divide(ticks, per_second // 1_000)
    elif per_second < 1_000:
        ticks = np.clip(ticks, -1, _NEVER // 1_000) * 1_000
    ticks = np.ascontiguousarray(np.clip(ticks, -1, _NEVER))
    mask = None if not column.null_count else ~column.is_valid().to_numpy(zero_copy_only=False)
    if column.type.tz is None and zone != "UTC":
        local = pa.array(ticks, pa.timestamp("ms"), mask=mask)
        return pc.assume_timezone(local, zone, ambiguous="earliest", nonexistent="earliest").cast(INSTANT)
    return pa.array(ticks, INSTANT, mask=mask)


def _parsed(text: Any, name: str, wanted: Any, parse: Callable[[str, str], int], faults: Faults) -> Any:
    """A column of texts read by Arrow or, where it refuses one, value by value."""
    text = pc.if_else(pc.equal(text, ""), None, text)
    try:
        return text.cast(wanted)
    except pa.ArrowException:
        return _each(text, wanted, lambda value: parse(name, value), faults)


def _integers(column: Any, name: str, wanted: Any, faults: Faults) -> Any:
    """A column of integers, or of floats that are whole (how some tools write integers with gaps)."""
    try:
        return column.cast(wanted)
    except pa.ArrowException:
        return _each(column, wanted, lambda value: _whole(name, value), faults)


def _whole(name: str, value: float) -> int | None:
    if value != value:  # noqa: PLR0124 - NaN stands for nothing there
        return None
    if value in (float("inf"), float("-inf")) or value != int(value):
        raise BadRow(f"{name} is no whole number")
    return int(value)


def _each(column: Any, wanted: Any, convert: Callable[[Any], int | None], faults: Faults) -> Any:
    least = np.iinfo(np.int16 if wanted == pa.int16() else np.int64)
    out: list[int | None] = []
    for row, value in enumerate(column.to_pylist()):
        number = None
        try:
            number = None if value is None else convert(value)
        except BadRow as fault:
            faults.setdefault(row, str(fault))
        if number is not None and not least.min <= number <= least.max:
            number = None
            faults.setdefault(row, "a number is out of every range")
        out.append(number)
    return pa.array(out, wanted)
