"""Rule `concurrent_calls`: more international calls at a time than the contract allows.

Every call abroad counts from its start, ringing or answered, over all lines of the contract.
"""

from __future__ import annotations

from numba import njit

from sekisho.core.watch.book import Book, open_at
from sekisho.core.watch.state import NONE, Record

NAME = "concurrent_calls"
JA = "同時に{calls:.0f}件の国際通話があり、契約の上限{limit:.0f}件を超えています"
EN = "{calls:.0f} international calls at a time, above the contract's limit of {limit:.0f}"
ACTION = "Ask the customer whether so many people ring abroad at once; raise the limit only on their word."
BLIND = "A thief with fewer channels than the limit; calls that are told only when they have ended."


@njit(cache=True)
def count(book: Book, contract: Record) -> int:
    """How many international calls of the contract are in progress."""
    calls = 0
    slot = contract.open_head
    while slot != NONE:
        call = open_at(book, slot)
        calls += call.international
        slot = call.after
    return calls


@njit(cache=True)
def is_above(agreed: Record, calls: int) -> bool:
    """Whether so many calls at a time are more than is agreed."""
    return bool(agreed.concurrent_calls > 0 and calls > agreed.concurrent_calls)
