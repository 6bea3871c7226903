"""The file of asks and holds a backtest writes (DESIGN §10): line,time,action,scope,score_nats,evidence."""

from __future__ import annotations

import csv
import io
import json

import pyarrow as pa
import pyarrow.compute as pc

from sekisho.core.terms.instants import format_rfc3339
from sekisho.core.watch.evidence import catalogue

COLUMNS = ("line", "time", "action", "scope", "score_nats", "evidence")


def evidence_text(evidence: list[dict[str, object]]) -> str:
    """`rate +9.21 country +1.43 price +3.22`; a rule is named with its facts: `daily_limit spent=60112 limit=50000`."""
    parts = []
    for each in evidence:
        if each["name"] in catalogue.NAMES:
            parts.append(f"{each['name']} {each['nats']:+.2f}")
        else:
            facts = json.loads(str(each["facts"]))
            texts = (f"{name}={value if isinstance(value, str) else f'{value:.15g}'}" for name, value in facts.items())
            parts.append(" ".join([str(each["name"]), *texts]))
    return " ".join(parts)


def bars_csv(verdicts: pa.Table) -> str:
    """The asks and holds among VERDICTS as CSV text with a header, in the order they were spoken."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    stops = pc.is_in(verdicts.column("action").cast(pa.string()), value_set=pa.array(["ask", "hold"]))
    picked = verdicts.select(["line", "at", "action", "scope", "score_nats", "evidence"]).filter(stops)
    picked = picked.set_column(1, "at", picked.column("at").cast(pa.int64()))
    rows = zip(*(picked.column(name).to_pylist() for name in picked.column_names), strict=True)
    for line, instant, action, scope, score, evidence in rows:
        writer.writerow([line, format_rfc3339(instant), action, scope, f"{score:.2f}", evidence_text(evidence)])
    return out.getvalue()
