"""Where an attack happens: the world, its lines, the period; and when it begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, japanese_date
from sekisho.lab.simulator.countries import Countries
from sekisho.lab.simulator.days import Calendar
from sekisho.lab.simulator.lines import Lines
from sekisho.lab.simulator.world import World

QUIET_DAYS: Final = 7  # at the beginning of every period: the watch has something to learn from
MOST_CHANNELS: Final = 30
FRIDAY: Final = (4,)
SATURDAY: Final = (5,)
WORKING_DAYS: Final = (0, 1, 2, 3, 4)
ANY_DAY: Final = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What every attack is drawn from."""

    rng: np.random.Generator
    world: World
    countries: Countries
    lines: Lines
    calendar: Calendar

    def weekday(self, day: int) -> int:
        """0 is Monday."""
        return (japanese_date(self.calendar.first_ms).weekday() + day) % len(ANY_DAY)

    def channels(self, line: int, most: int = MOST_CHANNELS) -> int:
        """Channels a thief uses on a line: most of its own, never more than `most`."""
        own = min(int(self.lines.channels[line]), most)
        return max(1, round(own * float(self.rng.uniform(0.5, 1.0))))

    def day(self, span_h: float, weekdays: tuple[int, ...] = ANY_DAY) -> int:
        """A day on which an attack of so many hours begins and, where the period allows, ends."""
        first, last = QUIET_DAYS, self.calendar.days - 1
        latest = max(first, int(self.calendar.days - span_h / 24 - 1.3))
        days = [day for day in range(first, latest + 1) if self.weekday(day) in weekdays]
        days = days or [day for day in range(first, last + 1) if self.weekday(day) in weekdays]
        return int(self.rng.choice(days)) if days else first

    def at(self, day: int, hour: float) -> int:
        """The instant of an hour (with fraction) of a day of the period."""
        return self.calendar.first_ms + day * DAY_MS + int(hour * HOUR_MS)

    def begin(self, span_h: float) -> int:
        """When an attack begins: at night or on a weekend as the world's thieves like it, else at any hour."""
        rng = self.rng
        if rng.random() >= self.world.attack_night:
            return self.at(self.day(span_h), float(rng.uniform(0.0, 24.0)))
        if rng.random() < 0.4:
            late = rng.random() < 0.5
            hour = rng.uniform(17.5, 24.0) if late else rng.uniform(0.0, 24.0)
            return self.at(self.day(span_h, FRIDAY if late else SATURDAY), float(hour))
        hour = float(rng.normal(23.5, 2.8))
        return self.at(self.day(span_h), max(hour, 0.0))
