"""The office of `bench pages`: customers with the lines of the lake, logins, open cases. Run as a program.

    python -m sekisho.bench.pages_office    with a `Wanted` as JSON on stdin

In a process of its own, because a process has one office for its life.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import pyarrow as pa

from sekisho.core.tables import VERDICTS
from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS
from sekisho.office.start import prepare
from sekisho.wiring.settings import read_settings

OPERATOR: Final = "operator"
VERDICTS_A_CASE: Final = 12
_HELD: Final = 3  # of so many cases one
# What the judge says of a call to a country new to the line; figures of the recorded incident.
_EVIDENCE: Final = (
    ("country", 5.4, {"share": 0.0}),
    ("rate", 2.2, {"per_hour": 0.01}),
    ("price", 1.1, {"yen": 175.0}),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The office to make: its home and company, customers' lines, lines with a case, the password of all logins."""

    home: str
    company: str
    customers: Sequence[Sequence[str]]
    cases: Sequence[str]
    password: str
    since_ms: int
    now_ms: int


def customer_login(number: int) -> str:
    """The login of the customer with this number, from 0."""
    return f"customer-{number}"


def wanted_text(wanted: Wanted) -> str:
    """What the program wants on stdin."""
    return json.dumps(asdict(wanted))


def open_office(wanted: Wanted) -> None:
    """Make it, in this process."""
    prepare(read_settings({"SEKISHO_HOME": wanted.home}))
    from sekisho.office.services.take_verdicts import take_verdicts  # Django's models want to be prepared first

    _open_customers(wanted)
    take_verdicts(_verdicts(wanted, number, line) for number, line in enumerate(wanted.cases))


def _open_customers(wanted: Wanted) -> None:
    from sekisho.office.services.add_user import add_user
    from sekisho.office.services.open_company import open_company
    from sekisho.office.services.open_contract import open_contract
    from sekisho.office.services.open_customer import open_customer
    from sekisho.office.services.open_lines import open_lines
    from sekisho.office.services.publish_terms import publish_terms

    company, since = wanted.company, {"now_ms": wanted.since_ms}
    login = {"company": company, "password": wanted.password, **since}
    open_company(code=company, name_ja="測定", name_en="Bench", **since)
    publish_terms(
        company=company, version="1", effective_ms=wanted.since_ms, automatic_hold=True, emergency_bar=True, **since
    )
    add_user(login=OPERATOR, name="窓口", role="operator", **login)
    for number, lines in enumerate(wanted.customers):
        code = f"c{number}"
        open_customer(company=company, code=code, name_ja=f"測定{number}", name_en=f"Bench {number}", **since)
        open_contract(company=company, customer=code, code=code, channels=30, **since)
        open_lines(company=company, contract=code, numbers=lines, **since)
    add_user(login=customer_login(0), name="管理者", role="customer_admin", customer="c0", **login)


def _verdicts(wanted: Wanted, number: int, line: str) -> pa.RecordBatch:
    """A case that opened some hours ago, and what the judge has said in it since."""
    first = wanted.now_ms - (number + 1) * HOUR_MS
    action = "hold" if number % _HELD == 0 else "alert"
    rows = [
        _row(wanted, f"{number}-{place}", line, first + place * MINUTE_MS, action) for place in range(VERDICTS_A_CASE)
    ]
    columns = [pa.array([row[field.name] for row in rows], field.type) for field in VERDICTS]
    return pa.RecordBatch.from_arrays(columns, schema=VERDICTS)


def _row(wanted: Wanted, name: str, line: str, at_ms: int, action: str) -> dict[str, Any]:
    return {
        "verdict_id": f"v{name}",
        "call_id": f"call {name}",
        "company": wanted.company,
        "line": line,
        "at": at_ms,
        "action": action,
        "scope": "international",
        "score_nats": 9.5,
        "evidence": [{"name": key, "nats": nats, "facts": json.dumps(facts)} for key, nats, facts in _EVIDENCE],
        "spend_today": 350_000,
        "spend_month": 1_350_000,
    }


if __name__ == "__main__":
    open_office(Wanted(**json.load(sys.stdin)))
