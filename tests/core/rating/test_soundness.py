"""What people read when a tariff is wrong, word for word: each case is a row added to, or changed in, a good table."""

from __future__ import annotations

import numpy as np
import pytest

from sekisho.core.rating.cells import ALL_DAY
from sekisho.core.rating.soundness import NEVER_CHARGED, read_cells, row_faults, table_faults
from sekisho.core.rating.tariff import parse_tariff
from sekisho.core.rating.tariff_csv import read_sheet
from sekisho.core.terms.destination import DestinationClass
from sekisho.core.terms.errors import BadTariff

HEADER = "valid_from,match,name,unit_s,yen_per_unit,first_unit_s,first_yen,connection_yen,rounding,tax,hours"
GOOD = [
    "2026-04-01,class:fixed,fixed,180,8,,,,,taxable,",
    "2026-04-01,class:mobile,mobile,60,17.5,,,,,taxable,",
    "2026-04-01,class:ip,ip,180,10.8,,,,,taxable,",
    "2026-04-01,class:special,special,180,9,,,,,taxable,",
    "2026-04-01,class:international,international,60,150,,,,,exempt,",
]
FIRST_FREE_LINE = 2 + len(GOOD)


def faults(*rows: str, good: list[str] = GOOD) -> list[str]:
    with pytest.raises(BadTariff) as caught:
        parse_tariff("\n".join([HEADER, *good, *rows]).encode(), "t.csv")
    return [str(error) for error in (caught.value, *caught.value.others)]


YEN = "write yen from 0 to 100000 with at most three decimals"
SECONDS = "write seconds from 0.1 to 86400 with at most three decimals"
MATCH = "write E.164 digits (81312), country:DM, country:+882 or a class like class:fixed"
JAPAN = "price Japan by class:fixed, mobile, ip and special, or by longer prefixes"
DAY = "write a day in Japan (2026-04-01) or an RFC 3339 time (2026-03-31T15:00:00Z)"
BROKEN_ROWS = [
    ("1 April,44,a,60,9,,,,,exempt,", f"valid_from is '1 April'; {DAY}"),
    ("2026-04-01,+44,a,60,9,,,,,exempt,", f"match is '+44'; {MATCH}"),
    ("2026-04-01,0312,a,60,9,,,,,exempt,", f"match is '0312'; {MATCH}"),
    ("2026-04-01,country:UK,a,60,9,,,,,exempt,", f"match is 'country:UK'; {MATCH}"),
    ("2026-04-01,81,a,60,9,,,,,exempt,", f"match is '81'; {JAPAN}"),
    ("2026-04-01,country:JP,a,60,9,,,,,exempt,", f"match is 'country:JP'; {JAPAN}"),
    ("2026-04-01,44,,60,9,,,,,exempt,", "name is ''; give the rate a name"),
    ("2026-04-01,44,a,0,9,,,,,exempt,", f"unit_s is '0'; {SECONDS}"),
    ("2026-04-01,44,a,60,9.1234,,,,,exempt,", f"yen_per_unit is '9.1234'; {YEN}"),
    ("2026-04-01,44,a,60,,,,,,exempt,", f"yen_per_unit is ''; {YEN}"),
    ("2026-04-01,44,a,60,9,60 s,9,,,exempt,", f"first_unit_s is '60 s'; {SECONDS}"),
    ("2026-04-01,44,a,60,9,60,-9,,,exempt,", f"first_yen is '-9'; {YEN}"),
    ("2026-04-01,44,a,60,9,60,,,,exempt,", "only one of first_unit_s and first_yen; give both or neither"),
    ("2026-04-01,44,a,60,9,,9,,,exempt,", "only one of first_unit_s and first_yen; give both or neither"),
    ("2026-04-01,44,a,60,9,,,1 yen,,exempt,", f"connection_yen is '1 yen'; {YEN}"),
    ("2026-04-01,44,a,60,9,,,,round,exempt,", "rounding is 'round'; write none or floor_yen"),
    ("2026-04-01,44,a,60,9,,,,,,", "tax is ''; write taxable or exempt"),
    (
        "2026-04-01,44,a,60,9,,,,,exempt,8:00-19:00",
        "hours is '8:00-19:00'; write hours in Japan like 8-19 or 19-8, or nothing for all day",
    ),
    (
        "2026-04-01,class:free,a,60,9,,,,,exempt,",
        "a price for class:free; such calls are never charged: write 0",
    ),
    (
        "2026-04-01,class:emergency,a,60,0,,,1,,exempt,",
        "a price for class:emergency; such calls are never charged: write 0",
    ),
    (
        "2026-04-01,class:mobile,a,60,9,,,,,exempt,",
        "class:mobile has a price for 0-24 already; keep this row or line 3",
    ),
    ("2026-04-01,44,a,60,9,,,,,exempt,8-19", "44 has no price for 19-8; add a row for these hours"),
    (
        "2026-04-01,44,a,60",
        "a row of 4 cells under a header of 11; give every row a cell for each column, and close every quote",
    ),
]


@pytest.mark.parametrize(("row", "text"), BROKEN_ROWS, ids=[text for _, text in BROKEN_ROWS])
def test_a_broken_row_is_told_with_its_line_and_its_cure(row, text):
    assert faults(row) == [f"t.csv:{FIRST_FREE_LINE}: {text}"]


def test_a_good_table_has_no_faults():
    sheet = read_sheet("\n".join([HEADER, *GOOD]).encode(), "t.csv")
    cells, wrong = read_cells(sheet)
    assert wrong == row_faults(sheet, cells) == table_faults(sheet, cells) == []
    assert all(column.all() for column in cells.sound.values())
    assert (cells.numbers["hours"] == ALL_DAY).all()


def test_all_faults_of_a_row_and_of_a_file_are_told_in_line_order():
    assert faults("2026-04-01,44,a,x,y,,,,,exempt,", "2026-04-01,45,,60,9,,,,,exempt,") == [
        f"t.csv:7: unit_s is 'x'; {SECONDS}",
        f"t.csv:7: yen_per_unit is 'y'; {YEN}",
        "t.csv:8: name is ''; give the rate a name",
    ]


@pytest.mark.parametrize("gone", range(len(GOOD)))
def test_every_charged_class_needs_a_rate(gone):
    left = [row for at, row in enumerate(GOOD) if at != gone]
    class_ = GOOD[gone].split(",")[1]
    cure = "add a row for the calls that match nothing else"
    assert faults(good=left) == [f"t.csv:2: the table of 2026-04-01 has no {class_}; {cure}"]


def test_each_dated_table_must_be_whole():
    found = faults(*(row.replace("2026-04-01", "2026-10-01T01:00:00Z") for row in GOOD[:4]))
    cure = "add a row for the calls that match nothing else"
    assert found == [f"t.csv:7: the table of 2026-10-01T01:00:00Z has no class:international; {cure}"]


def test_a_price_band_makes_no_class_whole():
    left = [*GOOD[:4], GOOD[4] + "8-19"]
    assert faults(good=left) == ["t.csv:6: class:international has no price for 19-8; add a row for these hours"]


def test_what_is_missing_is_not_told_while_a_row_cannot_be_placed():
    """The row that cannot be read may be the very one that is missing."""
    assert faults("2026-04-01,class:internatonal,a,60,9,,,,,exempt,", good=GOOD[:4]) == [
        f"t.csv:6: match is 'class:internatonal'; {MATCH}"
    ]
    assert len(faults("2026-04-01,class:international", good=GOOD[:4])) == 1


def test_overlaps_are_told_even_then():
    rows = ("2026-04-01,44,a,60,9,,,,,exempt,8-19", "2026-04-01,44,b,60,9,,,,,exempt,18-20", "x,45,a,60,9,,,,,exempt,")
    assert faults(*rows) == [
        "t.csv:8: 44 has a price for 18-19 already; keep this row or line 7",
        f"t.csv:9: valid_from is 'x'; {DAY}",
    ]


def test_an_overlap_names_the_row_it_meets():
    bands = ("0-8", "8-16", "16-24", "15-17", "10-11")
    found = faults(*(f"2026-04-01,44,{hours},60,9,,,,,exempt,{hours}" for hours in bands))
    assert found == [
        "t.csv:10: 44 has a price for 15-17 already; keep this row or line 8",
        "t.csv:11: 44 has a price for 10-11 already; keep this row or line 8",
    ]


def test_the_same_match_in_another_table_is_no_overlap():
    later = [row.replace("2026-04-01", "2026-10-01") for row in GOOD]
    assert len(parse_tariff("\n".join([HEADER, *GOOD, *later]).encode(), "t").tables) == 2


def test_bands_that_fill_the_day_are_sound():
    rows = [f"2026-04-01,44,{hours},60,9,,,,,exempt,{hours}" for hours in ("8-19", "19-23", "23-8")]
    tariff = parse_tariff("\n".join([HEADER, *GOOD, *rows]).encode(), "t")
    assert np.array_equal(np.unique(tariff.tables[0].rates.by_hour), [5, 6, 7])


def test_classes_that_are_never_charged_are_those_of_the_page():
    assert NEVER_CHARGED == (DestinationClass.FREE, DestinationClass.EMERGENCY)
