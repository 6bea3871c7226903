"""The live judge. Its input is the journal's entries, one at a time, and nothing else.

The same entries give the same state, verdicts and charges, always: no clock, no chance, no look outside.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sekisho.core.digits.packed import pack
from sekisho.core.identity.calls import DUPLICATE, HORIZON_DAYS, MERGED, NEW, NO_LINE, TOO_OLD, CallTable
from sekisho.core.identity.lines import LineTable
from sekisho.core.numbering.plan import build_plan, resolve
from sekisho.core.rating.tariff import Tariff, parse_tariff
from sekisho.core.terms.errors import LogDamaged
from sekisho.core.terms.money import MILLIYEN
from sekisho.core.units import PRICE_FIELDS
from sekisho.core.watch import state as watch_state
from sekisho.core.watch.assign import join_contract, make_lines, set_limit
from sekisho.core.watch.judged import Events, new_calls, room_for_verdicts
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.state import NONE, Records, WatchState
from sekisho.core.watch.step import DONE, NEEDS_CALL_ROOM, SETTLE, advance, run
from sekisho.core.watch.verdicts import verdict_batch
from sekisho.flow.outcome import Outcome, concat, join, rejected
from sekisho.flow.stages import ANSWER, END, I64, Prepared, Stages, rated_batch, text_bytes

CALL_ID_TEXT: Final = f"S{watch_state.CALL_ID_BYTES}"
_NO_CALLS: Final = new_calls(0)
_NO_PRICES: Final = np.zeros((0, PRICE_FIELDS), np.int64)
_BEGUN: Final = 0b011011  # event bits, charging and evidence: somebody told the call's start or answer
_OVER: Final = 0b100100  # somebody told its end
_REFUSED: Final = {
    NO_LINE: "the line is not a telephone number; give E.164 or a national number like 0312345678",
    TOO_OLD: f"the call began more than {HORIZON_DAYS} days before the others; too old to tell from a duplicate",
}


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """What a judge is set to, apart from what the journal tells it."""

    policy: Policy = field(default_factory=Policy)


class Judge:
    """The live judge. `apply` takes the journal's entries in their order; `arrays` and `restore` are its snapshot."""

    def __init__(self, settings: JudgeSettings) -> None:
        self._policy = settings.policy
        self._dials = dials(settings.policy)
        self._stages = Stages(build_plan(), LineTable(), CallTable())
        self._state: WatchState = watch_state.new_state()
        self._room = room_for_verdicts(4096)
        self._open_ids: npt.NDArray[np.bytes_] = np.zeros(1024, CALL_ID_TEXT)
        self._contracts: dict[str, int] = {}  # row by company and name
        self._contract_names: dict[int, str] = {}  # the inverse
        self._tariff_messages: dict[str, str] = {}

    def apply(self, kind: str, body: bytes) -> Outcome:
        """Apply one journal entry; raises LogDamaged for what no journal of ours holds.

        `calls`: Arrow IPC stream of CALLS; `tariff`: JSON company, file, csv; `source`: JSON name, company, charging;
        `lines`: JSON list (see `_set_line`); `tick`: 8 bytes, little end first, ms.
        """
        if kind == "calls":
            return self._apply_calls(body)
        if kind == "tick":
            return self._tick(int.from_bytes(body, "little", signed=True))
        if kind == "tariff":
            self._load_tariff(json.loads(body))
        elif kind == "source":
            told = json.loads(body)
            source = {(told["company"], told["name"])}
            others = self._stages.evidence_sources
            self._stages.evidence_sources = others - source if told["charging"] else others | source
        elif kind == "lines":
            for told in json.loads(body):
                self._set_line(told)
        else:
            raise LogDamaged(f"the journal holds an entry of kind {kind!r}, which this judge does not know")
        return Outcome()

    def _tick(self, until: int) -> Outcome:
        """Let the timers speak up to an instant (ms)."""
        slots = self._stages.calls.handles
        return self._speak(lambda: advance(self._state, self._dials, _NO_CALLS, _NO_PRICES, slots, until, self._room))

    def _load_tariff(self, told: Mapping[str, str]) -> None:
        self._stages.tariffs[told["company"]] = parse_tariff(told["csv"].encode(), told["file"])
        self._tariff_messages[told["company"]] = json.dumps(told)

    def _make_lines(self) -> None:
        policy = self._policy
        self._state = make_lines(
            self._state,
            self._stages.lines.count,
            automatic_hold=policy.automatic_hold,
            daily_limit=policy.daily_limit,
            monthly_limit=policy.monthly_limit,
        )

    def _set_line(self, told: Mapping[str, Any]) -> None:
        """One line's contract, terms and limits: company, line; contract, automatic_hold, *_limit_yen where told."""
        lines = self._stages.lines
        digits = resolve(self._stages.plan, "", told["line"]).line
        numbers = np.array([pack(digits)], np.uint64)
        before = lines.count
        rows = lines.rows_of(told["company"], numbers)
        lines.note_texts(before, rows, lambda picked: text_bytes(pa.array([told["line"]]).take(pa.array(picked))))
        self._make_lines()
        if not digits:
            raise LogDamaged(f"a lines message names {told['line']!r}, which is not a number")
        if "contract" in told:
            name = f"{told['company']}\x1f{told['contract']}"
            if name not in self._contracts:
                self._name_contract(name, int(rows[0]))
            join_contract(self._state, int(rows[0]), self._contracts[name])
        contract = self._state.lines["contract"][rows[0]]
        if "automatic_hold" in told:
            self._state.contracts["automatic_hold"][contract] = told["automatic_hold"]
        for limit in ("daily_limit", "monthly_limit"):
            if f"{limit}_yen" in told:
                set_limit(self._state, int(contract), limit, int(told[f"{limit}_yen"]) * MILLIYEN)

    def _name_contract(self, name: str, line: int) -> None:
        """Give a new contract a row: that of its first line, unless a contract of other lines has it."""
        row, policy = line, self._policy
        if line in self._contract_names:
            of_lines = self._state.lines["contract"][: self._stages.lines.count]
            if (np.flatnonzero(of_lines == line) != line).any():
                # There are as many rows as lines and two lines share one, so there is a row nobody uses.
                row = int(np.setdiff1d(np.arange(of_lines.size), of_lines)[0])
        if self._state.lines["contract"][line] != row:
            self._state.contracts[row] = watch_state.new_state(1, 1).contracts[0]
            self._state.contracts["automatic_hold"][row] = policy.automatic_hold
            set_limit(self._state, row, "daily_limit", policy.daily_limit)
            set_limit(self._state, row, "monthly_limit", policy.monthly_limit)
        self._contracts.pop(self._contract_names.pop(row, ""), None)
        self._contracts[name], self._contract_names[row] = row, name

    def _apply_calls(self, body: bytes) -> Outcome:
        with pa.ipc.open_stream(io.BytesIO(body)) as reader:
            table = reader.read_all()
        outcome = Outcome()
        for batch in table.combine_chunks().to_batches():
            companies = batch.column("company").cast(pa.string()).dictionary_encode()
            owner = companies.indices.to_numpy()
            # Run by run of one company, so that time passes for all as the rows have it.
            runs = [0, *(np.flatnonzero(owner[1:] != owner[:-1]) + 1).tolist(), owner.size]
            for first, last in pairwise(runs):
                part = batch.slice(first, last - first)
                join(outcome, self._judge_batch(part, companies[first].as_py()))
        return outcome

    def _judge_batch(self, batch: pa.RecordBatch, company: str) -> Outcome:
        before = self._stages.calls.handles
        prepared = self._stages.prepare(batch, company)
        if self._stages.calls.handles is not before:
            self._note_places()
        self._make_lines()
        tariff = self._stages.tariffs[company]
        outcome = self._speak_events(batch, prepared, tariff)
        status = prepared.admission.status
        for refused, reason in _REFUSED.items():
            if (status == refused).any():
                join(outcome, Outcome(rejects=rejected(batch.filter(pa.array(status == refused)), reason)))
        outcome.duplicates = int((status == DUPLICATE).sum())
        outcome.merged = int((status == MERGED).sum())
        outcome.calls = int((status == NEW).sum())
        fresh = (status < DUPLICATE) & (prepared.kind == END) & prepared.charging
        if fresh.any():
            outcome.rated = rated_batch(batch, prepared, self._stages.plan, tariff).filter(pa.array(fresh))
        return outcome

    def _speak_events(self, batch: pa.RecordBatch, prepared: Prepared, tariff: Tariff) -> Outcome:
        calls, kind, admission = prepared.calls, prepared.kind.astype(np.int64), prepared.admission
        calls["handle"] = np.where(admission.status <= DUPLICATE, admission.place, NONE)
        calls["contract"] = self._state.lines["contract"][np.maximum(calls["line"], 0)]
        admitted, ends = admission.status < DUPLICATE, kind == END
        over, begun = (admission.told & _OVER) != 0, (admission.told & _BEGUN) != 0
        # A call of which evidence told nothing but the end was not scored then: its charging record is, as an end.
        kind = np.where(ends & over & begun, SETTLE, kind)
        rows = np.flatnonzero(admitted & ~(over & (kind < END)))
        at = np.where(kind >= END, calls["end"], np.where(kind == ANSWER, calls["answer"], calls["start"]))
        events = Events(what=rows * 4 + kind[rows], at=at[rows])
        progress = [0]

        def judge() -> bool:
            progress[0], why = run(
                self._state,
                self._dials,
                calls,
                events,
                progress[0],
                tariff.prices,
                self._stages.calls.handles,
                self._room,
            )
            if why == NEEDS_CALL_ROOM:
                self._state = watch_state.with_room(self._state, 0, self._state.open.size + 1)
            return bool(why == DONE)

        outcome = self._speak(judge, batch, calls)
        self._remember_open(batch, rows[kind[rows] < END], admission.place)
        return outcome

    def _speak(self, judge: Any, batch: pa.RecordBatch | None = None, calls: Records | None = None) -> Outcome:
        """Run `judge` until it is done, emptying the room for verdicts whenever it is full."""
        tables: list[pa.RecordBatch] = []
        done = False
        while not done:
            done = judge()
            rows = self._room.rows[: self._room.filled[0]].copy()
            self._room.filled[0] = 0
            if rows.size:
                tables.append(self._verdicts(rows, batch, calls))
        return Outcome(verdicts=concat(tables) if tables else None)

    def _verdicts(self, rows: Records, batch: pa.RecordBatch | None, calls: Records | None) -> pa.RecordBatch:
        lines = self._stages.lines
        places: dict[int, int] = {}
        if calls is not None and (rows["row"] == NONE).any():
            places = {handle: row for row, handle in enumerate(calls["handle"].tolist())}
        ids, texts = [], []
        for verdict in rows:
            row = int(verdict["row"])
            # A timer speaks for an open call, of this batch or of one before it; the line as it was first written, so
            # that a verdict is the same wherever its batch begins.
            said_by_timer = row == NONE
            row = places.get(int(verdict["handle"]), NONE) if said_by_timer else row
            if batch is None or row == NONE:
                ids.append(bytes(self._open_ids[int(verdict["slot"])]).decode("utf-8", "replace"))
            else:
                ids.append(batch.column("call_id")[row].as_py())
            if batch is None or said_by_timer:
                texts.append(lines.text(int(verdict["line"])))
            else:
                texts.append(batch.column("line")[row].as_py())
        companies = [lines.company(int(row)) for row in rows["line"]]
        return verdict_batch(rows, companies, texts, ids, self._policy.version)

    def _remember_open(self, batch: pa.RecordBatch, rows: I64, place: I64) -> None:
        """Keep the call_id of calls this batch opened, for verdicts that timers give before their next event."""
        if self._open_ids.size < self._state.open.size:
            grown = np.zeros(self._state.open.size, self._open_ids.dtype)
            grown[: self._open_ids.size] = self._open_ids
            self._open_ids = grown
        slots = self._stages.calls.handles[place[rows]]
        still = slots != NONE
        if still.any():
            ids = text_bytes(batch.column("call_id").take(pa.array(rows[still])))
            self._open_ids = self._open_ids.astype(np.promote_types(self._open_ids.dtype, ids.dtype), copy=False)
            self._open_ids[slots[still]] = ids

    def _note_places(self) -> None:
        """Tell the open calls their handles anew: their places among the calls told have moved."""
        slots = self._stages.calls.handles
        places = np.flatnonzero(slots != NONE)
        self._state.open["handle"][slots[places]] = places

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The whole state, for a snapshot. Take it between two `apply`; the arrays are the judge's own, not copies."""
        told = {
            "tariffs": self._tariff_messages,
            "contracts": self._contracts,
            "evidence_sources": sorted(self._stages.evidence_sources),
            "latest": self._stages.latest,
        }
        return {
            **watch_state.to_arrays(self._state),
            **self._stages.lines.to_arrays(),
            **self._stages.calls.to_arrays(),
            "judge.open_ids": self._open_ids,
            "judge.told": np.frombuffer(json.dumps(told).encode(), np.uint8),
        }

    @classmethod
    def restore(cls, settings: JudgeSettings, arrays: Mapping[str, npt.NDArray[Any]]) -> Judge:
        """The judge whose `arrays` these were; what it says from here on is what that judge would have said."""
        judge = cls(settings)
        judge._state = watch_state.from_arrays(arrays)
        judge._stages.lines = LineTable.from_arrays(dict(arrays))
        judge._stages.calls = CallTable.from_arrays(dict(arrays))
        judge._note_places()
        judge._open_ids = np.array(arrays["judge.open_ids"])
        told = json.loads(np.asarray(arrays["judge.told"]).tobytes())
        for message in told["tariffs"].values():
            judge._load_tariff(json.loads(message))
        judge._contracts = told["contracts"]
        judge._contract_names = {row: name for name, row in told["contracts"].items()}
        judge._stages.evidence_sources = frozenset((company, source) for company, source in told["evidence_sources"])
        judge._stages.latest = told["latest"]
        return judge
