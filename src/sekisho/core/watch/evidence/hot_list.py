"""Evidence `hot_list`: the number stands on a list of numbers known for fraud."""

from __future__ import annotations

from numba import njit

NAME = "hot_list"
FACT = "listed"  # 1 or nought; its sentences need no number
JA = "不正利用の報告がある番号のリストに載っています"
EN = "The number is on a list of numbers known for fraud"
JA_NONE = "不正利用の報告がある番号のリストには載っていません"  # said where the fact is nought
EN_NONE = "The number is on no list of numbers known for fraud"
FIRES = "a number of the loaded list, or within a listed range"
SILENT = "all others"
ACTION = "See who gave the list and how old it is: lists decay (FACTS §4)."
BLIND = "Numbers nobody has listed."

LISTED_NATS = 4.0


@njit(cache=True)
def nats(listed: int) -> float:
    """Nats of a number on the list (1) or not (0)."""
    return LISTED_NATS if listed != 0 else 0.0
