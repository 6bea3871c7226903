"""What is said, in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, parse_rfc3339
from sekisho.office.words import countries, evidence, happened, instants, money, numbers

NOW = parse_rfc3339("2026-11-23T17:52:57.210Z")  # 24 November, 02:52:57 in Japan


@pytest.fixture
def said(office):
    """A text in Japanese and English."""
    from django.utils import translation

    def both(tell):
        told = []
        for language in ("ja", "en"):
            with translation.override(language):
                told.append(str(tell()))
        return tuple(told)

    return both


def test_totals_drop_fractions_and_calls_keep_them(said):
    assert said(lambda: money.yen(1_234_999)) == ("1,234円", "1,234 yen")
    assert said(lambda: money.whole(12_345)) == ("12,345円", "12,345 yen")
    assert money.plain(999) == "0"
    assert money.exact(17_500) == "17.5"
    assert money.exact(2_000_000) == "2,000"


@pytest.mark.parametrize(
    ("before", "ja", "en"),
    [
        (-5_000, "0秒前", "0 seconds ago"),
        (1_900, "1秒前", "1 second ago"),
        (3 * MINUTE_MS, "3分前", "3 minutes ago"),
        (5 * HOUR_MS, "5時間前", "5 hours ago"),
        (49 * HOUR_MS, "2日前", "2 days ago"),
    ],
)
def test_how_long_ago(before, ja, en, said):
    assert said(lambda: instants.ago(NOW - before, NOW)) == (ja, en)


@pytest.mark.parametrize(
    ("length", "ja", "en"),
    [
        (212, "0.21秒", "0.21 s"),
        (59_990, "59.99秒", "59.99 s"),
        (3 * MINUTE_MS + 12_000, "3分12秒", "3 min 12 s"),
        (25 * HOUR_MS, "25時間0分", "25 h 0 min"),
    ],
)
def test_measured_times(length, ja, en, said):
    assert said(lambda: instants.span(length)) == (ja, en)


def test_moments_name_the_day_unless_it_is_today(said):
    assert said(lambda: instants.moment(NOW, NOW, exact=True)) == ("02:52:57", "02:52:57")
    assert said(lambda: instants.moment(NOW - 3 * HOUR_MS, NOW)) == ("11月23日(月) 23:52", "Mon 23 Nov 23:52")
    assert instants.machine(NOW) == "2026-11-23T17:52:57.210Z"


@pytest.mark.parametrize(
    ("day", "ja", "en"),
    [
        (date(2026, 11, 1), "令和8年11月1日", "1 November 2026 (Reiwa 8)"),
        (date(2019, 5, 1), "令和元年5月1日", "1 May 2019 (Reiwa 1)"),
        (date(2019, 4, 30), "平成31年4月30日", "30 April 2019 (Heisei 31)"),
        (date(1988, 1, 1), "1988年1月1日", "1 January 1988"),
    ],
)
def test_years_of_an_era(day, ja, en, said):
    assert said(lambda: instants.era_day(day)) == (ja, en)


def test_the_heading_of_a_bill(said):
    assert said(lambda: instants.era_month(2027, 2))[0] == "令和9年2月1日～令和9年2月28日"


@pytest.mark.parametrize(("ms", "told"), [(None, ""), (0, "0:00:00"), (1_815_000, "0:30:15"), (36_000_001, "10:00:01")])
def test_durations_of_calls(ms, told):
    assert instants.talk(ms) == told


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("+81312345678", "03-1234-5678"),
        ("0661234567", "06-6123-4567"),
        ("+815012345678", "050-1234-5678"),
        ("+81455550001", "0455550001"),
        ("+14155550100", "+14155550100"),
    ],
)
def test_lines(number, told):
    assert numbers.line(number) == told


def test_countries(said):
    assert said(lambda: countries.country("SL")) == ("シエラレオネ", "Sierra Leone")
    assert said(lambda: countries.country("+881")) == ("グローバルサービス +881", "global service +881")
    assert said(lambda: countries.country("")) == ("通話先不明", "unknown destination")
    assert said(lambda: countries.countries(["SL", "LV"])) == ("シエラレオネとラトビア", "Sierra Leone and Latvia")
    assert said(lambda: countries.countries(["SL", "LV", "SO"])) == (
        "シエラレオネほか2か国",
        "Sierra Leone and 2 more countries",
    )
    assert said(lambda: countries.countries([])) == ("", "")


def test_what_happened(said):
    told = said(lambda: happened.calls_abroad(["SL"], 9, 3_500_000, NOW - HOUR_MS, NOW, new=True))
    assert told == (
        "01:52 から、発信実績のないシエラレオネへ9通話、3,500円。",
        "9 calls to Sierra Leone, never called before, since 01:52: 3,500 yen.",
    )
    told = said(lambda: happened.calls_abroad(["US"], 1, 9_000, NOW - DAY_MS, NOW))
    assert told[1] == "1 call to United States since Mon 23 Nov 02:52: 9 yen."


@pytest.mark.parametrize(
    ("standing", "refused", "open_", "ja"),
    [
        ("alerted", 0, 0, "まだ何も止めていません。"),
        ("alerted", 0, 4, "まだ止まっていません。4件が通話中です。"),
        ("held", 37, 0, "国際発信は自動保留中です。その後の発信37件を断りました。"),
        ("barred", 0, 0, "国際発信は規制中です。"),
    ],
)
def test_what_stands_against_it(standing, refused, open_, ja, said):
    assert said(lambda: happened.stopped(standing, refused, open_))[0] == ja


def test_evidence_speaks_in_the_active_language(said):
    ja, en = said(lambda: evidence.sentence("price", {"yen": 175.0}))
    assert "175円" in ja
    assert "175 yen" in en


def test_evidence_of_another_release_is_still_shown(said):
    assert said(lambda: evidence.sentence("voice", {"pitch": 440}))[1] == "voice: pitch 440"
    assert said(lambda: evidence.sentence("price", {"cents": 3}))[1] == "price: cents 3"
