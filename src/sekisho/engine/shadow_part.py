"""The process of one shadow policy in a running system. It gives way to everybody: the judge must not notice it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

from sekisho.core.terms.errors import BadSetting, InUse
from sekisho.engine.shadow import BEGINNING, Shadow
from sekisho.health import Pulse
from sekisho.ports import SHADOW_TOPICS
from sekisho.shutdown import Shutdown
from sekisho.wiring.embedded import Embedded, open_embedded, open_snapshots
from sekisho.wiring.profiles import chosen_policy
from sekisho.wiring.settings import Settings

_POLL_S: Final = 0.5
_NICE: Final = 5

Say = Callable[[str], None]


def run_shadow_part(settings: Settings, name: str, say: Say) -> None:
    """The process `shadow.NAME`: returns after SIGTERM or SIGINT. Raises BadSetting, InUse at start, LogDamaged."""
    profile = dict(settings.shadows).get(name)
    if profile is None:
        raise BadSetting(
            f"there is no shadow policy {name!r}; name it in SEKISHO_SHADOWS, like {name}=/path/{name}.toml"
        )
    policy = chosen_policy(profile)
    stop = Shutdown()
    stop.listen()
    os.nice(_NICE)
    home = open_embedded(settings, (SHADOW_TOPICS + name,))
    try:
        own = open_snapshots(settings, f"shadow/{name}/{policy.version}")
        active = None if settings.shadow_start == BEGINNING else home.snapshots.load()
        shadow = Shadow(name, policy, home.log, own, home.clock, active)
        shadow.introduce(chosen_policy(settings.profile))
        say(f"policy {policy.version}, from journal entry {shadow.position}")
        say("ready")
        _follow(shadow, home, stop, say)
        shadow.save()
    finally:
        home.close()


def _follow(shadow: Shadow, home: Embedded, stop: Shutdown, say: Say) -> None:
    pulse, said = Pulse(shadow.topic, home.clock), ""
    while not stop():
        try:
            worked = shadow.step()
            if pulse.due:
                pulse.beat(home.log, position=shadow.position, behind=shadow.behind)
            said = ""
        except InUse as fault:
            if str(fault) != said:
                say(f"waits: {fault}")
            said, worked = str(fault), False
        if not worked:
            stop.wait(_POLL_S)
