"""The kernel's verdicts as the table that leaves the watch (VERDICTS of core/tables.py)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from sekisho.core.tables import VERDICTS
from sekisho.core.terms.call import ACTION_NAMES
from sekisho.core.watch.evidence import catalogue
from sekisho.core.watch.judged import REASONS, SCORE
from sekisho.core.watch.rules import catalogue as rules
from sekisho.core.watch.state import Records

INTERNATIONAL: Final = "international"
Scopes = Callable[[int], str]  # a country (terms/destination) → its E.164 prefixes with spaces between
WORTH_TELLING: Final = 0.005  # nats; an evidence with less has nothing to say


def verdict_id(company: str, line: str, call_id: str, event: int, reason: str, at: int, policy_version: str) -> str:
    """24 hex digits, the same for the same verdict in every replay.

    The instant is part of it, because a timer may speak more than once between two events of one call.
    """
    parts = "\x1f".join((company, line, call_id, str(event), reason, str(at), policy_version))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _evidence(verdict: Any) -> list[dict[str, Any]]:
    reason = int(verdict["reason"])
    facts = [float(fact) for fact in verdict["facts"]]
    if reason == SCORE:
        told = zip(catalogue.NAMES, verdict["nats"], catalogue.FACTS, facts, strict=True)
        return [
            {"name": name, "nats": float(nats), "facts": json.dumps({key: fact})}
            for name, nats, key, fact in told
            if abs(nats) >= WORTH_TELLING
        ]
    named = rules.facts_of(REASONS[reason], facts)
    return [{"name": REASONS[reason], "nats": 0.0, "facts": json.dumps(named)}]


def verdict_batch(
    rows: Records,
    companies: Sequence[str],
    lines: Sequence[str],
    call_ids: Sequence[str],
    policy_version: str,
    scope_of: Scopes,
) -> pa.RecordBatch:
    """VERDICTS of the kernel's `rows`; `companies`, `lines` and `call_ids` are the texts beside each row."""
    table: dict[str, list[Any]] = {field.name: [] for field in VERDICTS}
    for verdict, company, line, call_id in zip(rows, companies, lines, call_ids, strict=True):
        at, event, reason = int(verdict["at"]), int(verdict["event"]), REASONS[verdict["reason"]]
        identity = verdict_id(company, line, call_id, event, reason, at, policy_version)
        values = {
            "verdict_id": identity,
            "call_id": call_id,
            "company": company,
            "line": line,
            "at": at,
            "action": ACTION_NAMES[verdict["action"]],
            "scope": scope_of(int(verdict["scope"])) if verdict["scope"] != 0 else INTERNATIONAL,
            "score_nats": float(verdict["score"]),
            "evidence": _evidence(verdict),
            "spend_today": int(verdict["day_spend"]),
            "spend_month": int(verdict["month_spend"]),
        }
        for name, value in values.items():
            table[name].append(value)
    return pa.RecordBatch.from_arrays([pa.array(table[f.name], f.type) for f in VERDICTS], schema=VERDICTS)


def say(name: str, facts: Mapping[str, Any], language: str) -> str:
    """What an evidence or a rule says, for people; `language` is `ja` or `en`."""
    if name in rules.NAMES:
        return rules.sentence(name, language, facts)
    return catalogue.sentence(name, language, facts)
