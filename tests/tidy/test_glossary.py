"""Every word has one meaning: the glossary holds it once, in two languages, and the words of the code are there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from sekisho.core import tables
from sekisho.core.terms.call import Action, CallEvent
from sekisho.core.terms.destination import DestinationClass

GLOSSARY = Path(__file__).parents[2] / "GLOSSARY.md"
COLUMNS = 4  # word, 日本語, meaning, standard


def entries(text: str) -> list[list[str]]:
    """The rows of the tables, cell by cell, without heads."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [row for row in rows if row[0] != "word" and not set(row[0]) <= {"-"}]


def every_entry_is_whole(text: str) -> list[str]:
    return [
        f"GLOSSARY.md: {row[0]!r} needs word, 日本語, meaning and standard (— where there is none)"
        for row in entries(text)
        if len(row) != COLUMNS or not all(row)
    ]


def no_word_stands_twice(text: str) -> list[str]:
    words = [word.strip() for row in entries(text) for word in row[0].split(",")]
    return [
        f"GLOSSARY.md: {word!r} stands twice; one word, one meaning" for word in set(words) if words.count(word) > 1
    ]


def every_word_of_the_code_is_there(text: str, words: Iterable[str]) -> list[str]:
    known = {word.strip() for row in entries(text) for word in row[0].split(",")}
    return [f"GLOSSARY.md: {word!r} is missing; say what it means" for word in sorted(set(words) - known)]


def words_of_the_code() -> set[str]:
    columns = {name for schema in (tables.RATED, tables.VERDICTS) for name in schema.names}
    columns |= {field.name for field in tables.EVIDENCE}
    members = {member.name.lower() for words in (Action, CallEvent, DestinationClass) for member in words}
    return columns | members


@pytest.fixture(scope="module")
def written():
    return GLOSSARY.read_text("utf-8")


def test_every_entry_is_whole(written):
    assert every_entry_is_whole(written) == []


def test_no_word_stands_twice(written):
    assert no_word_stands_twice(written) == []


def test_every_word_of_the_code_is_there(written):
    assert every_word_of_the_code_is_there(written, words_of_the_code()) == []


HEAD = "| word | 日本語 | meaning | standard |\n|---|---|---|---|\n"


@pytest.mark.parametrize(
    "row", ["| call | 通話 | an attempt |", "| call | | an attempt | — |", "| call | 通話 | | — |"]
)
def test_a_gap_is_seen(row):
    assert len(every_entry_is_whole(HEAD + row)) == 1


def test_a_word_with_two_meanings_is_seen():
    two = "| notice, campaign | 注意喚起 | a message | — |\n| campaign | 集中 | calls to a block | — |\n"
    assert no_word_stands_twice(HEAD + two) == ["GLOSSARY.md: 'campaign' stands twice; one word, one meaning"]


def test_a_missing_word_is_seen():
    rows = "| call | 通話 | an attempt | — |\n"
    assert every_word_of_the_code_is_there(HEAD + rows, ["call", "hold"]) == [
        "GLOSSARY.md: 'hold' is missing; say what it means"
    ]
