"""The tables of the office, one noun a module. Only services, queries and the relay use them.

Times are whole milliseconds since the epoch (UTC), money is whole milli-yen. A rule that can be a constraint is one.
"""

from __future__ import annotations

from sekisho.office.models.audit_line import AuditLine
from sekisho.office.models.bar import Bar
from sekisho.office.models.case import Case
from sekisho.office.models.company import Company
from sekisho.office.models.contact import Contact
from sekisho.office.models.contract import Contract
from sekisho.office.models.customer import Customer
from sekisho.office.models.hold import Hold
from sekisho.office.models.line import Line
from sekisho.office.models.live_line import LiveLine
from sekisho.office.models.offset import ConsumerOffset
from sekisho.office.models.order import Order
from sekisho.office.models.outbox import Outbox
from sekisho.office.models.part_health import PartHealth
from sekisho.office.models.refusal import Refusal
from sekisho.office.models.shadow import ShadowPolicy, ShadowVerdict
from sekisho.office.models.terms_version import TermsVersion
from sekisho.office.models.user import User
from sekisho.office.models.verdict import Verdict
from sekisho.office.models.watched_feed import WatchedFeed
from sekisho.office.models.watched_part import WatchedPart

__all__ = [
    "AuditLine",
    "Bar",
    "Case",
    "Company",
    "ConsumerOffset",
    "Contact",
    "Contract",
    "Customer",
    "Hold",
    "Line",
    "LiveLine",
    "Order",
    "Outbox",
    "PartHealth",
    "Refusal",
    "ShadowPolicy",
    "ShadowVerdict",
    "TermsVersion",
    "User",
    "Verdict",
    "WatchedFeed",
    "WatchedPart",
]
