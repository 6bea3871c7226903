"""Everything once, with a judge that is thrown away: so that kernels are compiled, or read from their cache, before it
matters. Without it the first attempt at a gate waits half a minute.
"""  # noqa: D205 - the sentence is longer than a line

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pyarrow as pa

from sekisho.core.identity.calls import SEGMENT
from sekisho.core.tables import CALLS
from sekisho.core.watch.assign import make_lines
from sekisho.core.watch.screening import proved
from sekisho.core.watch.state import new_state
from sekisho.flow.attempt import Attempt, Told, attempts_body
from sekisho.flow.controls import (
    bar_body,
    hot_list_body,
    lines_body,
    release_body,
    screening_body,
    signal_body,
    tariff_body,
    tick_body,
)
from sekisho.flow.judge import Judge, JudgeSettings

_COMPANY, _LINE, _ABROAD = "rehearsal", "0312345678", "01023276123456"
_NIGHT: Final = datetime(2026, 11, 23, 17, tzinfo=UTC)
_NIGHT_MS: Final = round(_NIGHT.timestamp() * 1_000)
_GROWTH: Final = SEGMENT  # calls that do not fit in the table's first segment
_CALLS: Final = 8  # enough for an alert and a hold


def rehearse(settings: JudgeSettings, tariff: bytes) -> None:
    """Apply one entry of every kind and decide on attempts; `tariff` is any table that prices calls abroad."""
    judge = Judge(settings)
    judge.apply("tariff", tariff_body(_COMPANY, "rehearsal.csv", tariff))
    limits: dict[str, Any] = {"contract": "c", "automatic_hold": True, "daily_limit_yen": 1, "concurrent_calls": 1}
    judge.apply("lines", lines_body([{"company": _COMPANY, "line": _LINE, **limits}]))
    judge.apply("hot_list", hot_list_body(_COMPANY, "h", 1, ["23276999"]))
    judge.apply("signal", signal_body(_COMPANY, _LINE, "failed_logins", _NIGHT_MS))
    judge.apply("calls", _events())
    judge.apply("calls", _many())
    for place in range(_CALLS):
        judge.decide(_attempt(place))
    judge.apply("attempts", attempts_body(0, [Told(_attempt(_CALLS), begun=True, over=True)]))
    bar = {"in_force": True, "owner": "customer", "since_ms": 0}
    judge.apply("bar", bar_body(_COMPANY, _LINE, "b", 1, **bar))  # type: ignore[arg-type]
    judge.apply("release", release_body(_COMPANY, _LINE, "r", _NIGHT_MS, honest=True))
    judge.apply("screening", screening_body(_COMPANY, _LINE, "s", "attempt 0", _NIGHT_MS, passed=True, number=_ABROAD))
    _prove()
    judge.apply("tick", tick_body(_NIGHT_MS + 3_600_000))
    judge.in_progress(_NIGHT_MS + 3_600_000)
    judge.conserved()
    judge.apply("lines", lines_body([{"company": _COMPANY, "line": _LINE, "leaves": True}]))
    Judge.restore(settings, judge.pieces())


def _prove() -> None:
    """A caller who proves himself, on a line of its own: whether a rehearsal's line is asked depends on the policy."""
    state = make_lines(new_state(1, 1), 1, automatic_hold=True)
    state.lines["abroad"] = 0
    proved(state, 0, 1, _NIGHT_MS, probation_ms=1, hold_ms=1)


def _attempt(place: int) -> Attempt:
    return Attempt(_COMPANY, f"attempt {place}", _LINE, _ABROAD, _NIGHT_MS + 60_000 + place)


def _many() -> bytes:
    """So many calls that the table of calls grows."""
    rows, size = pa.array(range(1, _GROWTH + 1)), _GROWTH
    told = {"source": "s", "direction": "out", "line": _LINE, "number": "110", "company": _COMPANY, "file_sha256": ""}
    times = {name: pa.array([_NIGHT_MS] * size) for name in ("start", "answer", "end")}
    words = {name: pa.array([text] * size) for name, text in told.items()}
    columns = {"call_id": rows.cast(pa.string()), **times, **words, "row": rows}
    missing = {name: pa.nulls(size) for name in ("cause", "talk_ms")}
    return _stream(pa.table({name: (columns | missing)[name] for name in CALLS.names}).cast(CALLS))


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, CALLS) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def _events() -> bytes:
    """Calls in the three events of a live feed, some of which stay up."""
    rows: list[dict[str, Any]] = []
    for place in range(_CALLS):
        start = _NIGHT + timedelta(seconds=place)
        times = (start, start + timedelta(seconds=1), start + timedelta(seconds=2))
        for known in range(1, 4 if place % 2 else 3):
            told = dict(zip(("start", "answer", "end"), times[:known], strict=False))
            call = {"call_id": str(place), "source": "s", "direction": "out", "line": _LINE, "number": _ABROAD}
            rows.append({**call, **told, "company": _COMPANY, "file_sha256": "", "row": len(rows) + 1})
    return _stream(pa.Table.from_pylist(rows, schema=CALLS))
