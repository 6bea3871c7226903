"""The sum in which every row is accounted for."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.records.parsed import Provenance, Tally

COUNTS = st.builds(Tally, *[st.integers(0, 10**9)] * 6)


def test_the_sum_of_the_incident():
    tally = Tally(rows_in=312, calls=64, merged=120, not_a_record=128)
    assert tally.balanced
    assert not Tally(rows_in=312, calls=64, merged=120, not_a_record=127).balanced


def test_every_part_is_counted():
    for place in range(1, 6):
        assert Tally(1, *(int(place == other) for other in range(1, 6))).balanced


@given(COUNTS, COUNTS)
@settings(derandomize=True)
def test_tallies_add_up_part_by_part(one, two):
    for field in fields(Tally):
        assert getattr(one + two, field.name) == getattr(one, field.name) + getattr(two, field.name)
    assert one + Tally() == one


def test_provenance_is_a_file_and_its_hash():
    assert Provenance("Master.csv", "00ff") == Provenance(file="Master.csv", sha256="00ff")
