"""The cast in the office: whole, once, with logins that work. In a process of its own: a process has one office."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SCRIPT = """
import json, sys
from sekisho.demo.cast import make_cast
from sekisho.office.start import prepare
from sekisho.wiring.settings import read_settings

prepare(read_settings({"SEKISHO_HOME": sys.argv[1]}))
from sekisho.demo.carrier import open_carrier
from sekisho.office.models import Contract, Customer, Line, Outbox, TermsVersion, User
from sekisho.office.services.publish_outbox import count_waiting

seen = []
for turn in range(2):
    logins = open_carrier(make_cast(40), "kitaha-torimo-mikuru-39", 1_790_000_000_000, 1_795_000_000_000)
    seen.append([model.objects.count() for model in (Customer, Contract, Line, TermsVersion, User, Outbox)])
told = [line for row in Outbox.objects.order_by("id") for line in json.loads(bytes(row.body))]
print(json.dumps({
    "seen": seen,
    "logins": [login.name for login in logins],
    "password": User.objects.get(login="operator-east").check_password("kitaha-torimo-mikuru-39"),
    "roles": sorted(User.objects.values_list("login", "role", "company__code", "customer__code")),
    "holds": sorted({(line["company"], line["automatic_hold"]) for line in told}),
    "told": len(told),
    "untold": count_waiting(),
    "terms": sorted(TermsVersion.objects.values_list("company__code", "automatic_hold", "emergency_bar")),
    "since": sorted(set(Customer.objects.values_list("details_since_ms", flat=True))),
}))
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    home = tmp_path_factory.mktemp("home") / "demo"
    command = [sys.executable, "-c", SCRIPT, str(home)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_a_second_time_changes_nothing(office):
    first, second = office["seen"]
    assert first == second
    assert first == [18, 18, 40, 2, 8, 18]


def test_the_judge_is_told_of_every_line_and_who_may_be_held(office):
    assert (office["told"], office["untold"]) == (40, 18)
    assert office["holds"] == [["east", True], ["west", False]]
    assert office["terms"] == [["east", True, True], ["west", False, True]]


def test_logins(office):
    assert office["logins"][:4] == ["operator-east", "supervisor-east", "auditor-east", "customer-east"]
    assert ["customer-west", "customer_admin", "west", "tachibana"] in office["roles"]
    assert ["operator-west", "operator", "west", None] in office["roles"]
    assert office["password"] is True


def test_customers_have_call_details_of_the_whole_history(office):
    assert office["since"] == [1_790_000_000_000]
