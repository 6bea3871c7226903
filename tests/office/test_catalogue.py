"""Every text of the pages is there in Japanese, whole, with the same placeholders."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

OFFICE = Path(__file__).parents[2] / "src" / "sekisho" / "office"
JAPANESE = OFFICE / "locale" / "ja" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "_": None,
}
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[+0-9.]*[a-z]|%%")

MessageId = str | tuple[str, str]


def texts_of(name: str, source: bytes) -> set[MessageId]:
    """The texts that a Python source or a template asks for; those with a plural as pairs."""
    if name.endswith(".html"):
        from django.utils.translation.template import templatize

        source = templatize(source.decode()).encode()
    found = extract("python", BytesIO(source), keywords=KEYWORDS, options={"encoding": "utf-8"})
    return {text if isinstance(text, str) else (text[0], text[1]) for _, text, _, _ in found}


def texts_of_the_office() -> dict[MessageId, str]:
    """Every text with the file that asks for it."""
    files = sorted([*OFFICE.rglob("*.py"), *OFFICE.rglob("*.html")])
    return {
        text: path.relative_to(OFFICE).as_posix() for path in files for text in texts_of(path.name, path.read_bytes())
    }


def strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def faults_of(catalogue: Catalog, wanted: dict[MessageId, str]) -> list[str]:
    faults = []
    kept = {(m.id if isinstance(m.id, str) else (m.id[0], m.id[1])): m for m in catalogue if m.id}
    for text, file in sorted(wanted.items(), key=lambda pair: (pair[1], str(pair[0]))):
        message = kept.pop(text, None)
        if message is None or not all(strings(message)):
            faults.append(f"{file}: {text!r} has no Japanese; add it to django.po")
        elif message.fuzzy:
            faults.append(f"{file}: {text!r} is fuzzy; check the Japanese and take the mark away")
        elif any(
            placeholders(told) != placeholders(text if isinstance(text, str) else text[1]) for told in strings(message)
        ):
            faults.append(f"{file}: {text!r} has other placeholders in Japanese")
    return faults + [f"django.po: nobody asks for {text!r} any more; take it out" for text in kept]


@pytest.fixture(scope="module")
def catalogue():
    with JAPANESE.open("rb") as file:
        return read_po(file, locale="ja")


def test_every_text_is_there_in_japanese(office, catalogue):
    faults = faults_of(catalogue, texts_of_the_office())
    assert not faults, "\n".join(faults)


def test_the_texts_are_found(office):
    wanted = texts_of_the_office()
    assert len(wanted) > 150
    assert ("%(count)d call", "%(count)d calls") in wanted  # Python, plural
    assert "Bar calls abroad on this line?" in wanted  # template
    assert "Calls through %(day)s, 24:00." in wanted  # template with a placeholder


@pytest.mark.parametrize(
    ("po", "says"),
    [
        ("", "has no Japanese"),
        ('msgid "%(count)s calls"\nmsgstr ""\n', "has no Japanese"),
        ('#, fuzzy\nmsgid "%(count)s calls"\nmsgstr "%(count)s通話"\n', "is fuzzy"),
        ('msgid "%(count)s calls"\nmsgstr "%(number)s通話"\n', "other placeholders"),
        ('msgid "%(count)s calls"\nmsgstr "%(count)s通話"\n\nmsgid "gone"\nmsgstr "消えた"\n', "nobody asks"),
    ],
)
def test_can_fail(po, says):
    faults = faults_of(read_po(BytesIO(po.encode()), locale="ja"), {"%(count)s calls": "page.html"})
    assert len(faults) == 1
    assert says in faults[0]
