"""Patterns of digits: the same answer as Python's regular expressions, and prefixes that divide numbers rightly."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sekisho.core.numbering.patterns import EMPTY, NOTHING, Candidate, DigitPatterns, owners, starting_with

ATOMS = st.sampled_from(["0", "1", "7", r"\d", "[01]", "[0-27]", "(?:0|12)", "(?:1(?:0|7)2|0?1)"])
COUNTS = st.sampled_from(["", "?", "{2}", "{1,3}", "{0,2}"])
SEQUENCES = st.lists(st.tuples(ATOMS, COUNTS).map("".join), max_size=5).map("".join)
WRITTEN = st.lists(SEQUENCES, min_size=1, max_size=3).map("|".join)
DIGITS = st.text(alphabet="0127", max_size=8)
ALL_LENGTHS = (1 << 16) - 1


@given(WRITTEN, DIGITS)
@example(r"(?:1[2-9]|2)\d{3}", "1500")
def test_a_pattern_matches_what_a_regular_expression_matches(pattern, digits):
    patterns = DigitPatterns()
    assert patterns.matches(patterns.read(pattern), digits) == bool(re.fullmatch(pattern, digits))


@given(WRITTEN)
def test_a_pattern_read_twice_is_one_node(pattern):
    patterns = DigitPatterns()
    assert patterns.read(pattern) == patterns.read(pattern)


def test_patterns_that_mean_the_same_share_their_node():
    patterns = DigitPatterns()
    assert len({patterns.read(text) for text in ("[0-3]", "0|1|2|3", "[01]|[23]", "(?:3|[0-2])")}) == 1
    assert patterns.read(r"\d\d\d") == patterns.read(r"\d{3}")
    assert patterns.read("") == EMPTY
    assert patterns.after(patterns.read("12"), 3) == NOTHING


@pytest.mark.parametrize("pattern", ["1*", "1+", "(?:1", "1)", "a", "^1", "."])
def test_what_metadata_does_not_use_is_refused(pattern):
    with pytest.raises(ValueError, match=re.escape(repr(pattern))):
        DigitPatterns().read(pattern)


def candidate(patterns, *kinds):
    return Candidate((patterns.read(r"\d{1,10}"), ALL_LENGTHS), tuple((patterns.read(k), ALL_LENGTHS) for k in kinds))


def test_a_prefix_is_as_short_as_can_be():
    patterns = DigitPatterns()
    two = (candidate(patterns, r"2\d{3}", r"31\d\d"), candidate(patterns, r"3[02-9]\d\d"))
    assert owners(patterns, two, 8) == [
        ("2", {4: 0}),
        ("30", {4: 1}),
        ("31", {4: 0}),
        *((f"3{digit}", {4: 1}) for digit in range(2, 10)),
    ]


def test_of_several_owners_the_first_counts():
    patterns = DigitPatterns()
    two = (candidate(patterns, r"8\d{3}"), candidate(patterns, r"[89]\d{3}"))
    assert owners(patterns, two, 8) == [("8", {4: 0}), ("9", {4: 1})]


def test_owners_that_differ_in_length_share_a_prefix():
    patterns = DigitPatterns()
    two = (candidate(patterns, r"310[2-9]\d{6}"), candidate(patterns, r"310\d{4}"))
    assert owners(patterns, two, 10) == [("", {7: 1, 10: 0})]


def test_leading_digits_own_whatever_follows():
    patterns = DigitPatterns()
    leading = starting_with(patterns, "268|9", 1 << 5 | 1 << 6)
    assert owners(patterns, (leading,), 10) == [("", {5: 0, 6: 0})]
    assert owners(patterns, (candidate(patterns, r"26\d{3}"), leading), 10) == [
        ("2", {5: 0, 6: 1}),
        ("9", {5: 1, 6: 1}),
    ]


def test_a_number_must_fit_the_whole_and_a_kind():
    patterns = DigitPatterns()
    narrow = Candidate((patterns.read(r"1\d{3}"), 1 << 4), ((patterns.read(r"[12]\d{3,4}"), ALL_LENGTHS),))
    assert owners(patterns, (narrow,), 8) == [("", {4: 0})]
    assert owners(patterns, (Candidate(narrow.whole, ((patterns.read("2"), ALL_LENGTHS),)),), 8) == []


SHORT_PATTERNS = st.lists(st.tuples(ATOMS, COUNTS).map("".join), max_size=3).map("".join)
FOUR = 4  # digits at most: random patterns can need a prefix for every number


@settings(deadline=None)
@given(st.lists(SHORT_PATTERNS, min_size=1, max_size=3), st.lists(st.text(alphabet="0127", max_size=FOUR), min_size=20))
def test_the_longest_prefix_says_whose_a_number_is(written, numbers):
    patterns = DigitPatterns()
    candidates = [
        Candidate((patterns.read(r"\d{0,4}"), ALL_LENGTHS), ((patterns.read(pattern), ALL_LENGTHS),))
        for pattern in written
    ]
    found = dict(owners(patterns, candidates, FOUR))
    for digits in numbers:
        longest = next((digits[:end] for end in range(len(digits), -1, -1) if digits[:end] in found), None)
        got = None if longest is None else found[longest].get(len(digits))
        wanted = next((place for place, pattern in enumerate(written) if re.fullmatch(pattern, digits)), None)
        assert wanted in {None, got}
