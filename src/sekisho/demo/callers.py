"""Every line of a company with its habits put into numbers: its rates, its contacts, where abroad it calls.

History and live traffic are drawn from the same callers, so the live calls of a line are those the watch has learnt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
import numpy.typing as npt

from sekisho.demo.cast import CastCompany, CastLine, Kind
from sekisho.demo.contacts import caller_number, domestic_number, number_abroad
from sekisho.demo.habits import F64, HABITS, I64, hour_weights

ABROAD_CONTACTS: Final = 16  # of a line that rings abroad
CALLERS: Final = 24  # who ring a line
BUSIEST: Final = 1.6  # times the habit of its kind
_COUNTRY_SHARES: Final = (0.6, 0.3, 0.1)
_FAVOURITES: Final = 1.1  # contacts are rung by rank ^ -this


@dataclass(frozen=True, slots=True)
class Caller:
    """One line: calls out, in and abroad an average working day, and its numbers, the most rung first."""

    line: CastLine
    out: float
    incoming: float
    abroad: float
    numbers: tuple[str, ...]
    numbers_abroad: tuple[str, ...]
    ringing_it: tuple[str, ...]


def make_callers(company: CastCompany, seed: int) -> tuple[Caller, ...]:
    """The callers of a company; the same for the same cast and seed."""
    return tuple(
        caller
        for customer in company.customers
        for caller in _of_customer(company.key, customer.kind, customer.lines, seed)
    )


def _of_customer(company: str, kind: Kind, lines: tuple[CastLine, ...], seed: int) -> list[Caller]:
    habit = HABITS[kind]
    callers = []
    for line in lines:
        rng = np.random.default_rng([seed, crc32(f"{company} {line.national}".encode())])
        busy = min(float(rng.lognormal(-0.08, 0.4)), BUSIEST)
        abroad = habit.abroad * float(rng.uniform(0.8, 1.2)) if rng.random() < habit.rings_abroad else 0.0
        callers.append(
            Caller(
                line=line,
                out=habit.out * busy,
                incoming=habit.incoming * busy,
                abroad=abroad,
                numbers=tuple(domestic_number(rng, line) for _ in range(habit.contacts)),
                numbers_abroad=_numbers_abroad(rng, habit.countries, habit.countries_a_line) if abroad else (),
                ringing_it=tuple(caller_number(rng, line) for _ in range(CALLERS)),
            )
        )
    return callers


def _numbers_abroad(rng: np.random.Generator, countries: tuple[str, ...], most: int) -> tuple[str, ...]:
    """Contacts abroad in the few countries that this line rings, those of its first country in front."""
    weights = 1.0 / np.arange(1, len(countries) + 1)
    mine = rng.choice(countries, min(most, len(countries)), replace=False, p=weights / weights.sum())
    shares = np.array(_COUNTRY_SHARES[: len(mine)])
    counts = np.maximum(1, np.round(ABROAD_CONTACTS * shares / shares.sum())).astype(int)
    return tuple(
        number_abroad(rng, str(country)) for country, count in zip(mine, counts, strict=True) for _ in range(count)
    )


def chosen(rng: np.random.Generator, size: int, choices: int) -> I64:
    """`size` ranks below `choices`, favourites in front."""
    weights = 1.0 / np.arange(1, choices + 1) ** _FAVOURITES
    return np.asarray(rng.choice(choices, size, p=weights / weights.sum()), np.int64)


def hourly(callers: tuple[Caller, ...], first_hour: int, hours: int) -> dict[str, F64]:
    """Expected calls of each line in each hour, [line, hour]: `out`, `incoming`, `abroad`."""
    kinds = {caller.line.kind for caller in callers}
    day = {kind: hour_weights(first_hour, hours, HABITS[kind].day, HABITS[kind].week) for kind in kinds}
    away = {kind: hour_weights(first_hour, hours, HABITS[kind].abroad_day, HABITS[kind].week) for kind in kinds}

    def rates(name: str, weights: dict[Kind, npt.NDArray[np.float64]]) -> F64:
        return np.stack([getattr(caller, name) * weights[caller.line.kind] for caller in callers])

    return {"out": rates("out", day), "incoming": rates("incoming", day), "abroad": rates("abroad", away)}
