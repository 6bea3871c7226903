"""Consume a topic: what its messages lead to and the new offset become true in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db import transaction

from sekisho.bodies import batches_of
from sekisho.failpoint import failpoint
from sekisho.office.models import ConsumerOffset
from sekisho.office.services.take_effects import take_effects
from sekisho.office.services.take_health import take_health
from sekisho.office.services.take_live import take_live
from sekisho.office.services.take_shadow import take_shadow
from sekisho.office.services.take_verdicts import take_verdicts
from sekisho.office.services.take_watch import take_watch
from sekisho.ports import (
    EFFECT_TOPIC,
    HEALTH_TOPIC,
    LIVE_TOPIC,
    SHADOW_TOPICS,
    VERDICT_TOPIC,
    WATCHDOG_TOPIC,
    Entry,
    Log,
)

_ENTRIES_A_STEP: Final = 200


def offset_of(topic: str) -> int:
    """The last sequence of the topic that was taken."""
    return ConsumerOffset.objects.filter(topic=topic).values_list("sequence", flat=True).first() or 0


def consume(log: Log, topic: str, after: int) -> int:
    """Take the entries of `topic` after `after`, which is the stored offset; returns the new one. Raises InUse."""
    entries = log.read(topic, after, _ENTRIES_A_STEP)
    if not entries:
        return after
    last = entries[-1].sequence
    with transaction.atomic():
        offset, _ = ConsumerOffset.objects.select_for_update().get_or_create(topic=topic)
        if offset.sequence != after:  # taken already, before somebody lost track
            return int(offset.sequence)
        if topic.startswith(SHADOW_TOPICS):
            take_shadow(topic, entries)
        else:
            _TAKES[topic](entries)
        offset.sequence = last
        offset.save()
        failpoint("consume_commit")
    failpoint("consume_commit")  # the other side of the commit
    return last


def _verdicts(entries: Sequence[Entry]) -> None:
    take_verdicts(batch for entry in entries for batch in batches_of(entry.body))


def _effects(entries: Sequence[Entry]) -> None:
    take_effects((entry.kind, json.loads(entry.body)) for entry in entries)


def _bodies(entries: Sequence[Entry]) -> list[Any]:
    return [json.loads(entry.body) for entry in entries]


_TAKES: Final[dict[str, Callable[[Sequence[Entry]], None]]] = {
    VERDICT_TOPIC: _verdicts,
    EFFECT_TOPIC: _effects,
    LIVE_TOPIC: lambda entries: take_live(_bodies(entries)),
    HEALTH_TOPIC: lambda entries: take_health(_bodies(entries)),
    WATCHDOG_TOPIC: lambda entries: take_watch((entry.kind, json.loads(entry.body)) for entry in entries),
}
