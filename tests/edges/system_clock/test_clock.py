"""The clock counts whole milliseconds since 1970, UTC."""

from __future__ import annotations

import time

from sekisho.edges.system_clock.clock import SystemClock


def test_it_gives_whole_milliseconds_between_two_looks_at_the_watch():
    before = time.time_ns() // 1_000_000
    now = SystemClock().now_ms()
    assert before <= now <= time.time_ns() // 1_000_000
