"""The relay process.

1. Every 50 ms: what waits in the outbox goes to the journal, effects and verdicts come in. So an order is at the gate,
   and known to be, within the second.
2. Every second: live lines and health come in, terms that came into force are announced, bars whose term ended are
   lifted. Every two seconds the relay gives its own sign of life.
3. A database that does not answer, or a log that is in use, is waited for: nothing is lost, the offset says where to go
   on. A message that cannot be taken is told and stops its own topic only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from django.db import InterfaceError, OperationalError, connection

from sekisho.core.terms.errors import InUse
from sekisho.office.start import django_setup, warm_up
from sekisho.shutdown import Shutdown
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import Settings

_POLL_S: Final = 0.04
_WAIT_S: Final = 1.0


class _Steps(Protocol):
    def step(self) -> bool: ...

    def forget(self) -> None: ...


def run_relay_part(settings: Settings, say: Callable[[str], None]) -> None:
    """Relay between office and log until SIGTERM or SIGINT; `say` hears what is worth a line. Raises InUse at start."""
    stop = Shutdown()
    stop.listen()
    django_setup(settings)
    from sekisho.office.relay.exchange import PART, Relay  # tables can be named once Django is set up

    home = open_embedded(settings, roles=(PART,))
    try:
        warm_up()
        relay = Relay(home.log, home.clock, say, [name for name, _ in settings.shadows])
        say("relay: outbox → journal; verdicts, effects, live, health, watchdog → office")
        say("ready")
        _run(relay, stop, say)
    finally:
        home.close()
        connection.close()


def _run(relay: _Steps, stop: Shutdown, say: Callable[[str], None]) -> None:
    waiting = ""
    while not stop():
        try:
            worked = relay.step()
        except (InUse, OperationalError, InterfaceError) as fault:
            text = " ".join(str(fault).split())
            if text != waiting:
                say(f"waits: {text}")
            waiting = text
            relay.forget()
            stop.wait(_WAIT_S)
            continue
        if waiting:
            say("goes on")
            waiting = ""
        if not worked:
            stop.wait(_POLL_S)
