from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import SUPPORTED_REGIONS

from sekisho.core.digits.packed import pack
from sekisho.core.rating.cells import (
    ABSENT,
    ALL_DAY,
    COLUMNS,
    FIRST_CLASS,
    FIRST_PREFIX,
    NEEDED_COLUMNS,
    NUMBER_COLUMNS,
    class_key,
    hours_text,
    read_matches,
    read_numbers,
)
from sekisho.core.terms.destination import COUNTRY_CODES_END, DestinationClass, country_code
from sekisho.core.terms.instants import parse_rfc3339


def one(column: str, text: str) -> int | None:
    numbers, sound = read_numbers(pa.array([text]), NUMBER_COLUMNS[column])
    return int(numbers[0]) if sound[0] else None


@pytest.mark.parametrize(
    ("text", "milliyen"),
    [("0", 0), ("8", 8_000), ("17.5", 17_500), ("0.001", 1), ("10.80", 10_800), ("007", 7_000), ("100000", 10**8)],
)
def test_yen_become_milli_yen_exactly(text, milliyen):
    assert one("yen_per_unit", text) == milliyen


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1e3", "1,000", "1.", ".5", " 1", "1 ", "1.0001", "100000.001", "1000000", "８", "nan"]
)
def test_other_yen_are_refused(text):
    assert one("yen_per_unit", text) is None


@pytest.mark.parametrize(
    ("text", "ms"), [("60", 60_000), ("0.1", 100), ("0.125", 125), ("86400", 86_400_000), ("0.099", None), ("0", None)]
)
def test_units_have_a_length_that_the_arithmetic_can_bear(text, ms):
    assert one("unit_s", text) == ms
    assert one("first_unit_s", text) == ms


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-04-01", "2026-03-31T15:00:00Z"),
        ("2026-03-31T15:00:00Z", "2026-03-31T15:00:00Z"),
        ("2026-04-01T09:30:00+09:00", "2026-04-01T00:30:00Z"),
    ],
)
def test_a_day_begins_at_midnight_in_japan(text, instant):
    assert one("valid_from", text) == parse_rfc3339(instant)


@pytest.mark.parametrize(
    "text", ["", "2026-02-30", "20260401", "2026-4-1", "2026-04-01 00:00:00", "2026-04-01T00:00:00"]
)
def test_other_instants_are_refused(text):
    assert one("valid_from", text) is None


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("", set(range(24))),
        ("0-24", set(range(24))),
        ("8-19", set(range(8, 19))),
        ("19-8", {*range(19, 24), *range(8)}),
        ("23-0", {23}),
        ("23-24", {23}),
        ("0-1", {0}),
    ],
)
def test_hours_are_bits(text, hours):
    assert one("hours", text) == sum(1 << hour for hour in hours)


@pytest.mark.parametrize("text", ["8", "8-8", "0-0", "24-8", "8-25", "8:00-19:00", "08h-19h", "-8", "8-", " 8-19"])
def test_other_hours_are_refused(text):
    assert one("hours", text) is None


@given(st.integers(0, 23), st.integers(0, 24))
def test_hours_for_people_read_back_as_the_same_bits(begin, end):
    bits = one("hours", f"{begin}-{end}")
    if bits is not None:
        assert one("hours", hours_text(bits)) == bits


def test_several_bands_are_told_one_by_one():
    assert hours_text(ALL_DAY & ~(1 << 12)) == "13-12"
    assert hours_text(0b11 << 8 | 0b1 << 20 | 1) == "0-1 8-10 20-21"


def test_empty_cells_mean_what_the_page_says():
    found = {column: one(column, "") for column in NUMBER_COLUMNS}
    assert {column for column, number in found.items() if number is None} == {*NEEDED_COLUMNS} - {"match"}
    assert (found["first_unit_s"], found["first_yen"], found["connection_yen"]) == (ABSENT, ABSENT, 0)
    assert (found["rounding"], found["hours"]) == (0, ALL_DAY)


def test_words_are_exact():
    assert [one("rounding", text) for text in ("none", "floor_yen", "floor", "None")] == [0, 1, None, None]
    assert [one("tax", text) for text in ("taxable", "exempt", "yes", "")] == [1, 0, None, None]


def test_numbers_of_unsound_cells_are_zero_and_each_row_has_its_own():
    numbers, sound = read_numbers(pa.array(["8", "x", "8", "9"]), NUMBER_COLUMNS["yen_per_unit"])
    assert numbers.tolist() == [8_000, 0, 8_000, 9_000]
    assert sound.tolist() == [True, False, True, True]


def test_a_match_is_a_prefix_a_country_or_a_class():
    texts = ["81312", "1767", "country:DM", "country:+882", "class:international", "class:free", "123456789012345"]
    keys, sound, japan = read_matches(pa.array(texts))
    assert sound.all()
    assert not japan.any()
    assert keys.tolist() == [
        *(pack("81312"), pack("1767"), country_code("DM"), 2882),
        *(class_key(DestinationClass.INTERNATIONAL), class_key(DestinationClass.FREE), pack("123456789012345")),
    ]


@pytest.mark.parametrize(
    "text",
    [
        *("", "0312345678", "+81312", "81-312", "1234567890123456", "12345678901234567", "８１３"),
        *("class:invalid", "class:Fixed", "class:", "fixed", "country:UK", "country:dm", "country:+44", "country:"),
        *("country:ZZ", "region:DM", "class: fixed"),
    ],
)
def test_other_matches_are_refused(text):
    keys, sound, japan = read_matches(pa.array([text, "81312"]))
    assert sound.tolist() == [False, True]
    assert not japan.any()
    assert keys[0] == 0


def test_all_of_japan_is_no_match():
    keys, sound, japan = read_matches(pa.array(["81", "country:JP", "813", "8"]))
    assert japan.tolist() == [True, True, False, False]
    assert sound.tolist() == [False, False, True, True]
    assert keys[:2].tolist() == [0, 0]


def test_every_country_that_numbering_can_name_is_a_match():
    regions = sorted(SUPPORTED_REGIONS - {"JP"})
    keys, sound, _ = read_matches(pa.array([f"country:{region}" for region in regions]))
    assert sound.all()
    assert keys.tolist() == [country_code(region) for region in regions]


def test_keys_of_the_three_kinds_cannot_meet():
    classes = [class_key(member) for member in DestinationClass]
    assert pack("0") >= FIRST_PREFIX > max(classes) >= min(classes) >= FIRST_CLASS > COUNTRY_CODES_END


def test_the_columns_are_those_of_the_page():
    assert {*NUMBER_COLUMNS, "match", "name_ja", "note"} == {*COLUMNS}
    assert {*NEEDED_COLUMNS} < {*COLUMNS}
