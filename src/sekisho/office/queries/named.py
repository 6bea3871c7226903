"""Who a company or a customer is, and who asks."""

from __future__ import annotations

from dataclasses import dataclass

from sekisho.office.models import Company, Customer


@dataclass(frozen=True, slots=True)
class Named:
    """A company's or customer's code and names."""

    code: str
    name_ja: str
    name_en: str


def named(thing: Company | Customer) -> Named:
    """The names of a company or a customer."""
    return Named(thing.code, thing.name_ja, thing.name_en)
