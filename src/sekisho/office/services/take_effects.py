"""Take in what the gate has done: bars in force or gone, holds released, attempts refused, callers screened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Coalesce

from sekisho.office.models import Bar, Case, Hold, Line, Order, Refusal
from sekisho.office.models.order import COMPLETED
from sekisho.office.services.known_lines import known_lines
from sekisho.office.services.trail import note

_OBJECT: Final = 100  # the trail's objects are no longer


def take_effects(effects: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Take effects (kind, facts) in their order. Within the caller's transaction, with the offset: each once.

    What the office does not know (a bar of another office, a line that left, a kind of a later version) is passed over.
    """
    for kind, facts in effects:
        take = _TAKES.get(kind)
        if take is not None:
            take(facts)


def _take_bar(facts: Mapping[str, Any]) -> None:
    """A version of a bar is at the gate (or gone from it): its order is carried out."""
    uuid = _uuid(facts["bar"])
    bar = None if uuid is None else Bar.objects.select_for_update().filter(uuid=uuid).first()
    version, at_ms = int(facts["version"]), int(facts["at_ms"])
    if bar is None or not bar.acknowledged_version < version <= bar.version:
        return
    bar.acknowledged_version = version
    if facts["in_force"]:
        bar.in_force_ms = at_ms
    else:
        bar.ended_ms = at_ms
    bar.save(update_fields=["acknowledged_version", "in_force_ms", "ended_ms"])
    orders = Order.objects.filter(bar=bar, version=version).exclude(state=COMPLETED)
    # The relay may have died between telling the journal and noting so; then the effect is the first sign of it.
    orders.update(state=COMPLETED, completed_ms=at_ms, executing_ms=Coalesce(F("executing_ms"), at_ms))


def _take_release(facts: Mapping[str, Any]) -> None:
    uuid = _uuid(facts["release"])
    if uuid is not None:
        Hold.objects.filter(release=uuid, acknowledged_ms__isnull=True).update(acknowledged_ms=int(facts["at_ms"]))


def _take_refused(facts: Mapping[str, Any]) -> None:
    """Attempts refused within a second, added to the sum of their cause."""
    asked = (facts["company"], facts["line"])
    line = known_lines([asked]).get(asked)
    if line is None:
        return
    first_ms, last_ms, count = int(facts["first_ms"]), int(facts["last_ms"]), int(facts["count"])
    refusal, _ = Refusal.objects.select_for_update().get_or_create(
        company=line.company,
        line=line,
        case=_case_at(line, last_ms),
        by=facts["by"],
        bar=facts.get("bar") or "",
        defaults={"first_ms": first_ms, "last_ms": last_ms},
    )
    refusal.count += count
    refusal.first_ms, refusal.last_ms = min(refusal.first_ms, first_ms), max(refusal.last_ms, last_ms)
    refusal.number = facts.get("number") or ""
    refusal.save()


def _take_screening(facts: Mapping[str, Any]) -> None:
    """A caller has proved himself by PIN, or has not: a line of the trail of the open case."""
    asked = (facts["company"], facts["line"])
    line = known_lines([asked]).get(asked)
    if line is None or not facts["asked"]:
        return
    action = "screening.passed" if facts["passed"] else "screening.failed"
    note(action, str(facts["call_id"])[:_OBJECT], company=line.company, now_ms=int(facts["at_ms"]), by=None, line=line)


def _case_at(line: Line, at_ms: int) -> Case | None:
    """The open case, else the latest closed one that had begun: a bar may outlive its case."""
    cases = Case.objects.filter(line=line)
    return cases.filter(state="open").first() or cases.filter(opened_ms__lte=at_ms).order_by("-opened_ms").first()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


_TAKES: Final[dict[str, Callable[[Mapping[str, Any]], None]]] = {
    "bar": _take_bar,
    "release": _take_release,
    "refused": _take_refused,
    "screening": _take_screening,
}
