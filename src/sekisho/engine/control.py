"""Control messages into the journal: whatever the judge should know and is not a call.

They are checked here, at the door: a message that the judge cannot apply would stop it for good. `key` says which
message this is: the same key again changes nothing, so whoever sends may send again after a crash.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sekisho.core.numbering.plan import build_plan, resolve
from sekisho.core.rating.tariff import parse_tariff
from sekisho.core.terms.errors import BadSetting, BadTariff
from sekisho.ports import JOURNAL, TARIFF_TOPIC, Log, Message

TICK_BYTES: Final = 8
_LINE_FIELDS: Final[dict[str, type]] = {
    "company": str,
    "line": str,
    "contract": str,
    "automatic_hold": bool,
    "daily_limit_yen": int,
    "monthly_limit_yen": int,
}
_NEEDED: Final = ("company", "line")


def load_tariff(log: Log, company: str, file: str, csv: bytes, *, key: str) -> int:
    """Have the calls of `company` that follow rated by this tariff; `file` is named in errors and versions.

    Returns the journal's last sequence. Raises BadTariff.
    """
    parse_tariff(csv, file)
    try:
        text = csv.decode()
    except UnicodeDecodeError:
        raise BadTariff(file, 0, "not UTF-8", "save the table as UTF-8") from None
    body = json.dumps({"company": company, "file": file, "csv": text}).encode()
    known = Message("tariff", company, file.encode())
    return log.append({JOURNAL: [Message("tariff", key, body)], TARIFF_TOPIC: [known]})[JOURNAL]


def has_tariff(log: Log, company: str) -> bool:
    """Whether the judge can rate calls of `company` that are appended now."""
    return log.find(TARIFF_TOPIC, company) is not None


def set_lines(log: Log, lines: Sequence[Mapping[str, Any]], *, key: str) -> int:
    """Tell contract, terms and limits of lines: `company`, `line` and, where they change, `contract` (text),
    `automatic_hold` (bool), `daily_limit_yen`, `monthly_limit_yen` (0: none).

    Returns the journal's last sequence. Raises BadSetting for the first line that is wrong.
    """  # noqa: D205 - the sentence is longer than a line
    for line in lines:
        _check_line(line)
    body = json.dumps([dict(line) for line in lines]).encode()
    return log.append({JOURNAL: [Message("lines", key, body)]})[JOURNAL]


def _check_line(line: Mapping[str, Any]) -> None:
    name = line.get("line")
    for field in _NEEDED:
        if not line.get(field):
            raise BadSetting(f"line {name!r}: {field} is missing")
    for field, value in line.items():
        if field not in _LINE_FIELDS:
            raise BadSetting(f"line {name!r}: unknown field {field!r}; known are {', '.join(_LINE_FIELDS)}")
        if type(value) is not _LINE_FIELDS[field] or (isinstance(value, int) and value < 0):
            raise BadSetting(f"line {name!r}: {field} cannot be {value!r}")
    if not resolve(build_plan(), "", str(name)).line:
        raise BadSetting(f"line {name!r} is not a telephone number; give E.164 or a national number like 0312345678")


def source_message(name: str, company: str, *, charging: bool, key: str) -> Message:
    """Whether the calls of a source are charged, or only evidence. The intake sends it before a file of that source."""
    return Message("source", key, json.dumps({"name": name, "company": company, "charging": charging}).encode())


def tick(log: Log, at_ms: int) -> int:
    """Tell that time has reached `at_ms` (UTC), so that timers run while no calls come.

    Returns the journal's last sequence.
    """
    body = at_ms.to_bytes(TICK_BYTES, "little", signed=True)
    return log.append({JOURNAL: [Message("tick", f"tick:{at_ms}", body)]})[JOURNAL]
