"""The live judge. Its input is the journal's entries, one at a time, and nothing else.

The same entries give the same state, verdicts and charges, always: no clock, no chance, no look outside.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pyarrow as pa

from sekisho.core.digits.packed import pack
from sekisho.core.identity.calls import DUPLICATE, MERGED, NEW, CallTable
from sekisho.core.identity.lines import LineTable
from sekisho.core.numbering.plan import build_plan, resolve
from sekisho.core.rating.tariff import Tariff, parse_tariff
from sekisho.core.restrict.allowance import Allowance
from sekisho.core.restrict.decision import NOTHING, PASS_EMERGENCY, Decision, decide
from sekisho.core.restrict.restrictions import Bar, Restrictions
from sekisho.core.terms.errors import LogDamaged
from sekisho.core.units import PRICE_FIELDS
from sekisho.core.watch import state as watch_state
from sekisho.core.watch.assign import make_lines_by
from sekisho.core.watch.book import aids_of
from sekisho.core.watch.judged import Events, new_calls, room_for_verdicts
from sekisho.core.watch.open_calls import conserved
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.running import Running, running
from sekisho.core.watch.state import NONE, Records, WatchState
from sekisho.core.watch.step import DONE, NEEDS_ABROAD_ROOM, NEEDS_CALL_ROOM, SETTLE, advance, run
from sekisho.core.watch.verdicts import verdict_batch
from sekisho.flow.attempt import (
    BEGUN_BITS,
    INTERNATIONAL,
    OVER_BITS,
    Attempt,
    Judged,
    Numbered,
    Told,
    line_row,
    number_attempt,
    prepare_attempt,
    read_attempts,
)
from sekisho.flow.contracts import Contracts
from sekisho.flow.open_ids import OpenIds
from sekisho.flow.outcome import Effect, Outcome, concat, join, rejected
from sekisho.flow.restricting import Asks, apply_release, apply_screening, scope_text, way_of
from sekisho.flow.signals import apply_signal
from sekisho.flow.snapshot import Remembered, Taking, put_back, take_whole
from sekisho.flow.stages import ANSWER, END, I64, REFUSED, START, Prepared, Stages, rated_batch, text_bytes
from sekisho.ports import Piece

_NO_CALLS: Final = new_calls(0)
_NO_PRICES: Final = np.zeros((0, PRICE_FIELDS), np.int64)
_ON_A_LINE: Final = {"release": apply_release, "screening": apply_screening, "signal": apply_signal}


Texts = Callable[[Any], tuple[str | None, str | None]]  # a verdict → its call_id and line, where they are at hand


def _nobody(_verdict: Any) -> tuple[None, None]:
    return None, None


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """What a judge is set to, apart from what the journal tells it."""

    policy: Policy = field(default_factory=Policy)


class Judge:
    """The live judge. `apply` takes the journal's entries in their order; `take` and `restore` are its snapshots."""

    def __init__(self, settings: JudgeSettings) -> None:
        self._policy = settings.policy
        self._dials = dials(settings.policy)
        self._tools = aids_of(settings.policy)
        self._stages = Stages(build_plan(), LineTable(), CallTable(kept=True))
        self._room = room_for_verdicts(4096)
        self._open_ids = OpenIds()
        self._contracts = Contracts(settings.policy)
        self._tariff_messages: dict[str, bytes] = {}
        self._restrictions = Restrictions()
        self._asks = Asks()
        self._memory = Remembered(
            watch_state.new_state(),
            self._stages,
            self._open_ids,
            self._contracts,
            self._restrictions,
            self._asks,
            self._tariff_messages,
        )

    @property
    def _state(self) -> WatchState:
        return self._memory.state

    @_state.setter
    def _state(self, state: WatchState) -> None:
        self._memory.state = state

    def apply(self, kind: str, body: bytes) -> Outcome:
        """Apply one entry: `calls` (Arrow IPC stream of CALLS), `attempts` (see attempt.py), others (see controls.py).

        Raises LogDamaged for what no journal of ours holds.
        """
        if kind == "calls":
            return self._apply_calls(body)
        if kind == "attempts":
            return self._apply_attempts(body)
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
        elif kind == "hot_list":
            return self._stages.hot_lists.apply(json.loads(body))
        elif kind in ("bar", *_ON_A_LINE):
            return self._on_a_line(kind, json.loads(body))
        else:
            raise LogDamaged(f"the journal holds an entry of kind {kind!r}, which this judge does not know")
        return Outcome()

    def _tick(self, until: int) -> Outcome:
        """Let the timers speak up to an instant (ms)."""
        fixed = (self._dials, _NO_CALLS, _NO_PRICES, self._stages.calls.handles)
        return self._speak(lambda: bool(advance(self._state, *fixed, until, self._room, self._tools)), _nobody)

    def _load_tariff(self, told: Mapping[str, str]) -> None:
        self._stages.tariffs[told["company"]] = parse_tariff(told["csv"].encode(), told["file"])
        self._tariff_messages[told["company"]] = json.dumps(told).encode()

    def decide(self, attempt: Attempt, allowance: Allowance | None = None) -> tuple[Decision, Judged | None]:
        """Decide on an attempt, now; `allowance` is for a switch that cannot ask. Not international: nothing is judged.

        Else the caller sees to it that what was told of the attempt reaches the log.
        """
        if attempt.emergency:
            return PASS_EMERGENCY, None
        numbered = number_attempt(self._stages, attempt)
        if numbered.class_ != INTERNATIONAL:
            return decide(numbered.class_, numbered.country, None, NOTHING, attempt.at_ms), None
        row = line_row(self._stages, attempt, numbered.line)
        bar, call = self._restrictions.bar_of(attempt.company, numbered.line), (attempt, numbered, row)
        decision, outcome = self._asks.decide(self._stages, self._state, bar, call, allowance), Outcome()
        begun = decision.allowed
        if begun:
            join(outcome, self._attempt_event(*call, end=False))
            decision = self._asks.decide(self._stages, self._state, bar, call, allowance)  # it may stop this very call
        if not decision.allowed:
            join(outcome, self._attempt_event(*call, end=True))
        self._asks.note(self._state, row, attempt, numbered.country, way_of(decision))
        return decision, Judged(Told(attempt, begun, not decision.allowed, way_of(decision)), outcome)

    def _apply_attempts(self, body: bytes) -> Outcome:
        outcome = Outcome()
        for attempt, begun, over, way in read_attempts(body):
            numbered = number_attempt(self._stages, attempt)
            row = line_row(self._stages, attempt, numbered.line)
            for told, end in ((begun, False), (over, True)):
                if told:
                    join(outcome, self._attempt_event(attempt, numbered, row, end=end))
            self._asks.note(self._state, row, attempt, numbered.country, way)
        return outcome

    def _attempt_event(self, attempt: Attempt, numbered: Numbered, row: int, *, end: bool) -> Outcome:
        """Judge an attempt's start, or with `end` the end of a refused one."""
        if row < 0:
            return Outcome()
        self._make_lines()
        contract = int(self._state.lines["contract"][row])
        prepared = prepare_attempt(self._stages, attempt, numbered, row, contract, end=end)
        self._note_places()
        if not prepared.fresh:
            return Outcome()
        tariff = self._stages.tariffs.get(attempt.company)
        events = Events(what=np.array([END if end else START]), at=np.array([attempt.at_ms]))

        def told(verdict: Any) -> tuple[str | None, str | None]:
            return (attempt.call_id, attempt.line) if verdict["row"] != NONE else (None, None)

        outcome = self._run(prepared.calls, events, _NO_PRICES if tariff is None else tariff.prices, told)
        slot = int(self._stages.calls.handles[prepared.place])
        if slot >= 0:
            self._open_ids.note(np.array([attempt.call_id.encode()], np.bytes_), np.array([slot]))
        return outcome

    def _on_a_line(self, kind: str, told: Mapping[str, Any]) -> Outcome:
        """Set or lift a bar, release a hold, end an ask, hear a signal; a version seen before has no effect."""
        company, number = told["company"], pack(resolve(self._stages.plan, "", told["line"]).line)
        if kind == "bar":
            fields = ("bar", "version", "owner", "scope", "since_ms", "order")
            bar = Bar(**{name: told[name] for name in fields})
            if not self._restrictions.tell(company, number, bar, in_force=told["in_force"]):
                return Outcome()
            facts = {name: told[name] for name in ("company", "line", "bar", "version", "in_force", "order")}
            return Outcome(effects=[Effect("bar", f"bar:{bar.bar}:{bar.version}", facts)])
        self._set_line({"company": company, "line": told["line"]})
        row = int(self._stages.lines.rows_of(company, np.array([number], np.uint64))[0])
        return _ON_A_LINE[kind](self._asks, self._stages, self._state, (self._policy, self._dials), row, told)

    def in_progress(self, at_ms: int) -> Running:
        """Every line (by its row) that has calls in progress at an instant, and what they have cost so far."""
        return running(self._state, at_ms)

    def names_of(self, rows: I64) -> list[tuple[str, str]]:
        """Company and text of lines."""
        return [(self._stages.lines.company(row), self._stages.lines.text(row)) for row in rows.tolist()]

    def _make_lines(self) -> None:
        if int(self._state.totals["lines"][0]) >= self._stages.lines.count:
            return
        self._state = make_lines_by(self._policy, self._state, self._stages.lines.count, self._stages.lines.owners)

    def _set_line(self, told: Mapping[str, Any]) -> None:
        """What a `lines` message tells of one line (controls.py)."""
        lines = self._stages.lines
        digits = resolve(self._stages.plan, "", told["line"]).line
        numbers = np.array([pack(digits)], np.uint64)
        before = lines.count
        rows = lines.rows_of(told["company"], numbers)
        lines.note_texts(before, rows, lambda picked: text_bytes(pa.array([told["line"]]).take(pa.array(picked))))
        self._make_lines()
        if not digits:
            raise LogDamaged(f"a lines message names {told['line']!r}, which is not a number")
        self._state = self._contracts.tell(told, int(rows[0]), self._state, self._stages.calls.handles)

    def conserved(self) -> bool:
        """Whether no call is lost: of all that began, each has ended, has expired or is in progress."""
        return conserved(self._state)

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
        prepared = self._stages.prepare(batch, company)
        self._note_places()
        self._make_lines()
        tariff = self._stages.tariffs[company]
        outcome = self._speak_events(batch, prepared, tariff)
        status = prepared.admission.status
        for refused, reason in REFUSED.items():
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
        over, begun = (admission.told & OVER_BITS) != 0, (admission.told & BEGUN_BITS) != 0
        calls["begun"] = begun
        # A call of which evidence told nothing but the end was not scored then: its charging record is, as an end.
        kind = np.where(ends & over & begun, SETTLE, kind)
        rows = np.flatnonzero(admitted & ~(over & (kind < END)))
        at = np.where(kind >= END, calls["end"], np.where(kind == ANSWER, calls["answer"], calls["start"]))
        events = Events(what=rows * 4 + kind[rows], at=at[rows])
        places: dict[int, int] = {}

        def told(verdict: Any) -> tuple[str | None, str | None]:
            # A timer speaks for an open call, of this batch or of one before it; the line as it was first written, so
            # that a verdict is the same wherever its batch begins.
            row = int(verdict["row"])
            if row != NONE:
                return batch.column("call_id")[row].as_py(), batch.column("line")[row].as_py()
            if not places:
                places.update((handle, place) for place, handle in enumerate(calls["handle"].tolist()))
            row = places.get(int(verdict["handle"]), NONE)
            return (None if row == NONE else batch.column("call_id")[row].as_py()), None

        outcome = self._run(calls, events, tariff.prices, told)
        self._remember_open(batch, rows[kind[rows] < END], admission.place)
        return outcome

    def _run(self, calls: Records, events: Events, prices: I64, told: Texts) -> Outcome:
        """Judge events of `calls`, making room for open calls where there is none."""
        progress = [0]

        def judge() -> bool:
            slots = self._stages.calls.handles
            progress[0], why = run(
                self._state, self._dials, calls, events, progress[0], prices, slots, self._room, self._tools
            )
            if why == NEEDS_ABROAD_ROOM:
                self._state = watch_state.with_room(self._state, 0, 0, abroad=self._state.abroad.size + 1)
            if why == NEEDS_CALL_ROOM:
                self._state = watch_state.with_room(self._state, 0, self._state.open.size + 1)
            return bool(why == DONE)

        return self._speak(judge, told)

    def _speak(self, judge: Callable[[], bool], told: Texts) -> Outcome:
        """Run `judge` until it is done, emptying the room for verdicts whenever it is full."""
        tables: list[pa.RecordBatch] = []
        done = False
        while not done:
            done = judge()
            filled = int(self._room.filled[0])
            if filled:
                rows = self._room.rows[:filled].copy()
                self._room.filled[0] = 0
                tables.append(self._verdicts(rows, told))
        return Outcome(verdicts=concat(tables) if tables else None)

    def _verdicts(self, rows: Records, told: Texts) -> pa.RecordBatch:
        """The kernel's verdicts as a table; `told` knows call_id and line of the calls at hand."""
        lines = self._stages.lines
        ids, texts = [], []
        for verdict in rows:
            call_id, text = told(verdict)
            if call_id is None:
                call_id = self._open_ids.text(int(verdict["slot"]))
            ids.append(call_id)
            texts.append(lines.text(int(verdict["line"])) if text is None else text)
        companies = [lines.company(int(row)) for row in rows["line"]]
        return verdict_batch(rows, companies, texts, ids, self._policy.version, partial(scope_text, self._stages.plan))

    def _remember_open(self, batch: pa.RecordBatch, rows: I64, place: I64) -> None:
        """Keep the call_id of calls this batch opened, for verdicts that timers give before their next event."""
        slots = self._stages.calls.handles[place[rows]]
        still = slots >= 0
        if still.any():
            self._open_ids.note(text_bytes(batch.column("call_id").take(pa.array(rows[still]))), slots[still])

    def _note_places(self) -> None:
        """Tell open calls their handles anew whose places among the calls told have moved."""
        for slots, places in self._stages.calls.take_moved():
            self._state.open["handle"][slots] = places
            self._state.open_marks[slots] = 1

    def _remembered(self) -> Remembered:
        return self._memory

    def take(self, *, whole: bool) -> Taking:
        """Begin a snapshot: of all, or of what changed since the last one. One at a time."""
        return Taking(self._remembered, whole=whole)

    def pieces(self) -> list[Piece]:
        """A whole snapshot in one go."""
        return take_whole(self._remembered)

    @classmethod
    def restore(cls, settings: JudgeSettings, pieces: Sequence[Piece]) -> Judge:
        """The judge whose snapshots these were; what it says from here on is what that judge would have said."""
        judge = cls(settings)
        tariffs = put_back(judge._memory, pieces)
        for message in tariffs.values():
            judge._load_tariff(json.loads(message))
        return judge
