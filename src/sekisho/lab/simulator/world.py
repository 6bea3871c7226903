"""The world of one seed: every rate, law and taste that its lines and thieves are drawn from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from sekisho.lab.simulator.archetypes import HABITS, Archetype, Taste
from sekisho.lab.simulator.byte_rows import Words
from sekisho.lab.simulator.chance import F64, I64, Flags, around, steps_of
from sekisho.lab.simulator.countries import Countries

CHEAP_YEN: Final = 60.0  # a minute; above it a country is dear
UNRANKED: Final = 90.0  # the rank a country without one counts as


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Test-number blocks that thieves of this world share: country, first number of the block, how many follow."""

    country: I64
    head: Words
    size: I64
    unallocated: Flags
    steps: F64


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """One number a law; shares are 0 to 1, rates are factors on archetypes.HABITS unless a unit is named."""

    abroad_share: float  # lines that ever ring abroad
    international_share: float  # of all honest calls
    incoming_share: float
    zipf: float  # exponent of the countries' popularity
    unanswered: float  # of domestic calls
    unanswered_abroad: float
    again: float  # chance that an unanswered call is repeated soon
    again_after_s: float  # median
    misdial: float  # of calls abroad: a digit wrong or missing
    wrong_prefix: float  # of calls abroad: 00, 011, 9 and the like instead of 010; ten times as often in hotels
    unknown_ranges: float  # contacts abroad whose range the metadata do not know
    shared_contacts: float  # contacts abroad that many lines have
    adjacent_offices: float  # contacts abroad in one block of extensions
    callbacks: float  # incoming calls from abroad a call abroad
    task_size: float  # factor on the archetypes' calls a task
    task_gap_s: float  # median between the calls of a task
    talk: float  # factor on durations abroad
    talk_spread: float  # factor on the sigma of durations abroad
    talk_home_s: float  # median of domestic calls
    talk_sigma: float
    novelty: float  # how often lines go on to a country they have not rung
    dear_lines: float  # share of lines abroad that regularly ring dear countries
    off_hours: float  # share of calls abroad that do not ask what time it is there
    plus: float
    carrier: float
    hiding: float
    anonymous: float  # incoming calls without a number
    projects: float  # bursts to a new country a line abroad and 60 days
    first_abroad: float  # domestic lines that begin to ring abroad at some day
    odd: float  # factor on the honest but odd events
    festival: float  # calls home on festival days
    attack_night: float  # chance that an attack prefers nights and weekends
    shared_blocks: float  # chance that a thief uses the world's test numbers
    attack_redial: float
    mix: F64  # share of each archetype
    tastes: F64  # cumulative shares of countries, [Taste, country]
    attack_steps: F64  # cumulative shares of countries that thieves pump
    blocks: Blocks
    salt: int  # of everything that hangs on a word

    def figures(self) -> dict[str, float]:
        """The drawn numbers by name, for simulation.json."""
        return {
            field.name: round(value, 6)
            for field in fields(self)
            if isinstance(value := getattr(self, field.name), float)
        }


# Bounds of what is drawn, evenly or, where the first is marked "log", on a logarithmic scale.
_BOUNDS: Final[dict[str, tuple[float, float]]] = {
    "abroad_share": (0.20, 0.60), "international_share": (0.13, 0.24), "incoming_share": (0.31, 0.49),
    "zipf": (1.15, 1.9), "unanswered": (0.15, 0.33), "unanswered_abroad": (0.13, 0.29), "again": (0.25, 0.7),
    "misdial": (0.004, 0.03), "wrong_prefix": (0.001, 0.006), "callbacks": (0.02, 0.15),
    "talk_spread": (0.85, 1.15), "unknown_ranges": (0.002, 0.03), "shared_contacts": (0.01, 0.08),
    "adjacent_offices": (0.05, 0.3), "dear_lines": (0.01, 0.08), "off_hours": (0.05, 0.35), "plus": (0.03, 0.2),
    "carrier": (0.01, 0.08), "hiding": (0.03, 0.15), "anonymous": (0.05, 0.15), "first_abroad": (0.01, 0.05),
    "attack_night": (0.45, 0.9), "shared_blocks": (0.35, 0.85), "attack_redial": (0.0, 0.5), "talk_sigma": (1.0, 1.4),
    "festival": (0.3, 1.5),
}  # fmt: skip
_LOG_BOUNDS: Final[dict[str, tuple[float, float]]] = {
    "again_after_s": (20.0, 120.0), "task_size": (0.75, 1.6), "task_gap_s": (150.0, 900.0), "talk": (0.7, 1.4),
    "talk_home_s": (45.0, 90.0), "novelty": (0.6, 1.6), "projects": (0.03, 0.2), "odd": (0.5, 2.0),
}  # fmt: skip


def draw_world(rng: np.random.Generator, countries: Countries) -> World:
    """A world from a seed's generator."""
    drawn = {name: float(rng.uniform(*bounds)) for name, bounds in _BOUNDS.items()}
    drawn |= {name: around(rng, *bounds) for name, bounds in _LOG_BOUNDS.items()}
    shares = np.array([HABITS[kind].share for kind in Archetype])
    mix = shares * np.exp(rng.normal(0.0, 0.35, len(shares)))
    popular = _popularity(rng, countries, drawn["zipf"])
    attack = _pumped(rng, countries, popular)
    return World(
        **drawn,
        mix=mix / mix.sum(),
        tastes=_tastes(rng, countries, popular),
        attack_steps=steps_of(attack),
        blocks=_blocks(rng, countries, attack),
        salt=int(rng.integers(0, 1 << 62)),
    )


def _popularity(rng: np.random.Generator, countries: Countries, zipf: float) -> F64:
    """How often each country is rung: Zipf over ranks that differ from world to world; some dear ones are popular."""
    rank = np.where(countries.rank > 0, countries.rank, UNRANKED + 20 * rng.random(len(countries.rank)))
    rank = rank * np.exp(rng.normal(0.0, rng.uniform(0.3, 0.9), len(rank)))
    dear = np.flatnonzero(countries.yen >= CHEAP_YEN)
    lifted = rng.choice(dear, int(rng.integers(3, 11)), replace=False)
    rank[lifted] = np.exp(rng.uniform(np.log(8.0), np.log(50.0), len(lifted)))
    order = np.argsort(np.argsort(rank)) + 1.0
    return np.asarray(order**-zipf / np.sum(order**-zipf))


def _tastes(rng: np.random.Generator, countries: Countries, popular: F64) -> F64:
    dear = countries.yen >= CHEAP_YEN
    flat = popular ** rng.uniform(0.6, 0.85)
    tables = {
        Taste.POPULAR: popular,
        Taste.BUSINESS: popular ** rng.uniform(1.0, 1.2) * np.where(dear, 0.6, 1.0),
        Taste.FAMILY: flat * np.where(dear, 0.7, 1.0) * np.exp(rng.normal(0.0, 0.8, len(popular))),
        Taste.WIDE: popular ** rng.uniform(0.7, 0.95),
        Taste.GUESTS: flat,
        Taste.DEAR: np.where(dear, np.exp(rng.normal(0.0, 1.5, len(popular))), 0.0),
    }
    return steps_of(np.array([tables[taste] for taste in Taste]))


def _pumped(rng: np.random.Generator, countries: Countries, popular: F64) -> F64:
    """How often thieves pump each country: some of the dear ones mostly, middling ones at times, cheap ones rarely."""
    dear = countries.yen >= CHEAP_YEN
    loved = rng.random(len(popular)) < rng.uniform(0.15, 0.5)
    weight = np.exp(rng.normal(0.0, 1.2, len(popular)))
    weight *= np.where(dear, np.where(loved, 1.0, 0.03), 0.0)
    middling = (countries.yen >= 15) & ~dear
    weight /= weight.sum()
    share = rng.uniform(0.08, 0.25)
    other = np.where(middling, popular**0.3 * np.exp(rng.normal(0.0, 0.7, len(popular))), 0.0)
    named = np.isin(countries.names, ("SL", "LV", "SO", "GN", "CU", "TD", "+881", "+882", "GM"))
    weight = weight * np.where(named, 3.0, 1.0)
    return np.asarray(weight / weight.sum() * (1 - share) + other / other.sum() * share)


def _blocks(rng: np.random.Generator, countries: Countries, attack: F64) -> Blocks:
    """Number blocks on the lists that go round among thieves; about half are unallocated (FACTS §5)."""
    count = int(around(rng, 60, 400))
    country = rng.choice(len(attack), count, p=attack)
    unallocated = rng.random(count) < rng.uniform(0.35, 0.65)
    words = rng.integers(0, 1 << 63, count, dtype=np.uint64)
    number = np.where(
        unallocated, countries.numbers(country, words, unallocated=True), countries.numbers(country, words)
    )
    size = rng.choice((10, 100, 100, 1_000), count)
    head = number // size.astype(np.uint64) * size.astype(np.uint64)
    return Blocks(country, head, size, unallocated, steps_of(rng.pareto(1.6, count) + 0.3))
