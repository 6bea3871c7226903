"""Evidence `campaign`: many unrelated lines suddenly call this block of numbers."""

from __future__ import annotations

import math

from numba import njit

NAME = "campaign"
FACT = "lines"  # the number its sentences need
JA = "直近1日にこの番号帯へ新たに発信した回線が約{lines:.3g}あります"
EN = "About {lines:.3g} lines new to this block of numbers called it within a day"
FIRES = "a test number published somewhere; a campaign of two to four calls a line"
SILENT = "a block that lines call every day"
ACTION = "See the other lines of the campaign; consider a restriction of the block."
BLIND = "The first lines of a campaign; blocks of another company's customers."

NATS_A_DOUBLING = 0.8
MOST_NATS = 4.0


@njit(cache=True)
def nats(lines: float, usual_a_day: float) -> float:
    """Nats where `lines` other lines new to a block called it lately, against `usual_a_day` over the month."""
    return min(max(NATS_A_DOUBLING * math.log((lines + 0.25) / (usual_a_day + 0.25)) * 1.4427, 0.0), MOST_NATS)
