"""The parts of a running system as processes of their own: `sekisho part NAME`, and when each is ready."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Final

from sekisho.core.terms.errors import BadSetting
from sekisho.engine.supervisor import READY, Part
from sekisho.ports import SHADOW_TOPICS
from sekisho.wiring.settings import PREFIX, Settings

# In the order in which they start, all at once but for the relay: the pages make the tables that it fills.
PARTS: Final = ("judge", "intake", "archive", "watchdog", "web", "relay")
_READY_LINES: Final = {
    "web": "Started worker-1",  # the web server's own words, once it has loaded the pages
}
_SPARE: Final = ("watchdog",)  # calls are judged and the gate answers without it, and without shadows
# Not from the current folder: what lies there must not be taken for a module of ours.
_PROGRAM: Final = ("-P", "-m", "sekisho.cli.main")


def all_parts(settings: Settings) -> tuple[str, ...]:
    """The parts of a system with these settings: the usual ones, and one a shadow policy."""
    return (*PARTS, *(SHADOW_TOPICS + name for name, _ in settings.shadows))


def parts_of(settings: Settings, environment: Mapping[str, str], names: Sequence[str] = PARTS) -> list[Part]:
    """The processes of these parts, in their order. Raises BadSetting for a name that is none."""
    known = all_parts(settings)
    for name in names:
        if name not in known:
            raise BadSetting(f"{name!r} is no part; the parts are {', '.join(known)}")
    env = {**environment, f"{PREFIX}HOME": str(settings.home), "PYTHONUNBUFFERED": "1"}
    return [
        Part(
            name,
            (sys.executable, *_PROGRAM, "part", name),
            env,
            _READY_LINES.get(name, READY),
            others_wait=name == "web",
            spare=name in _SPARE or name.startswith(SHADOW_TOPICS),
        )
        for name in known
        if name in names
    ]


def addresses(settings: Settings, names: Sequence[str] = PARTS) -> list[tuple[str, str]]:
    """(what, where) of everything these parts can be reached at."""
    gate, web = _written(settings.gate_host), _written(settings.web_host)
    told = {
        "web": [("desk and portal", f"http://{web}:{settings.web_port}/")],
        "judge": [
            ("gate, SIP", f"sip:{gate}:{settings.gate_sip_port};transport=udp"),
            ("gate, HTTP", f"http://{gate}:{settings.gate_http_port}/v1/decisions"),
        ],
        "intake": [
            ("call events", f"http://{gate}:{settings.intake_http_port}/v1/calls"),
            ("call records", str(settings.home / "feed" / "inbox")),
        ],
    }
    return [pair for name, pairs in told.items() if name in names for pair in pairs]


def _written(host: str) -> str:
    """A host as it stands in an address."""
    return f"[{host}]" if ":" in host else host
