"""Every evidence has all its papers, and its place in the state."""

from __future__ import annotations

from string import Formatter

import pytest

from sekisho.core.watch.evidence import catalogue
from sekisho.core.watch.state import EVIDENCES

FACTS = {"rate": {"per_hour": 0.0004}, "country": {"share": 0.0123}, "price": {"yen": 175.0}}


@pytest.mark.parametrize("module", catalogue.EVIDENCE, ids=catalogue.NAMES)
@pytest.mark.parametrize("paper", ["NAME", "FACT", "JA", "EN", "FIRES", "SILENT", "ACTION", "BLIND"])
def test_every_evidence_has_its_papers(module, paper):
    text = getattr(module, paper)
    assert isinstance(text, str)
    assert text.strip()


@pytest.mark.parametrize("module", catalogue.EVIDENCE, ids=catalogue.NAMES)
def test_an_evidence_is_named_like_its_file_and_says_when_it_speaks(module):
    assert module.__name__.rpartition(".")[2] == module.NAME
    assert module.__doc__.startswith(f"Evidence `{module.NAME}`: ")


def test_the_order_is_the_order_of_the_state():
    assert catalogue.NAMES == ("rate", "country", "price")
    assert (catalogue.RATE, catalogue.COUNTRY, catalogue.PRICE) == (0, 1, 2)
    assert len(catalogue.EVIDENCE) == EVIDENCES


def test_names_are_unique():
    assert len(set(catalogue.NAMES)) == len(catalogue.NAMES)


@pytest.mark.parametrize("module", catalogue.EVIDENCE, ids=catalogue.NAMES)
@pytest.mark.parametrize("language", ["JA", "EN"])
def test_a_sentence_needs_its_one_fact_and_no_other(module, language):
    named = {name for _, name, _, _ in Formatter().parse(getattr(module, language)) if name is not None}
    assert named == {module.FACT}


@pytest.mark.parametrize(
    ("name", "language", "says"),
    [
        ("rate", "en", "An international call from a line that makes about 0.0004 an hour at this time of the week"),
        ("rate", "ja", "国際発信が1時間に0.0004回の見込みの回線から発信がありました"),
        ("country", "en", "The country takes 1.23% of this line's calls"),
        ("country", "ja", "この回線の通話先の1.23%にあたる国への発信です"),
        ("price", "en", "The destination costs 175 yen a minute"),
        ("price", "ja", "1分175円の通話先です"),
    ],
)
def test_what_an_evidence_says(name, language, says):
    assert catalogue.sentence(name, language, FACTS[name]) == says


@pytest.mark.parametrize(("yen", "says"), [(17.5, "17.5 yen"), (12_345.0, "12,345 yen"), (100_000.0, "100,000 yen")])
def test_prices_are_written_out(yen, says):
    assert says in catalogue.sentence("price", "en", {"yen": yen})


def test_a_name_nobody_knows_is_an_error():
    with pytest.raises(KeyError):
        catalogue.sentence("weather", "en", {})
