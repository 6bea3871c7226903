"""Which terms are in force for a contract."""

from __future__ import annotations

from dataclasses import dataclass

from sekisho.office.models import Contract, TermsVersion


def terms_of(contract: Contract, now_ms: int) -> TermsVersion | None:
    """The version that the contract names, else the company's newest that is effective; None where there is none.

    A version of its own that is not effective yet does not hold yet: until then the company's does.
    """
    own = contract.terms
    if own is not None and own.effective_ms <= now_ms:
        return own
    effective = TermsVersion.objects.filter(company_id=contract.company_id, effective_ms__lte=now_ms)
    return effective.order_by("-effective_ms").first()


@dataclass(frozen=True, slots=True)
class TermsCard:
    """The clauses in force."""

    version: str
    effective_ms: int
    automatic_hold: bool
    emergency_bar: bool


def terms_card(contract: Contract, now_ms: int) -> TermsCard | None:
    """The clauses in force for a contract; None where the company has published none."""
    terms = terms_of(contract, now_ms)
    if terms is None:
        return None
    return TermsCard(terms.version, terms.effective_ms, terms.automatic_hold, terms.emergency_bar)
