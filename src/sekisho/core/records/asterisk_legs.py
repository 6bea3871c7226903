"""The legs that share a linked id → calls.

1. A leg leads to a far channel: the one that belongs to a trunk or, where no trunk is named, its destination channel.
   One far channel is one call, however many rows tell of it. So a linked id may hold several calls: a caller who
   dials twice through DISA, both outgoing legs of a transfer; an inbound leg and the outbound one it was sent on to.
2. The two halves of a `Local/` channel are one channel, so a leg to the one and a leg from the other are one call,
   unless one comes in and the other goes out.
3. Unanswered legs are the losers of a fork, failed tries of another trunk, the hang-up after a refusal: they belong
   to a call that they lead to, that they overlap, or that had the same number or channel within two seconds. Those
   that belong to none are attempts of their own.
4. A call starts with its first leg and ends with its last; the answered leg gives answer, charged time and number.
"""

from __future__ import annotations

import re
from typing import Final

from sekisho.core.records.asterisk_row import Leg
from sekisho.core.records.call_row import CallRow, check
from sekisho.core.records.q850 import sip_status
from sekisho.core.records.source import SourceProfile

_LOCAL: Final = "Local/"
_NEAR_MS: Final = 2_000
_LOOKED_AT: Final = 32  # calls of a group that an unanswered leg is compared with; bounds the work on a forged file
_STATUS: Final = {"BUSY": 486, "NO ANSWER": 480, "CONGESTION": 503, "FAILED": 500}
_OK: Final = 200
_SPECIAL_EXTENSIONS: Final = frozenset(("", "s", "h", "t", "T", "i", "o", "a"))
_DIALLED: Final = re.compile(r"\+?[0-9*#]+", re.ASCII)
_NUMBER_OF_CLID: Final = re.compile(r"<([^<>]*)>\s*$")


class _Call:
    """The legs of one call; `direction` is empty where no trunk is on either side."""

    __slots__ = ("direction", "end", "legs", "start")

    def __init__(self, leg: Leg, direction: str) -> None:
        self.legs, self.direction, self.start, self.end = [leg], direction, leg.start, leg.end

    def add(self, leg: Leg) -> None:
        self.legs.append(leg)
        self.start, self.end = min(self.start, leg.start), max(self.end, leg.end)


class LegMerger:
    """Makes calls of legs, as one source's profile tells to."""

    def __init__(self, profile: SourceProfile) -> None:
        self.profile = profile
        self._trunks: dict[str, bool] = {}

    def calls(self, legs: list[Leg]) -> list[list[Leg]]:
        """The legs of one group, call by call, in the order in which the calls' first rows stand."""
        by_far: dict[str, _Call] = {}
        found: list[_Call] = []
        for leg in sorted(legs, key=lambda leg: (leg.answer is None, leg.start, leg.row)):
            far, direction = self._far(leg)
            call = by_far.get(far) or self._other_half(leg, direction, by_far)
            if call is None and leg.answer is None:
                call = next((c for c in reversed(found[-_LOOKED_AT:]) if _belongs(leg, direction, c)), None)
            if call is None:
                call = _Call(leg, direction)
                found.append(call)
            else:
                call.add(leg)
                call.direction = call.direction or direction
            for channel in (far, leg.channel, leg.dstchannel):
                if channel == far or _is_local(channel):
                    by_far.setdefault(_half(channel), call)
        return sorted(sorted(call.legs) for call in found)

    @staticmethod
    def _other_half(leg: Leg, direction: str, by_far: dict[str, _Call]) -> _Call | None:
        """The call that leads to the other half of the `Local/` channel from which this leg comes, if any."""
        call = by_far.get(_half(leg.channel)) if _is_local(leg.channel) else None
        return call if call and direction in {"", call.direction or direction} else None

    def row(self, legs: list[Leg], call_id: str) -> CallRow:
        """The call that a call's legs, in the order of their rows, tell of. Raises BadRow."""
        if len(legs) == 1:
            best = legs[0]
            start, answer, end, talk_ms = best.start, best.answer, best.end, best.talk_ms
        else:
            answered = [leg for leg in legs if leg.answer is not None]
            best = min(answered or legs, key=self._rank)
            start, end = min(leg.start for leg in legs), max(leg.end for leg in legs)
            answer = min((leg.answer for leg in answered if leg.answer is not None), default=None)
            talk_ms = _talk_ms(answered)
        outgoing = not self._comes_in(best)
        return check(
            CallRow(
                call_id,
                self.profile.name,
                "out" if outgoing else "in",
                self._line(best, outgoing=outgoing),
                self.profile.dialled(_dialled(best)) if outgoing else best.src,
                start,
                answer,
                end,
                _cause(best, legs) if answer is None else _OK,
                talk_ms,
            )
        )

    def _rank(self, leg: Leg) -> tuple[bool, bool, bool, int]:
        """Sorts the leg first that tells most of its call: with a trunk, to a real channel, to any channel, early."""
        return (not self._far(leg)[1], _is_local(leg.dstchannel), not leg.dstchannel, leg.start)

    def _far(self, leg: Leg) -> tuple[str, str]:
        """The channel at the far end of a leg, and the direction of the leg seen from the line."""
        if self._is_trunk(leg.dstchannel):
            return leg.dstchannel, "out"
        if self._is_trunk(leg.channel):
            return leg.channel, "in"
        return _half(leg.dstchannel or leg.channel), ""

    def _comes_in(self, leg: Leg) -> bool:
        return bool(self.profile.trunks) and self._far(leg)[1] == "in"

    def _is_trunk(self, channel: str) -> bool:
        if not self.profile.trunks:
            return False
        peer = _peer(channel)
        known = self._trunks.get(peer)
        if known is None:
            known = self._trunks[peer] = any(_is_of(peer, trunk) for trunk in self.profile.trunks)
        return known

    def _line(self, leg: Leg, *, outgoing: bool) -> str:
        """The line of a leg by the profile; where its field is empty, the caller or the channel stands in."""
        profile, kind = self.profile, self.profile.line_from
        if kind == "fixed":
            return profile.line_default
        if kind == "src":
            text = leg.src if outgoing else leg.dst
        elif kind == "accountcode":
            text = leg.accountcode
        elif kind == "channel":
            text = _peer(leg.channel if outgoing else leg.dstchannel)
        elif kind == "trunk":
            text = _peer(leg.dstchannel if outgoing else leg.channel)
        else:
            match = _NUMBER_OF_CLID.search(leg.clid)
            text = leg.dst if not outgoing else match[1] if match else leg.src
        return profile.line_of(text) or profile.line_of(leg.src) or _peer(leg.channel)


def _belongs(leg: Leg, direction: str, call: _Call) -> bool:
    """Whether an unanswered leg that leads elsewhere still is part of `call`."""
    if leg.start > call.end + _NEAR_MS or leg.end < call.start - _NEAR_MS:
        return False
    first = call.legs[0]
    if leg.channel == first.channel and not leg.dstchannel:
        return True  # the hang-up after the refusal
    if direction and call.direction and direction != call.direction:
        return False
    return leg.dst == first.dst or (leg.start <= call.end and leg.end >= call.start)


def _is_local(channel: str) -> bool:
    return channel.startswith(_LOCAL)


def _half(channel: str) -> str:
    """A channel's name without the mark of its half: `Local/…;1` and `;2` are one channel."""
    return channel[:-2] if channel[-2:] in (";1", ";2") else channel


def _peer(channel: str) -> str:
    """`PJSIP/carrier-00000003` → `PJSIP/carrier`."""
    return channel.rpartition("-")[0] or channel


def _is_of(peer: str, trunk: str) -> bool:
    rest = peer[len(trunk) :]
    return peer.startswith(trunk) and (not rest or not trunk[-1].isalnum() or rest[0] in "/@")


def _dialled(leg: Leg) -> str:
    """The number as the trunk was given it: what was dialled or, inside a macro, what the Dial names."""
    if leg.dst not in _SPECIAL_EXTENSIONS or leg.lastapp != "Dial":
        return leg.dst
    target = leg.lastdata.split(",", 1)[0].split("&", 1)[0]
    number = target.split("@", 1)[0].rpartition("/")[2]
    return number if _DIALLED.fullmatch(number) else leg.dst


def _cause(best: Leg, legs: list[Leg]) -> int | None:
    """The SIP status of a call without answer: from the cause it was hung up with, else from its disposition."""
    for leg in legs:
        if leg.lastapp == "Hangup":
            cause = leg.lastdata.strip()
            if cause.isascii() and cause.isdigit() and len(cause) <= 3 and 1 <= int(cause) <= 127:
                return sip_status(int(cause))
    return _STATUS.get(best.disposition)


def _talk_ms(answered: list[Leg]) -> int | None:
    """What the switch charged: of one leg as it says; of several their sum, but no longer than they lasted together."""
    if len(answered) == 1:
        return answered[0].talk_ms
    talks = [leg.talk_ms for leg in answered if leg.talk_ms is not None]
    if not talks:
        return None
    lasted = max(leg.end for leg in answered) - min(leg.answer or leg.end for leg in answered)
    return min(sum(talks), max(lasted, *talks, 0))
