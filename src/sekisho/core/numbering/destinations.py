"""The table of destinations (通話先): what a number can resolve to. An id is stored with every rated call.

Ids never change meaning, whatever the metadata of the day knows: 0 to 99 are kinds of Japanese numbers, 100 to 199 are
the three-digit numbers themselves (110 is 110), and 1000 + n is the country or global service n of
`terms/destination.py` (1000: abroad, country unknown).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from sekisho.core.terms.destination import (
    COUNTRY_CODES_END,
    JAPAN,
    NO_COUNTRY,
    DestinationClass,
    country_code,
    country_text,
)

INVALID: Final = 0
FIXED: Final = 1
MOBILE: Final = 2
IP: Final = 3
FREE: Final = 4  # 0120, 0800
FREE_CARRIER: Final = 5  # 0037, 0066, 0077, 0078, 0088 with a free number behind
UAN: Final = 6  # 0570
PREMIUM: Final = 7  # 0990
MASS_CALL: Final = 8  # 0180
PAGER: Final = 9  # 0204
M2M: Final = 10  # other 020
FMC: Final = 11  # 0600
PRIVATE_NETWORK: Final = 12  # 091: private networks joined to the public one
HASH: Final = 13  # #9110, #8000 …
SHORT_NUMBERS: Final = 0  # the id of a three-digit number is the number
INTERNATIONAL: Final = 1_000
DESTINATIONS: Final = INTERNATIONAL + COUNTRY_CODES_END

EMERGENCY_NUMBERS: Final = ("110", "118", "119")
# Known to the public; other 1XX exist inside single networks and are resolved as special, but not as valid.
KNOWN_SHORT_NUMBERS: Final = frozenset(
    [
        *("104", "106", "108", "110", "113", "114", "115", "116", "117", "118", "119", "122", "135", "136", "141"),
        *("142", "144", "147", "148", "151", "157", "159", "161", "162", "165", "171", "177", "184", "186"),
        *("188", "189"),
    ]
)

# id: (class, country, name, place as the bill prints it)
_JAPANESE: Final = {
    INVALID: (DestinationClass.INVALID, NO_COUNTRY, "invalid", ""),
    FIXED: (DestinationClass.FIXED, JAPAN, "fixed", ""),
    MOBILE: (DestinationClass.MOBILE, JAPAN, "mobile", "携帯等"),
    IP: (DestinationClass.IP, JAPAN, "ip", ""),
    FREE: (DestinationClass.FREE, JAPAN, "free", ""),
    FREE_CARRIER: (DestinationClass.FREE, NO_COUNTRY, "free_carrier", ""),
    UAN: (DestinationClass.SPECIAL, JAPAN, "uan", ""),
    PREMIUM: (DestinationClass.SPECIAL, JAPAN, "premium", ""),
    MASS_CALL: (DestinationClass.SPECIAL, JAPAN, "mass_call", ""),
    PAGER: (DestinationClass.SPECIAL, JAPAN, "pager", ""),
    M2M: (DestinationClass.SPECIAL, JAPAN, "m2m", ""),
    FMC: (DestinationClass.SPECIAL, JAPAN, "fmc", ""),
    PRIVATE_NETWORK: (DestinationClass.SPECIAL, JAPAN, "private_network", ""),
    HASH: (DestinationClass.SPECIAL, NO_COUNTRY, "hash", ""),
}


@dataclass(frozen=True, slots=True)
class DestinationTable:
    """Row = destination id. `class_` (DestinationClass) and `country` for kernels, `name` and `place` for people.

    A row that no number resolves to is class INVALID without a name; an unknown country's row reads as 1000.
    """

    class_: npt.NDArray[np.int8]
    country: npt.NDArray[np.int16]
    name: tuple[str, ...]
    place: tuple[str, ...]


def build_destinations(countries: Iterable[str], emergency: Iterable[str] = EMERGENCY_NUMBERS) -> DestinationTable:
    """The table for these countries and global services (`GB`, `+870`) and these three-digit emergency numbers.

    Raises ValueError for an emergency number that is not 1XX.
    """
    class_ = np.full(DESTINATIONS, DestinationClass.INVALID, np.int8)
    country = np.full(DESTINATIONS, NO_COUNTRY, np.int16)
    name, place = [""] * DESTINATIONS, [""] * DESTINATIONS

    def put(row: int, kind: DestinationClass, where: int, called: str, printed: str) -> None:
        class_[row], country[row], name[row], place[row] = kind, where, called, printed

    for row, entry in _JAPANESE.items():
        put(row, *entry)
    for row in range(100, 200):
        put(row, DestinationClass.SPECIAL, NO_COUNTRY, f"special_{row}", "")
    for digits in emergency:
        if len(digits) != 3 or digits[0] != "1" or not digits.isdecimal():
            raise ValueError(f"{digits!r} is not an emergency number: three digits that begin with 1, like 110")
        put(SHORT_NUMBERS + int(digits), DestinationClass.EMERGENCY, NO_COUNTRY, f"emergency_{digits}", "")
    class_[INTERNATIONAL:] = DestinationClass.INTERNATIONAL
    name[INTERNATIONAL:] = ["international"] * COUNTRY_CODES_END
    for text in countries:
        code = country_code(text)
        put(INTERNATIONAL + code, DestinationClass.INTERNATIONAL, code, f"international_{text}", country_text(code))
    return DestinationTable(class_, country, tuple(name), tuple(place))
