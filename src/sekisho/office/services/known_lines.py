"""Lines as messages write them → the office's lines. What it does not know is None, never an error."""

from __future__ import annotations

from collections.abc import Iterable

from sekisho.core.terms.errors import BadSetting
from sekisho.office.models import Company, Line
from sekisho.office.queries.line_text import normalised


def known_companies(codes: Iterable[str]) -> dict[str, Company]:
    """The companies among these codes."""
    return {company.code: company for company in Company.objects.filter(code__in=set(codes))}


def known_lines(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Line]:
    """Of (company code, line as written, also national): the lines that there are, by what was asked."""
    numbers: dict[tuple[str, str], tuple[str, str]] = {}
    for company, text in set(wanted):
        try:
            numbers[company, text] = (company, normalised(text))
        except BadSetting:
            continue
    found = Line.objects.select_related("company").filter(
        company__code__in={company for company, _ in numbers.values()},
        number__in={number for _, number in numbers.values()},
    )
    lines = {(line.company.code, line.number): line for line in found}
    return {asked: lines[number] for asked, number in numbers.items() if number in lines}
