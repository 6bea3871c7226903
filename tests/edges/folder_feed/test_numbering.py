"""Gaps in the numbers of files: every missing one is named, nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.edges.folder_feed.numbering import gaps


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([], []),
        (["cdr-000123.csv"], []),
        (["cdr-000123.csv", "cdr-000124.csv"], []),
        (["cdr-000125.csv", "cdr-000123.csv"], ["cdr-000124.csv never came"]),
        (["cdr-000123.csv", "cdr-000127.csv"], ["cdr-000124.csv to cdr-000126.csv never came (3 files)"]),
        (["cdr-1.csv", "cdr-3.csv", "cdr-5.csv"], ["cdr-2.csv never came", "cdr-4.csv never came"]),
        (["cdr-9.csv", "cdr-11.csv"], ["cdr-10.csv never came"]),
        (["cdr-0099.csv", "cdr-0101.csv"], ["cdr-0100.csv never came"]),
        (["a/cdr-1.csv", "b/cdr-3.csv"], []),
        (["a-1.csv", "b-3.csv", "a-3.txt"], []),
        (["7/cdr.csv", "9/cdr.csv"], []),
        (["Master.csv", "Master (2).csv", "Master (4).csv"], ["Master (3).csv never came"]),
        (["cdr-1.csv.gz", "cdr-3.csv.gz"], ["cdr-2.csv.gz never came"]),
        (["cdr-1.csv", "cdr-1.csv", "cdr-2.csv"], []),
    ],
)
def test_gaps(names, told):
    assert gaps(names) == told


@pytest.mark.parametrize(
    "names",
    [
        ["cdr-20260131.csv", "cdr-20260201.csv"],
        ["cdr-20260131235900.csv", "cdr-20260201000000.csv"],
        ["cdr-1764058377.csv", "cdr-1764058677.csv"],
        ["cdr-9999999999999999999.csv", "cdr-1.csv"],
    ],
)
def test_dates_and_times_are_no_counts(names):
    assert gaps(names) == []


def test_a_long_count_with_zeros_in_front_is_a_count():
    assert gaps(["cdr-00000008.csv", "cdr-00000010.csv"]) == ["cdr-00000009.csv never came"]


def test_a_count_that_begins_again_has_no_gap_there():
    assert gaps(["cdr-998.csv", "cdr-999.csv", "cdr-000.csv", "cdr-001.csv"]) == []
    assert gaps(["cdr-996.csv", "cdr-999.csv", "cdr-001.csv"]) == ["cdr-997.csv to cdr-998.csv never came (2 files)"]


def test_numbers_that_count_by_day_are_a_sequence_each_day():
    assert gaps(["cdr-20260131-07.csv", "cdr-20260131-09.csv", "cdr-20260201-01.csv"]) == [
        "cdr-20260131-08.csv never came"
    ]


@given(st.sets(st.integers(0, 60), min_size=1))
def test_exactly_the_missing_numbers_are_told(numbers):
    told = gaps([f"cdr-{number:06d}.csv" for number in numbers])
    missing = sum(int(line.split("(")[1].split()[0]) if "(" in line else 1 for line in told)
    assert missing == max(numbers) - min(numbers) + 1 - len(numbers)
