"""`sekisho call`: what is printed of the gate's answer, and the exit code."""

from __future__ import annotations

import re
import socket
import threading

import pytest

REFUSED = 'SIP/2.0 603 Decline\r\nReason: Q.850;cause=21;text="held"\r\nWarning: 399 sekisho "held"'


@pytest.fixture
def gate():
    """Give it an answer's first lines; it gives back HOST:PORT of a gate that answers so, once."""
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.bind(("127.0.0.1", 0))
    door.settimeout(30)
    threads = []

    def answer(head):
        request, peer = door.recvfrom(65_536)
        echoed = re.findall(rb"(?:Via|From|To|Call-ID|CSeq): [^\r]*", request)
        door.sendto(b"\r\n".join([head.encode(), *echoed, b"Content-Length: 0", b"", b""]), peer)

    def answering(head):
        threads.append(threading.Thread(target=answer, args=(head,)))
        threads[-1].start()
        return "{}:{}".format(*door.getsockname())

    yield answering
    for thread in threads:
        thread.join()
    door.close()


CALL = ("call", "--line", "0310000001", "--number", "01023276123456")


def test_a_call_that_may_go_on(sekisho, gate):
    code, out, _ = sekisho(*CALL, "--gate", gate("SIP/2.0 302 Moved Temporarily"))
    assert (code, out) == (0, "SIP/2.0 302 Moved Temporarily\n")


def test_a_gate_that_says_404_lets_it_go_on_too(sekisho, gate):
    assert sekisho(*CALL, "--gate", gate("SIP/2.0 404 Not Found"))[0] == 0


def test_a_refused_call_says_why(sekisho, gate):
    code, out, _ = sekisho(*CALL, "--gate", gate(REFUSED))
    assert code == 1
    assert out == 'SIP/2.0 603 Decline\nReason: Q.850;cause=21;text="held"\nWarning: 399 sekisho "held"\n'


def test_an_asked_call_says_where_it_goes(sekisho, gate):
    contact = "<sip:01023276123456@pin.example;sekisho-call=c;sekisho-line=+81310000001>"
    head = f'SIP/2.0 302 Moved Temporarily\r\nContact: {contact}\r\nWarning: 399 sekisho "PIN"'
    code, out, _ = sekisho(*CALL, "--gate", gate(head))
    assert code == 3
    assert out.splitlines() == [
        "SIP/2.0 302 Moved Temporarily",
        'Warning: 399 sekisho "PIN"',
        f"Contact: {contact}",
        "Asked: the call goes to the screening announcement, and on from there only with the right PIN.",
    ]


def test_a_call_on_the_allowance_says_how_long_it_may_last(sekisho, gate):
    head = "SIP/2.0 302 Moved Temporarily\r\nContact: <sip:010@x>\r\nX-Sekisho-Most-Seconds: 60"
    code, out, _ = sekisho(*CALL, "--gate", gate(head))
    assert code == 0
    assert out.splitlines()[1:] == ["Allowed for 60 seconds of talk: this switch cannot ask for the PIN."]


def test_nobody_answers(sekisho, monkeypatch):
    monkeypatch.setattr("sekisho.demo.probe.ask_gate.__defaults__", (0.05,))
    code, _, err = sekisho(*CALL, "--gate", "127.0.0.1:9")
    assert (code, err) == (2, "no answer from 127.0.0.1:9; is `sekisho up` or `sekisho demo` running?\n")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--number", "010 23"), "--number '010 23': give digits as they are dialled"),
        (("--number", "1\r\nVia: x"), "give digits as they are dialled"),
        (("--line", "alice"), "--line 'alice': give digits"),
        (("--gate", "nowhere"), "--gate nowhere: give HOST:PORT"),
        (("--gate", "127.0.0.1:9", "--source", "192.0.2.1"), "--source 192.0.2.1: no datagram can be sent from there"),
    ],
)
def test_bad_input_is_one_line(sekisho, options, says):
    code, _, err = sekisho(*CALL, *options)
    assert code == 2
    assert says in err
    assert err.count("\n") == 1
