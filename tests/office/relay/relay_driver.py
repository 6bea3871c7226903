"""`seed`: an office with decisions that wait in the outbox, and a log with what the judge said. `run`: the relay.

The settings come from the environment, as for any part.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import pyarrow as pa

from sekisho.bodies import body_of
from sekisho.core.tables import VERDICTS
from sekisho.office.start import prepare
from sekisho.ports import EFFECT_TOPIC, LIVE_TOPIC, VERDICT_TOPIC, Log, Message
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

AT = 1_795_456_377_000
LINES = [f"+8131234567{digit}" for digit in range(6)]
UNKNOWN = "0399999999"


def verdict_body(number: int, line: str, action: str) -> bytes:
    row: dict[str, Any] = {
        "verdict_id": f"v{number}",
        "call_id": f"c{number}",
        "company": "east",
        "line": line,
        "at": AT + number * 1_000,
        "action": action,
        "scope": "international",
        "score_nats": 10.0,
        "evidence": [{"name": "rate", "nats": 3.0, "facts": '{"per_hour": 0.01}'}],
        "spend_today": 1,
        "spend_month": 2,
    }
    columns = [pa.array([row[f.name]], f.type) for f in VERDICTS]
    return body_of([pa.RecordBatch.from_arrays(columns, schema=VERDICTS)], VERDICTS)


def open_lines_and_bars() -> list[tuple[str, str]]:
    """Open what an office has; returns (line, bar) of every bar that was set."""
    from sekisho.office.services.open_company import open_company
    from sekisho.office.services.open_contract import open_contract
    from sekisho.office.services.open_customer import open_customer
    from sekisho.office.services.open_lines import open_lines
    from sekisho.office.services.publish_terms import publish_terms
    from sekisho.office.services.set_bar import set_bar

    at = {"now_ms": AT}
    open_company(code="east", name_ja="東", name_en="East", **at)
    clauses = {"automatic_hold": True, "emergency_bar": True}
    publish_terms(company="east", version="1", effective_ms=AT, **clauses, **at)
    open_customer(company="east", code="A", name_ja="A社", name_en="A Ltd", **at)
    open_contract(company="east", customer="A", code="A-1", channels=2, **at)
    open_lines(company="east", contract="A-1", numbers=LINES, **at)
    told = {"owner": "emergency", "reason": "fraud", "company": "east", "by": None, **at}
    return [(line, str(set_bar(line=line, **told).bar)) for line in LINES[:4]]


def write_log(log: Log, bars: list[tuple[str, str]]) -> None:
    verdicts = [(line, action) for action in ("alert", "hold") for line in (*LINES, UNKNOWN)]
    effects = []
    for line, bar in bars:
        told = {"company": "east", "line": line, "bar": bar, "version": 1, "in_force": True, "at_ms": AT + 400}
        effects.append(Message("bar", f"bar:{bar}:1", json.dumps(told).encode()))
    for number, line in enumerate([*LINES, LINES[0], UNKNOWN]):
        told = {"company": "east", "line": line, "by": "bar", "bar": "", "count": 2, "number": "010232****"}
        told |= {"first_ms": AT + number, "last_ms": AT + number}
        effects.append(Message("refused", f"refused:{number}", json.dumps(told).encode()))
    live = [{"company": "east", "line": line, "open": 1, "open_international": 1, "accrued": 5} for line in LINES]
    log.append(
        {
            VERDICT_TOPIC: [
                Message("verdicts", f"journal:{number}", verdict_body(number, *told))
                for number, told in enumerate(verdicts)
            ],
            EFFECT_TOPIC: effects,
            LIVE_TOPIC: [Message("lines", "live:1", json.dumps({"at_ms": AT, "lines": live}).encode())],
        }
    )


def main() -> None:
    settings = read_settings(os.environ)
    if sys.argv[1] == "seed":
        prepare(settings)
        bars = open_lines_and_bars()
        home = open_embedded(settings, [])
        write_log(home.log, bars)
        home.close()
        return
    from sekisho.office.relay.loop import run_relay_part

    run_relay_part(settings, lambda text: sys.stderr.write(f"{text}\n"))


if __name__ == "__main__":
    main()
