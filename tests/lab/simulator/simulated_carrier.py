"""A simulated carrier with its rows as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sekisho.core.numbering.plan import build_plan, number_calls
from sekisho.core.tables import Numbered
from sekisho.core.terms.destination import DestinationClass
from sekisho.core.terms.instants import start_of_japanese_day
from sekisho.lab.simulator.simulation import Simulation

FIRST_MS = start_of_japanese_day(date(2026, 1, 5))
LINES, DAYS, INCIDENTS = 1_500, 32, 9


@dataclass(frozen=True, eq=False)
class Rows:
    """A simulation's calls, one entry a row; `answer` is -1 where there is none, `kind` empty for honest calls."""

    simulation: Simulation
    start: np.ndarray
    answer: np.ndarray
    end: np.ndarray
    cause: np.ndarray
    answered: np.ndarray
    outgoing: np.ndarray
    line: np.ndarray
    number: np.ndarray
    call_id: np.ndarray
    kind: np.ndarray
    incident: np.ndarray
    numbered: Numbered

    @property
    def abroad(self):
        return self.outgoing & (self.numbered.class_ == DestinationClass.INTERNATIONAL)

    @property
    def fraud(self):
        return self.kind != ""


def rows_of(simulation: Simulation) -> Rows:
    """The rows of a simulation, labelled and numbered."""
    calls = simulation.calls
    instants = {
        name: calls.column(name).cast(pa.int64()).fill_null(-1).to_numpy() for name in ("start", "answer", "end")
    }
    outgoing = pc.equal(calls.column("direction").cast(pa.string()), "out").to_numpy()
    truth = {row["call_id"]: (row["kind"], row["incident"]) for row in simulation.truth.to_pylist()}
    call_id = calls.column("call_id").to_pylist()
    labels = np.array([truth.get(each, ("", "")) for each in call_id])
    return Rows(
        simulation=simulation,
        **instants,
        cause=calls.column("cause").to_numpy(),
        answered=instants["answer"] >= 0,
        outgoing=outgoing,
        line=np.array(calls.column("line").to_pylist()),
        number=np.array(calls.column("number").to_pylist()),
        call_id=np.array(call_id),
        kind=labels[:, 0],
        incident=labels[:, 1],
        numbered=number_calls(build_plan(), calls.combine_chunks().to_batches()[0]),
    )
