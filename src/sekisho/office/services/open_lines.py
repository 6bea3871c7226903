"""Open lines of a contract, and tell the judge their contract, terms and limits."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from sekisho.core.terms.errors import NotKnown, NotPossible
from sekisho.office.models import Contract, Line, User
from sekisho.office.queries.line_text import normalised
from sekisho.office.services.found import company_of
from sekisho.office.services.may import must
from sekisho.office.services.tell_lines import tell_lines
from sekisho.office.services.trail import note

MOST_LINES = 7_000


@transaction.atomic
def open_lines(
    *, company: str, contract: str, numbers: Sequence[str], now_ms: int, by: User | None = None
) -> list[str]:
    """Open these lines, written as E.164 or national numbers; returns them as E.164 with `+`.

    Raises BadSetting for what is no number, NotPossible for a line that is open already or where they are too many.
    """
    must(by, "customers")
    owner = company_of(by, company)
    holder = Contract.objects.select_related("terms").filter(company=owner, code=contract).first()
    if holder is None:
        raise NotKnown(f"{company} has no contract {contract!r}; open it first")
    texts = [normalised(number) for number in numbers]
    if holder.lines.count() + len(texts) > MOST_LINES:
        raise NotPossible("lines", f"a contract has at most {MOST_LINES} lines; open another one")
    try:
        with transaction.atomic():
            lines = Line.objects.bulk_create([Line(company=owner, contract=holder, number=text) for text in texts])
    except IntegrityError:
        raise NotPossible("taken", f"one of these lines of {company} is open already; leave it out") from None
    tell_lines(owner, lines, now_ms=now_ms)
    note("lines.opened", contract, company=owner, now_ms=now_ms, by=by, data={"lines": len(texts)})
    return texts
