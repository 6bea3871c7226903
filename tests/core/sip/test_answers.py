from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sipmessage import Message

from sekisho.core.sip import answers
from sekisho.core.sip.request import read_request

PEER = ("192.0.2.10", 5060)


def read(send):
    head, _, body = send.data.decode("utf-8").partition("\r\n\r\n")
    assert body == ""
    first, *lines = head.split("\r\n")
    return first, [tuple(line.split(": ", 1)) for line in lines]


def header(send, name):
    return [value for key, value in read(send)[1] if key == name]


def test_a_call_that_may_go_on_is_sent_back_to_where_it_was_going(make):
    request = read_request(make(Record_Route="<sip:proxy.example.jp;lr>"))
    send = answers.go_on(request, PEER, 302)
    assert send.address == PEER
    assert send.data.decode().split("\r\n") == [
        "SIP/2.0 302 Moved Temporarily",
        "Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK-1",
        "From: <sip:+81312345678@192.0.2.10>;tag=f1",
        f"To: <sip:0106112345678@192.0.2.1;user=phone>;tag={answers._tag(request)}",
        "Call-ID: call-1@192.0.2.10",
        "CSeq: 1 INVITE",
        "Contact: <sip:0106112345678@192.0.2.1;user=phone>",
        "Content-Length: 0",
        "",
        "",
    ]


def test_404_goes_on_without_a_contact(make):
    send = answers.go_on(read_request(make()), PEER, 404)
    assert read(send)[0] == "SIP/2.0 404 Not Found"
    assert header(send, "Contact") == []


def test_a_call_that_must_be_screened_is_sent_to_the_announcement(make):
    send = answers.screen(read_request(make()), PEER, "sip:0106112345678@pin.example;sekisho-call=1", 'say "PIN"')
    assert read(send)[0] == "SIP/2.0 302 Moved Temporarily"
    assert header(send, "Contact") == ["<sip:0106112345678@pin.example;sekisho-call=1>"]
    assert header(send, "Warning") == ['399 sekisho "say \\"PIN\\""']


@pytest.mark.parametrize("status", [302, 404])
def test_a_call_that_may_not_last_is_told_how_long(make, status):
    assert header(answers.go_on(read_request(make()), PEER, status, 60), "X-Sekisho-Most-Seconds") == ["60"]
    assert header(answers.go_on(read_request(make()), PEER, status), "X-Sekisho-Most-Seconds") == []


@pytest.mark.parametrize(("status", "phrase"), [(603, "Decline"), (403, "Forbidden")])
def test_a_refusal_says_why(make, status, phrase):
    send = answers.refuse(read_request(make()), PEER, status, 'barred by "order" \\ 規制\r\nX: y')
    said = '"barred by \\"order\\" \\\\ 規制  X: y"'
    assert read(send)[0] == f"SIP/2.0 {status} {phrase}"
    assert header(send, "Reason") == [f"Q.850;cause=21;text={said}"]
    assert header(send, "Warning") == [f"399 sekisho {said}"]


def test_other_answers(make):
    request = read_request(make("OPTIONS"))
    assert read(answers.able(request, PEER))[0] == "SIP/2.0 200 OK"
    assert header(answers.able(request, PEER), "Allow") == ["INVITE, ACK, CANCEL, OPTIONS"]
    assert header(answers.able(request, PEER), "Accept") == ["application/sdp"]
    assert read(answers.not_allowed(request, PEER, 405))[0] == "SIP/2.0 405 Method Not Allowed"
    assert header(answers.not_allowed(request, PEER, 501), "Allow") == ["INVITE, ACK, CANCEL, OPTIONS"]
    assert read(answers.answer(request, PEER, 400, phrase="CSeq is odd"))[0] == "SIP/2.0 400 CSeq is odd"


@pytest.mark.parametrize(
    ("via", "source", "stamped", "to"),
    [
        ("a.example;branch=z9hG4bK-1", ("192.0.2.9", 4000), "a.example;branch=z9hG4bK-1;received=192.0.2.9", 5060),
        ("192.0.2.9:5070;branch=z9hG4bK-1", ("192.0.2.9", 4000), "192.0.2.9:5070;branch=z9hG4bK-1", 5070),
        (
            "192.0.2.9;branch=z9hG4bK-1;rport",
            ("192.0.2.9", 4000),
            "192.0.2.9;branch=z9hG4bK-1;rport=4000;received=192.0.2.9",
            4000,
        ),
        (
            "192.0.2.9;rport;branch=z9hG4bK-1",
            ("192.0.2.9", 4000),
            "192.0.2.9;rport=4000;received=192.0.2.9;branch=z9hG4bK-1",
            4000,
        ),
        (
            "192.0.2.9;rport=1;received=203.0.113.1;rx=;rport;branch=z9hG4bK-1",
            ("192.0.2.9", 4000),
            "192.0.2.9;rx=;branch=z9hG4bK-1;rport=4000;received=192.0.2.9",
            4000,
        ),
        (
            "a.example;received=203.0.113.1;maddr=203.0.113.2;branch=z9hG4bK-1",
            ("192.0.2.9", 4000),
            "a.example;maddr=203.0.113.2;branch=z9hG4bK-1;received=192.0.2.9",
            5060,
        ),
    ],
)
def test_an_answer_goes_to_where_the_request_came_from(make, via, source, stamped, to):
    send = answers.go_on(read_request(make(Via="SIP/2.0/UDP " + via)), source, 302)
    assert header(send, "Via") == ["SIP/2.0/UDP " + stamped]
    assert send.address == (source[0], to)


def test_every_via_comes_back_in_order(make):
    via = "SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK-1, SIP/2.0/UDP b;branch=z9hG4bK-2"
    send = answers.go_on(read_request(make(Via=via, v="SIP/2.0/TCP c;branch=z9hG4bK-3")), PEER, 302)
    assert header(send, "Via") == [*via.split(", "), "SIP/2.0/TCP c;branch=z9hG4bK-3"]


@pytest.mark.parametrize("to", ["<sip:110@x>;tag=t1", "<sip:110@x> ; TAG = t1", "sip:110@x;tag=t1"])
def test_a_tag_that_is_there_stays(make, to):
    assert header(answers.go_on(read_request(make(To=to)), PEER, 302), "To") == [to]


@pytest.mark.parametrize("to", ["<sip:110@x;tag=inside>", '"a;tag=b" <sip:110@x>', "sip:110@x"])
def test_what_only_looks_like_a_tag_is_none(make, to):
    assert header(answers.go_on(read_request(make(To=to)), PEER, 302), "To")[0].startswith(f"{to};tag=")


def test_the_tag_is_that_of_the_request(make):
    invite, cancel, other = (read_request(make(*more)) for more in (("INVITE",), ("CANCEL",), ("INVITE",)))
    assert answers._tag(invite) == answers._tag(cancel)
    assert answers._tag(invite) != answers._tag(other._replace(call_id="other"))


@given(st.text(max_size=300))
def test_whatever_the_reason_the_answer_is_a_message(text):
    request = read_request(
        b"INVITE sip:1@a SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK-1\r\nFrom: <sip:b@c>;tag=1\r\nTo: <sip:1@a>\r\n"
        b"Call-ID: x\r\nCSeq: 1 INVITE\r\n\r\n"
    )
    send = answers.refuse(request, PEER, 603, text)
    message = Message.parse(send.data)
    assert (message.code, message.call_id, str(message.via[0])) == (
        603,
        "x",
        "SIP/2.0/UDP a;branch=z9hG4bK-1;received=192.0.2.10",
    )
    assert send.data.count(b"\r\n") == 10
