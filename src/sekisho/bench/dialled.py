"""Digits as honest people in Japan dial them: classes, countries and prefix forms in plausible shares (FACTS §1).

The shares are guesses with the right order of size; no real person's number is meant.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from sekisho.lab.simulator.byte_rows import Rows, Words, digits_filled, mixed, rows_of

PREFIX_WIDTH: Final = 12
BODY_WIDTH: Final = 16

# Where a line stands: it decides how many digits a call inside the own area has.
METROPOLIS, CITY, NO_AREA = 0, 1, 2

# (template, weight): `#` any digit, `@` 2 to 9.
LINE_PREFIXES: Final = (
    ("033", 18), ("035", 14), ("066", 10), ("064", 5),  # eight digits behind the area code
    ("052", 7), ("045", 8), ("011", 5), ("092", 6), ("022", 3), ("082", 3), ("075", 4), ("078", 4),
    ("050", 13),
)  # fmt: skip
_METROPOLITAN_PREFIXES: Final = 4

_DOMESTIC: Final = (
    ("033#######", 9), ("035#######", 8), ("066#######", 6), ("052@######", 4), ("045@######", 4), ("011@######", 3),
    ("092@######", 3), ("022@######", 2), ("082@######", 2), ("0742@#####", 1), ("0466@#####", 1), ("09802@####", 0.3),
    ("090@#######", 17), ("080@#######", 14), ("070@#######", 7),
    ("0503#######", 3), ("0505#######", 3),
    ("0120######", 5), ("0800#######", 1), ("0570######", 2),
    ("104", 0.3), ("117", 0.1), ("177", 0.2), ("188", 0.1), ("110", 0.1), ("119", 0.1), ("118", 0.02),
)  # fmt: skip
_LOCAL_SHARE: Final = 0.03
_LOCAL: Final = ("@#######", "@######", "03@#######")  # by METROPOLIS, CITY, NO_AREA

_INTERNATIONAL: Final = (
    ("1212@######", 7), ("1415@######", 5), ("1808@######", 2), ("1416@######", 2), ("1767448####", 0.1),
    ("86139########", 8), ("8621@#######", 6), ("8210@#######", 6), ("822@#######", 4), ("8869########", 4),
    ("8862@#######", 3), ("85225######", 3), ("656#######", 2), ("6591######", 2), ("63917#######", 5),
    ("6681#######", 3), ("662@######", 2), ("8490#######", 4), ("62812#######", 2), ("6012#######", 2),
    ("603@#######", 1), ("9198########", 2), ("44207#######", 2), ("447400######", 2), ("4930########", 1),
    ("49151########", 1), ("3314#######", 1), ("336########", 1), ("39335#######", 1), ("34911######", 0.7),
    ("3120#######", 0.7), ("4144#######", 0.6), ("7495#######", 0.5), ("7916#######", 0.5), ("7701#######", 0.1),
    ("6129#######", 1), ("61412######", 1), ("649@######", 0.6), ("55113#######", 0.7), ("551197#######", 0.8),
    ("5255########", 0.5), ("9714#######", 0.4), ("97150#######", 0.4), ("90212#######", 0.3), ("2782#######", 0.2),
    ("254722######", 0.1), ("234803#######", 0.1), ("92300#######", 0.4), ("88017########", 0.5), ("977984#######", 1),
    ("9477#######", 0.4), ("23276######", 0.03), ("23566######", 0.02), ("870773######", 0.03), ("8816########", 0.03),
)  # fmt: skip
_INTERNATIONAL_FORMS: Final = (
    ("010", 76), ("+", 14), ("184010", 3), ("186010", 1), ("0033010", 2), ("001010", 1.5), ("0061010", 1),
    ("0041010", 0.5), ("1220033010", 0.5), ("1840033010", 0.5),
)  # fmt: skip
_DOMESTIC_FORMS: Final = (("", 93), ("184", 4), ("186", 1), ("+81", 2))
_PLUS_JAPAN: Final = 3

Shares = tuple[tuple[str, float], ...]


def _picked(choices: Shares, words: Words) -> npt.NDArray[np.int64]:
    """Index into `choices` by weight, u64[n] words as the chance."""
    weights = np.array([weight for _, weight in choices])
    steps = np.cumsum(weights / weights.sum())
    share = (words >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return np.minimum(np.searchsorted(steps, share, side="right"), len(choices) - 1)


def _table(choices: Shares, width: int) -> Rows:
    return rows_of([text for text, _ in choices], width)


def numbers_dialled(
    contact: Words, group: Words, abroad: npt.NDArray[np.bool_], area: npt.NDArray[np.int8], *, plain: bool = False
) -> Rows:
    """What is dialled to reach each contact, as u8[n, PREFIX_WIDTH + BODY_WIDTH] with zeros in between.

    `contact` u64[n] names the other party: the same word always gives the same digits. `group` u64[n] names what
    contacts abroad have in common: their country. `abroad` chooses between the international and the domestic tables,
    `area` is where the line stands (METROPOLIS, CITY, NO_AREA). `plain`: national form, no prefix in front, the way a
    caller's number is shown.
    """
    here = ~abroad
    words = mixed(contact)
    body = np.zeros((len(contact), BODY_WIDTH), np.uint8)
    prefix = np.zeros((len(contact), PREFIX_WIDTH), np.uint8)
    body[abroad] = _table(_INTERNATIONAL, BODY_WIDTH)[_picked(_INTERNATIONAL, mixed(group[abroad]))]
    prefix[abroad] = _table(_INTERNATIONAL_FORMS, PREFIX_WIDTH)[_picked(_INTERNATIONAL_FORMS, words[abroad])]
    body[here] = _table(_DOMESTIC, BODY_WIDTH)[_picked(_DOMESTIC, words[here])]
    if not plain:
        form = np.where(here, _picked(_DOMESTIC_FORMS, mixed(words)), 0)
        national = body[:, 0] == ord("0")  # service numbers (1XX) are dialled as they are
        form[~national] = 0
        prefix[here] = _table(_DOMESTIC_FORMS, PREFIX_WIDTH)[form[here]]
        body[form == _PLUS_JAPAN, 0] = 0
        local = here & national & (form == 0) & (words % np.uint64(1000) < int(_LOCAL_SHARE * 1000))
        body[local] = rows_of(_LOCAL, BODY_WIDTH)[area[local]]
    return np.hstack([prefix, digits_filled(body, contact)])


def subscriber_lines(rng: np.random.Generator, lines: int) -> tuple[Rows, npt.NDArray[np.int8]]:
    """`lines` distinct numbers of subscribers in national form, u8[lines, 12], and where each stands, i8[lines]."""
    weights = np.array([weight for _, weight in LINE_PREFIXES], np.float64)
    counts = np.floor(weights / weights.sum() * lines).astype(np.int64)
    counts[0] += lines - counts.sum()
    rows = np.zeros((lines, 12), np.uint8)
    area = np.empty(lines, np.int8)
    first = 0
    for index, ((prefix, _), count) in enumerate(zip(LINE_PREFIXES, counts, strict=True)):
        here = slice(first, first + int(count))
        first = here.stop
        behind = (11 if prefix == "050" else 10) - len(prefix)
        subscriber = rng.choice(8 * 10 ** (behind - 1), int(count), replace=False) + 2 * 10 ** (behind - 1)
        rows[here, : len(prefix)] = np.frombuffer(prefix.encode(), np.uint8)
        for place in reversed(range(behind)):
            subscriber, digit = np.divmod(subscriber, 10)
            rows[here, len(prefix) + place] = ord("0") + digit
        area[here] = NO_AREA if prefix == "050" else METROPOLIS if index < _METROPOLITAN_PREFIXES else CITY
    return rows, area
