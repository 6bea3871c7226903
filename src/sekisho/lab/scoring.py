"""What a backtest's verdicts were worth, where the truth about the calls is known (DESIGN §10, `--truth`).

Ground truth is a table call_id, incident, kind: one row a fraudulent call. A hold (or an ask: a thief has no PIN) stops
the international calls of its line for four hours: calls that begin in that time cost nothing, and a call in progress,
ringing or answered, is cut and costs what one second more would have cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from sekisho.core.terms.errors import BadCallFile
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, JST_OFFSET_MS, SECOND_MS
from sekisho.core.units import charge_of, price_at
from sekisho.lab.backtest import Backtest

HOLD_MS: Final = 4 * HOUR_MS
AFTERMATH_MS: Final = 24 * HOUR_MS  # a hold so long after an incident's last call is still its doing
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident as it went: milli-yen at stake and lost, calls before the hold, delay in ms (None: not caught).

    It is caught by a hold that is in force at its first call, or comes no later than a day after its last.
    """

    name: str
    kind: str
    calls: int
    at_stake: int
    lost: int
    calls_before: int
    delay_ms: int | None


@dataclass(frozen=True, slots=True)
class Score:
    """All incidents; what honest lines bore, false holds and asks; international line-days to measure them by."""

    incidents: tuple[Incident, ...]
    false_holds: int
    false_asks: int
    line_days: int

    @property
    def at_stake(self) -> int:
        """Milli-yen the fraudulent calls cost if nobody stops them."""
        return sum(incident.at_stake for incident in self.incidents)

    @property
    def lost(self) -> int:
        """Milli-yen they cost with the verdicts."""
        return sum(incident.lost for incident in self.incidents)

    def per_million(self, count: int) -> float:
        """A count per million international line-days."""
        return 1e6 * count / self.line_days if self.line_days else 0.0


def read_truth(path: str) -> dict[str, tuple[str, str]]:
    """call_id → (incident, kind) of a truth file (CSV with a header). Raises BadCallFile."""
    try:
        types = {"call_id": pa.string(), "incident": pa.string(), "kind": pa.string()}
        table = csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=types, include_columns=list(types)))
    except (OSError, KeyError, pa.ArrowInvalid) as error:
        raise BadCallFile(
            path, 0, f"no truth file: {str(error).splitlines()[0]}", "use call_id,incident,kind"
        ) from None
    return {row["call_id"]: (row["incident"], row["kind"]) for row in table.to_pylist()}


def score(run: Backtest, truth: Mapping[str, tuple[str, str]], prices: I64) -> Score:
    """What `run` was worth against `truth`; `prices` are the tariff's, i64 [rate + 1, fields]."""
    bars = _bars(run)
    labels = [truth.get(call_id) for call_id in run.call_ids.to_pylist()]
    fraud = np.array([label is not None for label in labels], np.bool_)
    abroad = (run.calls["international"] == 1) & (run.calls["outgoing"] == 1)
    honest_abroad = run.calls[abroad & ~fraud]
    incidents, spans = _incidents(run, np.flatnonzero(fraud), labels, bars, prices)
    false = {"hold": 0, "ask": 0}
    for line, rows in bars.items():
        for at, action in rows:
            if not any(first <= at <= last + AFTERMATH_MS for first, last in spans.get(line, ())):
                false[action] += 1
    days = honest_abroad["line"].astype(np.int64) << 32 | (honest_abroad["start"] + JST_OFFSET_MS) // DAY_MS
    return Score(tuple(incidents), false["hold"], false["ask"], int(np.unique(days).size))


def _bars(run: Backtest) -> dict[int, list[tuple[int, str]]]:
    """Asks and holds by line row, in order of time."""
    bars: dict[int, list[tuple[int, str]]] = {}
    verdicts = zip(
        run.verdict_lines.tolist(),
        run.verdicts.column("at").cast(pa.int64()).to_pylist(),
        run.verdicts.column("action").cast(pa.string()).to_pylist(),
        strict=True,
    )
    for line, at, action in verdicts:
        if action in ("hold", "ask"):
            bars.setdefault(line, []).append((at, action))
    return bars


def _cost(call: Any, bars: list[tuple[int, str]], prices: I64) -> int:
    """Milli-yen a fraudulent call costs under these bars, which are all of scope `international`."""
    charge = int(call["charge"])
    if charge == 0 or not call["international"]:
        return charge
    for at, _ in bars:
        if at <= call["start"] < at + HOLD_MS:
            return 0
        if call["start"] < at < call["end"]:
            talk = at + SECOND_MS - int(call["answer"])
            cut = int(charge_of(price_at(prices, int(call["rate"])), talk)) if talk >= 0 else 0
            return min(charge, cut)
    return charge


def _incidents(
    run: Backtest, rows: I64, labels: list[tuple[str, str] | None], bars: dict[int, list[tuple[int, str]]], prices: I64
) -> tuple[list[Incident], dict[int, list[tuple[int, int]]]]:
    """Every incident, and by line the spans of time in which fraud ran."""
    grouped: dict[tuple[str, str], list[int]] = {}
    for row in rows.tolist():
        grouped.setdefault(labels[row] or ("", ""), []).append(row)
    spans: dict[int, list[tuple[int, int]]] = {}
    incidents = []
    for (name, kind), members in sorted(grouped.items()):
        calls = run.calls[members]
        first, held = int(calls["start"].min()), []
        for line in np.unique(calls["line"]).tolist():
            mine = calls[calls["line"] == line]
            begun, ended = int(mine["start"].min()), int(np.maximum(mine["end"], mine["start"]).max())
            spans.setdefault(line, []).append((begun, ended))
            within = [at for at, _ in bars.get(line, ()) if begun - HOLD_MS < at <= ended + AFTERMATH_MS]
            held += [max(at, begun) for at in within]  # a hold already in force catches the line's first call
        caught = min(held) if held else None
        incidents.append(
            Incident(
                name=name,
                kind=kind,
                calls=len(members),
                at_stake=int(calls["charge"].sum()),
                lost=sum(_cost(call, bars.get(int(call["line"]), []), prices) for call in calls),
                calls_before=int((calls["start"] < caught).sum()) if caught is not None else len(members),
                delay_ms=caught - first if caught is not None else None,
            )
        )
    return incidents, spans
