"""Number blocks: lines new to one are counted once each, fade, and are weighed against the block's month."""

from __future__ import annotations

from math import exp, log2

import numpy as np
import pytest
from tests.core.watch.desk import Desk

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS
from sekisho.core.watch.blocks import BLOCK_NUMBERS, MONTH_MS, block_nats, note_try, tries_of
from sekisho.core.watch.evidence import campaign
from sekisho.core.watch.places import BLOCKS

NOON = 1_780_000_020_000
NUMBER = 37_190_001_234  # its block: 37 190 001 000 to 37 190 001 999


class Blocks:
    def __init__(self) -> None:
        self.desk = Desk(lines=1)

    def call(self, line: int, at: int = NOON, digits: int = NUMBER, *, company: int = 0, fresh: bool = True) -> float:
        return float(block_nats(self.desk.book, company, digits, line, at, fresh))

    def used(self) -> np.ndarray:
        blocks = self.desk.state.blocks
        return blocks[blocks["key"] != 0]


def worth(lines: float, usual_a_day: float = 0.0) -> float:
    return min(max(0.8 * log2((lines + 0.25) / (usual_a_day + 0.25)), 0.0), campaign.MOST_NATS)


def test_the_first_line_is_no_campaign_and_the_fourth_is():
    blocks = Blocks()
    told = [blocks.call(line) for line in range(4)]
    usual = [lines / 30 for lines in range(4)]  # a month, as a day
    assert told == pytest.approx([worth(lines, usual[lines]) for lines in range(4)], abs=1e-3)
    assert told[0] == 0.0
    assert told[3] > 2.4


def test_a_line_counts_itself_out():
    """Its own tenth call is not the tenth line."""
    blocks = Blocks()
    assert [blocks.call(7, NOON + minute) for minute in range(10)] == [0.0] * 10
    assert blocks.used()["lines"].tolist() == [1.0]


def test_what_a_line_has_called_before_is_no_campaign():
    blocks = Blocks()
    assert blocks.call(1, fresh=False) == 0.0
    assert blocks.used().size == 0, "and takes no place"
    for line in (2, 3, 4):
        blocks.call(line)
    before = blocks.used()["lines"].tolist()
    assert blocks.call(1, fresh=False) > 2.0, "but is told what goes on"
    assert blocks.used()["lines"].tolist() == before


def test_all_numbers_of_a_block_are_one_and_the_next_is_another():
    blocks = Blocks()
    first = NUMBER // BLOCK_NUMBERS * BLOCK_NUMBERS
    blocks.call(1, digits=first)
    assert blocks.call(2, digits=first + BLOCK_NUMBERS - 1) > 0.0
    assert blocks.call(3, digits=first + BLOCK_NUMBERS) == 0.0
    assert blocks.call(4, digits=first - 1) == 0.0


def test_blocks_of_one_company_teach_nothing_of_anothers():
    blocks = Blocks()
    for line in range(5):
        blocks.call(line, company=1)
    assert blocks.call(9, company=2) == 0.0
    assert blocks.call(9, company=1) > 2.0


def test_lines_fade_over_a_day_and_the_usual_over_a_month():
    blocks = Blocks()
    for line in range(8):
        blocks.call(line)
    told = blocks.call(9, NOON + 3 * DAY_MS)
    lines, usual = 8 * exp(-3), 8 * exp(-3 * DAY_MS / MONTH_MS) / 30
    assert told == pytest.approx(worth(lines, usual), abs=1e-3)


def test_a_block_that_lines_call_every_day_stays_silent():
    """Five other lines a day for two months: five and a bit are in the day's count, five a day are usual."""
    blocks = Blocks()
    for day in range(60):
        for line in range(5):
            told = blocks.call(5 * day + line, NOON + day * DAY_MS + line)
    assert told < 0.7


def test_a_late_call_turns_no_time_back():
    blocks = Blocks()
    blocks.call(1, NOON)
    blocks.call(2, NOON - DAY_MS)
    (block,) = blocks.used()
    assert (block["at"], block["lines"]) == (NOON, 2.0)


def test_where_two_blocks_meet_the_newer_one_stays():
    """So what is remembered is bounded, whatever is dialled."""
    blocks = Blocks()
    for block in range(BLOCKS + 5_000):
        blocks.call(1, digits=block * BLOCK_NUMBERS)
    used = blocks.used()
    assert BLOCKS // 3 < used.size <= BLOCKS
    last = (BLOCKS + 4_999) * 64 + 64
    assert last in used["key"]
    assert (used["lines"] == 1.0).all()


# --- the way out of a PBX --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dialled", "tries"),
    [
        ([23_276_123_456], 0),
        ([23_276_123_456, 923_276_123_456, 9_011_23_276_123_456], 2),  # 0, 9 and 9011 before the same number
        ([923_276_123_456, 923_276_123_456], 0),  # the same once more
        ([923_276_123_456, 923_276_123_457, 9_023_276_123_458], 0),  # others
        ([923_276_123_456, 923_276_123_457, 9_023_276_123_457], 1),
    ],
)
def test_the_same_number_behind_other_prefixes_is_a_try(dialled, tries):
    desk = Desk(lines=2)
    for place, digits in enumerate(dialled):
        note_try(desk.book, 1, digits, NOON + 1_000 * place)
    assert tries_of(desk.book, 1, NOON + 5_000) == pytest.approx(tries, rel=0.01)
    assert tries_of(desk.book, 0, NOON + 5_000) == 0.0, "another line's"


def test_tries_fade_and_a_number_of_long_ago_is_none():
    desk = Desk()
    for place, digits in enumerate([923_276_123_456, 9_023_276_123_456]):
        note_try(desk.book, 0, digits, NOON + 1_000 * place)
    assert tries_of(desk.book, 0, NOON + 1_000 + 2 * HOUR_MS) == pytest.approx(exp(-1), rel=1e-3)
    note_try(desk.book, 0, 90_023_276_123_456, NOON + 5 * MINUTE_MS)
    assert tries_of(desk.book, 0, NOON + 5 * MINUTE_MS) < 1.0
