"""Opens an office through its services: a company with both clauses, a supervisor, a customer, lines. A program.

In a process of its own, because one process has one office.
"""

from __future__ import annotations

import os

from sekisho.office.start import prepare
from sekisho.wiring.embedded import system_clock
from sekisho.wiring.settings import read_settings

PASSWORD = "correct horse battery"  # noqa: S105 - of a supervisor who is not
BARRED, ORDERED, ATTACKED, *OTHERS = [f"+8131200000{digit}" for digit in range(9)]


def main() -> None:
    prepare(read_settings(os.environ))
    from sekisho.office.services.add_user import add_user
    from sekisho.office.services.open_company import open_company
    from sekisho.office.services.open_contract import open_contract
    from sekisho.office.services.open_customer import open_customer
    from sekisho.office.services.open_lines import open_lines
    from sekisho.office.services.publish_terms import publish_terms

    at = {"now_ms": system_clock().now_ms()}
    open_company(code="east", name_ja="東日本", name_en="East", **at)
    clauses = {"automatic_hold": True, "emergency_bar": True}
    publish_terms(company="east", version="1", effective_ms=0, **clauses, **at)
    open_customer(company="east", code="A", name_ja="A社", name_en="A Ltd", **at)
    open_contract(company="east", customer="A", code="A-1", channels=30, **at)
    about = {"login": "supervisor", "name": "East", "role": "supervisor", "company": "east"}
    add_user(**about, password=PASSWORD, **at)
    open_lines(company="east", contract="A-1", numbers=[BARRED, ORDERED, ATTACKED, *OTHERS], **at)


if __name__ == "__main__":
    main()
