"""Worked messages, the ideas of RFC 4475 in our own words, and mangled bytes."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sipmessage import Message

from sekisho.core.sip.request import MAX_HEAD, BadMessage, Request, has_tag, read_request, read_via

WHOLE = (
    b"INVITE sip:0312345678@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10:5062;branch=z9hG4bK-1;rport\r\n"
    b"From: <sip:+81312345678@192.0.2.10>;tag=f1\r\nTo: <sip:0312345678@192.0.2.1>\r\nCall-ID: c@192.0.2.10\r\n"
    b"CSeq: 7 INVITE\r\nContent-Length: 4\r\n\r\nv=0\n"
)


def fault(data):
    with pytest.raises(BadMessage) as caught:
        read_request(data)
    return caught.value


def test_a_request_is_read():
    request = read_request(WHOLE)
    assert isinstance(request, Request)
    assert (request.method, request.uri) == ("INVITE", "sip:0312345678@192.0.2.1")
    assert request.top[1:] == ("192.0.2.10", 5062, "z9hG4bK-1", True)
    assert (request.from_, request.to) == ("<sip:+81312345678@192.0.2.10>;tag=f1", "<sip:0312345678@192.0.2.1>")
    assert (request.call_id, request.cseq, request.sequence) == ("c@192.0.2.10", "7 INVITE", 7)
    assert request.vias == request.identities == ()


def test_another_reader_sees_the_same():
    other = Message.parse(WHOLE)
    request = read_request(WHOLE)
    assert (other.call_id, other.cseq.sequence, other.via[0].host) == (request.call_id, 7, request.top.host)
    assert (str(other.uri), other.via[0].parameters["branch"]) == (request.uri, request.top.branch)


def test_compact_names_folding_and_odd_spaces(make):
    """As in RFC 4475 section 3.1.1.1: everything that is allowed and nobody writes."""
    data = (
        b"INVITE sip:110@192.0.2.1;unknown SIP/2.0\r\n"
        b"v :  SIP  / 2.0\r\n  / UDP\r\n    192.0.2.2 ; branch = z9hG4bK-x , SIP/2.0/TCP a.example;branch=z9hG4bK-y\r\n"
        b"VIA:SIP/2.0/UDP [2001:db8::9]:5070;branch=z9hG4bK-z\r\n"
        b"t:\r\n <sip:110@192.0.2.1>\r\nf:\t<sip:a@b> ; tag = 98\r\ni:  x\r\ncseq: 0009\r\n  INVITE\r\n"
        b"L: 0\r\nnonsense without a colon\r\nNew: \x80\xff\r\np-asserted-identity: <tel:+81312345678>\r\n\r\n"
    )
    request = read_request(data)
    assert request.top[1:] == ("192.0.2.2", 5060, "z9hG4bK-x", False)
    assert request.vias == (
        "SIP/2.0/TCP a.example;branch=z9hG4bK-y",
        "SIP/2.0/UDP [2001:db8::9]:5070;branch=z9hG4bK-z",
    )
    assert (request.call_id, request.sequence, request.to) == ("x", 9, "<sip:110@192.0.2.1>")
    assert request.identities == ("<tel:+81312345678>",)
    assert has_tag(request.from_)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"\0\0\0\0",
        b"hello",
        b"SIP/2.0 200 OK\r\nVia: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        bytes(range(256)),
        b"\xff" * 65_000,
    ],
)
def test_what_is_no_request_is_nothing(data):
    assert read_request(data) is None


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"drop": ("From",)}, 400),
        ({"drop": ("To",)}, 400),
        ({"drop": ("Call-ID",)}, 400),
        ({"drop": ("CSeq",)}, 400),
        ({"CSeq": "1 OPTIONS"}, 400),
        ({"CSeq": "36893488147419103232 INVITE"}, 400),
        ({"CSeq": "2147483648 INVITE"}, 400),
        ({"CSeq": "-1 INVITE"}, 400),
        ({"CSeq": "\xb2 INVITE"}, 400),
        ({"Content_Length": "-999"}, 400),
        ({"Content_Length": "1000"}, 400),
        ({"Content_Length": "9" * 5_000}, 400),
        ({"t": "<sip:other@example.jp>"}, 400),
        ({"i": "another"}, 400),
        ({"X": "a\nFrom: <sip:+81999@x>"}, 400),
        ({"X": "a\rb"}, 400),
        ({"X": "a\0b"}, 400),
        ({"X": "a" * MAX_HEAD}, 513),
        ({"version": "SIP/7.0"}, 505),
        ({"uri": "<sip:0312345678@192.0.2.1>"}, 400),
        ({"uri": "sip:0312345678@192.0.2.1; lr"}, 400),
    ],
)
def test_what_is_out_of_order_has_its_status(make, changed, status):
    caught = fault(make(**changed))
    assert caught.status == status
    assert caught.request is not None
    assert caught.request.top.branch == "z9hG4bK-1"


@pytest.mark.parametrize(
    "via",
    [
        "",
        "x",
        "SIP/2.0/UDP",
        "SIP/2.0/UDP :5060",
        "SIP/2.0/UDP a:0",
        "SIP/2.0/UDP a:99999",
        "SIP/2.0/UDP a" + ";" * 9_000,
    ],
)
def test_without_a_via_there_is_nowhere_to_answer(make, via):
    assert fault(make(Via=via)).request is None
    assert fault(make(drop=("Via",))).request is None


def test_a_datagram_that_ends_too_soon(make):
    assert fault(make().removesuffix(b"\r\n")).status == 400
    assert read_request(make(body="v=0\r\n", Content_Length="2")) is not None  # more than said is padding


def test_keep_alives_before_a_request_are_passed_over(make):
    assert read_request(b"\r\n\r\n" + make()) == read_request(make())


def test_the_quick_way_through_via_is_the_long_way():
    for value in (
        "SIP/2.0/UDP sbc.example.jp:5060;branch=z9hG4bK-1",
        "SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bK-1",
        "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK.a~b;rport",
    ):
        assert read_via(value) == read_via(value.replace(";branch", "; branch"))._replace(text=value)


@given(st.integers(0, 3), st.data())
def test_mangled_messages_are_read_or_refused(kind, data):
    source = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(source) - 1))
        if kind == 0:
            source[at] = data.draw(st.integers(0, 255))
        elif kind == 1:
            del source[at : at + data.draw(st.integers(1, 20))]
            source += b"\r\n"
        elif kind == 2:
            source[at:at] = data.draw(
                st.sampled_from([b"\r\n", b"\r\n ", b"\0", b";", b",", b'"', b"<", b":", b"@", b"\xe3"])
            )
        else:
            source[at:at] = source[at : at + 40]
    try:
        request = read_request(bytes(source))
    except BadMessage as caught:
        request = caught.request
    assert request is None or not {"\r", "\n", "\0"} & {
        *str(request.uri + request.from_ + request.to + request.top.text)
    }


@pytest.mark.parametrize(
    "piece",
    [b"a:b\r\n", b"Via: SIP/2.0/UDP a\r\n", b"X: a\r\n b\r\n", b";", b",", b'"', b"<", b"\n", b"\0", b"a\r\n ", b"1 "],
    ids=repr,
)
def test_work_grows_with_size_and_no_faster(make, piece):
    """A datagram ten times as long takes about ten times as long; forty times would be the square's beginning."""

    def took(size):
        data = make(X="y").replace(b"X: y\r\n", b"X: " + piece * (size // len(piece)) + b"\r\n")
        best = 1.0
        for _ in range(5):
            begun = time.perf_counter()
            with suppress(BadMessage):
                read_request(data)
            best = min(best, time.perf_counter() - begun)
        return best

    assert took(60_000) < 40 * took(6_000) + 0.002
