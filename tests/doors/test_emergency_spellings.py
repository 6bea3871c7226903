"""Every spelling of an emergency call in docs/algorithms/sip.md goes on, whatever else holds: the worst case there is.

The number goes through the real numbering plan. The call comes from a stranger, names no line, and the decision fails
while the gate is closed. Or every line is asked: then all calls but emergencies are sent to the announcement.
"""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from tests.doors.gate_thread import Decision, serving

from sekisho.core.numbering.plan import build_plan, resolve
from sekisho.core.terms.destination import DestinationClass
from sekisho.engine.gate_sip import Stance

PAPER = Path(__file__).parents[2] / "docs" / "algorithms" / "sip.md"


def spellings():
    table = PAPER.read_text("utf-8").partition("| request URI | what it is |")[2].partition("\n\n")[0]
    for row in table.splitlines()[2:]:
        uri, what = (cell.strip() for cell in row.strip("|").split("|"))
        yield pytest.param(uri, not what.startswith("not one"), id=uri)


def is_emergency(number):
    return resolve(build_plan(), number).class_ is DestinationClass.EMERGENCY


def broken_judge(*call):
    raise RuntimeError(call[2])


@pytest.fixture(scope="module")
def gate():
    assert is_emergency("110")  # the plan is built and its kernels are compiled before anybody waits for an answer
    with serving(broken_judge, is_emergency, stance=Stance(open_on_fault=False)) as running:
        yield running


def always_asked(*_call):
    return Decision(True, "prove yourself", asked=True)


@pytest.fixture(scope="module")
def asking():
    assert is_emergency("110")
    with serving(always_asked, is_emergency) as running:
        yield running


def answer(port, source, uri, *, broken=False):
    return int(whole_answer(port, source, uri, broken=broken)[8:11])


def whole_answer(port, source, uri, *, broken=False):
    sequence = "x" if broken else "1 INVITE"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as switch:
        switch.settimeout(10)
        switch.bind((source, 0))
        switch.sendto(
            f"INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {source};rport;branch=z9hG4bK-{uri}\r\n"
            f"From: <sip:anonymous@anonymous.invalid>;tag=1\r\nTo: <{uri}>\r\nCall-ID: {uri}\r\n"
            f"CSeq: {sequence}\r\n\r\n".encode(),
            ("127.0.0.1", port),
        )
        return switch.recv(65_535)


@pytest.mark.parametrize(("uri", "goes_on"), list(spellings()))
def test_only_an_emergency_goes_on_when_nothing_else_does(gate, uri, goes_on):
    assert answer(gate.port, "127.0.0.9", uri) == (302 if goes_on else 403)
    assert answer(gate.port, "127.0.0.2", uri) == (302 if goes_on else 603)
    assert answer(gate.port, "127.0.0.3", uri) == (404 if goes_on else 603)


@pytest.mark.parametrize(("uri", "goes_on"), list(spellings()))
def test_only_an_emergency_goes_on_unasked_when_everything_is_asked(asking, uri, goes_on):
    said = whole_answer(asking.port, "127.0.0.4", uri)
    if goes_on:
        assert said.startswith(b"SIP/2.0 404 ")
        assert b"pin.example" not in said
    else:
        assert said.startswith(b"SIP/2.0 302 ")
        assert b"@pin.example:5070;transport=udp;sekisho-call=" in said
    assert answer(asking.port, "127.0.0.9", uri) == (302 if goes_on else 403)


@pytest.mark.parametrize("uri", ["sip:110@gate", "tel:119;phone-context=+81", "urn:service:sos.fire", "<sip:118@gate>"])
def test_a_broken_message_may_be_an_emergency_too(gate, uri):
    assert answer(gate.port, "127.0.0.9", uri, broken=True) == 302


def test_the_fault_was_told_without_the_number(gate):
    answer(gate.port, "127.0.0.2", "sip:0106112345678@gate")
    assert gate.said
    assert gate.said[0].startswith("gate: RuntimeError")
    assert all("0106112345678" not in text for text in gate.said)


def test_the_table_has_both_kinds():
    kinds = [spelling.values[1] for spelling in spellings()]
    assert (kinds.count(True) > 30, kinds.count(False) > 4) == (True, True)
