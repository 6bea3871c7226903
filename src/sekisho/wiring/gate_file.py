"""Whom the doors trust: SIP peers by their address, HTTP sources by their token.

They stand in `HOME/gate.toml`:

    [[peer]]
    address = "192.0.2.10"      # requests from here are answered; all others are not
    company = "east"            # whose lines it asks for
    go_on = 302                 # what tells this switch to go on with a call: 302 (default) or 404
    screening = "sip:pin.example"   # its announcement that asks for the PIN (core/sip/screening.py); without: it cannot

    [[source]]
    name = "sbc-east"           # stands in CALLS.source
    company = "east"
    token_sha256 = "9f86d081…"  # SHA-256 of its bearer token, 64 hex digits: the file holds no secret
    charging = true             # false (default: true): its calls are evidence only, never rated into the bill
    screening = "pin"           # what POST /v1/decisions names as the way to the announcement; without: it cannot ask

    [allowance]                 # what passes where a line is asked and the switch cannot ask
    calls = 1                   # to each destination, while the ask lasts (0 to 64)
    yen = 300                   # the most that such a call may cost

Without the file nobody is trusted. It is read at start.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from sekisho.core.restrict.allowance import USUAL, Allowance
from sekisho.core.sip.screening import is_screening_uri
from sekisho.core.terms.errors import BadSource

NAME: Final = "gate.toml"
GO_ON: Final = (302, 404)
_KEYS: Final[dict[str, dict[str, type]]] = {
    "peer": {"address": str, "company": str, "go_on": int, "screening": str},
    "source": {"name": str, "company": str, "token_sha256": str, "charging": bool, "screening": str},
}
_DEFAULTS: Final[dict[str, dict[str, Any]]] = {
    "peer": {"go_on": 302, "screening": ""},
    "source": {"charging": True, "screening": ""},
}
_ALLOWANCE: Final = "allowance"
_MOST: Final = {"calls": 64, "yen": 1_000_000}
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_TOML_PLACE: Final = re.compile(r"at line (\d+)")
_MAX_WORD: Final = 255
_MAX_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Peer:
    """A switch that the gate answers over SIP; `go_on` is the status that lets it go on with a call.

    `screening`: the address of its announcement that asks for the PIN, empty where it has none.
    """

    address: str
    company: str
    go_on: int
    screening: str = ""


@dataclass(frozen=True, slots=True)
class HttpSource:
    """A switch that may tell calls and ask for decisions over HTTP, with the hash (hex) of its bearer token."""

    name: str
    company: str
    token_sha256: str
    charging: bool
    screening: str = ""


@dataclass(frozen=True, slots=True)
class GateFile:
    """Everybody whom the doors trust, and what passes under an ask where one of them cannot ask."""

    peers: tuple[Peer, ...] = ()
    sources: tuple[HttpSource, ...] = ()
    allowance: Allowance = USUAL


def read_gate_file(home: Path) -> GateFile:
    """What `gate.toml` in `home` says; nobody where there is no such file. Raises BadSource."""
    path = home / NAME
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return GateFile()
    except OSError as error:
        raise BadSource(str(path), 0, f"cannot be read ({error.strerror})", "let this user read it") from None
    if len(raw) > _MAX_BYTES:
        raise BadSource(str(path), 0, "larger than 1 MiB", "name the peers and sources of one gate")
    return parse_gate_file(raw, str(path))


def parse_gate_file(raw: bytes, file: str) -> GateFile:
    """The same from the file's bytes; `file` is named in errors. Raises BadSource."""
    try:
        text = raw.decode()
        table = tomllib.loads(text)
    except UnicodeDecodeError:
        raise BadSource(file, 0, "not UTF-8", "save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        wrong = str(error).partition(" (at ")[0]
        raise BadSource(file, int(place[1]) if place else 0, f"not TOML: {wrong}", 'write key = "value"') from None
    except RecursionError:
        raise BadSource(file, 0, "values nested too deep", "[[peer]] and [[source]] are enough") from None
    reader = _Reader(text, file)
    entries = {kind: reader.entries(table, kind) for kind in reader.known(table)}
    peers = [_peer(reader, place, told) for place, told in enumerate(entries["peer"])]
    sources = [_source(reader, place, told) for place, told in enumerate(entries["source"])]
    reader.refuse_twice("peer", "address", [peer.address for peer in peers])
    reader.refuse_twice("source", "token_sha256", [source.token_sha256 for source in sources])
    reader.refuse_twice("source", "name", [f"{source.company}/{source.name}" for source in sources])
    return GateFile(tuple(peers), tuple(sources), reader.allowance(table))


def source_of_token(sources: Iterable[HttpSource], token: str) -> HttpSource | None:
    """The source whose token this is, or None. It takes as long for a wrong token as for a right one."""
    digest = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
    found = None
    for source in sources:
        if hmac.compare_digest(source.token_sha256, digest):
            found = source
    return found


def _peer(reader: _Reader, place: int, told: dict[str, Any]) -> Peer:
    try:
        address = str(ip_address(told.get("address", "")))
    except ValueError:
        wrong = f"address {told.get('address', '')!r} is no IP address"
        raise reader.fault("peer", place, "address", wrong, 'address = "192.0.2.10"') from None
    if told["go_on"] not in GO_ON:
        raise reader.fault("peer", place, "go_on", f"go_on is {told['go_on']}", "302 or 404")
    if told["screening"] and not is_screening_uri(told["screening"]):
        wrong = f"screening {told['screening']!r} is no address of an announcement"
        raise reader.fault("peer", place, "screening", wrong, 'screening = "sip:{number}@192.0.2.30:5060"')
    return Peer(address, reader.word("peer", place, told, "company"), told["go_on"], told["screening"])


def _source(reader: _Reader, place: int, told: dict[str, Any]) -> HttpSource:
    digest = told.get("token_sha256", "").lower()
    if not _SHA256.fullmatch(digest):
        cure = "the SHA-256 of the token: printf %s TOKEN | sha256sum"
        raise reader.fault("source", place, "token_sha256", "token_sha256 is not 64 hex digits", cure)
    name, company = (reader.word("source", place, told, key) for key in ("name", "company"))
    screening = reader.word("source", place, told, "screening") if told["screening"] else ""
    return HttpSource(name, company, digest, told["charging"], screening)


class _Reader:
    """Reads the entries out of the parsed TOML; knows the text, so that an error can name the line."""

    def __init__(self, text: str, file: str) -> None:
        self.lines, self.file = text.splitlines(), file

    def fault(self, kind: str, place: int, key: str, wrong: str, right: str) -> BadSource:
        """An error at `key` of the entry number `place` of its kind, or at the entry's head where the key is not."""
        heads = [at for at, line in enumerate(self.lines) if re.match(rf"\s*\[?\[\s*{kind}\s*\]\]?", line)]
        if place >= len(heads):
            return BadSource(self.file, 0, wrong, right)
        for at in range(heads[place] + 1, len(self.lines)):
            if self.lines[at].lstrip().startswith("["):
                break
            if re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", self.lines[at]):
                return BadSource(self.file, at + 1, wrong, right)
        return BadSource(self.file, heads[place] + 1, wrong, right)

    def known(self, table: dict[str, Any]) -> tuple[str, ...]:
        """The kinds of entries, once the file holds no others."""
        for key in table:
            if key not in (*_KEYS, _ALLOWANCE):
                at = next((number for number, line in enumerate(self.lines, 1) if key in line), 0)
                known = "known are [[peer]], [[source]] and [allowance]"
                raise BadSource(self.file, at, f"unknown key {key!r}", known)
        return tuple(_KEYS)

    def allowance(self, table: dict[str, Any]) -> Allowance:
        """What passes under an ask where a switch cannot ask."""
        told = table.get(_ALLOWANCE, {})
        if not isinstance(told, dict):
            raise self.fault(_ALLOWANCE, 0, _ALLOWANCE, f"{_ALLOWANCE} is no table", "begin it with [allowance]")
        for key, value in told.items():
            if key not in _MOST:
                raise self.fault(_ALLOWANCE, 0, key, f"unknown key {key!r} in [allowance]", "known there: calls, yen")
            if type(value) is not int or not 0 <= value <= _MOST[key]:
                right = f"a whole number from 0 to {_MOST[key]}"
                raise self.fault(_ALLOWANCE, 0, key, f"{key} is {value!r}", right)
        return Allowance(**told)

    def entries(self, table: dict[str, Any], kind: str) -> list[dict[str, Any]]:
        """The entries of a kind, with defaults, once every key is known and has its type."""
        entries = table.get(kind, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise self.fault(kind, 0, kind, f"{kind} is no list of tables", f"begin each with [[{kind}]]")
        for place, entry in enumerate(entries):
            for key, value in entry.items():
                if key not in _KEYS[kind]:
                    known = ", ".join(_KEYS[kind])
                    raise self.fault(kind, place, key, f"unknown key {key!r} in [[{kind}]]", f"known there: {known}")
                if type(value) is not _KEYS[kind][key]:
                    give = _TYPE_NAMES[_KEYS[kind][key]]
                    raise self.fault(kind, place, key, f"{key} is {value!r}", f"give a {give}")
        return [{**_DEFAULTS[kind], **entry} for entry in entries]

    def word(self, kind: str, place: int, entry: dict[str, Any], key: str) -> str:
        """A text that must be there and must not be empty."""
        value = entry.get(key, "")
        if not value or len(value.encode()) > _MAX_WORD or not value.isprintable():
            raise self.fault(kind, place, key, f"{key} is missing or no plain word", f'give {key} = "..."')
        return str(value)

    def refuse_twice(self, kind: str, key: str, values: list[str]) -> None:
        """Raise BadSource where two entries have the same value."""
        for place, value in enumerate(values):
            if value in values[:place]:
                wrong = f"this {key} stands in another [[{kind}]] already"
                raise self.fault(kind, place, key, wrong, "each has its own")


_TYPE_NAMES: Final[dict[type, str]] = {str: "text in quotes", bool: "true or false", int: "whole number"}
