"""Secrecy of communications: what leaves shows no whole number."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.terms.masking import mask_digits, mask_number


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("0312345678", "031234****"),
        ("+81312345678", "+8131234****"),
        ("12345", "1****"),
        ("1234", "****"),
        ("110", "***"),
        ("", ""),
    ],
)
def test_worked_numbers(number, masked):
    assert mask_number(number) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("line 0312345678 is not a number", "line 031234**** is not a number"),
        ("0312345678 called +23276000001", "031234**** called +2327600****"),
        ("row 1234 of 9999", "row 1234 of 9999"),
        ("12345", "1****"),
        ("０３１２３４５６７８", "０３１２３４****"),
        ("", ""),
    ],
)
def test_worked_sentences(text, masked):
    assert mask_digits(text) == masked


@given(st.text(st.sampled_from("0123456789+ -ab"), max_size=60))
def test_no_run_of_five_digits_keeps_its_last_four(text):
    masked = mask_digits(text)
    assert len(masked) == len(text)
    for run in re.finditer(r"\d{5,}", text):
        assert masked[run.start() : run.end()] == run.group()[:-4] + "****"
    assert re.sub(r"\d{5,}", "", text) == re.sub(r"\d+\*{4}", "", masked)
