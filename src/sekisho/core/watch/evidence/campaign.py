"""Evidence `campaign`: many unrelated lines suddenly call this block of numbers."""

from __future__ import annotations

from numba import njit

from sekisho.core.watch.logarithms import log

NAME = "campaign"
FACT = "surge"  # the number its sentences need
JA = "この番号帯へ新たに発信する回線がふだんより多くあります(強さ{surge:.3g})"
EN = "More lines new to this block of numbers call it than usual (strength {surge:.3g})"
JA_NONE = "この番号帯へ新たに発信する回線はふだんより多くありません"  # said where the fact is nought
EN_NONE = "No more lines new to this block of numbers call it than usual"
FIRES = "a test number published somewhere; a campaign of two to four calls a line"
SILENT = "a block that lines call every day"
ACTION = "See the other lines of the campaign; consider a restriction of the block."
BLIND = "The first lines of a campaign; blocks of another company's customers."

NATS_A_DOUBLING = 0.8
MOST_NATS = 4.0


@njit(cache=True)
def nats(lines: float, usual_a_day: float) -> float:
    """Nats where `lines` other lines new to a block called it lately, against `usual_a_day` over the month."""
    return min(max(NATS_A_DOUBLING * log((lines + 0.25) / (usual_a_day + 0.25)) * 1.4427, 0.0), MOST_NATS)
