"""One office for all tests of a session: a real SQLite file, tables made, the cast in it. Each test is rolled back."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from sekisho.core.tables import RATED, VERDICTS
from sekisho.core.terms.instants import MINUTE_MS, SECOND_MS, parse_rfc3339
from sekisho.edges.parquet_lake.call_book import ParquetCallBook
from sekisho.edges.parquet_lake.lake import ParquetLake
from sekisho.wiring.settings import read_settings

NOW_MS = parse_rfc3339("2026-11-23T17:52:57Z")  # 2026-11-24 02:52:57 in Japan
PASSWORD = "correct horse battery"  # noqa: S105 - of people who are not
LONG_AGO = parse_rfc3339("2026-09-01T00:00:00Z")
LINE_A, LINE_A2, LINE_B, LINE_WEST = "+81312345678", "+81312345679", "+81398765432", "+81612345678"


@dataclass(frozen=True)
class Cast:
    """The people of all tests. East's terms have both clauses, West's none."""

    password: str
    east_operator: Any
    east_supervisor: Any
    east_auditor: Any
    west_operator: Any
    a_admin: Any
    a_viewer: Any
    b_admin: Any
    maintainer: Any
    line_a: str = LINE_A
    line_a2: str = LINE_A2
    line_b: str = LINE_B
    line_west: str = LINE_WEST
    everybody: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="session")
def office(tmp_path_factory):
    """The office's settings; Django is set up and the cast is there.

    SQLite, or the empty PostgreSQL that SEKISHO_DATABASE_URL names.
    """
    from sekisho.office.start import prepare

    database = {name: text for name, text in os.environ.items() if name == "SEKISHO_DATABASE_URL"}
    settings = read_settings({"SEKISHO_HOME": str(tmp_path_factory.mktemp("office"))} | database)
    prepare(settings)
    _open_everything()
    return settings


def _open_everything() -> None:
    from sekisho.office.services.open_company import open_company
    from sekisho.office.services.open_contract import open_contract
    from sekisho.office.services.open_customer import open_customer
    from sekisho.office.services.open_lines import open_lines
    from sekisho.office.services.publish_terms import publish_terms

    at = {"now_ms": LONG_AGO}
    for code, name in (("east", "東"), ("west", "西")):
        open_company(code=code, name_ja=name, name_en=code.title(), **at)
        clauses = {"automatic_hold": code == "east", "emergency_bar": code == "east"}
        publish_terms(company=code, version="2026-07", effective_ms=LONG_AGO, **clauses, **at)
    for company, customer, numbers in (
        ("east", "A", [LINE_A, "0312345679"]),
        ("east", "B", ["03-9876-5432"]),
        ("west", "C", [LINE_WEST]),
    ):
        open_customer(company=company, code=customer, name_ja=f"{customer}社", name_en=f"{customer} Ltd", **at)
        open_contract(company=company, customer=customer, code=f"{customer}-1", channels=8, **at)
        open_lines(company=company, contract=f"{customer}-1", numbers=numbers, **at)
    _add_everybody()


def _add_everybody() -> None:
    from sekisho.office.services.add_user import add_user

    for login, role, company, customer in (
        ("east_operator", "operator", "east", None),
        ("east_supervisor", "supervisor", "east", None),
        ("east_auditor", "auditor", "east", None),
        ("west_operator", "operator", "west", None),
        ("a_admin", "customer_admin", "east", "A"),
        ("a_viewer", "customer_viewer", "east", "A"),
        ("b_admin", "customer_admin", "east", "B"),
        ("maintainer", "maintainer", "east", "A"),
    ):
        about = {"login": login, "name": login.replace("_", " ").title(), "role": role, "company": company}
        add_user(**about, customer=customer, password=PASSWORD, now_ms=LONG_AGO)


@pytest.fixture
def db(office):
    """The office's tables; whatever a test writes is undone."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def cast(db):
    """Fresh User objects of the cast."""
    from sekisho.office.models import User

    people = {user.login: user for user in User.objects.select_related("company", "customer")}
    return Cast(password=PASSWORD, **people, everybody=people)


@pytest.fixture
def now_ms():
    """02:52:57 in the night of 24 November 2026 in Japan."""
    return NOW_MS


def rated_row(number: int, line: str, start_ms: int, told: dict[str, Any]) -> dict[str, Any]:
    """A RATED row: an answered call to Sierra Leone of one minute, unless told otherwise."""
    row = {
        "call_id": f"call-{number}",
        "source": "sbc",
        "direction": "out",
        "line": line,
        "number": "01023276123456",
        "start": start_ms,
        "answer": start_ms + 2 * SECOND_MS,
        "end": start_ms + MINUTE_MS,
        "cause": 200,
        "talk_ms": None,
        "company": "east",
        "file_sha256": "0" * 64,
        "row": number + 1,
        "e164": 0,
        "destination_id": 0,
        "class": "international",
        "country": "SL",
        "place": "SIERRA LEONE",
        "valid": True,
        "unit_ms": 60_000,
        "units": 1,
        "charge_milliyen": 175_000,
        "tariff_version": "t1",
    }
    return row | told


@pytest.fixture
def make_call_book(tmp_path):
    """A call book over a real lake of these calls: (line, start in ms, what differs from the usual call)."""

    def make(*calls: tuple[str, int, dict[str, Any]]) -> ParquetCallBook:
        rows = [rated_row(number, *call) for number, call in enumerate(calls)]
        folder = Path(tmp_path) / "lake"
        lake = ParquetLake(folder, writer=True)
        if rows:
            columns = [pa.array([row[f.name] for row in rows]).cast(f.type) for f in RATED]
            lake.write([pa.RecordBatch.from_arrays(columns, schema=RATED)], 1, 1)
        return ParquetCallBook(folder)

    return make


@pytest.fixture
def call_book(make_call_book):
    """A call book of a lake without calls."""
    return make_call_book()


def verdict_row(identity: str, line: str, at_ms: int, told: dict[str, Any]) -> dict[str, Any]:
    """A row of VERDICTS: an alert of East, unless told otherwise."""
    row = {
        "verdict_id": identity,
        "call_id": f"call of {identity}",
        "company": "east",
        "line": line,
        "at": at_ms,
        "action": "alert",
        "scope": "international",
        "score_nats": 9.5,
        "evidence": [
            {"name": "rate", "nats": 2.0, "facts": json.dumps({"per_hour": 0.01})},
            {"name": "country", "nats": 5.5, "facts": json.dumps({"calls": 0.0})},
        ],
        "spend_today": 350_000,
        "spend_month": 1_350_000,
    }
    return row | told


@pytest.fixture
def verdicts():
    """VERDICTS of (verdict id, line as the input wrote it, instant, what differs from the usual alert)."""

    def make(*told: tuple[str, str, int, dict[str, Any]]) -> pa.RecordBatch:
        rows = [verdict_row(*one) for one in told]
        return pa.RecordBatch.from_arrays(
            [pa.array([row[f.name] for row in rows], f.type) for f in VERDICTS], schema=VERDICTS
        )

    return make


@pytest.fixture
def open_case(db, verdicts):
    """Open a case by a verdict, as the relay does; returns its UUID."""
    from sekisho.office.models import Case
    from sekisho.office.services.take_verdicts import take_verdicts

    def make(line: str = LINE_A, at_ms: int = NOW_MS - MINUTE_MS, **told: Any) -> Any:
        take_verdicts([verdicts((f"{line} {at_ms} {sorted(told.items())}", line, at_ms, told))])
        return Case.objects.get(line__number=line, state="open").uuid

    return make


@pytest.fixture
def shadow(db, verdicts):
    """`shadow(told, name=…, since_ms=…)`: a shadow policy has said who it is, and these verdicts (see `verdicts`)."""
    from sekisho.bodies import body_of
    from sekisho.office.services.take_shadow import take_shadow
    from sekisho.ports import Entry

    def make(told: Any = (), *, name: str = "night", version: str = "v1", since_ms: int = LONG_AGO) -> None:
        about = {"name": name, "version": version, "since_ms": since_ms, "at_ms": NOW_MS}
        about["differs"] = [["hold_nats", 14.0, 12.0]]
        entries = [Entry(1, "policy", "policy", json.dumps(about).encode())]
        if told:
            entries.append(Entry(2, "verdicts", f"{version}:journal:7", body_of([verdicts(*told)], VERDICTS)))
        take_shadow(f"shadow.{name}", entries)

    return make


@pytest.fixture
def posted(db):
    """What a test had posted to the journal since the fixture was asked for: kind and body read."""
    from sekisho.office.models import Outbox

    last = Outbox.objects.order_by("-id").values_list("id", flat=True).first() or 0

    def read() -> list[SimpleNamespace]:
        return [
            SimpleNamespace(kind=row.kind, body=json.loads(bytes(row.body)), uuid=row.uuid)
            for row in Outbox.objects.filter(id__gt=last).order_by("id")
        ]

    return read


@pytest.fixture
def browser(cast, monkeypatch):
    """A browser at the fixed instant: `browser(user, book)`. No user: nobody is signed in; no book: no calls.

    It checks CSRF only where a test asks for it (`strict`).
    """
    from django.test import Client

    from sekisho.office.visit import visit

    def make(user: Any = None, book: Any = None, *, strict: bool = False, language: str = "en") -> Client:
        monkeypatch.setattr(visit, "now_ms", lambda: NOW_MS)
        if book is not None:
            monkeypatch.setattr(visit, "_opened", lambda _settings: book)
        client = Client(enforce_csrf_checks=strict, SERVER_NAME="localhost")
        client.cookies["sekisho_language"] = language
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make
