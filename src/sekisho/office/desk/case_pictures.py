"""The pictures of a case, each drawn for a wide and for a narrow screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, JST_OFFSET_MS
from sekisho.office.pictures.countries import Country, countries
from sekisho.office.pictures.marks import Mark
from sekisho.office.pictures.spend import Hour, spend
from sekisho.office.pictures.world import world
from sekisho.office.queries.case_file import CaseFile

WIDE: Final = 1100  # px: the whole page
HALF: Final = 530
NARROW: Final = 326  # px: a phone of 390, less the margins


@dataclass(frozen=True, slots=True)
class TwoSizes:
    """One picture, drawn twice."""

    wide: SafeString
    narrow: SafeString


def of_spend(file: CaseFile) -> TwoSizes:
    """Spend per hour against the line's own normal, with alerts, holds, bars and their ends.

    What calls in progress have cost so far stands in the hour that runs: the thief's first hour must not look empty.
    """
    normal = {hour.hour: hour.high for hour in file.hours.normal}
    hours = [
        Hour(
            hour.hour_ms,
            hour.charge + (file.risk.in_progress if place == len(file.hours.hours) else 0),
            0,
            normal.get((hour.hour_ms + JST_OFFSET_MS) % DAY_MS // HOUR_MS, 0),
        )
        for place, hour in enumerate(file.hours.hours, 1)
    ]
    marks = marks_of(file)
    return _twice(lambda width: spend(hours, marks, width), WIDE)


def of_countries(file: CaseFile) -> TwoSizes:
    """Countries as bars."""
    rows = _countries(file)
    return _twice(lambda width: countries(rows, width), HALF)


def of_world(file: CaseFile) -> TwoSizes:
    """Countries on the map."""
    rows = _countries(file)
    return _twice(lambda width: world(rows, width), HALF)


def marks_of(file: CaseFile) -> list[Mark]:
    """What happened to the line, as marks: verdicts, bars at the gate, and what ended them."""
    told = [verdict for verdict in file.verdicts if verdict.action in ("alert", "ask", "hold")]
    marks = [Mark(verdict.at_ms, verdict.action) for verdict in told]
    marks += [Mark(hold.released_ms, "release") for hold in file.holds if hold.released_ms is not None]
    for bar in file.bars:
        marks.append(Mark(bar.in_force_ms or bar.since_ms, "bar"))
        if bar.lifted_ms is not None:
            marks.append(Mark(bar.ended_ms or bar.lifted_ms, "lift"))
    return marks


def _countries(file: CaseFile) -> list[Country]:
    return [Country(row.country, row.calls, row.charge) for row in file.countries]


def _twice(draw: Callable[[int], SafeString], wide: int) -> TwoSizes:
    return TwoSizes(draw(wide), draw(NARROW))
