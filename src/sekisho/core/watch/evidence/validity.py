"""Evidence `validity`: nobody can have this number: its range is not allocated."""

from __future__ import annotations

from numba import njit

NAME = "validity"
FACT = "unallocated"  # 1 or nought; its sentences need no number
JA = "割り当てのない番号帯への発信です"
EN = "The number lies in a range that is not allocated"
JA_NONE = "割り当てのある番号帯への発信です"  # said where the fact is nought
EN_NONE = "The number lies in an allocated range"
FIRES = "a number advertised to test hacked lines; about half of those known are unallocated (FACTS §5)"
SILENT = "a number that can exist"
ACTION = "Look whether the call was answered all the same: then somebody on the way has made the number up."
BLIND = "Metadata that lags behind a country's new ranges; misdialled numbers."

UNALLOCATED_NATS = 2.3  # 45 in 100 of a thief's numbers, some 4 in 100 of honest ones, which are misdialled
ALLOCATED_NATS = -0.55


@njit(cache=True)
def nats(valid: int) -> float:
    """log(thief's chance / honest chance); `valid` 1 where somebody can have the number (numbering/assigned.py)."""
    return ALLOCATED_NATS if valid != 0 else UNALLOCATED_NATS
