"""Forms of numbers → E.164 and destination: the look-ups, in passes over a batch.

Rules that decide in doubt (docs/algorithms/numbering.md gives them with examples):
1. Whatever stands before it, a number that is left with exactly an emergency number is an emergency call.
2. What was dialled with 010 or `+` and is not Japanese is international, also where the country is unknown, the number
   is too long or characters are hidden: never domestic, never lost.
3. `+81` and `010-81` are Japan: the class of the domestic number.

Passes, because arrays that are handed to a function once a row have their references counted once a row: that took
five times as long as all the rest.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from sekisho.core.digits.packed import digit_at, digit_count, first_digits, prepend, without_first
from sekisho.core.digits.prefixes import PrefixIndex, find_at, longest_prefix, places_of
from sekisho.core.memory import address_of
from sekisho.core.numbering.destinations import FIXED, FREE_CARRIER, HASH, INTERNATIONAL, INVALID
from sekisho.core.numbering.dialling import (
    BARE,
    FOREIGN_NUMBER,
    FREE_FORM,
    HASHED,
    JAPAN_NUMBER,
    LOCAL,
    MASKED_NUMBER,
    NATIONAL,
    NO_FORM,
    SHORT,
    TRUNK,
    form_of,
    form_of_digits,
    identity_of_digits,
    is_japanese,
    line_identity,
)
from sekisho.core.numbering.japan import FIXED_DIGITS
from sekisho.core.numbering.reading import PLAIN, read_plain
from sekisho.core.terms.destination import DestinationClass

_NONE: Final = np.uint64(0)
_LONGEST_E164: Final = 15
_WEATHER: Final = 177
_EMERGENCY: Final = int(DestinationClass.EMERGENCY)


class PlanTables(NamedTuple):
    """What the kernel looks things up in. A range is a prefix of E.164 numbers; `prefixes` gives its row, -1 none.

    Of a row: its destination, the allowed lengths (bit n: n digits of E.164), the digits of the area code (0: none),
    and `range_other`, the row to try where the length does not fit (-1: none). `assigned` gives of numbers abroad the
    row of `assigned_lengths`, those that operators were given. By three-digit number: destination, and whether it is
    publicly known. By destination: class and country.
    """

    prefixes: PrefixIndex
    range_destination: npt.NDArray[np.int32]
    range_lengths: npt.NDArray[np.uint32]
    range_area: npt.NDArray[np.int8]
    range_other: npt.NDArray[np.int32]
    assigned: PrefixIndex
    assigned_lengths: npt.NDArray[np.uint32]
    short_destination: npt.NDArray[np.int32]
    short_known: npt.NDArray[np.bool_]
    class_: npt.NDArray[np.int8]
    country: npt.NDArray[np.int16]


@njit(cache=True)
def _short_number(number: Any) -> Any:
    """The value of the first three digits."""
    return digit_at(number, 0) * 100 + digit_at(number, 1) * 10 + digit_at(number, 2)


@njit(cache=True)
def _is_weather(number: Any, count: Any) -> Any:
    """Whether an area code (1 to 4 digits) and 177 were dialled: the forecast there."""
    return 4 <= count <= 7 and _short_number(number << np.uint64(4 * (count - 3))) == _WEATHER


@njit(cache=True)
def _e164_of(form: Any, number: Any, count: Any, line: Any, area: Any) -> Any:
    """(E.164, its digits) of a number in a form that has one; (0, -1) where the form does not fit.

    `area` is the length of the area code of a Japanese fixed `line`, 0 where the line is none.
    """
    if form in (NATIONAL, TRUNK):
        if 0 < count <= _LONGEST_E164 - 2:
            return prepend(JAPAN_NUMBER, 2, number), count + 2
        return _NONE, -1
    if form == LOCAL:
        if area > 0 and count == FIXED_DIGITS - area:
            return prepend(first_digits(line, area + 2), area + 2, number), FIXED_DIGITS + 2
        return _NONE, -1
    if form == BARE and count > _LONGEST_E164:
        return _NONE, -1
    return first_digits(number, _LONGEST_E164), min(count, _LONGEST_E164)


@njit(cache=True)
def _area_of(index: Any, destinations: Any, areas: Any, line: Any) -> Any:
    """Digits of the area code of a packed line, 0 where it is no Japanese fixed line."""
    if not is_japanese(line) or digit_count(line) != FIXED_DIGITS + 2:
        return 0
    row = longest_prefix(index, line)
    return np.int64(areas[row]) if row >= 0 and destinations[row] == FIXED else 0


@njit(cache=True)
def read_lines(lines: Any, line_data: Any, out: Any) -> None:
    """The packed number of every line (offsets and data of the column), 0 where it is none."""
    address, size = address_of(line_data), line_data.size
    for row in range(out.size):
        number, count, plus_at = read_plain(address, np.int64(lines[row]), np.int64(lines[row + 1]), size)
        if count >= 0:
            out[row] = identity_of_digits(number, count, plus_at)
        else:
            out[row] = line_identity(line_data, lines[row], lines[row + 1])


@njit(cache=True)
def read_rows(numbers: Any, number_data: Any, outgoing: Any) -> Any:
    """First pass, over the bytes (offsets and data of the column).

    Returned are three arrays, one entry a row: form, packed number, count of its digits (at most 127).
    """
    forms = np.empty(outgoing.size, np.int8)
    held = np.empty(outgoing.size, np.uint64)
    counts = np.empty(outgoing.size, np.int8)
    address, size = address_of(number_data), number_data.size
    for row in range(outgoing.size):
        number, count, plus_at = read_plain(address, np.int64(numbers[row]), np.int64(numbers[row + 1]), size)
        if count >= 0:
            form, number, count = form_of_digits(number, _NONE, count, plus_at, PLAIN, outgoing[row])
        else:
            form, number, count = form_of(number_data, numbers[row], numbers[row + 1], outgoing[row])
        forms[row], held[row], counts[row] = form, number, min(count, 127)
    return forms, held, counts


@njit(cache=True)
def complete_rows(tables: Any, forms: Any, held: Any, counts: Any, lines: Any, out: Any) -> Any:
    """Second pass: short numbers find their destination, all others their E.164 number.

    Fills `out` (e164, destination, valid); returns the digits of each E.164 number, -1 where the row is settled.
    """
    index, range_destination, range_area = tables.prefixes, tables.range_destination, tables.range_area
    short_destination, short_known, class_ = tables.short_destination, tables.short_known, tables.class_
    e164_out, destination_out, valid_out = out
    digits_out = np.empty(forms.size, np.int8)
    for row in range(forms.size):
        form, number, count = forms[row], held[row], counts[row]
        destination, valid, e164, digits = INVALID, False, _NONE, -1
        if form == HASHED:
            destination, valid = HASH, True
        elif form == FREE_FORM:
            destination, valid = FREE_CARRIER, True
        elif form != NO_FORM:
            if count == 3 and form not in (LOCAL, MASKED_NUMBER):
                short = short_destination[_short_number(number)]
                if class_[short] == _EMERGENCY or (short != INVALID and form in (SHORT, NATIONAL)):
                    destination, valid = int(short), bool(short_known[short])
            if destination == INVALID:
                area = _area_of(index, range_destination, range_area, lines[row]) if form == LOCAL else 0
                e164, digits = _e164_of(form, number, count, lines[row], area)
        e164_out[row], destination_out[row], valid_out[row], digits_out[row] = e164, destination, valid, digits
    return digits_out


@njit(cache=True)
def settle_rows(tables: Any, forms: Any, digits: Any, out: Any) -> None:
    """Third pass: E.164 numbers find their range, and with it destination and validity (`out` as before)."""
    starts, values, top = tables.prefixes
    places, assigned_lengths = places_of(starts, values, top), tables.assigned_lengths
    starts, values, top = tables.assigned
    numbers = places_of(starts, values, top)
    range_destination, range_lengths, range_other = tables.range_destination, tables.range_lengths, tables.range_other
    e164_out, destination_out, valid_out = out
    for row in range(forms.size):
        if digits[row] < 0:
            continue
        form, e164, length = forms[row], e164_out[row], np.uint32(1) << np.uint32(digits[row])
        first = np.int64(-1)
        if e164 != _NONE:
            first = np.int64(find_at(places, e164))
        found = first
        while found >= 0 and not (range_lengths[found] & length):
            found = np.int64(range_other[found])
        destination = INVALID if first < 0 else np.int64(range_destination[first if found < 0 else found])
        valid = found >= 0 and destination != INVALID and form != MASKED_NUMBER
        if form in (FOREIGN_NUMBER, MASKED_NUMBER):
            destination = INTERNATIONAL if destination == INVALID else destination
        elif not valid:
            weather = destination == FIXED and _is_weather(without_first(e164, 2), digits[row] - 2)
            destination, e164, valid = _WEATHER if weather else INVALID, _NONE, weather
        if valid and destination >= INTERNATIONAL:
            given = np.int64(find_at(numbers, e164))
            valid = given >= 0 and assigned_lengths[given] & length != 0
        e164_out[row], destination_out[row], valid_out[row] = e164, destination, valid


@njit(cache=True)
def describe_rows(tables: Any, destinations: Any, class_out: Any, country_out: Any) -> None:
    """Last pass: class and country of each destination."""
    class_, country = tables.class_, tables.country
    for row in range(destinations.size):
        class_out[row] = class_[destinations[row]]
        country_out[row] = country[destinations[row]]


@njit(cache=True)
def number_row(
    tables: Any, line: Any, line_size: Any, number: Any, number_size: Any, outgoing: Any
) -> tuple[Any, Any, Any, Any, Any, Any]:
    """All passes over one number, given as bytes: (packed line, packed E.164, destination, class, country, valid).

    For decisions about one call: handing arrays over five times costs more than the passes themselves.
    """
    ends = np.zeros((2, 2), np.int64)
    ends[0, 1], ends[1, 1] = line_size, number_size
    lines, e164 = np.empty(1, np.uint64), np.empty(1, np.uint64)
    destination, valid = np.empty(1, np.int32), np.empty(1, np.bool_)
    class_, country = np.empty(1, np.int8), np.empty(1, np.int16)
    found = (e164, destination, valid)
    read_lines(ends[0], line, lines)
    forms, held, counts = read_rows(ends[1], number, np.array([outgoing]))
    digits = complete_rows(tables, forms, held, counts, lines, found)
    settle_rows(tables, forms, digits, found)
    describe_rows(tables, destination, class_, country)
    return lines[0], e164[0], destination[0], class_[0], country[0], valid[0]
