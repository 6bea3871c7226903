"""Places: tables of one size, whatever is called, and nothing known at first."""

from __future__ import annotations

from sekisho.core.watch.places import BLOCK, BLOCKS, COMPANIES, COUNTRY, PLACES, new_places


def test_at_first_nothing_is_known():
    blocks, countries = new_places()
    assert (blocks.dtype, countries.dtype) == (BLOCK, COUNTRY)
    assert (blocks.size, countries.size) == (BLOCKS, COMPANIES * PLACES)
    assert not blocks["key"].any()
    assert not countries["opened"].any()
    assert not countries["suspects"].any()
    assert set(countries["last_line"].tolist()) == {-1}, "line 0 is a line"


def test_both_together_take_four_megabytes():
    """A snapshot copies them in one go (budget: no decision waits 50 ms)."""
    assert sum(table.nbytes for table in new_places()) <= 4_200_000
