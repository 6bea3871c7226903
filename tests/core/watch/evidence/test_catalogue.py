"""Every evidence has all its papers, and its place in the state."""

from __future__ import annotations

from string import Formatter

import pytest

from sekisho.core.watch.evidence import catalogue, hot_list, validity
from sekisho.core.watch.state import EVIDENCES

YES_OR_NO = (validity, hot_list)  # a number would say nothing
FACTS = {
    "rate": {"per_hour": 0.0004},
    "country": {"share": 0.0123},
    "price": {"yen": 175.0},
    "number": {"hours": 12.25},
}


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
    """Part of stored verdicts and of scorecards: add at the end."""
    assert (
        *("rate", "country", "price", "part_of_week", "number", "validity", "adjacent", "enumeration"),
        *("concurrency", "duration", "probe", "dial_through", "campaign", "hot_list", "signal", "spend"),
        *("suspect_block", "suspect_country"),
    ) == catalogue.NAMES
    places = [getattr(catalogue, name.upper()) for name in catalogue.NAMES]
    assert places == list(range(EVIDENCES))
    assert len(catalogue.EVIDENCE) == EVIDENCES


@pytest.mark.parametrize("module", catalogue.EVIDENCE, ids=catalogue.NAMES)
def test_its_nats_are_a_kernel(module):
    assert hasattr(module.nats, "py_func")


def test_names_are_unique():
    assert len(set(catalogue.NAMES)) == len(catalogue.NAMES)


@pytest.mark.parametrize("module", catalogue.EVIDENCE, ids=catalogue.NAMES)
@pytest.mark.parametrize("language", ["JA", "EN"])
def test_a_sentence_needs_its_one_fact_and_no_other(module, language):
    named = {name for _, name, _, _ in Formatter().parse(getattr(module, language)) if name is not None}
    assert named == ({module.FACT} if module not in YES_OR_NO else set())


NONE = [module for module in catalogue.EVIDENCE if hasattr(module, "JA_NONE")]


@pytest.mark.parametrize("module", NONE, ids=lambda module: module.NAME)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_where_its_fact_is_nought_it_does_not_say_the_opposite(module, language):
    """An evidence with negative nats is told too: it speaks for honest calling."""
    said = [catalogue.sentence(module.NAME, language, {module.FACT: fact}) for fact in (0.0, 1.0)]
    assert said == [
        getattr(module, f"{language.upper()}_NONE"),
        getattr(module, language.upper()).format(**{module.FACT: 1.0}),
    ]
    assert said[0] != said[1]
    assert "{" not in said[0]


def test_those_whose_sentence_would_be_untrue_of_nought_have_another():
    assert {module.NAME for module in NONE} == {
        *("validity", "campaign", "hot_list", "signal", "suspect_block", "suspect_country")
    }


@pytest.mark.parametrize(
    ("name", "language", "says"),
    [
        ("rate", "en", "An international call from a line that makes about 0.0004 an hour on average"),
        ("rate", "ja", "国際発信が平均して1時間に0.0004回の回線からの発信です"),
        ("country", "en", "The country takes 1.23% of this line's calls"),
        ("country", "ja", "この回線の通話先の1.23%にあたる国への発信です"),
        ("price", "en", "The destination costs 175 yen a minute"),
        ("price", "ja", "1分175円の通話先です"),
        ("number", "en", "The line first called this number 12.25 hours ago"),
        ("number", "ja", "この番号への最初の発信から12.25時間です"),
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
