"""What the watchdog found, in sentences: what is wrong, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext, gettext_lazy, ngettext

from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS
from sekisho.office.words import instants
from sekisho.office.words.states import PARTS, Text

RED: Final = "is-stop"
AMBER: Final = "is-warn"
_GAP: Final = re.compile(r"(?P<first>.+?)(?: to (?P<last>.+))? never came(?: \((?P<count>\d+) files\))?")
_RED_PARTS: Final = frozenset({"judge", "ticks", "intake", "watchdog", "relay"})


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that is wrong: its colour, what is so, and what to do."""

    tone: str
    said: str
    cure: str


CALL_THE_RUNNER: Final = gettext_lazy("Call whoever runs the machine.")
PART_CURES: Final[dict[str, Text]] = {
    "judge": gettext_lazy(
        "No call is judged and no new hold begins; switches get no answer from the gate and follow their own rule. "
        "Call whoever runs the machine at once."
    ),
    "ticks": gettext_lazy("Calls in progress are not counted on and holds do not end. Call whoever runs the machine."),
    "intake": gettext_lazy("No call comes in. Switches keep them and send again. Call whoever runs the machine."),
    "archive": gettext_lazy("Pictures and bills lack the newest calls; calls are judged all the same."),
    "relay": gettext_lazy(
        "These pages are old, and bars that are ordered here do not reach the gate. "
        "Call whoever runs the machine at once."
    ),
    "watchdog": gettext_lazy("Calls may be judged all the same, but nobody would notice if they were not."),
}
FEED_CURES: Final[dict[str, Text]] = {
    "calls": gettext_lazy(
        "Look whether the switch runs and reaches the intake: its files in the inbox, or its calls over HTTP."
    ),
    "attempts": gettext_lazy("Look whether the switch still asks the gate, or follows its own rule instead."),
    "verdicts": gettext_lazy("Calls may pass unjudged. Look whether the policy or the tariff was changed."),
}


def part_alarm(part: Any, now_ms: int) -> Alarm:
    """What is wrong with a part (queries' PartRow)."""
    tone = RED if part.part in _RED_PARTS and part.state != "behind" else AMBER
    return Alarm(tone, part_said(part, now_ms), str(PART_CURES.get(part.part, CALL_THE_RUNNER)))


def part_said(part: Any, now_ms: int) -> str:
    """How a part is, in one sentence."""
    return _PART_STATES[part.state](part, str(PARTS.get(part.part, part.part)), now_ms)


def _part_ok(part: Any, _name: str, _now_ms: int) -> str:
    if part.behind > 1:
        return ngettext("Keeps up; %(count)d entry waits.", "Keeps up; %(count)d entries wait.", part.behind) % {
            "count": part.behind
        }
    return gettext("Keeps up.")


def _part_silent(part: Any, name: str, now_ms: int) -> str:
    if part.last_ms is None:
        return _part_never(part, name, now_ms)
    told = {"part": name, "ago": instants.ago(part.last_ms, now_ms)}
    if part.part == "ticks":
        return gettext("Time stands still for the judge; the last tick was %(ago)s.") % told
    return gettext("No sign of life from %(part)s; the last was %(ago)s.") % told


def _part_never(_part: Any, name: str, _now_ms: int) -> str:
    return gettext("No sign of life from %(part)s yet.") % {"part": name}


def _part_stuck(part: Any, name: str, _now_ms: int) -> str:
    told = {"part": name, "count": part.behind}
    return (
        ngettext(
            "%(part)s stands still; %(count)d entry waits.",
            "%(part)s stands still; %(count)d entries wait.",
            part.behind,
        )
        % told
    )


def _part_behind(part: Any, name: str, now_ms: int) -> str:
    if part.lag_ms is not None:
        return gettext("%(part)s is late by %(span)s.") % {"part": name, "span": instants.span(part.lag_ms)}
    return _part_stuck(part, name, now_ms)


def _part_unsound(_part: Any, name: str, _now_ms: int) -> str:
    return gettext("The sums of %(part)s do not agree: calls that began are neither over nor in progress.") % {
        "part": name
    }


_PART_STATES: Final[dict[str, Callable[[Any, str, int], str]]] = {
    "ok": _part_ok,
    "silent": _part_silent,
    "never": _part_never,
    "unsound": _part_unsound,
    "stuck": _part_stuck,
    "behind": _part_behind,
}


def blind_alarm(blind: str, told_ms: int | None, now_ms: int) -> Alarm:
    """Nothing is known of the watch, because this part is silent."""
    told = {"part": str(PARTS.get(blind, blind))}
    if told_ms is None:
        said = gettext("Nobody watches the watch: no sign of life from %(part)s yet.") % told
    else:
        told["ago"] = instants.ago(told_ms, now_ms)
        said = gettext("Nobody watches the watch: %(part)s is silent, the last report came %(ago)s.") % told
    return Alarm(RED, said, str(PART_CURES.get(blind, CALL_THE_RUNNER)))


def feed_name(feed: Any) -> str:
    """What a feed is called: its source, the gate's attempts, or the verdicts."""
    if feed.kind == "attempts":
        return gettext("Attempts at the gate")
    return gettext("Verdicts") if feed.kind == "verdicts" else str(feed.source)


def feed_alarm(feed: Any) -> Alarm:
    """What is wrong with a feed (queries' FeedRow)."""
    said = gettext("%(feed)s: %(said)s") % {"feed": feed_name(feed), "said": feed_said(feed)}
    return Alarm(AMBER, said, str(FEED_CURES[feed.kind]))


def feed_said(feed: Any) -> str:
    """How a feed is, in one sentence."""
    if feed.state == "late":
        usual = max(1, round(feed.expected))
        return ngettext(
            "nothing for %(span)s, where %(count)d would be usual.",
            "nothing for %(span)s, where %(count)d would be usual.",
            usual,
        ) % {"span": rough_span(feed.silent_ms), "count": usual}
    if feed.state == "learning":
        return gettext("What is usual is not learnt yet.")
    return gettext("As usual.")


def gap_said(gap: str) -> str:
    """A gap in the numbers of files, from the feed's own sentence; another sentence stays as it is."""
    found = _GAP.fullmatch(gap)
    if found is None:
        return gap
    if found["last"] is None:
        return gettext("Never came: %(first)s.") % {"first": found["first"]}
    return gettext("Never came: %(first)s to %(last)s, %(count)s files.") % found.groupdict()


def usual_gap(feed: Any) -> str:
    """How often something usually comes at this hour, and after how long a silence the alarm is given."""
    if feed.usual_gap_ms is None:
        return gettext("not learnt yet") if feed.state == "learning" else gettext("hardly anything at this hour")
    return gettext("every %(span)s") % {"span": rough_span(feed.usual_gap_ms)}


def rough_span(length_ms: int) -> str:
    """A time without false precision: seconds below two minutes, minutes below two hours, hours, days."""
    seconds = max(1, round(length_ms / 1_000))
    if length_ms < 2 * MINUTE_MS:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    minutes = round(seconds / 60)
    if length_ms < 2 * HOUR_MS:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = round(minutes / 60)
    if length_ms < 2 * DAY_MS:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    days = round(hours / 24)
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
