from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.sip.server import Attempt, RedirectServer
from sekisho.core.sip.transactions import Send

PEER = ("192.0.2.10", 5060)
STRANGER = ("203.0.113.66", 5060)
SECOND = 1_000


@pytest.fixture
def server():
    return RedirectServer({PEER[0]}, most_transactions=100)


def status(sends):
    assert all(type(send) is Send for send in sends)
    return [int(send.data[8:11]) for send in sends]


def ask(server, data, address=PEER, now=0):
    (attempt,) = server.receive(data, address, now)
    assert type(attempt) is Attempt
    return attempt


def test_an_invite_is_an_attempt(server, make):
    attempt = ask(server, make(P_Asserted_Identity="<tel:+81311111111>"))
    assert attempt[:6] == ("call-1@192.0.2.10", "+81311111111", "0106112345678", "0106112345678", False, True)
    assert (attempt.address, attempt.fault) == (PEER, None)


def test_what_was_decided_is_answered(server, make):
    assert status(server.go_on(ask(server, make()), 302, 0)) == [302]
    assert status(server.refuse(ask(server, make(Call_ID="2")), 603, "barred", 0)) == [603]
    assert status(server.go_on(ask(server, make(Call_ID="3")), 404, 0)) == [404]
    counters = server.counters
    assert (counters.received, counters.attempts, counters.answered, counters.refused) == (3, 3, 2, 1)


def test_a_copy_is_no_second_attempt(server, make):
    attempt = ask(server, make())
    assert server.receive(make(), PEER, 100) == []  # not decided yet
    first = server.go_on(attempt, 302, 200)
    assert server.receive(make(), PEER, 300) == first
    assert server.timer_due(700) == first
    assert server.receive(make("ACK"), PEER, 800) == []
    assert server.receive(make(), PEER, 900) == []
    assert server.timer_due(60 * SECOND) == []
    assert (server.counters.attempts, server.counters.repeated, len(server.transactions)) == (1, 3, 0)


def test_the_deadline_is_that_of_the_next_timer(server, make):
    assert server.next_deadline() is None
    server.go_on(ask(server, make()), 302, 10)
    assert server.next_deadline() == 510


def test_an_invite_that_waits_can_be_cancelled(server, make):
    attempt = ask(server, make())
    sends = server.receive(make("CANCEL"), PEER, 1)
    assert status(sends) == [200, 487]
    tags = {send.data.split(b"To: ")[1].split(b"\r\n")[0] for send in sends}
    assert len(tags) == 1
    assert server.go_on(attempt, 302, 2) == []  # too late


def test_cancel_after_the_answer_changes_nothing(server, make):
    server.go_on(ask(server, make()), 302, 0)
    assert status(server.receive(make("CANCEL"), PEER, 1)) == [200]
    assert status(server.receive(make("CANCEL", Call_ID="other"), PEER, 1)) == [481]


@pytest.mark.parametrize(
    ("method", "code"),
    [("OPTIONS", 200), ("REGISTER", 405), ("BYE", 405), ("SUBSCRIBE", 405), ("invite", 501), ("NEWMETHOD", 501)],
)
def test_other_methods(server, make, method, code):
    assert status(server.receive(make(method), PEER, 0)) == [code]
    assert server.receive(make(method), STRANGER, 0) == []


def test_an_ack_is_never_answered(server, make):
    assert server.receive(make("ACK"), PEER, 0) == []
    assert server.receive(make("ACK", CSeq="1 INVITE"), PEER, 0) == []
    assert server.receive(make("ACK", drop=("From",)), PEER, 0) == []


def test_a_stranger_is_answered_and_forgotten(server, make):
    for _ in range(2):
        attempt = ask(server, make(), STRANGER)
        assert attempt.known is False
        assert status(server.refuse(attempt, 403, "who are you", 0)) == [403]
    assert (len(server.transactions), server.next_deadline()) == (0, None)
    assert server.counters.unknown_source == 2


def test_a_stranger_cannot_take_a_peers_place(server, make):
    server.refuse(ask(server, make(), STRANGER), 403, "", 0)
    attempt = ask(server, make())
    assert status(server.go_on(attempt, 302, 0)) == [302]


@pytest.mark.parametrize("uri", ["http://x", "urn:service:counseling", "mailto:a@b"])
def test_an_address_that_cannot_be_called(server, make, uri):
    assert status(server.receive(make(uri=uri), PEER, 0)) == [416]
    assert server.receive(make(uri=uri), STRANGER, 0) == []


def test_two_readings_are_refused(server, make):
    assert status(server.receive(make(uri="sip:110@0106112345678@x"), PEER, 0)) == [400]


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"CSeq": "x"}, 400), ({"version": "SIP/3.0"}, 505), ({"Content_Length": "9"}, 400), ({"drop": ("To",)}, 400)],
)
def test_a_broken_invite_is_given_out_for_it_may_be_an_emergency(server, make, changed, code):
    attempt = ask(server, make(uri="sip:110@x", **changed))
    assert (attempt.dialled, attempt.fault.status) == ("110", code)
    assert status(server.reject(attempt)) == [code]
    assert status(server.go_on(attempt, 302, 0)) == [302]
    assert server.reject(ask(server, make(uri="sip:110@x", **changed), STRANGER)) == []
    assert len(server.transactions) == 0


def test_a_broken_request_of_another_method(server, make):
    assert status(server.receive(make("OPTIONS", CSeq="x"), PEER, 0)) == [400]
    assert server.receive(make("OPTIONS", CSeq="x"), STRANGER, 0) == []
    assert server.counters.malformed == 2


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"SIP/2.0 200 OK\r\n\r\n", b"\0" * 100, b"x" * 60_000])
def test_noise_is_counted(server, data):
    assert server.receive(data, PEER, 0) == []
    assert server.counters.ignored == 1


def test_a_call_id_that_is_not_ascii_is_read_as_utf_8(server, make):
    assert ask(server, make(Call_ID="呼".encode().decode("latin-1"))).call_id == "呼"
    assert ask(server, make(Call_ID="\xff")).call_id == "\ufffd"


@given(st.lists(st.tuples(st.binary(max_size=60), st.integers(0, 400), st.booleans()), max_size=8), st.integers(0, 2))
def test_nothing_that_comes_makes_it_raise(pieces, kind):
    server = RedirectServer({PEER[0]}, most_transactions=2)
    for number, (piece, at, known) in enumerate(pieces):
        method = (b"INVITE", b"CANCEL", b"ACK")[kind]
        whole = (
            b"%s sip:110@x SIP/2.0\r\nVia: SIP/2.0/UDP a;rport;branch=z9hG4bK-%d\r\n"
            b"From: <sip:b@c>;tag=1\r\nTo: <sip:1@a>\r\nCall-ID: x\r\n"
            b"P-Asserted-Identity: <sip:+813@a>\r\nCSeq: 1 %s\r\n\r\n" % (method, number, method)
        )
        for each in server.receive(whole[:at] + piece + whole[at:], PEER if known else STRANGER, number):
            if type(each) is Attempt:
                sends = server.go_on(each, 302, number) if each.fault is None else server.reject(each)
                assert all(send.data.startswith(b"SIP/2.0 ") for send in sends)
    server.timer_due(10**6)
    assert server.counters.received == len(pieces)
