"""One line of a Kamailio log → an accounting record, or nothing: request records of `acc`, call records of `acc_cdrs`.

    … acc_log_request(): ACC: transaction answered: timestamp=…;time_attr=…;method=INVITE;from_tag=…;code=200;…
    … log_write_cdr(): start_time=…; end_time=…; duration=…; ci=…; src=…; dst=…

Values are somebody else's text and may hold `;` and `=`: a caller can write `;code=403` into his own Call-ID, a callee
into his reason phrase. So a record in which a name that matters stands twice with two values is rejected, not guessed
at (parameters of the request URI, which comes last, do not count); and what a script logs is never a record.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from sekisho.core.records.call_row import BadRow, shown
from sekisho.core.records.source import KamailioNames
from sekisho.core.records.switch_time import epoch_ms

_REQUEST: Final = "ACC: "
_CDR: Final = "log_write_cdr(): "
_SCRIPT: Final = "<script>"
_URI: Final = "ruri"
METHODS: Final = frozenset(("INVITE", "BYE", "ACK", "CANCEL"))


class Request(NamedTuple):
    """A transaction that was answered (or missed, or acknowledged); `at` in ms."""

    row: int
    at: int
    method: str
    call_id: str
    from_tag: str
    to_tag: str
    code: int
    src: str
    dst: str


class Cdr(NamedTuple):
    """A dialog that ended: `start` is its creation, or its answer with `cdr_start_on_confirmed`; in ms."""

    row: int
    start: int
    end: int
    call_id: str
    src: str
    dst: str


class LineReader:
    """Reads the lines of one source, whose attributes have the names that its profile gives."""

    def __init__(self, names: KamailioNames) -> None:
        self._names = names
        core = ("timestamp", "time_attr", "method", "from_tag", "to_tag", "call_id", "code")
        self._of_request = frozenset((*core, names.acc_src, names.acc_dst))
        self._of_cdr = frozenset(("start_time", "end_time", names.cdr_call_id, names.cdr_src, names.cdr_dst))

    def record(self, line: str, row: int) -> Request | Cdr | None:
        """The record in a line; None where it holds none. Raises BadRow where it holds one that cannot be read."""
        at = line.find(_REQUEST)
        if at >= 0 and _SCRIPT not in line[:at]:
            return self._request(line[at + len(_REQUEST) :], row)
        at = line.find(_CDR)
        if at >= 0 and _SCRIPT not in line[:at]:
            return self._cdr(line[at + len(_CDR) :], row)
        return None

    def _request(self, text: str, row: int) -> Request | None:
        found = _named(text.partition(": ")[2].split(";"), self._of_request)
        method = found.get("method", "")
        if not method:
            raise BadRow("an acc record without a method")
        if method not in METHODS:
            return None  # MESSAGE, REGISTER, …: accounted, but no call
        call_id = found.get("call_id", "")
        if not call_id:
            raise BadRow("call_id is empty")
        code = found.get("code", "")
        if not (len(code) == 3 and code.isascii() and code.isdigit() and "200" <= code < "700"):
            raise BadRow(f"code {shown(code)} is no final SIP status")
        names = self._names
        return Request(
            row,
            _moment(found),
            method,
            call_id,
            found.get("from_tag", ""),
            found.get("to_tag", ""),
            int(code),
            found.get(names.acc_src, ""),
            found.get(names.acc_dst, ""),
        )

    def _cdr(self, text: str, row: int) -> Cdr:
        names = self._names
        found = _named((part.strip() for part in text.split(";")), self._of_cdr)
        call_id = found.get(names.cdr_call_id, "")
        if not call_id:
            raise BadRow(f"{names.cdr_call_id} is empty: no Call-ID; put it into cdr_extra, name it in [kamailio]")
        start, end = epoch_ms(found.get("start_time", "")), epoch_ms(found.get("end_time", ""))
        return Cdr(row, start, end, call_id, found.get(names.cdr_src, ""), found.get(names.cdr_dst, ""))


def _named(parts: Iterable[str], wanted: frozenset[str]) -> dict[str, str]:
    """The values of the names that matter. Raises BadRow where one stands twice with two values."""
    found: dict[str, str] = {}
    for part in parts:
        name, _, value = part.partition("=")
        if name == _URI:
            break
        if name in wanted and found.setdefault(name, value) != value:
            raise BadRow(f"{name} stands twice: a value holds a semicolon")
    return found


def _moment(found: dict[str, str]) -> int:
    """When a request was accounted: `time_attr` where it is seconds with a fraction, else `timestamp`."""
    fine = found.get("time_attr", "")
    if fine:
        try:
            return epoch_ms(fine)
        except BadRow:
            pass  # time_mode 3 and 4 write text there
    return epoch_ms(found.get("timestamp", ""))
