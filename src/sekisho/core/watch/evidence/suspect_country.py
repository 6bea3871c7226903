"""Evidence `suspect_country`: of the lines that opened this country lately, so many are suspect."""

from __future__ import annotations

from numba import njit

from sekisho.core.watch.logarithms import log

NAME = "suspect_country"
FACT = "suspects"
JA = "この国への発信で最近止められた回線がほかにあります({suspects:.3g}回線)"
EN = "Other lines were stopped lately on calls to this country ({suspects:.3g})"
JA_NONE = "この国への発信で最近止められた回線はほかにありません"  # said where the fact is nought
EN_NONE = "No other line was stopped lately on a call to this country"
FIRES = "a country that thieves pump this month, and that few honest lines begin to call"
SILENT = "a country that many lines begin to call, whoever else does; one without a suspect line"
ACTION = "See the other cases of this country; consider a warning to customers."
BLIND = "A thief who is the first to pump a country, or pumps one that everybody calls."

LEAST_LINES = 0.3
NATS = 0.8  # for each e-fold of the share of suspect lines above EXPECTED
EXPECTED = 0.1
MOST_NATS = 1.5


@njit(cache=True)
def nats(suspects: float, opened: float) -> float:
    """Nats where `suspects` of the `opened` lines that lately called the country for the first time are suspect.

    Both fade over a month, and neither counts the line itself.
    """
    if suspects < LEAST_LINES:
        return 0.0
    return min(max(NATS * log((suspects / (opened + 1.0)) / EXPECTED), 0.0), MOST_NATS)
