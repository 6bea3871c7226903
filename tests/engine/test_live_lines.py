"""The topic `live` is told what changed, and now and then everything."""

from __future__ import annotations

import json

import numpy as np

from sekisho.engine.live_lines import ALL_AGAIN_MS, LiveLines, live_message
from sekisho.flow.outcome import InProgress

NOW = 1_000_000


def told(live: LiveLines, lines: dict[int, tuple[int, int, int]], now_ms: int) -> dict[int, tuple[int, ...]]:
    rows = np.array(sorted(lines), np.int64)
    sums = np.array([lines[row] for row in sorted(lines)], np.int64).reshape(-1, 3)
    found, values = live.news(rows, sums, now_ms)
    return {int(row): tuple(each) for row, each in zip(found, values.tolist(), strict=True)}


def test_at_first_everything_is_told():
    assert told(LiveLines(), {3: (1, 1, 0), 7: (2, 0, 5)}, NOW) == {3: (1, 1, 0), 7: (2, 0, 5)}


def test_then_only_what_changed_came_or_went():
    live = LiveLines()
    told(live, {3: (1, 1, 0), 7: (2, 0, 5), 9: (1, 0, 0)}, NOW)
    assert told(live, {3: (1, 1, 0), 7: (2, 0, 6), 8: (1, 0, 0)}, NOW + 1_000) == {
        7: (2, 0, 6),
        8: (1, 0, 0),
        9: (0, 0, 0),
    }
    assert told(live, {3: (1, 1, 0), 7: (2, 0, 6), 8: (1, 0, 0)}, NOW + 2_000) == {}


def test_a_line_that_is_gone_is_told_once():
    live = LiveLines()
    told(live, {3: (1, 1, 0)}, NOW)
    assert told(live, {}, NOW + 1_000) == {3: (0, 0, 0)}
    assert told(live, {}, NOW + 2_000) == {}


def test_after_a_while_everything_is_told_again():
    live = LiveLines()
    told(live, {3: (1, 1, 0)}, NOW)
    assert told(live, {3: (1, 1, 0)}, NOW + ALL_AGAIN_MS - 1) == {}
    assert told(live, {3: (1, 1, 0)}, NOW + ALL_AGAIN_MS) == {3: (1, 1, 0)}


def test_the_message_says_all_of_a_line():
    message = live_message([InProgress("east", "0312345678", 2, 1, 175_000)], NOW)
    assert (message.kind, message.key) == ("lines", f"live:{NOW}")
    assert json.loads(message.body) == {
        "at_ms": NOW,
        "lines": [{"company": "east", "line": "0312345678", "open": 2, "open_international": 1, "accrued": 175_000}],
    }
