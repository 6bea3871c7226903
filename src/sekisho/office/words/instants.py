"""Instants and spans for people, in Japanese time. `now_ms` is an argument: words have no clock."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Final

from babel.dates import format_date
from django.utils.translation import gettext, ngettext

from sekisho.core.terms.instants import (
    DAY_MS,
    HOUR_MS,
    JST_OFFSET_MS,
    MINUTE_MS,
    SECOND_MS,
    format_rfc3339,
    japanese_date,
)
from sekisho.office.words.language import ENGLISH, JAPANESE, language

_DAY: Final = {JAPANESE: "M月d日(E)", ENGLISH: "EEE d MMM"}
_SHORT_DAY: Final = {JAPANESE: "M/d", ENGLISH: "d MMM"}
_LONG_DAY: Final = {JAPANESE: "y年M月d日", ENGLISH: "d MMMM y"}
_MONTH: Final = {JAPANESE: "y年M月", ENGLISH: "MMMM y"}

# First day of each era that a bill of ours can fall into, latest first.
_ERAS: Final = ((date(2019, 5, 1), "令和", "Reiwa"), (date(1989, 1, 8), "平成", "Heisei"))


def machine(instant_ms: int) -> str:
    """RFC 3339, for the `datetime` of a `<time>`."""
    return format_rfc3339(instant_ms)


def _in_japan(instant_ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant_ms + JST_OFFSET_MS)


def clock(instant_ms: int) -> str:
    """`02:14`."""
    return _in_japan(instant_ms).strftime("%H:%M")


def full_hour(instant_ms: int) -> str:
    """`12:00`, `12時`: for axes."""
    return gettext("%(hour)d:00") % {"hour": _in_japan(instant_ms).hour}


def clock_exact(instant_ms: int) -> str:
    """`02:14:05`."""
    return _in_japan(instant_ms).strftime("%H:%M:%S")


def day(day_: date) -> str:
    """`11月24日(火)`, `Tue 24 Nov`."""
    return format_date(day_, _DAY[language()], locale=language())


def short_day(day_: date) -> str:
    """`11/24`, `24 Nov`: for axes."""
    return format_date(day_, _SHORT_DAY[language()], locale=language())


def long_day(day_: date) -> str:
    """`2026年11月24日`, `24 November 2026`."""
    return format_date(day_, _LONG_DAY[language()], locale=language())


def month(day_: date) -> str:
    """`2026年11月`, `November 2026`."""
    return format_date(day_, _MONTH[language()], locale=language())


def moment(instant_ms: int, now_ms: int, *, exact: bool = False) -> str:
    """The clock, with the day in front unless it is today."""
    told = clock_exact(instant_ms) if exact else clock(instant_ms)
    if japanese_date(instant_ms) == japanese_date(now_ms):
        return told
    return f"{day(japanese_date(instant_ms))} {told}"


def ago(instant_ms: int, now_ms: int) -> str:
    """How long ago, in its largest unit; what lies ahead by a clock's error counts as now."""
    passed = max(0, now_ms - instant_ms)
    if passed < MINUTE_MS:
        count = passed // SECOND_MS
        return ngettext("%(count)d second ago", "%(count)d seconds ago", count) % {"count": count}
    if passed < HOUR_MS:
        count = passed // MINUTE_MS
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", count) % {"count": count}
    if passed < DAY_MS:
        count = passed // HOUR_MS
        return ngettext("%(count)d hour ago", "%(count)d hours ago", count) % {"count": count}
    count = passed // DAY_MS
    return ngettext("%(count)d day ago", "%(count)d days ago", count) % {"count": count}


def span(length_ms: int) -> str:
    """A measured time: `0.21秒`, `3分12秒`, `2時間5分`."""
    length = max(0, length_ms)
    if length < MINUTE_MS:
        return gettext("%(seconds)s s") % {"seconds": f"{length / SECOND_MS:.2f}"}
    if length < HOUR_MS:
        return gettext("%(minutes)d min %(seconds)d s") % {
            "minutes": length // MINUTE_MS,
            "seconds": length % MINUTE_MS // SECOND_MS,
        }
    return gettext("%(hours)d h %(minutes)d min") % {
        "hours": length // HOUR_MS,
        "minutes": length % HOUR_MS // MINUTE_MS,
    }


def talk(length_ms: int | None) -> str:
    """The duration of a call as bills print it, `0:30:15`; empty where there was none."""
    if length_ms is None:
        return ""
    seconds = -(-length_ms // SECOND_MS)
    return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"


def era_day(day_: date) -> str:
    """`令和8年11月1日`, `1 November 2026 (Reiwa 8)`: the year of the era, as bills count. The first year is 元年."""
    for first, kanji, latin in _ERAS:
        if day_ >= first:
            year = day_.year - first.year + 1
            if language() == ENGLISH:
                return f"{long_day(day_)} ({latin} {year})"
            return f"{kanji}{'元' if year == 1 else year}年{day_.month}月{day_.day}日"
    return long_day(day_)


def era_month(year: int, month_: int) -> str:
    """First to last day of a month: `令和8年11月1日～令和8年11月30日`."""
    first = date(year, month_, 1)
    last = date(year, month_, monthrange(year, month_)[1])
    between = " – " if language() == ENGLISH else "～"
    return era_day(first) + between + era_day(last)
