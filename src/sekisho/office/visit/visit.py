"""A visit: one request of somebody who is signed in. The office's clock stands here, and nowhere below."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

from sekisho.office.queries.identity import Identity, identity
from sekisho.ports import CallBook
from sekisho.wiring.call_book import open_call_book
from sekisho.wiring.settings import Settings


@dataclass(frozen=True, slots=True)
class Visit:
    """Who came and when; one instant for the whole page."""

    user: Any
    who: Identity
    now_ms: int


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def call_book() -> CallBook:
    """The lake's call book, opened once a process."""
    return _opened(settings.SEKISHO)


@cache
def _opened(sekisho: Settings) -> CallBook:
    return open_call_book(sekisho)


def visit(request: Any) -> Visit:
    """The visit of a request whose user is signed in."""
    return Visit(request.user, identity(request.user), now_ms())
