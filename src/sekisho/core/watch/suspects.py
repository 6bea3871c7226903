"""What suspect lines rang: blocks of numbers, and countries, that count against other lines of the company.

A line is suspect because of the call at which the score asks or holds it; no longer, if the right PIN comes after all,
or the desk releases it as honest. Test numbers go round among thieves, and they pump the same countries for weeks; so
what made one line suspect tells of the next line's first call. Beside the suspect lines of a country stand those that
opened it, that is, called it for the first time: a country that many people begin to call is not a thieves' own.
"""

from __future__ import annotations

from typing import Final

from numba import njit

from sekisho.core.memory import record_reader
from sekisho.core.terms.destination import GLOBAL_SERVICE, NO_COUNTRY
from sekisho.core.terms.instants import HOUR_MS
from sekisho.core.watch.blocks import MONTH_MS, block_row, room_for_block, suspects_on
from sekisho.core.watch.book import Book, block_at, country_at, dials_of, line_at
from sekisho.core.watch.evidence import suspect_country
from sekisho.core.watch.features import log_ratio
from sekisho.core.watch.habit import UNKNOWN_COUNTRY, named
from sekisho.core.watch.logarithms import exp
from sekisho.core.watch.places import BLOCK, COMPANIES, COUNTRY, PLACES
from sekisho.core.watch.state import Record, WatchState

_UNKNOWN_PLACE: Final = 699
_SERVICES: Final = 700  # global services stand behind the countries, 1 to 676
DOUBT_ALL: Final = 20.0  # lines, before a country's share of those opened is believed
DOUBT: Final = 0.5
DOUBT_SUSPECTS: Final = 0.1
DOUBT_OPENED: Final = 2.0
_block, _country = record_reader(BLOCK), record_reader(COUNTRY)


@njit(cache=True)
def _all_of(company: int) -> int:
    """The row of COUNTRY of all countries together, for this company."""
    return (company & (COMPANIES - 1)) * PLACES


@njit(cache=True)
def place_of(company: int, country: int) -> int:
    """The row of COUNTRY of a country, for this company."""
    place = country
    if country == NO_COUNTRY:
        place = _UNKNOWN_PLACE
    elif country >= GLOBAL_SERVICE:
        place = _SERVICES + (country - GLOBAL_SERVICE) % (PLACES - _SERVICES)
    return _all_of(company) + place


@njit(cache=True)
def _fade(place: Record, at: int) -> None:
    passed = at - place.at
    if passed < HOUR_MS:  # an hour's fading is too little to pay for at every call
        return
    kept = exp(-passed / MONTH_MS)
    place.at = at
    place.opened *= kept
    place.suspects *= kept


@njit(cache=True)
def _both(book: Book, company: int, country: int, at: int) -> tuple[Record, Record]:
    """What is known of the country, and of all together, faded to `at`."""
    there, everywhere = country_at(book, place_of(company, country)), country_at(book, _all_of(company))
    _fade(there, at)
    _fade(everywhere, at)
    return there, everywhere


@njit(cache=True)
def open_country(book: Book, company: int, country: int, line_row: int, at: int) -> None:
    """A line calls a country for the first time."""
    there, everywhere = _both(book, company, country, at)
    if there.last_line == line_row:
        return
    there.last_line = line_row
    there.opened += 1.0
    everywhere.opened += 1.0


@njit(cache=True)
def look_up(book: Book, line: Record, line_row: int, sight: Record, digits: int, at: int) -> None:
    """Write into `sight` what is known of the block and the country its call goes to, the line itself left out.

    `digits`: the number's, whose block `block_nats` has looked at.
    """
    there, everywhere = _both(book, int(line.company), int(sight.country), at)
    sight.suspect_block = suspects_on(book, line, digits)
    mine = 1.0 if line.suspect_country == named(int(sight.country)) else 0.0
    own = 1.0 if there.last_line == line_row else 0.0
    suspects, opened = max(there.suspects - mine, 0.0), max(there.opened - own, 0.0)
    sight.suspects_there = suspects
    sight.opened_share = log_ratio(opened + DOUBT, everywhere.opened + DOUBT_ALL)
    sight.suspects_share = log_ratio(suspects + DOUBT_SUSPECTS, opened + DOUBT_OPENED)
    sight.suspects_nats = suspect_country.nats(suspects, opened)
    sight.suspects_all = max(everywhere.suspects - (1.0 if line.suspect_country != 0 else 0.0), 0.0)


@njit(cache=True)
def suspect(book: Book, line_row: int, country: int, digits: int, at: int) -> None:
    """The line is asked or held at a call to the number of these digits: count it, once on each block and country."""
    line = line_at(book, line_row)
    if dials_of(book).learn_suspects == 0:
        return
    company = int(line.company)
    row = block_row(company, digits)
    if line.suspect_block != row + 1:
        room_for_block(book, row, company, digits, at)
        block_at(book, row).suspects += 1.0
        line.suspect_block = row + 1
    if line.suspect_country != named(country):
        there, everywhere = _both(book, company, country, at)
        there.suspects += 1.0
        everywhere.suspects += 1.0 if line.suspect_country == 0 else 0.0
        line.suspect_country = named(country)


def clear_suspect(state: WatchState, line: int) -> None:
    """The line in this row is suspect no longer: take back what it counted last."""
    clear(state.lines[line], int(state.blocks.ctypes.data), int(state.countries.ctypes.data))


@njit(cache=True)
def clear(line: Record, blocks: int, countries: int) -> None:
    """The same inside a kernel. `blocks`, `countries`: where the state's begin."""
    if line.suspect_block > 0:
        block = _block(blocks, line.suspect_block - 1)
        block.suspects = max(block.suspects - 1.0, 0.0)
    if line.suspect_country != 0:
        country = NO_COUNTRY if line.suspect_country == UNKNOWN_COUNTRY else int(line.suspect_country)
        for row in (place_of(int(line.company), country), _all_of(int(line.company))):
            place = _country(countries, row)
            place.suspects = max(place.suspects - 1.0, 0.0)
    line.suspect_block = 0
    line.suspect_country = 0
