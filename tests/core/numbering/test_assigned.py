"""A number abroad is valid where `phonenumbers` says so: numbers of every region, from its patterns and beside them."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from sekisho.core.numbering.assigned import assigned_ranges
from sekisho.core.numbering.plan import build_plan, resolve
from sekisho.core.numbering.regions import metadata_of

PLAN = build_plan()
CODES = sorted(code for code in COUNTRY_CODE_TO_REGION_CODE if code != 81)
KINDS = ("fixed_line", "mobile", "premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "uan", "pager")
EXAMPLES = sorted(
    f"{code}{kind.example_number}"
    for code in CODES
    for region in COUNTRY_CODE_TO_REGION_CODE[code]
    for kind in (getattr(metadata_of(code, region), name) for name in KINDS)
    if kind is not None and kind.example_number
)


def is_valid(digits: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(f"+{digits}"))
    except phonenumbers.NumberParseException:
        return False


def read_alike(digits: str) -> bool:
    """Whether `parse` takes the digits as they are: it drops a trunk prefix that was dialled behind the code."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return True
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == f"+{digits}"


@pytest.mark.parametrize("digits", EXAMPLES)
def test_the_example_numbers_of_all_regions(digits):
    assert resolve(PLAN, f"+{digits}").valid == is_valid(digits)


@given(st.sampled_from(EXAMPLES), st.data())
def test_numbers_near_the_examples(digits, data):
    """A few digits changed, added or lost: what lies beside an assigned range as often as not."""
    place = data.draw(st.integers(1, len(digits)))
    behind = data.draw(st.text("0123456789", max_size=3))
    changed = digits[:place] + behind + digits[place + data.draw(st.sampled_from((0, len(behind)))) :]
    if read_alike(changed) and not changed.startswith("81"):
        assert resolve(PLAN, f"+{changed}").valid == is_valid(changed)


@given(st.sampled_from(CODES), st.text("0123456789", min_size=3, max_size=12))
def test_any_digits_behind_a_calling_code(code, national):
    digits = f"{code}{national}"
    if read_alike(digits):
        assert resolve(PLAN, f"010{digits}").valid == is_valid(digits)


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("+23222278680", True),  # Sierra Leone, Freetown
        ("+23210278680", False),  # a range that nobody there has
        ("+50370882060", True),
        ("+50320882060", False),
        ("+12125550100", True),
        ("+12115550100", False),  # 211 is a service, not an area
        ("+390669812345", True),  # the Vatican's, of Italy's code
        ("+870773111632", True),
        ("+870173111632", False),
        ("+232222786801", False),  # a digit too many
    ],
)
def test_ranges_that_nobody_was_given(number, valid):
    assert resolve(PLAN, number).valid == valid


def test_the_table_leaves_out_what_is_nobodys_and_the_code_named():
    ranges = assigned_ranges(81)
    assert all(lengths for _, lengths in ranges)
    assert not any(prefix.startswith("81") for prefix, _ in ranges)
    assert 40_000 < len(ranges) < 100_000
