from __future__ import annotations

import os
import socket
import threading

import pytest

from sekisho.bench.sip_yardstick import cpu_seconds, measure, trivial_server


def test_the_trivial_server_is_measured():
    with trivial_server() as (address, pid):
        figures = measure(address, pid, 300, 0)
        paced = measure(address, pid, 50, 500)
    assert (figures["invites"], figures["answered"], figures["lost"], figures["refused"]) == (300, 300, 0, 0)
    assert figures["rate"] > 100
    assert 0 < figures["p50_ms"] <= figures["p99_ms"]
    assert paced["rate"] < 600
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_refusals_are_counted():
    """A server that answers 603 to all, in a thread of this process."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))

        def refuse():
            while data := door.recvfrom(65_535):
                if data[0].startswith(b"INVITE"):
                    door.sendto(data[0].replace(b"INVITE", b"SIP/2.0 603 ", 1), data[1])
                elif data[0] == b"stop":
                    return

        thread = threading.Thread(target=refuse)
        thread.start()
        figures = measure(door.getsockname(), os.getpid(), 100, 0)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.sendto(b"stop", door.getsockname())
        thread.join(10)
    assert (figures["answered"], figures["refused"]) == (100, 100)


def test_cpu_is_that_of_the_process():
    before = cpu_seconds(os.getpid())
    while cpu_seconds(os.getpid()) - before < 0.02:
        sum(range(10_000))
    assert cpu_seconds(os.getpid()) < before + 5
