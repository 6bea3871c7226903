from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.sip import telephone
from sekisho.core.sip.request import BadMessage
from sekisho.core.sip.telephone import read_telephone


@pytest.mark.parametrize(
    ("uri", "text", "context"),
    [
        ("sip:0312345678@example.jp", "0312345678", ""),
        ("SIP:0312345678@example.jp;user=phone", "0312345678", ""),
        ("sips:+81312345678@example.jp:5061", "+81312345678", ""),
        ("sip:03-1234.5678@example.jp;user=phone", "0312345678", ""),
        ("sip:(03)1234-5678@example.jp", "0312345678", ""),
        ("sip:+81-3-1234-5678;npdi;rn=+81-3-0000@example.jp;user=phone", "+81312345678", ""),
        ("sip:110;phone-context=+81@example.jp;user=phone", "110", "+81"),
        ("sip:110;phone-context=ims.example.jp@example.jp;user=dialstring", "110", "ims.example.jp"),
        ("sip:110:secret@example.jp", "110", ""),
        ("sip:%31%31%30@example.jp", "110", ""),
        ("sip:%2B81110@example.jp", "+81110", ""),
        ("sip:110%3Bx@example.jp", "110", ""),
        ("sip:%2531@example.jp", "%31", ""),
        ("sip:%@example.jp", "%", ""),
        ("sip:alice@example.jp", "alice", ""),
        ("sip:example.jp", "", ""),
        ("sip:110", "110", ""),
        ("sip:110:5060;transport=udp", "110", ""),
        ("sip:192.0.2.1", "", ""),
        ("sip:[2001:db8::1]:5060", "", ""),
        ("sip:@example.jp", "", ""),
        ("tel:110", "110", ""),
        ("TEL:1-1-0;phone-context=+81", "110", "+81"),
        ("tel:110;PHONE-CONTEXT=%2B81", "110", "+81"),
        ("tel:7042;phone-context=+1-914-555", "7042", "+1914555"),
        ("tel:+81-(0)3-1234-5678;ext=12;isub=9", "+810312345678", ""),
        ("tel://110", "110", ""),
        ("tel:", "", ""),
        ("sip:", "", ""),
    ],
)
def test_addresses(uri, text, context):
    assert read_telephone(uri) == (text, context)


@pytest.mark.parametrize("uri", ["urn:service:sos", "http://example.jp/110", "mailto:a@b", "", "110", ":110"])
def test_other_schemes_carry_no_number(uri):
    assert read_telephone(uri) is None


@pytest.mark.parametrize(
    "uri",
    ["sip:110@0106112345678@example.jp", "tel:2125550100;phone-context=+81;phone-context=+1"],
)
def test_what_two_readers_may_read_in_two_ways_is_refused(uri):
    with pytest.raises(BadMessage) as caught:
        read_telephone(uri)
    assert caught.value.status == 400


def test_an_address_has_an_end():
    assert read_telephone("sip:" + "-" * 1_000 + "110@example.jp") == ("110", "")
    with pytest.raises(BadMessage) as caught:
        read_telephone("sip:" + "%41" * 400 + "@example.jp")
    assert caught.value.status == 414


@given(
    st.sampled_from(["sip:", "sips:", "tel:", "Sip:", ""]),
    st.text("0123456789+-%@;:a=", max_size=20),
    st.sampled_from(["", "@example.jp", "@192.0.2.1;user=phone"]),
)
def test_the_quick_way_is_the_long_way(scheme, user, host):
    uri = scheme + user + host
    try:
        expected = telephone._read_any_telephone(uri)
    except BadMessage:
        with pytest.raises(BadMessage):
            read_telephone(uri)
    else:
        assert read_telephone(uri) == expected
