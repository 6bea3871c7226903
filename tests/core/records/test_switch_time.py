"""Times as switches write them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.records import switch_time
from sekisho.core.records.call_row import BadRow
from sekisho.core.records.switch_time import SwitchClock, epoch_ms
from sekisho.core.terms.instants import format_rfc3339


@pytest.mark.parametrize(
    ("zone", "text", "instant"),
    [
        ("UTC", "2026-11-23 17:52:57", "2026-11-23T17:52:57Z"),
        ("UTC", "2026-11-23T17:52:57.296", "2026-11-23T17:52:57.296Z"),
        ("UTC", "2026-11-23 17:52:57.296999", "2026-11-23T17:52:57.296Z"),
        ("Asia/Tokyo", "2026-11-24 02:52:57", "2026-11-23T17:52:57Z"),
        ("Asia/Tokyo", "2026-11-23T17:52:57Z", "2026-11-23T17:52:57Z"),
        ("UTC", "2026-11-24T02:52:57+0900", "2026-11-23T17:52:57Z"),
        ("UTC", "2026-11-23 12:22:57-05:30", "2026-11-23T17:52:57Z"),
        ("Asia/Tokyo", "1795456377", "2026-11-23T17:52:57Z"),
        ("Asia/Tokyo", "1795456377.291000", "2026-11-23T17:52:57.291Z"),
        ("Europe/Berlin", "2026-03-29 02:30:00", "2026-03-29T01:30:00Z"),  # skipped: the offset before the gap
        ("Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25T00:30:00Z"),  # twice: the first
    ],
)
def test_times_are_instants(zone, text, instant):
    assert format_rfc3339(SwitchClock(zone).instant(text)) == instant


@pytest.mark.parametrize(
    "text",
    [
        "", "now", "2026-11-23", "2026-11-23 17:52", "2026-11-23 17:52:60", "2026-11-23 17:52:5", "2026-13-01 00:00:00",
        "2026-02-30 00:00:00", "2026-11-23 25:00:00", "1969-12-31 23:59:59", "2200-01-01 00:00:00",
        "9999-12-31 23:59:59", "0000-00-00 00:00:00", "-1", "1e9", "99999999999", "9" * 40, "1795456377.",
        "2026-11-23 17:52:57+25:00", "２０２６-11-23 17:52:57", "2026-11-23 17:52:５７", " 2026-11-23 17:52:57",
    ],
)  # fmt: skip
def test_what_is_no_time_is_a_bad_row(text):
    clock = SwitchClock("UTC")
    clock.instant("2026-11-23 17:52:00")  # so that the remembered minute cannot let it in
    with pytest.raises(BadRow):
        clock.instant(text)


@given(st.integers(157_766_400, 2_145_916_800), st.sampled_from(["Asia/Tokyo", "America/New_York"]))
@settings(derandomize=True)
def test_local_times_agree_with_the_calendar(instant, zone):
    local = datetime.fromtimestamp(instant, ZoneInfo(zone)).replace(fold=0)
    clock, text = SwitchClock(zone), f"{local:%Y-%m-%d %H:%M:%S}"
    assert clock.instant(text) == round(local.timestamp()) * 1_000
    assert clock.instant(text) == round(local.timestamp()) * 1_000  # as remembered
    minute = clock.instant(text) - local.second * 1_000
    assert [clock.instant(f"{text[:-2]}{second:02d}") - minute for second in (0, 7, 59)] == [0, 7_000, 59_000]


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(switch_time, "_REMEMBERED", 3)
    clock = SwitchClock("UTC")
    for minute in range(10):
        assert clock.instant(f"2026-11-23 17:{minute:02d}:01") % 60_000 == 1_000
        assert len(clock._minutes) <= 3
        assert len(clock._moments) <= 3


@pytest.mark.parametrize(
    ("text", "ms"), [("0", 0), ("1795456377.2", 1795456377200), ("7258118399.999999", 7258118399999)]
)
def test_epoch_seconds(text, ms):
    assert epoch_ms(text) == ms


@pytest.mark.parametrize("text", ["", "-1", "1e3", "7258118400", "1.2.3", "0x10", "١", "1" * 500])
def test_what_is_no_epoch_second_is_a_bad_row(text):
    with pytest.raises(BadRow):
        epoch_ms(text)
