"""Forms of dialling (FACTS §1): what stands before the digits, and which forms each line uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from sekisho.lab.simulator.byte_rows import Rows, Words
from sekisho.lab.simulator.chance import F64, I64, Flags, picked_in, steps_of

# Before an international number; before a Japanese one without its 0; before other digits; a thief's tries.
ABROAD_FORMS: Final = (
    "010", "+", "001010", "0033010", "0041010", "0061010", "0038010", "009130010", "1220033010", "1220061010",
    "184010", "186010", "184+", "1840033010", "122001010",
)  # fmt: skip
HOME_FORMS: Final = ("0", "+81", "1840", "1860")
TRIES: Final = (
    "0",
    "00",
    "000",
    "9",
    "90",
    "900",
    "9010",
    "8010",
    "0010",
    "0011",
    "011",
    "1010",
    "99",
    "9011",
    "7010",
    "0000",
)
FORMS: Final = (*ABROAD_FORMS, *HOME_FORMS, "", *TRIES)
HOME: Final = len(ABROAD_FORMS)
BARE: Final = HOME + len(HOME_FORMS)
FIRST_TRY: Final = BARE + 1
PLUS: Final = ABROAD_FORMS.index("+")
_HIDING: Final = ABROAD_FORMS.index("184010")
_CARRIERS: Final = tuple(range(2, 10))
FORM_WIDTH: Final = max(map(len, FORMS))
DIGITS: Final = 15


@dataclass(frozen=True, slots=True, eq=False)
class DiallingHabits:
    """What each line dials: cumulative shares of its forms abroad f32[lines, forms] and at home."""

    abroad: F64
    home: F64


def draw_habits(rng: np.random.Generator, lines: int, plus: float, carrier: float, hiding: float) -> DiallingHabits:
    """Most lines dial 010; shares of lines that write +, dial through a carrier or hide their number at times."""
    abroad = np.full((lines, len(ABROAD_FORMS)), 1e-9)
    home = np.full((lines, len(HOME_FORMS)), 1e-9)
    with_plus, with_carrier = rng.random(lines) < plus, rng.random(lines) < carrier
    hides = np.where(rng.random(lines) < hiding, rng.beta(0.6, 2.5, lines), 0.002)
    main = np.where(with_plus, PLUS, 0)
    main[with_carrier] = rng.choice(_CARRIERS, int(with_carrier.sum()))
    rows = np.arange(lines)
    abroad[rows, 0] += np.where(with_carrier, rng.beta(1.0, 3.0, lines), 0.0)
    abroad[rows, main] += 1.0
    abroad[rows, _HIDING] += hides
    abroad[rows, _HIDING + 1] += 0.004
    abroad[rows, np.where(with_carrier, _HIDING + 3, _HIDING + 2)] += 0.5 * hides * (with_plus | with_carrier)
    home[rows, np.where(with_plus, 1, 0)] += 1.0
    home[rows, 2] += hides
    home[rows, 3] += 0.003
    return DiallingHabits(steps_of(abroad), steps_of(home))


def forms_dialled(rng: np.random.Generator, habits: DiallingHabits, line: I64, abroad: Flags) -> npt.NDArray[np.int8]:
    """The form of each call in its line's own habit."""
    form = np.empty(len(line), np.int8)
    form[abroad] = picked_in(habits.abroad, line[abroad], rng.random(int(abroad.sum())))
    form[~abroad] = HOME + picked_in(habits.home, line[~abroad], rng.random(int((~abroad).sum())))
    return form


def digit_rows(numbers: Words) -> Rows:
    """Whole numbers as text, u8[n, DIGITS], zero bytes in front."""
    rows = np.zeros((len(numbers), DIGITS), np.uint8)
    rest = numbers.copy()
    for place in reversed(range(DIGITS)):
        quotient = rest // np.uint64(10)
        digit = (rest - quotient * np.uint64(10)).astype(np.uint8)
        rows[:, place] = np.where(rest > 0, digit + np.uint8(ord("0")), 0)
        rest = quotient
    return rows
