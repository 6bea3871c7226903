"""Evidence `enumeration`: one number is tried behind many prefixes."""

from __future__ import annotations

from numba import njit

NAME = "enumeration"
FACT = "prefixed"  # the number its sentences need
JA = "同じ番号を国番号や識別番号を変えて{prefixed:.3g}回試しています"
EN = "The same number was tried behind other prefixes {prefixed:.3g} times"
FIRES = "00 44 20.., 011 44 20.., 9 00 44 20.. within seconds"
SILENT = "one correction of a misdialled number"
ACTION = "Hold: somebody looks for the way out of the PBX."
BLIND = "A thief who knows the prefix; tries that the PBX refuses itself."

NATS_A_TRY = 1.5
MOST_NATS = 5.0


@njit(cache=True)
def nats(prefixed: float) -> float:
    """Nats for so many (fading) calls to the last number behind another prefix."""
    return min(NATS_A_TRY * prefixed, MOST_NATS)
