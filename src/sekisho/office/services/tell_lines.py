"""Tell the judge of lines: contract, limits, and whether the terms in force let it hold."""

from __future__ import annotations

from collections.abc import Sequence

from sekisho.flow.controls import lines_body
from sekisho.office.models import Company, Line
from sekisho.office.queries.terms_in_force import terms_of
from sekisho.office.services.outgoing import post

_LINES_A_MESSAGE = 1_000


def tell_lines(company: Company, lines: Sequence[Line], *, now_ms: int) -> None:
    """Post `lines` messages for these lines of one company, as the terms are at `now_ms`. Within a transaction."""
    holds: dict[int, bool] = {}
    for line in lines:
        if line.contract_id not in holds:
            terms = terms_of(line.contract, now_ms)
            holds[line.contract_id] = terms is not None and bool(terms.automatic_hold)
    told = [
        {
            "company": company.code,
            "line": line.number,
            "contract": line.contract.code,
            "automatic_hold": holds[line.contract_id],
            "daily_limit_yen": line.contract.daily_limit_yen,
            "monthly_limit_yen": line.contract.monthly_limit_yen,
        }
        for line in lines
    ]
    for first in range(0, len(told), _LINES_A_MESSAGE):
        post("lines", lines_body(told[first : first + _LINES_A_MESSAGE]), now_ms=now_ms)
