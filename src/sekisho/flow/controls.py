"""Bodies of the journal's control messages: whatever the judge should know and is not a call.

They are checked here, before anybody appends them: a message that the judge cannot apply would stop it for good. Who
appends them (engine, relay, demonstration) and under which key is theirs to say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sekisho.core.numbering.plan import build_plan, resolve
from sekisho.core.rating.tariff import parse_tariff
from sekisho.core.restrict.restrictions import OWNERS, SCOPES
from sekisho.core.terms.errors import BadSetting, BadTariff
from sekisho.core.watch.evidence.signal import WEIGHTS
from sekisho.core.watch.rules.allowed_countries import country_bits

TICK_BYTES: Final = 8
MOST_CONCURRENT: Final = 10_000  # a contract has at most 300 channels
MOST_NUMBERS: Final = 1_000_000  # of one hot list
LONGEST_NAME: Final = 40
_HOT: Final = re.compile(r"[1-9][0-9]{3,14}")  # four digits at least: a range, and not half the world
_LINE_FIELDS: Final[dict[str, type]] = {
    "company": str,
    "line": str,
    "contract": str,
    "automatic_hold": bool,
    "daily_limit_yen": int,
    "monthly_limit_yen": int,
    "international_monthly_limit_yen": int,
    "price_ceiling_yen": int,
    "concurrent_calls": int,
    "allowed_countries": list,
    "leaves": bool,
}
_NEEDED: Final = ("company", "line")


def lines_body(lines: Sequence[Mapping[str, Any]]) -> bytes:
    """Contract, terms and limits of lines, one mapping a line: docs/operating/lines.md has the fields.

    `company`, `line`, and what changes. Raises BadSetting for the first line that is wrong.
    """
    for told in lines:
        line = told.get("line")
        for field in _NEEDED:
            if not told.get(field):
                raise BadSetting(f"line {line!r}: {field} is missing")
        for field, value in told.items():
            if field not in _LINE_FIELDS:
                raise BadSetting(f"line {line!r}: unknown field {field!r}; known are {', '.join(_LINE_FIELDS)}")
            if type(value) is not _LINE_FIELDS[field] or (isinstance(value, int) and value < 0):
                raise BadSetting(f"line {line!r}: {field} cannot be {value!r}")
        _check_agreed(line, told)
        _check_line(str(line))
    return json.dumps([dict(told) for told in lines]).encode()


def _check_agreed(line: object, told: Mapping[str, Any]) -> None:
    """What is more than a kind of value."""
    if told.get("concurrent_calls", 0) > MOST_CONCURRENT:
        raise BadSetting(f"line {line!r}: concurrent_calls can be {MOST_CONCURRENT} at most; 0 is any number")
    for country in told.get("allowed_countries", ()):
        try:
            country_bits([country])
        except (ValueError, TypeError):
            raise BadSetting(
                f"line {line!r}: allowed_countries cannot hold {country!r}; use ISO 3166 alpha-2 (US) or +882"
            ) from None
    if "leaves" in told and (not told["leaves"] or set(told) != {*_NEEDED, "leaves"}):
        raise BadSetting(f"line {line!r}: leaves is true and stands alone, with company and line only")


def bar_body(
    company: str,
    line: str,
    bar: str,
    version: int,
    *,
    in_force: bool,
    owner: str,
    since_ms: int,
    scope: str = "international",
    order: str | None = None,
) -> bytes:
    """A bar (発信規制) that is set, or lifted where `in_force` is false.

    `bar` names it for ever; `version` grows with every change of it, from 1: the judge ignores versions it has seen.
    `order` is the order that asked for it, to be told back with the effect. Raises BadSetting.
    """
    _check_line(line)
    if owner not in OWNERS:
        raise BadSetting(f"bar {bar!r}: owner cannot be {owner!r}; use one of {', '.join(OWNERS)}")
    if scope not in SCOPES:
        raise BadSetting(f"bar {bar!r}: scope cannot be {scope!r}; use one of {', '.join(SCOPES)}")
    if not company or not bar or version < 1:
        raise BadSetting(f"bar {bar!r}: give a company, a name and a version from 1")
    told = {
        "company": company,
        "line": line,
        "bar": bar,
        "version": version,
        "in_force": in_force,
        "scope": scope,
        "owner": owner,
        "since_ms": since_ms,
        "order": order,
    }
    return json.dumps(told).encode()


def release_body(company: str, line: str, release: str, at_ms: int, *, honest: bool) -> bytes:
    """The desk ends a hold: the line's score and the floor that a hold leaves are taken away.

    `honest`: it was honest calling, so the line knows the countries it rang from now on. Raises BadSetting.
    """
    _check_line(line)
    if not company or not release:
        raise BadSetting(f"release {release!r}: give a company and a name")
    told = {"company": company, "line": line, "release": release, "at_ms": at_ms, "honest": honest}
    return json.dumps(told).encode()


def screening_body(
    company: str, line: str, screening: str, call_id: str, at_ms: int, *, passed: bool, number: str = ""
) -> bytes:
    """The screening announcement tells whether the caller of a call has proved himself by PIN, at `at_ms`.

    `screening` names this message for ever. `call_id` is the one the gate was asked about; `number`, as dialled, helps
    where the judge has forgotten that call. Raises BadSetting.
    """
    _check_line(line)
    if not company or not screening or not call_id:
        raise BadSetting(f"screening {screening!r}: give a company, a name and a call_id")
    told = {
        "company": company,
        "line": line,
        "screening": screening,
        "call_id": call_id,
        "at_ms": at_ms,
        "passed": passed,
        "number": number,
    }
    return json.dumps(told).encode()


def tariff_body(company: str, file: str, csv: bytes) -> bytes:
    """Have the calls of `company` that follow rated by this tariff; `file` is named in errors and versions.

    Raises BadTariff.
    """
    parse_tariff(csv, file)
    try:
        text = csv.decode()
    except UnicodeDecodeError:
        raise BadTariff(file, 0, "not UTF-8", "save the table as UTF-8") from None
    return json.dumps({"company": company, "file": file, "csv": text}).encode()


def hot_list_body(company: str, name: str, version: int, numbers: Collection[str]) -> bytes:
    """A list of numbers known for fraud: E.164 digits without +, full numbers or how they begin (4 to 15 digits).

    It takes the place of the list of that name which has a lower `version` (from 1); no numbers withdraw it. Raises
    BadSetting for the first number that is none.
    """
    if not company or not is_name(name) or version < 1:
        raise BadSetting(f"list {name!r}: give a company, a name of at most {LONGEST_NAME} signs, a version from 1")
    if len(numbers) > MOST_NUMBERS:
        raise BadSetting(f"list {name!r}: {len(numbers):,} numbers; one list holds {MOST_NUMBERS:,} at most")
    for number in numbers:
        if not is_hot_number(number):
            raise BadSetting(f"list {name!r}: {number!r} is not 4 to 15 digits of E.164, like 23276123456 or 23276123")
    told = {"company": company, "name": name, "version": version, "numbers": " ".join(numbers)}
    return json.dumps(told).encode()


def is_name(text: str) -> bool:
    """Whether a hot list may have this name."""
    return 0 < len(text) <= LONGEST_NAME and text.isprintable() and not text.isspace()


def is_hot_number(digits: str) -> bool:
    """Whether these digits may stand in a hot list: a number, or how numbers begin."""
    return _HOT.fullmatch(digits) is not None


def signal_body(company: str, line: str, name: str, at_ms: int) -> bytes:
    """The customer's PBX told at `at_ms` of something by this name (evidence/signal.WEIGHTS). Raises BadSetting."""
    _check_line(line)
    if not company:
        raise BadSetting(f"signal {name!r}: give a company")
    if name not in WEIGHTS:
        raise BadSetting(f"unknown signal {name!r}; known are {', '.join(WEIGHTS)}")
    return json.dumps({"company": company, "line": line, "name": name, "at_ms": at_ms}).encode()


def source_body(name: str, company: str, *, charging: bool) -> bytes:
    """Whether the calls of a source are charged, or only evidence."""
    return json.dumps({"name": name, "company": company, "charging": charging}).encode()


def tick_body(at_ms: int) -> bytes:
    """Time has reached `at_ms` (UTC), so that timers run while no calls come."""
    return at_ms.to_bytes(TICK_BYTES, "little", signed=True)


def _check_line(line: str) -> None:
    if not resolve(build_plan(), "", line).line:
        raise BadSetting(f"line {line!r} is not a telephone number; give E.164 or a national number like 0312345678")
