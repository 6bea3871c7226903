"""Take in what lines have in progress: the newest word on each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sekisho.office.models import LiveLine
from sekisho.office.services.known_lines import known_lines


def take_live(bodies: Iterable[Mapping[str, Any]]) -> None:
    """Take the messages of the topic `live` in their order. Within the caller's transaction."""
    newest: dict[tuple[str, str], tuple[int, Mapping[str, Any]]] = {}
    for body in bodies:
        for told in body["lines"]:
            newest[told["company"], told["line"]] = (int(body["at_ms"]), told)
    lines = known_lines(newest)
    # Two spellings of one line would be two rows of one statement, which PostgreSQL refuses: the later one counts.
    rows = {}
    for asked, (at_ms, told) in newest.items():
        if asked in lines:
            rows[lines[asked].pk] = LiveLine(
                company=lines[asked].company,
                line=lines[asked],
                open=told["open"],
                open_international=told["open_international"],
                accrued=told["accrued"],
                at_ms=at_ms,
            )
    LiveLine.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["line"],
        update_fields=["open", "open_international", "accrued", "at_ms"],
    )
