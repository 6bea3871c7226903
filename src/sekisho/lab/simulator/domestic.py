"""Numbers in Japan: of subscribers, and of whom they ring. The shares are guesses with the right order of size."""

from __future__ import annotations

from typing import Final

import numpy as np

from sekisho.lab.simulator.byte_rows import Rows, Words, mixed
from sekisho.lab.simulator.chance import picked, shares_of, steps_of
from sekisho.lab.simulator.dialling import digit_rows

# First digits behind the 0, digits that follow, weight.
_LINES: Final = (
    ("33", 7, 18), ("35", 7, 14), ("66", 7, 10), ("64", 7, 5), ("52", 7, 7), ("45", 7, 8), ("11", 7, 5), ("92", 7, 6),
    ("22", 7, 3), ("82", 7, 3), ("75", 7, 4), ("78", 7, 4), ("503", 7, 13),
)  # fmt: skip
_RUNG: Final = (
    ("33", 7, 9), ("35", 7, 8), ("66", 7, 6), ("522", 6, 4), ("453", 6, 4), ("112", 6, 3), ("924", 6, 3), ("222", 6, 2),
    ("822", 6, 2), ("7422", 5, 1), ("4662", 5, 1), ("982", 6, 0.4), ("902", 7, 7), ("905", 7, 6), ("909", 7, 5),
    ("803", 7, 6), ("808", 7, 5), ("704", 7, 4), ("703", 7, 3), ("503", 7, 3), ("505", 7, 3), ("120", 6, 5),
    ("8001", 6, 1), ("570", 6, 2),
)  # fmt: skip
_PLUS_LINES: Final = 0.06
_LINE_WIDTH: Final = 13


def _filled(table: tuple[tuple[str, int, float], ...], words: Words) -> Words:
    """National numbers without the 0, as whole numbers, by word."""
    row = picked(steps_of(np.array([weight for _, _, weight in table], np.float64)), shares_of(mixed(words)))
    head = np.array([int(head) for head, _, _ in table], np.uint64)[row]
    size = np.uint64(10) ** np.array([free for _, free, _ in table], np.uint64)[row]
    return head * size + (words >> np.uint64(9)) % size


def numbers_at_home(words: Words) -> Words:
    """Numbers of people and firms in Japan: the same word always the same number, without the 0 in front."""
    return _filled(_RUNG, words)


def subscriber_numbers(rng: np.random.Generator, count: int) -> tuple[Rows, Words]:
    """(text u8[count, 13], national number without 0) of distinct subscribers; some are written +81."""
    found = np.zeros(0, np.uint64)
    while len(found) < count:  # nearly always once
        words = rng.integers(0, 1 << 63, count + count // 20 + 32, dtype=np.uint64)
        found = np.unique(np.concatenate([found, _filled(_LINES, words)]))
    numbers = rng.permutation(found)[:count]
    digits = digit_rows(numbers)[:, -10:]
    text = np.zeros((count, _LINE_WIDTH), np.uint8)
    text[:, 3:] = digits
    plus = rng.random(count) < _PLUS_LINES
    text[plus, :3] = np.frombuffer(b"+81", np.uint8)
    text[~plus, 2] = ord("0")
    return text, numbers
