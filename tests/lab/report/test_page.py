"""The page as text: whole, in two languages, alone in the world, with every figure in a table."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from tests.lab.report.made_report import report

from sekisho.lab.report.page import report_page
from sekisho.lab.report.words import LANGUAGES
from sekisho.lab.scoring import Score

VOID = {"meta", "br"}


class Tags(HTMLParser):
    """Sees that every element is closed where it was opened; collects attributes and text."""

    def __init__(self) -> None:
        super().__init__()
        self.open, self.attributes, self.texts = [], [], []

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.texts.append(data)


def read(page):
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    return tags


@pytest.fixture(scope="module")
def made():
    return report()


@pytest.fixture(params=LANGUAGES)
def page(request, made):
    return report_page(made, request.param)


def test_it_is_well_formed_and_fetches_nothing(page):
    tags = read(page)
    links = [(name, value) for _, name, value in tags.attributes if name in ("src", "href", "xlink:href")]
    assert links == []
    assert set(re.findall(r"https?://[^\"<]+", page)) == {"http://www.w3.org/2000/svg"}
    assert "url(" not in page
    assert "<script" not in page


def test_every_picture_says_what_it_shows(page):
    assert page.count("<svg") == page.count('role="img"') == page.count("<title>") - 1 == page.count("<desc>")
    assert "<desc></desc>" not in page


def test_every_figure_stands_in_a_table(page, made):
    tags = read(page)
    text = " ".join(tags.texts)
    for figure in ("1,234,567", "0123456789ab", "feedbeef" * 8, "456,789", "flood", "slow", "2327600****"):
        assert figure in text
    assert f"{len(made.score.incidents)}" in text
    rows = len(made.compared) + len(made.curve) + 3 + len(made.replay.steps)
    assert page.count("<tr") == rows + 4  # four heads


def test_the_languages_do_not_mix(made):
    english = " ".join(read(report_page(made, "en")).texts)
    assert not re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", english)
    assert '<html lang="en">' in report_page(made, "en")
    japanese = report_page(made, "ja")
    assert '<html lang="ja">' in japanese
    assert "シエラレオネ" in japanese
    assert "短い通話の連発" in japanese


def test_without_incidents_or_curve_there_is_still_a_page(made):
    nothing = replace(made, score=Score((), 0, 0, 0), curve=(), compared=made.compared[:1], replay=None)
    for language in LANGUAGES:
        read(report_page(nothing, language))


def test_what_the_input_wrote_is_escaped(made):
    evil = replace(made, about=replace(made.about, files=["<script>alert(1)</script>&.csv"]))
    page = report_page(evil, "ja")
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;.csv" in page
