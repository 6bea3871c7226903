"""The SIP client against a redirect server of a few lines: branches, copies, ACK, answers that are none of ours."""

from __future__ import annotations

import asyncio
import re

import pytest

from sekisho.demo import sip_client
from sekisho.demo.sip_client import Answer, open_client

REFUSED = '603 Declined\nReason: SIP;cause=603;text="held"\nWarning: 399 gate "international calls are held"'


def asked(open_responder, *answers, timeout_s=4.0, times=1):
    """What a client is told by a responder with these answers, and the responder."""

    async def talk():
        responder, address = await open_responder(*answers)
        client = await open_client(address, "127.0.0.2")
        asking = [client.ask("0310000001", "01023276123456", f"id-{turn}", timeout_s) for turn in range(times)]
        told = await asyncio.gather(*asking)
        if told[0] is not None and told[0].status >= 300:
            await asyncio.wait_for(responder.acknowledged.wait(), 5)
        client.close()
        return told, responder

    return asyncio.run(talk())


def test_the_invite_says_who_rings_whom_from_where(open_responder):
    _, responder = asked(open_responder)
    ((uri, headers, address),) = responder.of("INVITE")
    assert re.fullmatch(r"sip:01023276123456@127\.0\.0\.1:\d+;user=phone", uri)
    assert address[0] == "127.0.0.2"
    assert re.fullmatch(rf"SIP/2\.0/UDP 127\.0\.0\.2:{address[1]};rport;branch=z9hG4bK[0-9a-f]{{32}}", headers["Via"])
    assert headers["CSeq"] == "1 INVITE"
    assert headers["Call-ID"] == "id-0"
    assert headers["From"].startswith("<sip:0310000001@127.0.0.2;user=phone>;tag=")
    assert headers["P-Asserted-Identity"] == "<sip:0310000001@127.0.0.2;user=phone>"
    assert (headers["Max-Forwards"], headers["Content-Length"]) == ("70", "0")


def test_the_answer_with_what_it_says_of_itself(open_responder):
    told, _ = asked(open_responder, REFUSED)
    assert told == [Answer(603, "Declined", 'SIP;cause=603;text="held"', '399 gate "international calls are held"')]
    assert told[0].first_line == "SIP/2.0 603 Declined"


def test_a_final_answer_is_acknowledged_on_the_same_branch(open_responder):
    _, responder = asked(open_responder, REFUSED)
    ((uri, invite, _),) = responder.of("INVITE")
    ((ack_uri, ack, _),) = responder.of("ACK")
    assert ack_uri == uri
    assert [ack[name] for name in ("Via", "From", "Call-ID", "Max-Forwards")] == [
        invite[name] for name in ("Via", "From", "Call-ID", "Max-Forwards")
    ]
    assert ack["To"] == invite["To"] + ";tag=gate"
    assert ack["CSeq"] == "1 ACK"


def test_a_copy_of_the_answer_is_acknowledged_again(open_responder, until):
    async def talk():
        responder, address = await open_responder([REFUSED, REFUSED])
        client = await open_client(address, "127.0.0.2")
        assert (await client.ask("0310000001", "117", "id", 4.0)).status == 603
        await until(lambda: len(responder.of("ACK")) == 2)
        client.close()
        return responder

    assert len(asyncio.run(talk()).of("ACK")) == 2


def test_without_an_answer_the_invite_comes_again_and_again_on_one_branch(open_responder, monkeypatch):
    monkeypatch.setattr(sip_client, "T1_S", 0.02)
    told, responder = asked(open_responder, None, None, "302 Moved Temporarily")
    assert told[0].status == 302
    assert len(responder.of("INVITE")) == 3
    assert len({headers["Via"] for _, headers, _ in responder.of("INVITE")}) == 1


def test_silence_ends_with_nothing(open_responder, monkeypatch):
    monkeypatch.setattr(sip_client, "T1_S", 0.02)
    told, responder = asked(open_responder, None, timeout_s=0.1)
    assert told == [None]
    assert len(responder.of("INVITE")) == 3  # at 0, 20 and 60 ms; the next would be at 140


def test_after_a_provisional_answer_no_copies_are_sent(open_responder, monkeypatch):
    monkeypatch.setattr(sip_client, "T1_S", 0.02)
    told, responder = asked(open_responder, "100 Trying", timeout_s=0.15)
    assert told == [None]
    assert len(responder.of("INVITE")) == 1


def test_many_at_once_each_get_their_own(open_responder):
    told, responder = asked(open_responder, "302 Moved Temporarily", "603 Declined", "404 Not Found", times=3)
    assert sorted(answer.status for answer in told) == [302, 404, 603]
    by_call = {headers["Call-ID"]: index for index, (_, headers, _) in enumerate(responder.of("INVITE"))}
    assert [told[turn].status for turn in range(3)] == [(302, 603, 404)[by_call[f"id-{turn}"]] for turn in range(3)]


@pytest.mark.parametrize(
    "noise",
    [
        b"",
        b"hello",
        b"SIP/2.0 wrong\r\n\r\n",
        b"INVITE sip:a@b SIP/2.0\r\n\r\n",
        b"SIP/2.0 603 Declined\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKother\r\n\r\n",
        b"SIP/2.0 603\r\n\xff\xfe\r\n\r\n",
    ],
)
def test_noise_is_left_alone(open_responder, until, noise):
    async def talk():
        responder, address = await open_responder(None)
        client = await open_client(address, "127.0.0.2")
        asking = asyncio.create_task(client.ask("0310000001", "117", "id", 4.0))
        await until(lambda: responder.requests)
        ((_, headers, peer),) = responder.of("INVITE")
        responder.transport.sendto(noise, peer)
        lines = ["SIP/2.0 404 Not Found", f"v: {headers['Via']}", f"Via: {headers['Via']}", "Call-ID: id", "", ""]
        responder.transport.sendto("\r\n".join(lines).encode(), peer)
        answer = await asking
        client.close()
        return answer

    assert asyncio.run(talk()).status == 404
