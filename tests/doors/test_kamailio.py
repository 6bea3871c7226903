"""Real Kamailio with the configuration of examples/switches asks the gate and goes where it is told.

The trunk and the screening announcement are sockets that note where a call was sent, and decline it.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import pytest
from tests.doors.gate_thread import Decision, serving
from tests.doors.judge_process import until

from sekisho.engine.gate_http import is_emergency
from sekisho.engine.gate_sip import Peer

CONFIGURATION = Path(__file__).parents[2] / "examples" / "switches" / "kamailio.cfg"
SBC = "127.0.0.4"
DEADLINE_S = 20.0


def decide(company, line, number, call_id, emergency, at_ms, can_ask):
    if number.startswith("0109"):
        assert can_ask
        return Decision(True, "Caller to prove himself", asked=True)
    return Decision(not number.startswith("010"), "International calls held")


class Callee:
    """A socket that declines every INVITE with a status of its own, and notes its request URI."""

    def __init__(self, status: str) -> None:
        self.called: list[str] = []
        self._status = status
        self._door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._door.bind(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            data, peer = self._door.recvfrom(65_535)
            if data == b"over":
                return
            head = data.decode("latin-1").partition("\r\n\r\n")[0].split("\r\n")
            method, uri, _ = head[0].split(" ")
            if method == "INVITE":
                self.called.append(uri)
                echoed = [line for line in head if line.startswith(("Via:", "From:", "To:", "Call-ID:", "CSeq:"))]
                echoed = [f"{line};tag=callee" if line.startswith("To:") else line for line in echoed]
                answer = "\r\n".join([f"SIP/2.0 {self._status}", *echoed, "Content-Length: 0", "", ""])
                self._door.sendto(answer.encode("latin-1"), peer)

    def close(self) -> None:
        """End the thread and the socket."""
        self._door.sendto(b"over", ("127.0.0.1", self.port))
        self._thread.join(DEADLINE_S)
        self._door.close()


class Street(NamedTuple):
    """Kamailio's port, and whom it may reach."""

    port: int
    trunk: Callee
    announcement: Callee


def free_port(host: str) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind((host, 0))
        return int(door.getsockname()[1])


def started(folder: Path, gate: int, trunk: int) -> tuple[subprocess.Popen[bytes], int]:
    """Kamailio over our configuration with these ports; it answers when this returns."""
    port = free_port(SBC)
    text = CONFIGURATION.read_text("utf-8")
    for wrote, here in (("127.0.0.4:5070", port), ("127.0.0.1:5066", gate), ("127.0.0.1:5080", trunk)):
        assert wrote in text
        text = text.replace(wrote, f"{wrote.partition(':')[0]}:{here}")
    (folder / "kamailio.cfg").write_text(text, "utf-8")
    program = shutil.which("kamailio") or "/usr/sbin/kamailio"
    command = [program, "-f", str(folder / "kamailio.cfg"), "-DD", "-E", "-m", "32", "-M", "4", "-Y", str(folder)]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: call(port, "x", method="OPTIONS", wait_s=0.3) == 405, DEADLINE_S)
    except AssertionError:
        process.kill()
        process.wait(DEADLINE_S)
        raise
    return process, port


def call(port: int, number: str, method: str = "INVITE", wait_s: float = DEADLINE_S) -> int | None:
    """Final status of a request to Kamailio; None where none comes in time."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", 0))
        own = phone.getsockname()[1]
        phone.settimeout(wait_s)
        phone.sendto(
            f"{method} sip:{number}@{SBC}:{port} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK-{own}\r\n"
            f"From: <sip:+81312345678@pbx>;tag=1\r\nTo: <sip:{number}@{SBC}>\r\nCall-ID: call-{own}@pbx\r\n"
            f"CSeq: 1 {method}\r\nContact: <sip:pbx@127.0.0.1:{own}>\r\nMax-Forwards: 70\r\n"
            "Content-Length: 0\r\n\r\n".encode(),
            (SBC, port),
        )
        try:
            while True:
                status = int(phone.recv(65_535)[8:11])
                if status >= 200:
                    return status
        except TimeoutError:
            return None


@pytest.fixture(scope="module")
def street(tmp_path_factory) -> Iterator[Street]:
    assert is_emergency("110")  # the plan is built before anybody waits for an answer
    trunk, announcement = Callee("486 Busy Here"), Callee("480 Temporarily Unavailable")
    with ExitStack() as held:
        for callee in (trunk, announcement):
            held.callback(callee.close)
        peers = {SBC: Peer("east", 404, f"sip:127.0.0.1:{announcement.port}")}
        gate = held.enter_context(serving(decide, is_emergency, peers=peers))
        process, port = started(tmp_path_factory.mktemp("kamailio"), gate.port, trunk.port)
        held.callback(process.wait, DEADLINE_S)
        held.callback(process.terminate)
        yield Street(port, trunk, announcement)


def sent(street: Street, number: str) -> tuple[int | None, list[str], list[str]]:
    for callee in (street.trunk, street.announcement):
        callee.called.clear()
    status = call(street.port, number)
    return status, list(street.trunk.called), list(street.announcement.called)


@pytest.mark.parametrize("number", ["0398765432", "110", "184119"])
def test_what_may_go_on_goes_to_the_trunk(street, number):
    status, trunk, announcement = sent(street, number)
    assert (status, announcement) == (486, [])
    assert trunk[0].startswith(f"sip:{number}@127.0.0.1:{street.trunk.port}")


def test_a_refused_call_goes_nowhere(street):
    assert sent(street, "01023276123456") == (603, [], [])


def test_an_asked_call_goes_to_the_announcement_and_says_which_it_is(street):
    status, trunk, announcement = sent(street, "01096123456")
    assert (status, trunk) == (480, [])
    (uri,) = set(announcement)
    user, _, rest = uri.removeprefix("sip:").partition("@")
    parameters = dict(each.partition("=")[::2] for each in rest.split(";")[1:])
    assert user == "01096123456"
    assert unquote(parameters["sekisho-line"]) == "+81312345678"
    assert unquote(parameters["sekisho-call"]).startswith("call-")


def test_where_the_gate_is_gone_calls_abroad_wait_and_others_go_on(street, tmp_path):
    process, port = started(tmp_path, free_port("127.0.0.1"), street.trunk.port)
    try:
        alone = street._replace(port=port)
        assert sent(alone, "0398765432")[0] == 486
        assert sent(alone, "119")[0] == 486
        assert sent(alone, "01023276123456") == (503, [], [])
    finally:
        process.terminate()
        process.wait(DEADLINE_S)
