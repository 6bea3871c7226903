"""The parts as a child: ports that are free, waiting for it, and what it said when it ended."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sekisho.core.terms.errors import InUse
from sekisho.demo import parts
from sekisho.demo.parts import Parts, answers_ok, listens, moved_ports, with_ports
from sekisho.wiring.settings import read_settings


@pytest.fixture
def taken():
    """A TCP port and a UDP port that are taken."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
    ):
        stream.bind(("127.0.0.1", 0))
        stream.listen()
        datagrams.bind(("127.0.0.1", 0))
        yield stream, datagrams


def free(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as tried:
        tried.bind(("127.0.0.1", 0))
        return str(tried.getsockname()[1])


def test_taken_ports_are_replaced_by_free_ones(tmp_path, taken):
    stream, datagrams = (each.getsockname()[1] for each in taken)
    environment = {
        "SEKISHO_HOME": str(tmp_path),
        "SEKISHO_WEB_PORT": str(stream),
        "SEKISHO_GATE_SIP_PORT": str(datagrams),
        "SEKISHO_GATE_HTTP_PORT": "0",
        "SEKISHO_INTAKE_HTTP_PORT": free(),
    }
    moved = moved_ports(read_settings(environment))
    assert {name: wanted for name, (wanted, _) in moved.items()} == {
        "WEB_PORT": stream,
        "GATE_SIP_PORT": datagrams,
        "GATE_HTTP_PORT": 0,
    }
    settings = read_settings(with_ports(environment, moved))
    assert settings.web_port == moved["WEB_PORT"][1] != stream
    assert settings.gate_sip_port == moved["GATE_SIP_PORT"][1] != datagrams
    assert moved_ports(settings) == {}


def test_a_listener_is_seen(taken):
    stream, _ = taken
    host, port = stream.getsockname()
    assert listens(host, port)
    assert not listens("127.0.0.1", int(free()))
    assert not answers_ok(f"http://127.0.0.1:{free()}/")


def as_up(monkeypatch, tmp_path, script):
    """Parts whose program is this script instead of `sekisho up`."""
    program = tmp_path / "program"
    program.write_text(f"#!{sys.executable}\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(parts.sys, "executable", str(program))
    return Parts(tmp_path, {})


def test_a_child_that_ends_says_why(monkeypatch, tmp_path):
    child = as_up(monkeypatch, tmp_path, "print('ready'); raise SystemExit('port 8080 is taken')")
    with pytest.raises(InUse, match=r"the parts have ended: ready \| port 8080 is taken"):
        child.wait_until(lambda: False, lambda: False, 30)


def test_waiting_ends_when_ready_when_told_to_stop_or_when_it_takes_too_long(monkeypatch, tmp_path):
    child = as_up(monkeypatch, tmp_path, "import signal; signal.pause()")
    assert child.wait_until(lambda: True, lambda: False)
    assert not child.wait_until(lambda: False, lambda: True)
    with pytest.raises(InUse, match="not ready after 0 s"):
        child.wait_until(lambda: False, lambda: False, 0)
    child.stop()
    with pytest.raises(InUse, match="the parts have ended"):
        child.check()
    child.stop()


def test_what_does_not_heed_is_killed(monkeypatch, tmp_path):
    monkeypatch.setattr(parts, "STOP_S", 0.2)
    script = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"
    child = as_up(monkeypatch, tmp_path, script)
    child.wait_until(lambda: b"up" in (tmp_path / parts.OUTPUT).read_bytes(), lambda: False, 30)
    child.stop()
    assert child._process.returncode == -9


def test_it_ends_when_the_demonstration_is_killed(tmp_path):
    program = tmp_path / "program"
    program.write_text(f"#!{sys.executable}\nimport os, signal\nprint('up', os.getpid(), flush=True)\nsignal.pause()\n")
    program.chmod(0o755)
    script = (
        "import os, sys, pathlib; from sekisho.demo import parts; parts.sys.executable = sys.argv[1]\n"
        "child = parts.Parts(pathlib.Path(sys.argv[2]), os.environ)\n"
        "child.wait_until(lambda: b'up' in child._output.read_bytes(), lambda: False, 30)\n"
        "print('started', flush=True); os.kill(os.getpid(), 9)"
    )
    command = [sys.executable, "-c", script, str(program), str(tmp_path)]
    killed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (killed.returncode, killed.stdout) == (-9, "started\n"), killed.stderr
    child = int((tmp_path / parts.OUTPUT).read_text().split()[1])
    until = time.monotonic() + 20
    while Path(f"/proc/{child}").exists() and "zombie" not in Path(f"/proc/{child}/status").read_text():
        assert time.monotonic() < until
        time.sleep(0.02)
