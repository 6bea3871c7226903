"""The report's words in both languages, and how figures are written."""

from __future__ import annotations

import string

import pytest

from sekisho.core.terms.destination import country_code
from sekisho.lab.report.words import KINDS_JA, TEXTS, country, duration, power, share, text, yen


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_say_the_same_facts(key):
    ja, en = ({name for _, name, _, _ in string.Formatter().parse(told) if name} for told in TEXTS[key])
    assert ja == en
    assert all(TEXTS[key])


@pytest.mark.parametrize(
    ("seconds", "en", "ja"),
    [
        (0.0, "0.0 s", "0.0秒"),
        (9.94, "9.9 s", "9.9秒"),
        (12.3, "12 s", "12秒"),
        (60, "1 min", "1分"),
        (250, "4 min 10 s", "4分 10秒"),
        (3_600, "1 h", "1時間"),
        (12_000, "3 h 20 min", "3時間 20分"),
        (187_200, "2 d 4 h", "2日 4時間"),
        (86_400, "1 d", "1日"),
        (None, "—", "—"),
    ],
)
def test_durations(seconds, en, ja):
    assert (duration(seconds, "en"), duration(seconds, "ja")) == (en, ja)


@pytest.mark.parametrize(
    ("value", "told"), [(0.0, "0%"), (1.0, "100%"), (0.0003, "0.03%"), (0.0123, "1.23%"), (0.4567, "45.7%")]
)
def test_shares(value, told):
    assert share(value) == told


def test_money_and_powers():
    assert (yen(1_234_500, "en"), yen(1_235_600, "ja"), yen(None, "ja")) == ("1,234 yen", "1,236円", "—")
    assert (power(10.0, "ja"), power(1e4, "ja"), power(1e4, "en"), power(0.1, "en")) == ("10", "1万", "10k", "0.1")


@pytest.mark.parametrize(
    ("code", "ja", "en"),
    [(country_code("SL"), "シエラレオネ", "Sierra Leone"), (country_code("+881"), "+881", "+881"), (0, "—", "—")],
)
def test_countries(code, ja, en):
    assert (country(code, "ja"), country(code, "en")) == (ja, en)


def test_an_unknown_word_is_an_error():
    with pytest.raises(KeyError):
        text("none", "ja")
    assert set(KINDS_JA) >= {"flood", "mimic", "all"}
