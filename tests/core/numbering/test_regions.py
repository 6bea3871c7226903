"""Regions by prefix: the traps of shared calling codes, and the rows' shape."""

from __future__ import annotations

from collections import defaultdict

import phonenumbers
import pytest

from sekisho.core.numbering.regions import length_mask, region_prefixes

ROWS = defaultdict(list)
for _row in region_prefixes():
    ROWS[_row.prefix].append(_row)


def region_of(number):
    """The region of the longest prefix: of its rows the one whose length fits, else the first."""
    rows = next((ROWS[number[:end]] for end in range(len(number), 0, -1) if number[:end] in ROWS), [])
    fitting = [row for row in rows if row.lengths >> len(number) & 1]
    return (fitting or rows or [None])[0] and (fitting or rows)[0].region


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("12125550100", "US"), ("14165550100", "CA"), ("17672351234", "DM"), ("17584521234", "LC"),
        ("18095621234", "DO"), ("18295621234", "DO"), ("18495621234", "DO"), ("18769221234", "JM"),
        ("16585021234", "JM"), ("14734401234", "GD"), ("16644911234", "MS"), ("12684601234", "AG"),
        ("17872221234", "PR"), ("18002345678", "US"), ("16002012345", "CA"),
        ("13103001234", "US"), ("13101234", "CA"),  # seven digits behind 310: Canada's access numbers
        ("74951234567", "RU"), ("79161234567", "RU"), ("77172123456", "KZ"), ("77001234567", "KZ"),
        ("442071234567", "GB"), ("441481256789", "GG"), ("441534456789", "JE"), ("441624756789", "IM"),
        ("447781123456", "GG"), ("447797712345", "JE"), ("447624123456", "IM"), ("447400123456", "GB"),
        ("390669812345", "VA"), ("390612345678", "IT"), ("4779123456", "SJ"), ("4721234567", "NO"),
        ("61891621234", "CC"), ("61891641234", "CX"), ("61293744000", "AU"),
        ("212528812345", "MA"),  # Western Sahara is not told apart by the metadata
        ("262639012345", "YT"), ("262262161234", "RE"), ("2908999", "TA"), ("29022158", "SH"),
        ("35818123456", "AX"), ("358912345678", "FI"), ("590590271234", "BL"), ("590590201234", "GP"),
        ("5997151234", "BQ"), ("59994351234", "CW"), ("23222278680", "SL"), ("862433333333", "CN"),
        ("80012345678", "+800"), ("80812345678", "+808"), ("870773111632", "+870"), ("878101234567890", "+878"),
        ("881612345678", "+881"), ("8823421234", "+882"), ("883510012345678", "+883"), ("979123456789", "+979"),
        ("999", None), ("0123", None), ("871123456", None),
    ],
)  # fmt: skip
def test_a_number_belongs_to_its_region(number, region):
    assert region_of(number) == region


def test_every_calling_code_is_there_with_its_main_region():
    codes = {str(code): regions for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()}
    for code, regions in codes.items():
        wanted = f"+{code}" if regions == ("001",) else regions[0]
        assert ROWS[code][0].region == wanted


def test_every_region_has_a_prefix_but_the_one_that_cannot_be_told_apart():
    named = {row.region for rows in ROWS.values() for row in rows}
    assert phonenumbers.SUPPORTED_REGIONS - named == {"EH"}


def test_lengths_are_those_of_whole_numbers():
    assert ROWS["81"][0].lengths == length_mask(range(8, 18), 2)
    assert ROWS["1767"][0].lengths == length_mask([11])
    assert all(1 <= row.lengths.bit_length() <= 20 for row in ROWS["1310"])


def test_what_no_region_owns_has_no_length():
    assert ROWS["1"][0].lengths == 0


def test_a_prefix_has_no_length_twice():
    for rows in ROWS.values():
        assert sum(row.lengths for row in rows) == length_mask(
            length for row in rows for length in range(20) if row.lengths >> length & 1
        )


def test_the_table_stays_small():
    assert 600 < sum(map(len, ROWS.values())) < 3_000


def test_a_mask_has_a_bit_for_each_length():
    assert length_mask([9, 10]) == 1 << 9 | 1 << 10
    assert length_mask([9, 9], more=2) == 1 << 11
    assert length_mask([]) == 0
