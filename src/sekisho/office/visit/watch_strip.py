"""The strip on every page of the desk: what is wrong with the watch, or nothing at all."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from sekisho.office.queries.watch_state import WatchState, watch_state
from sekisho.office.words import watch
from sekisho.office.words.watch import RED, Alarm

_HASH: Final = 16


def alarms_of(state: WatchState) -> list[Alarm]:
    """Everything that is wrong, the worst first. While the watchdog is silent, nothing else is known."""
    if state.blind:
        return [watch.blind_alarm(state.blind, state.told_ms, state.at_ms)]
    bad = {part.part for part in state.bad_parts}
    # The judge writes the ticks: where it is silent they stop, and that need not be said twice.
    found = [
        watch.part_alarm(part, state.at_ms) for part in state.bad_parts if part.part != "ticks" or "judge" not in bad
    ]
    found += [watch.feed_alarm(feed) for feed in state.bad_feeds]
    return sorted(found, key=lambda alarm: alarm.tone != RED)


def watch_strip(user: Any, now_ms: int) -> SafeString:
    """The inside of the strip; it holds the hash of what it says, by which the browser asks for news."""
    state = watch_state(user, now_ms)
    alarms = alarms_of(state) if state is not None else []
    told = {"alarm": alarms[0] if alarms else None, "more": len(alarms) - 1}
    inner = render_to_string("sekisho/desk/watch_strip.html", told)
    seen = hashlib.sha256(inner.encode()).hexdigest()[:_HASH]
    return SafeString(f'{inner}<input type="hidden" name="seen" value="{seen}">')
