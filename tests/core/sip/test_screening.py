"""The way to the screening announcement: which settings name one, and the address for a call."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sipmessage import URI

from sekisho.core.sip.screening import CALL, LINE, is_screening_uri, screening_contact

GOOD = [
    "sip:192.0.2.30",
    "sip:pin.example:5070",
    "sips:pin.example",
    "sip:[2001:db8::1]:5060",
    "sip:pin@192.0.2.30",
    "sip:9{number}@192.0.2.30;transport=tcp",
    "sip:{number}@pin.example;user=phone",
]


@pytest.mark.parametrize("text", GOOD)
def test_these_name_an_announcement(text):
    assert is_screening_uri(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "pin.example", "tel:+8131234", "sip:", "sip:@pin.example", "<sip:pin.example>", "sip:pin example"),
        *(
            "sip:pin.example?Subject=x",
            "sip:pin.example\r\nX: y",
            "sip:{number}{number}@x",
            "sip:{line}@x",
            "sip:{number}",
        ),
        *("sip:pin@x;sekisho-call=1", "sip:a@b@c", 'sip:"pin"@x', "sip:pin@x;a=b>c"),
    ],
)
def test_these_do_not(text):
    assert not is_screening_uri(text)


@pytest.mark.parametrize(
    ("setting", "contact"),
    [
        ("sip:192.0.2.30", "sip:01023276123456@192.0.2.30;sekisho-call=a84b%40pbx;sekisho-line=+81312345678"),
        (
            "sip:9{number}@192.0.2.30;transport=tcp",
            "sip:901023276123456@192.0.2.30;transport=tcp;sekisho-call=a84b%40pbx;sekisho-line=+81312345678",
        ),
        (
            "sip:pin@192.0.2.30",
            "sip:pin@192.0.2.30;sekisho-number=01023276123456;sekisho-call=a84b%40pbx;sekisho-line=+81312345678",
        ),
    ],
)
def test_the_address_for_a_call(setting, contact):
    assert screening_contact(setting, "01023276123456", "a84b@pbx", "+81312345678") == contact


def test_a_call_id_without_end_is_left_out():
    contact = screening_contact("sip:x", "010", "c" * 256, "0312345678")
    assert contact == "sip:010@x;sekisho-line=0312345678"


@given(st.sampled_from(GOOD), st.text(min_size=1, max_size=40), st.text(max_size=80), st.text(max_size=40))
def test_whatever_was_signalled_it_is_one_address_and_says_all(setting, number, call_id, line):
    contact = screening_contact(setting, number, call_id, line)
    assert contact.isascii()
    assert contact.isprintable()
    assert not set('<>"\\ ,?') & set(contact.partition("@")[2])
    parameters = URI.parse(contact).parameters
    for name, text in ((CALL, call_id), (LINE, line)):
        told = text.encode("utf-8", "replace").decode()
        assert unquote(parameters.get(name) or "") == (told if len(told.encode()) <= 255 else "")
