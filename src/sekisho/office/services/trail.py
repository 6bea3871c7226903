"""The audit trail is written here: one line an action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sekisho.office.models import AuditLine, Case, Company, Line, User


def note(
    action: str,
    of: str,
    *,
    company: Company,
    now_ms: int,
    by: User | None,
    line: Line | None = None,
    case: Case | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write that `by` did `action` (a dotted code) to `of`. Without `case` the open case of `line` is meant, if any."""
    if case is None and line is not None:
        case = Case.objects.filter(line=line, state="open").first()
    AuditLine.objects.create(
        company=company,
        at_ms=now_ms,
        user=by,
        action=action,
        object=of,
        line=line if case is None else case.line,
        case=case,
        data=dict(data or {}),
    )
