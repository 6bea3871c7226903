"""Evidence `signal`: the customer's PBX has told of something lately."""

from __future__ import annotations

from numba import njit

NAME = "signal"
FACT = "weight"  # the number its sentences need
JA = "PBXから不正登録などの信号({weight:.3g})を受けています"
EN = "The PBX has signalled something suspicious ({weight:.3g})"
JA_NONE = "PBXからの信号はありません"  # said where the fact is nought
EN_NONE = "The PBX has signalled nothing"
FIRES = "a registration from an unknown address; a burst of failed log-ins"
SILENT = "a PBX that says nothing, which proves nothing"
ACTION = "Read the signal in the case; a weak PBX logs nothing when it is cracked at the first guess."
BLIND = "Most PBXs send no signals."

LASTS_HOURS = 48.0


@njit(cache=True)
def nats(weight: float, hours: float) -> float:
    """The signal's own nats, fading in a straight line over LASTS_HOURS."""
    return weight * max(1.0 - hours / LASTS_HOURS, 0.0)
