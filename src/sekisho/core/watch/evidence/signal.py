"""Evidence `signal`: the customer's PBX has told of something lately."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

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
# What a PBX can tell, and its nats: how much likelier it is before fraud than on an ordinary day, as we take it.
WEIGHTS: Final = MappingProxyType(
    {
        "unknown_registration": 3.0,  # a telephone registered from an address nobody knew
        "failed_logins": 1.5,  # a burst of log-ins or registrations that failed
        "configuration_changed": 1.0,  # somebody changed the configuration or an extension's password
        "dial_through_enabled": 1.0,  # calls from outside may go out again: DISA, forwarding, call-back
    }
)


@njit(cache=True)
def nats(weight: float, hours: float) -> float:
    """The signal's own nats, `hours` after it, fading in a straight line over LASTS_HOURS.

    Before it (a record that came late) they fade alike.
    """
    return weight * max(1.0 - abs(hours) / LASTS_HOURS, 0.0)
