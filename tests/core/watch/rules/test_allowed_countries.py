"""Rule `allowed_countries`: the table of rules.md, section 6, and every country there is."""

from __future__ import annotations

import numpy as np
import pytest
from tests.core.watch.pages import table

from sekisho.core.terms.destination import COUNTRY_CODES_END, NO_COUNTRY, country_code, country_text
from sekisho.core.watch.rules import allowed_countries
from sekisho.core.watch.rules.allowed_countries import country_bits, place_of, refuses
from sekisho.core.watch.state import AGREED, COUNTRY_WORDS

EVERY = [country_code(chr(a) + chr(b)) for a in range(65, 91) for b in range(65, 91)] + list(range(2000, 3000))


def agreed(*names: str):
    row = np.zeros(1, AGREED)
    row["countries"] = country_bits(names)
    row["listed"] = bool(names)
    return row[0]


@pytest.mark.parametrize(("listed", "called", "refused"), table("list", "call to"))
def test_a_call_is_refused_where_the_page_says(listed, called, refused):
    country = NO_COUNTRY if called == "unknown" else country_code(called)
    assert refuses(agreed(*listed.split()), country) is (refused == "yes")


def test_every_country_has_a_place_of_its_own():
    places = [int(place_of(country)) for country in EVERY]
    assert len(set(places)) == len(EVERY)
    assert min(places) >= 0
    assert max(places) < 64 * COUNTRY_WORDS


@pytest.mark.parametrize("country", [-1, NO_COUNTRY, 677, 1_999, COUNTRY_CODES_END])
def test_what_is_no_country_has_none(country):
    assert place_of(country) == -1


def test_a_list_of_one_allows_that_one():
    for country in EVERY[::37]:
        row = agreed(country_text(country))
        assert [other for other in EVERY if not refuses(row, other)] == [country]


@pytest.mark.parametrize("name", ["USA", "us", "", "+8821", "日本"])
def test_what_is_no_country_cannot_be_listed(name):
    with pytest.raises(ValueError, match="is not a country"):
        country_bits([name])


@pytest.mark.parametrize("paper", ["NAME", "JA", "EN", "ACTION", "BLIND"])
def test_the_rule_has_its_papers(paper):
    assert getattr(allowed_countries, paper).strip()
    assert allowed_countries.__doc__.startswith(f"Rule `{allowed_countries.NAME}`: ")
