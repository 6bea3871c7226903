"""Evidence `number`: a number this line has not called, or has known for long."""

from __future__ import annotations

from numba import njit

NAME = "number"
FACT = "hours"  # the number its sentences need
JA = "この番号への最初の発信から{hours:.4g}時間です"
EN = "The line first called this number {hours:.4g} hours ago"
FIRES = "a number never called before, in a country the line knows"
SILENT = "a number the line has known for days"
ACTION = "Ask whose number it is."
BLIND = "A thief who pumps the numbers the line itself calls."

PROVEN_HOURS = 36.0  # as long as a destination is on probation
KNOWN_NATS = -3.5  # of a thief's calls 2 in 100 go to a number the line knows, of honest ones some 65
NEW_NATS = 1.0  # nearly all of the thief's, some 35 in 100 of honest calls to a country the line knows


@njit(cache=True)
def nats(hours: float, country_known: bool) -> float:
    """log(thief's chance / honest chance) of a number first called `hours` ago (below 0: never before).

    In a country new to the line every number is new, and the country has said so.
    """
    if hours >= PROVEN_HOURS:
        return KNOWN_NATS
    return NEW_NATS if country_known and hours < 0.0 else 0.0
