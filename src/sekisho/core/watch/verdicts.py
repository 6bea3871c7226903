"""The kernel's verdicts as the table that leaves the watch (VERDICTS of core/tables.py)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from sekisho.core.tables import VERDICTS
from sekisho.core.terms.call import ACTION_NAMES
from sekisho.core.terms.money import MILLIYEN
from sekisho.core.watch.evidence import catalogue
from sekisho.core.watch.judged import DAILY_LIMIT, MONTH_MULTIPLE, MONTHLY_LIMIT, REASONS, SCORE
from sekisho.core.watch.rules import daily_limit, failed_screening, month_multiple, monthly_limit
from sekisho.core.watch.state import Records

INTERNATIONAL: Final = "international"
_RULES: Final = {module.NAME: module for module in (month_multiple, daily_limit, monthly_limit, failed_screening)}


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
        return [
            {"name": name, "nats": float(nats), "facts": json.dumps({key: fact})}
            for name, nats, key, fact in zip(catalogue.NAMES, verdict["nats"], catalogue.FACTS, facts, strict=True)
        ]
    named = {
        MONTH_MULTIPLE: {"spent": facts[0] / MILLIYEN, "last": facts[1] / MILLIYEN, "multiple": facts[2]},
        DAILY_LIMIT: {"spent": facts[0] / MILLIYEN, "limit": facts[1] / MILLIYEN},
        MONTHLY_LIMIT: {"spent": facts[0] / MILLIYEN, "limit": facts[1] / MILLIYEN},
    }[reason]
    return [{"name": REASONS[reason], "nats": 0.0, "facts": json.dumps(named)}]


def verdict_batch(
    rows: Records, companies: Sequence[str], lines: Sequence[str], call_ids: Sequence[str], policy_version: str
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
            "scope": INTERNATIONAL,
            "score_nats": float(verdict["score"]),
            "evidence": _evidence(verdict),
            "spend_today": int(verdict["day_spend"]),
            "spend_month": int(verdict["month_spend"]),
        }
        for name, value in values.items():
            table[name].append(value)
    return pa.RecordBatch.from_arrays([pa.array(table[f.name], f.type) for f in VERDICTS], schema=VERDICTS)


def say(name: str, facts: Mapping[str, float], language: str) -> str:
    """What an evidence or a rule says, for people; `language` is `ja` or `en`."""
    if name in _RULES:
        rule = _RULES[name]
        return (rule.JA if language == "ja" else rule.EN).format(**facts)
    return catalogue.sentence(name, language, facts)
