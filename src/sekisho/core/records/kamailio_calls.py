"""The records that share a Call-ID → calls.

1. A call is an INVITE and what has its From tag; a second From tag under the same Call-ID is a second call (fraudsters
   reuse Call-IDs). A re-INVITE, a repeated INVITE after 401/407 and the branches of a fork have the first one's tag.
2. BYE, ACK and CANCEL belong to the call that one of their tags names (a callee's BYE has the tags the other way
   round); without tags to the last call that had begun.
3. A CDR belongs to the last call that was answered, or failed, after it began; a CDR that is left is a call itself.
4. start: the dialog's creation (CDR), or the INVITE's record where that is earlier by the few ms in which the two
   disagree, or where there is no CDR. answer: the first INVITE with 2xx; without one, a CDR that lasted says that
   there was an answer, and its start is the best that is known of when. end: the CDR's, else the BYE's, never before
   the answer (again a few ms); without either the call is still up.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from sekisho.core.records.kamailio_line import Cdr, Request

_NEAR_MS: Final = 2_000
_OK: Final = 200


class Told(NamedTuple):
    """What the records of one call tell: the rows (the first is the call's own), and the call's values; ms."""

    rows: tuple[int, ...]
    src: str
    dst: str
    start: int
    answer: int | None
    end: int | None
    cause: int | None


class _Call:
    """The records of one call."""

    __slots__ = ("cdr", "cdr_rows", "first", "invites", "others")

    def __init__(self, invite: Request) -> None:
        self.invites, self.first = [invite], invite.at
        self.others: list[Request] = []
        self.cdr: Cdr | None = None
        self.cdr_rows: list[int] = []

    def told(self) -> Told:
        """See the head of this module."""
        records, cdr = [*self.invites, *self.others], self.cdr
        answers = [r.at for r in records if r.method in ("INVITE", "ACK") and r.code < 300]
        byes = [r.at for r in self.others if r.method == "BYE"]
        answer = min(answers, default=None)
        start, end, cause = self.first, None, self.invites[-1].code
        if cdr is not None:
            start = min(start, cdr.start)
            if answer is None and cdr.end > cdr.start:
                answer = cdr.start
        if answer is not None:
            cause = _OK
            lasted = cdr is not None and cdr.end > cdr.start
            end = cdr.end if cdr is not None and lasted else max(byes, default=cdr.end if cdr else None)
            end = None if end is None else max(end, answer)
        else:
            end = max(self.invites[-1].at, cdr.end if cdr else start)
        src = next((r.src for r in self.invites if r.src), cdr.src if cdr else "")
        dst = next((r.dst for r in self.invites if r.dst), cdr.dst if cdr else "")
        rows = tuple(sorted([r.row for r in records] + self.cdr_rows))
        return Told(rows, src, dst, start, answer, end, cause)


def calls_of(records: Sequence[Request | Cdr]) -> tuple[list[Told], list[int]]:
    """The calls of one Call-ID in the order of their first rows, and the rows of requests whose INVITE is not there."""
    invites = sorted((r for r in records if isinstance(r, Request) and r.method == "INVITE"), key=_when)
    calls: dict[str, _Call] = {}
    for invite in invites:
        call = calls.get(invite.from_tag)
        if call is None:
            calls[invite.from_tag] = _Call(invite)
        else:
            call.invites.append(invite)
    lone = _place_cdrs(list(calls.values()), sorted(r for r in records if isinstance(r, Cdr)))
    orphans = _place_others((r for r in records if isinstance(r, Request) and r.method != "INVITE"), calls, lone)
    told = [call.told() for call in calls.values()]
    for cdr, rows in lone:
        answered = cdr.end > cdr.start
        told.append(
            Told(
                tuple(sorted(rows)),
                cdr.src,
                cdr.dst,
                cdr.start,
                cdr.start if answered else None,
                cdr.end,
                _OK if answered else None,
            )
        )
    return sorted(told), orphans


def _when(request: Request) -> tuple[int, int]:
    return request.at, request.row


def _place_cdrs(calls: list[_Call], cdrs: list[Cdr]) -> list[tuple[Cdr, list[int]]]:
    """Gives each call its CDR; returns those that are left, each with its row (and those of exact repeats)."""
    seen: dict[tuple[int, int], tuple[Cdr, list[int]]] = {}
    for cdr in cdrs:
        seen.setdefault((cdr.start, cdr.end), (cdr, []))[1].append(cdr.row)
    waiting = sorted(seen.values(), key=lambda pair: pair[0].start, reverse=True)
    begun: list[tuple[Cdr, list[int]]] = []
    for call in calls:  # in the order of their first INVITE
        while waiting and waiting[-1][0].start <= call.first + _NEAR_MS:
            begun.append(waiting.pop())
        if begun:
            call.cdr, call.cdr_rows = begun.pop()
    return begun + waiting


def _place_others(requests: Iterable[Request], calls: dict[str, _Call], lone: list[tuple[Cdr, list[int]]]) -> list[int]:
    """Gives BYE, ACK and CANCEL to their calls; returns the rows of those that have none."""
    starts, in_order = [call.first for call in calls.values()], list(calls.values())
    orphans = []
    for request in requests:
        call = calls.get(request.from_tag) or calls.get(request.to_tag)
        if call is None and not (request.from_tag or request.to_tag) and in_order:
            call = in_order[max(bisect_right(starts, request.at + _NEAR_MS) - 1, 0)]
        if call is not None:
            call.others.append(request)
        elif len(lone) == 1:
            lone[0][1].append(request.row)
        else:
            orphans.append(request.row)
    return orphans
