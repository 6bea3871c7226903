"""The forms of a line: all that are asked for lead back to the E.164 they came from."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.edges.parquet_lake.line_forms import BARE, E164, written_forms

LINES = st.from_regex(r"\+(81[1-9][0-9]{8,9}|[1-79][0-9]{9,11})", fullmatch=True)


def sql(expression: str, line: str) -> str:
    told = duckdb.values(duckdb.ConstantExpression(line).alias("line")).project(expression).fetchone()
    assert told is not None
    return told[0]


def test_a_japanese_line_has_three_forms_another_two():
    assert written_forms("+81312345678") == ["+81312345678", "81312345678", "0312345678"]
    assert written_forms("+442071234567") == ["+442071234567", "442071234567"]


@pytest.mark.parametrize(
    "line", ["", "0312345678", "81312345678", "+", "+0312", "+81-3-1234-5678", "'; --", "+8131234567812345"]
)
def test_a_line_is_asked_for_as_e164(line):
    with pytest.raises(ValueError, match=r"E\.164 with"):
        written_forms(line)


@settings(max_examples=30, deadline=None)
@given(LINES)
def test_every_form_leads_back(line):
    for form in written_forms(line):
        assert sql(BARE, form) == form
        assert sql(E164, form) == line


@pytest.mark.parametrize(
    "written", ["03-1234-5678", "+81 3 1234 5678", "(03) 1234.5678", "0312345678;user=phone", "81-3-1234-5678;a=1;b=2"]
)
def test_signs_and_parameters_mean_nothing(written):
    assert sql(E164, written) == "+81312345678"
