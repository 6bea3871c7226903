"""Control messages into the journal (`flow/controls.py` says what they hold and checks them).

`key` says which message this is: the same key again changes nothing, so whoever sends may send again after a crash.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sekisho.flow.controls import hot_list_body, lines_body, source_body, tariff_body, tick_body
from sekisho.flow.hot_lists import hot_list_key
from sekisho.ports import JOURNAL, TARIFF_TOPIC, Log, Message


def load_tariff(log: Log, company: str, file: str, csv: bytes, *, key: str) -> int:
    """Have the calls of `company` that follow rated by this tariff; `file` is named in errors and versions.

    Returns the journal's last sequence. Raises BadTariff.
    """
    known = Message("tariff", company, file.encode())
    return log.append({JOURNAL: [Message("tariff", key, tariff_body(company, file, csv))], TARIFF_TOPIC: [known]})[
        JOURNAL
    ]


def has_tariff(log: Log, company: str) -> bool:
    """Whether the judge can rate calls of `company` that are appended now."""
    return log.find(TARIFF_TOPIC, company) is not None


def set_lines(log: Log, lines: Sequence[Mapping[str, Any]], *, key: str) -> int:
    """Tell contract, terms and limits of lines (see `lines_body`).

    Returns the journal's last sequence. Raises BadSetting for the first line that is wrong.
    """
    return log.append({JOURNAL: [Message("lines", key, lines_body(lines))]})[JOURNAL]


def load_hot_list(log: Log, company: str, name: str, version: int, numbers: Collection[str]) -> str:
    """Have calls to these numbers known as calls to numbers known for fraud (see `hot_list_body`).

    Returns the key of the effect that will tell of it. Raises BadSetting.
    """
    key = hot_list_key(company, name, version)
    log.append({JOURNAL: [Message("hot_list", key, hot_list_body(company, name, version, numbers))]})
    return key


def source_message(name: str, company: str, *, charging: bool, key: str) -> Message:
    """Whether the calls of a source are charged, or only evidence. The intake sends it before a file of that source."""
    return Message("source", key, source_body(name, company, charging=charging))


def tick_message(at_ms: int) -> Message:
    """Time has reached `at_ms` (UTC), so that timers run while no calls come."""
    return Message("tick", f"tick:{at_ms}", tick_body(at_ms))


def tick(log: Log, at_ms: int) -> int:
    """Append the tick of `at_ms`. Returns the journal's last sequence."""
    return log.append({JOURNAL: [tick_message(at_ms)]})[JOURNAL]
