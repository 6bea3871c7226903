"""Calls and verdicts made by hand, for the tests of what verdicts are worth. Times are in Japan, in November 2026."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sekisho.core.digits.packed import pack
from sekisho.core.identity.lines import LineTable
from sekisho.core.tables import VERDICTS
from sekisho.core.terms.destination import country_code
from sekisho.core.terms.instants import NEVER, parse_rfc3339
from sekisho.core.units import FREE, Price
from sekisho.core.watch.judged import new_calls
from sekisho.lab.backtest import Backtest

ABROAD, FIXED = 0, 1  # rows of the prices: 175 yen a minute, 8 yen for three
PRICES = np.array(
    [Price(60_000, 175_000, 60_000, 175_000, 0, 0), Price(180_000, 8_000, 180_000, 8_000, 0, 0), FREE], np.int64
)
SIERRA_LEONE = "23276000001"
FIELDS = ("line", "start", "answer", "end", "charge", "rate", "international", "outgoing", "number", "country")


def at(text: str) -> int:
    """`24 09:03:30` or `09:03:30` (on the 24th) as an instant; `12-01 09:00:00` names the month too."""
    day, _, time = text.rpartition(" ")
    month, _, day = (day or "24").rpartition("-")
    return parse_rfc3339(f"2026-{month or '11'}-{day}T{time}+09:00")


def call(
    line=1, start="09:00:00", answer="-", end="-", yen=0, *, rate=ABROAD, outgoing=1, to=SIERRA_LEONE, country="SL"
):
    """One row for `backtested`: what happened, its charge, whether it goes abroad, and where to."""
    moments = [NEVER if text == "-" else at(text) for text in (start, answer, end)]
    where = (np.uint64(pack(to)), country_code(country))
    return (line, *moments, int(yen) * 1_000, rate, int(rate == ABROAD), outgoing, *where)


def records(rows):
    """The kernel's records of rows of `call`."""
    calls = new_calls(len(rows))
    for record, values in zip(calls, rows, strict=True):
        for name, value in zip(FIELDS, values, strict=True):
            record[name] = value
    return calls


def backtested(calls, verdicts=()):
    """A run over `calls` (call_id → row of `call`) that spoke `verdicts` (line, instant, action[, scope])."""
    said = [
        dict.fromkeys(("verdict_id", "call_id", "company", "line"), "-")
        | {"at": instant, "action": action, "scope": scope[0] if scope else "international", "score_nats": 15.0}
        | {"evidence": [], "spend_today": 0, "spend_month": 0}
        for _, instant, action, *scope in verdicts
    ]
    return Backtest(
        verdicts=pa.Table.from_pylist(said, VERDICTS),
        verdict_lines=np.array([line for line, *_ in verdicts], np.int32),
        calls=records(list(calls.values())),
        lines=LineTable(),
        call_ids=pa.chunked_array([pa.array(list(calls), pa.string())]),
    )
