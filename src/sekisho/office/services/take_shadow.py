"""Take in what a shadow policy said. Nothing follows from it: no case, no hold, no notice."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sekisho.bodies import batches_of
from sekisho.office.models import ShadowPolicy, ShadowVerdict
from sekisho.office.services.known_lines import known_companies, known_lines
from sekisho.ports import SHADOW_TOPICS, Entry

_POLICY: Final = "policy"


def take_shadow(topic: str, entries: Iterable[Entry]) -> None:
    """Take the entries of a shadow's topic in their order. Within the caller's transaction."""
    name = topic.removeprefix(SHADOW_TOPICS)
    told: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for entry in entries:
        if entry.kind == _POLICY:
            _take_policy(json.loads(entry.body))
            continue
        version = entry.key.partition(":")[0]
        for batch in batches_of(entry.body):
            told |= {row["verdict_id"]: (version, row) for row in batch.to_pylist()}
    rows = [row for _, row in told.values()]
    companies = known_companies(row["company"] for row in rows)
    lines = known_lines((row["company"], row["line"]) for row in rows)
    verdicts = []
    for version, row in told.values():
        verdict = _verdict(name, version, row)
        verdict.company = companies.get(row["company"])
        verdict.line = lines.get((row["company"], row["line"]))
        verdicts.append(verdict)
    ShadowVerdict.objects.bulk_create(verdicts, ignore_conflicts=True)


def _take_policy(told: Mapping[str, Any]) -> None:
    fields = {field: told[field] for field in ("version", "since_ms", "differs", "at_ms")}
    ShadowPolicy.objects.update_or_create(name=told["name"], defaults=fields)


def _verdict(name: str, version: str, row: Mapping[str, Any]) -> ShadowVerdict:
    return ShadowVerdict(
        shadow=name,
        version=version,
        verdict_id=row["verdict_id"],
        call_id=row["call_id"],
        line_text=row["line"],
        at_ms=round(row["at"].timestamp() * 1000),
        action=row["action"],
        scope=row["scope"],
        score=row["score_nats"],
        evidence=[{**one, "facts": json.loads(one["facts"])} for one in row["evidence"]],
        spend_today=row["spend_today"],
        spend_month=row["spend_month"],
    )
