"""Rule `allowed_countries`: a call to a country that is not on the contract's list.

The list is one bit a country: ISO countries by their number (1 to 676), then the thousand global services. A number
abroad whose country nobody knows is on no list.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
from numba import njit

from sekisho.core.terms.destination import COUNTRY_CODES_END, GLOBAL_SERVICE, NO_COUNTRY, country_code
from sekisho.core.watch.state import COUNTRY_WORDS, Record

NAME = "allowed_countries"
JA = "契約で認められていない国・地域({country})への発信です"
EN = "A call to {country}, which is not among the countries the contract allows"
ACTION = "The customer chose these countries: tell the customer; add one only on their word."
BLIND = "Fraud to a country on the list."
_SERVICES_AT: Final = 704  # the first bit of the global services
_ISO_END: Final = 26 * 26 + 1


@njit(cache=True)
def place_of(country: int) -> int:
    """The bit of a country; -1 where it has none."""
    if GLOBAL_SERVICE <= country < COUNTRY_CODES_END:
        return _SERVICES_AT + country - GLOBAL_SERVICE
    return country if NO_COUNTRY < country < _ISO_END else -1


@njit(cache=True)
def refuses(agreed: Record, country: int) -> bool:
    """Whether there is a list and this country is not on it."""
    if agreed.listed == 0:
        return False
    place = place_of(country)
    if place < 0:
        return True
    return bool((agreed.countries[place >> 6] >> np.uint64(place & 63)) & np.uint64(1) == np.uint64(0))


def country_bits(names: Iterable[str]) -> npt.NDArray[np.uint64]:
    """The list as bits; names as `country_code` takes them (JP, +882). Raises ValueError for what is no country."""
    bits = np.zeros(COUNTRY_WORDS, np.uint64)
    for name in names:
        place = place_of(country_code(name))
        if place < 0:
            raise ValueError(f"{name!r} is not a country: use ISO 3166 alpha-2 (JP) or a global service (+882)")
        bits[place >> 6] |= np.uint64(1 << (place & 63))
    return bits
