from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.sip import calling
from sekisho.core.sip.calling import addresses, line_of
from sekisho.core.sip.request import read_request


def asserted(make, *values, from_="<sip:anonymous@anonymous.invalid>;tag=1"):
    return read_request(make(From=from_))._replace(identities=values)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (["<sip:+81312345678@example.jp;user=phone>"], "+81312345678"),
        (["<tel:+81-3-1234-5678>"], "+81312345678"),
        (["tel:0312345678"], "0312345678"),
        (["sip:0312345678@example.jp;user=phone"], "0312345678"),
        (["<tel:0312345678;phone-context=+81>"], "0312345678"),
        (["<tel:312345678;phone-context=+81>"], "+81312345678"),
        (['"03-9999, <sip:0399999999@x>" <sip:0312345678@example.jp>'], "0312345678"),
        (['"a \\" b" <tel:+81312345678>;x=y'], "+81312345678"),
        (["<sip:alice@example.jp>, <tel:+81312345678>"], "+81312345678"),
        (["<sip:alice@example.jp>", "tel:+81312345678"], "+81312345678"),
        (["sip:alice@example.jp,tel:+81312345678"], "+81312345678"),
        (["<tel:+81311111111>, <tel:+81322222222>"], "+81311111111"),
        (["<sip:1001@pbx>"], "1001"),
        (["<sip:alice@example.jp>"], ""),
        (["<sip:+81312345678"], ""),
        (['"open <sip:+81312345678@x>'], ""),
        ([""], ""),
        (["<tel:+>"], ""),
        (["<tel:+81" + "1" * 30 + ">"], ""),
        (["<tel:\xb2\xb2>"], ""),
        (["<sip:a@b@c>"], ""),
    ],
)
def test_the_line_is_the_first_asserted_number(make, values, line):
    assert line_of(asserted(make, *values)) == line


@pytest.mark.parametrize(
    ("from_", "line"),
    [
        ("<sip:+81312345678@pbx>;tag=1", "+81312345678"),
        ('"Bob" <sip:0312345678@pbx;user=phone>;tag=1', "0312345678"),
        ("sip:0312345678@pbx;tag=1", "0312345678"),
        ("\xe5\xb1\xb1 <tel:0312345678>;tag=1", "0312345678"),
        ("<sip:anonymous@anonymous.invalid>;tag=1", ""),
    ],
)
def test_without_an_asserted_number_it_is_from(make, from_, line):
    assert line_of(asserted(make, from_=from_)) == line
    assert line_of(asserted(make, "<sip:alice@x>", from_=from_)) == line


def test_an_asserted_number_wins_over_from(make):
    request = asserted(make, "<tel:+81311111111>", from_="<sip:+81322222222@pbx>;tag=1")
    assert line_of(request) == "+81311111111"


@given(st.text('<>",:@;+0123sipteluser=phone \\', max_size=40))
def test_the_quick_way_is_the_long_way(value):
    value = f"<sip:+8131@a>{value}"[len(value) % 14 :]
    quick = calling._PLAIN.match(value)
    if quick is not None:
        assert calling._line(next(addresses(value))) == (quick[1] or quick[2])


@pytest.mark.parametrize("piece", [",", '""', "<", "<>", "<a>,", '"', '"\\', "a", "<sip:1"])
def test_hostile_values_are_cut_short(make, piece):
    request = asserted(make, *[piece * (16_000 // len(piece))] * 3, from_=piece * (16_000 // len(piece)))
    begun = time.perf_counter()
    assert line_of(request) in ("", "1")
    assert time.perf_counter() - begun < 0.1
