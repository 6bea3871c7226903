"""Whom the doors trust: read whole or refused, with the place and the cure."""

from __future__ import annotations

import hashlib

import pytest

from sekisho.core.restrict.allowance import Allowance
from sekisho.core.terms.errors import BadSource
from sekisho.wiring.gate_file import GateFile, HttpSource, Peer, parse_gate_file, read_gate_file, source_of_token

EAST, WEST = (hashlib.sha256(token.encode()).hexdigest() for token in ("east's", "west's"))
WHOLE = f"""\
[[peer]]
address = "192.0.2.10"
company = "east"

[[peer]]
address = "2001:db8:0::1"
company = "west"
go_on = 404
screening = "sip:pin@192.0.2.30"

[[source]]
name = "sbc"
company = "east"
token_sha256 = "{EAST}"

[[source]]
name = "sbc"
company = "west"
token_sha256 = "{WEST.upper()}"
charging = false
screening = "pin"

[allowance]
calls = 2
yen = 500
"""


def test_a_whole_file():
    assert parse_gate_file(WHOLE.encode(), "gate.toml") == GateFile(
        peers=(Peer("192.0.2.10", "east", 302), Peer("2001:db8::1", "west", 404, "sip:pin@192.0.2.30")),
        sources=(
            HttpSource("sbc", "east", EAST, charging=True),
            HttpSource("sbc", "west", WEST, charging=False, screening="pin"),
        ),
        allowance=Allowance(calls=2, yen=500),
    )


def test_without_a_file_nobody_is_trusted(tmp_path):
    assert read_gate_file(tmp_path) == GateFile((), (), Allowance(calls=1, yen=300))


def test_the_file_lies_in_the_home(tmp_path):
    (tmp_path / "gate.toml").write_text(WHOLE)
    assert [peer.company for peer in read_gate_file(tmp_path).peers] == ["east", "west"]


def test_what_cannot_be_read_is_told(tmp_path):
    (tmp_path / "gate.toml").mkdir()
    with pytest.raises(BadSource, match=r"gate.toml: cannot be read \(Is a directory\)"):
        read_gate_file(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"192.0.2.10"', '"sbc.example"', "gate.toml:2: address 'sbc.example' is no IP address; address = "),
        ('address = "192.0.2.10"\n', "", "gate.toml:1: address '' is no IP address"),
        ('"2001:db8:0::1"', '"192.0.2.10"', r"gate.toml:6: this address stands in another \[\[peer\]\] already"),
        ("go_on = 404", "go_on = 200", "gate.toml:8: go_on is 200; 302 or 404"),
        ("go_on = 404", 'go_on = "404"', "gate.toml:8: go_on is '404'; give a whole number"),
        ("go_on = 404", "goon = 404", r"gate.toml:8: unknown key 'goon' in \[\[peer\]\]; known there: address, comp"),
        ('company = "west"\ngo', 'company = ""\ngo', "gate.toml:7: company is missing or no plain word"),
        (EAST, EAST[:-1], "gate.toml:14: token_sha256 is not 64 hex digits; the SHA-256 of the token: printf"),
        (WEST.upper(), EAST, r"gate.toml:19: this token_sha256 stands in another \[\[source\]\] already"),
        ('company = "west"\ntok', 'company = "east"\ntok', r"gate.toml:17: this name stands in another \[\[source\]\]"),
        ("charging = false", "charging = 0", "gate.toml:20: charging is 0; give a true or false"),
        ("charging = false", "[peers]", "gate.toml:20: unknown key 'peers'; known are"),
        (
            '"sip:pin@192.0.2.30"',
            '"pin"',
            "gate.toml:9: screening 'pin' is no address of an announcement; screening = ",
        ),
        ('"sip:pin@192.0.2.30"', "1", "gate.toml:9: screening is 1; give a text in quotes"),
        ('screening = "pin"', 'screening = "\\u0007"', "gate.toml:21: screening is missing or no plain word"),
        ("calls = 2", "calls = 65", r"gate.toml:24: calls is 65; a whole number from 0 to 64"),
        ("calls = 2", "calls = -1", r"gate.toml:24: calls is -1; a whole number from 0 to 64"),
        ("yen = 500", "yen = true", r"gate.toml:25: yen is True; a whole number from 0 to 1000000"),
        ("yen = 500", "cents = 1", r"gate.toml:25: unknown key 'cents' in \[allowance\]; known there: calls, yen"),
        ("[allowance]", "[[allowance]]", r"gate.toml:23: allowance is no table; begin it with \[allowance\]"),
        ("charging = false", "charging = no", r"gate.toml:20: not TOML: Invalid value"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place_and_the_cure(old, new, says):
    assert WHOLE.count(old) == 1
    with pytest.raises(BadSource, match=says):
        parse_gate_file(WHOLE.replace(old, new).encode(), "gate.toml")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"\xff", "not UTF-8; save it as UTF-8"),
        (b"peer = 1", "gate.toml: peer is no list of tables"),
        (b"[peer]\nx = 1", "peer is no list of tables"),
        (b"a = " + b"[" * 5_000 + b"]" * 5_000, "nested too deep"),
    ],
)
def test_what_is_no_such_file_is_refused(raw, says):
    with pytest.raises(BadSource, match=says):
        parse_gate_file(raw, "gate.toml")


def test_a_token_is_known_by_its_hash():
    sources = parse_gate_file(WHOLE.encode(), "gate.toml").sources
    assert source_of_token(sources, "east's") is sources[0]
    assert source_of_token(sources, "west's") is sources[1]
    for wrong in ("", "east", EAST, "east's ", "\udcff"):
        assert source_of_token(sources, wrong) is None
    assert source_of_token((), "east's") is None
