"""Made-up thieves among a carrier's own calls: labels cost nothing (DESIGN §5).

Each thief has a plan (`plots`), a line of the carrier, an instant, and ranges to call (`places`, or those the line
calls itself). His calls get their outside from the carrier's own (`carrier.Looks`). Everything comes from one seed.
Thieves come from the first day on: were there a time without them, it would be learnt that its calls are safe, and that
a line not yet seen for long is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sekisho.core.digits.packed import unpack_all
from sekisho.core.tables import CALLS
from sekisho.core.terms.instants import DAY_MS, SECOND_MS
from sekisho.lab.tune.carrier import NO_CAUSE, Carrier, made_up_ids
from sekisho.lab.tune.places import Places, build_places
from sekisho.lab.tune.plots import ATTEMPT, Plot, Timeline, draw_plot, timeline

I64 = npt.NDArray[np.int64]
Rng = np.random.Generator

LEAST_YEN: Final = 15.0  # a minute
APART_MS: Final = 10 * DAY_MS  # two thieves on one line
FORMS: Final = ("010", "+", "184010", "186010", "0033010", "0061010", "1220033010")
OTHER_FORM: Final = 0.2  # chance of one of those instead of the carrier's own
MIMIC_TAIL: Final = 4  # last digits a mimic changes
MANY_TRIES: Final = 50
SOME, OFTEN = 0.5, 0.15  # chance that the line calls abroad, that it does so often; else it is any line
LINE_SHARE: Final = 0.3  # of the lines, at most, get a thief
LEAST, MOST = 60, 2_500  # thieves


@dataclass(slots=True)
class _Rows:
    """Calls made up so far, in pieces; one entry a call in each array of a piece."""

    line: list[I64] = field(default_factory=list)
    start: list[I64] = field(default_factory=list)
    answer: list[I64] = field(default_factory=list)
    end: list[I64] = field(default_factory=list)
    incident: list[I64] = field(default_factory=list)  # -1: an incoming call of a dial-through
    number: list[str] = field(default_factory=list)

    def add(self, line: int, incident: int, times: tuple[I64, I64, I64], numbers: list[str]) -> None:
        """One line's calls."""
        start, answer, end = times
        self.line.append(np.full(start.size, line))
        self.incident.append(np.full(start.size, incident))
        self.start.append(start)
        self.answer.append(answer)
        self.end.append(end)
        self.number += numbers


@dataclass(frozen=True, slots=True)
class Injected:
    """`batches`: the carrier's calls and the thieves'; `truth`: call_id → (incident, kind), as a truth file has it."""

    batches: list[pa.RecordBatch]
    truth: dict[str, tuple[str, str]]
    incidents: int
    calls: int


class _Victims:
    """Lines to rob, and when: busy ones, quiet ones, and such that never call abroad."""

    def __init__(self, carrier: Carrier) -> None:
        lines = carrier.calls["line"]
        self.all = np.unique(lines[lines >= 0]).astype(np.int64)
        abroad = carrier.calls["line"][carrier.abroad]
        self.abroad, calls = np.unique(abroad, return_counts=True)
        self.busy = calls / max(calls.sum(), 1)
        order = np.argsort(abroad, kind="stable")
        self._rows = carrier.abroad[order]
        self._first = np.searchsorted(abroad[order], self.abroad)
        self._last = np.append(self._first[1:], order.size)
        self._robbed: dict[int, list[int]] = {}

    def draw(self, rng: Rng, mimic: bool) -> int:
        """A line: half the time one that calls abroad, else any, else one that does so often."""
        chance = rng.random()
        if self.abroad.size == 0 or (chance > SOME + OFTEN and not mimic):
            return int(rng.choice(self.all))
        return int(rng.choice(self.abroad, p=self.busy if SOME < chance < SOME + OFTEN else None))

    def rows_of(self, line: int) -> I64:
        """Rows of the line's own calls abroad, in order of time."""
        place = int(np.searchsorted(self.abroad, line))
        if place == self.abroad.size or self.abroad[place] != line:
            return self._rows[:0]
        return self._rows[self._first[place] : self._last[place]]

    def may_rob(self, line: int, at: int) -> bool:
        """Whether no other thief is near; if so he is noted."""
        others = self._robbed.setdefault(line, [])
        if any(abs(at - other) < APART_MS for other in others):
            return False
        others.append(at)
        return True


def how_many(carrier: Carrier) -> int:
    """How many thieves a carrier of this size bears, so that most of its line-days stay honest."""
    lines = np.unique(carrier.calls["line"]).size
    return int(min(max(lines * LINE_SHARE, LEAST), MOST))


def inject(carrier: Carrier, seed: int, count: int | None = None, until: int | None = None) -> Injected:
    """The carrier's calls with `count` thieves among them (`how_many` where it is None); the same for the same seed.

    All begin before `until` (ms since 1970), or any time where it is None.
    Each incident of a campaign over several lines is one incident. Fewer come where the lines have no room for more.
    """
    rng = np.random.default_rng([seed, 3])
    places = build_places(carrier.plan, carrier.tariff, carrier.line_text(0), (carrier.begins + carrier.ends) // 2)
    victims, rows = _Victims(carrier), _Rows()
    kinds: list[str] = []
    last = carrier.ends if until is None else min(until, carrier.ends)
    for _ in range(how_many(carrier) if count is None else count):
        plot = draw_plot(rng)
        if _rob(carrier, plot, places, victims, rows, len(kinds), last, rng):
            kinds.append(plot.kind)
    if not kinds:
        return Injected(carrier.table.to_batches(), {}, 0, 0)
    batch, incident = _batch(carrier, rows, rng)
    width = len(str(len(kinds)))
    names = [f"made-up-{index + 1:0{width}}" for index in range(len(kinds))]
    truth = {
        call_id: (names[index], kinds[index])
        for call_id, index in zip(batch.column("call_id").to_pylist(), incident.tolist(), strict=True)
        if index >= 0
    }
    return Injected([*carrier.table.to_batches(), batch], truth, len(kinds), len(truth))


def _rob(
    carrier: Carrier,
    plot: Plot,
    places: Places,
    victims: _Victims,
    rows: _Rows,
    incident: int,
    last: int,
    rng: Rng,
) -> bool:
    """Carry out a plan on lines that have room for it; whether any had."""
    looks = carrier.looks
    ranges, form = _ranges(plot, places, rng), _form(carrier, rng)
    begins = int(rng.integers(carrier.begins, last + 1))
    robbed = 0
    for _ in range(plot.lines):
        for _try in range(MANY_TRIES):
            line = victims.draw(rng, plot.mimic)
            if victims.may_rob(line, begins):
                break
            begins = int(rng.integers(carrier.begins, last + 1)) if plot.lines == 1 else begins
        else:
            continue
        times = timeline(plot, begins, carrier.ends, (looks.answered_ring, looks.missed_ring, looks.talk_ms), rng)
        own = _own_ranges(carrier, victims.rows_of(line), begins, rng) if plot.mimic else []
        digits = _numbers(plot, own or ranges, times, rng)
        _add_calls(carrier, plot, rows, line, incident, times, [form + each for each in digits], rng)
        robbed += 1
        if plot.lines > 1:
            begins = min(begins + int(rng.exponential(4.0 * 3_600.0 * SECOND_MS)), carrier.ends)
    return robbed > 0


def _add_calls(
    carrier: Carrier, plot: Plot, rows: _Rows, line: int, incident: int, times: Timeline, numbers: list[str], rng: Rng
) -> None:
    """The calls on one line, milliseconds drawn anew; before each, for a dial-through, the call that came in."""
    shift = rng.choice(carrier.looks.start_ms, times.start.size) - times.start % SECOND_MS
    start, end = times.start + shift, times.end + shift
    answer = np.where(times.answer >= 0, times.answer + shift, -1)
    rows.add(line, incident, (start, answer, end), numbers)
    if plot.through:
        before = rng.integers(3, 41, start.size) * SECOND_MS
        ring = np.minimum(rng.choice(carrier.looks.answered_ring, start.size), before)
        came = start - before
        callers = [str(rng.choice(carrier.looks.callers))] * start.size
        gone = end + rng.integers(0, 4, start.size) * SECOND_MS
        rows.add(line, -1, (came, came + ring, gone), callers)


def _form(carrier: Carrier, rng: Rng) -> str:
    if rng.random() < OTHER_FORM:
        return str(rng.choice(FORMS))
    return str(rng.choice(carrier.looks.forms))


Ranges = list[tuple[str, int]]  # first E.164 digits, how many digits follow


def _ranges(plot: Plot, places: Places, rng: Rng) -> Ranges:
    """The ranges he calls: the dearer, the likelier, as he likes."""
    dear_enough = np.flatnonzero(places.yen >= LEAST_YEN)
    odds = places.yen[dear_enough] ** plot.dear
    chosen = rng.choice(dear_enough, min(plot.countries, dear_enough.size), replace=False, p=odds / odds.sum())
    ranges: Ranges = []
    for place in chosen.tolist():
        head, code, tail = str(places.head[place]), int(places.code[place]), int(places.tail[place])
        if rng.random() < plot.made_up:
            head = head[:code] + "".join(map(str, rng.integers(0, 10, len(head) - code)))
        ranges.append((head, tail))
    return ranges


def _own_ranges(carrier: Carrier, rows: I64, before: int, rng: Rng) -> Ranges:
    """Ranges that the line itself has called before: its numbers without their last digits."""
    known = rows[carrier.calls["start"][rows] < before]
    if known.size == 0:
        return []
    some = known[rng.integers(0, known.size, min(known.size, 8))]
    texts = unpack_all(np.ascontiguousarray(carrier.calls["number"][some])).to_pylist()
    return [(text[:-MIMIC_TAIL], MIMIC_TAIL) for text in texts if len(text) > MIMIC_TAIL + 2]


def _numbers(plot: Plot, ranges: Ranges, times: Timeline, rng: Rng) -> list[str]:
    """E.164 digits of each call."""
    count = times.start.size
    heads, tails = [head for head, _ in ranges], np.array([tail for _, tail in ranges])
    fresh = rng.random(count) >= plot.redial
    fresh[0] = True
    moves = fresh & (rng.random(count) >= plot.sticks)
    moves[0] = True
    turn = np.cumsum(moves) - 1
    order = rng.integers(0, len(heads), turn[-1] + 1)
    place = order[turn]
    # Each range has its numbers: some at random, or a walk through neighbours.
    bases = rng.integers(0, 10**6, (len(heads), plot.numbers))
    if plot.step:
        offset = plot.step * (np.cumsum(fresh) - 1)
    else:
        offset = bases[place, rng.integers(0, plot.numbers, count)] - bases[place, 0]
    offset[~fresh] = 0
    last = np.maximum.accumulate(np.where(fresh, np.arange(count), 0))
    place, tail = place[last], (bases[place[last], 0] + offset[last]) % 10 ** tails[place[last]]
    digits = [f"{heads[where]}{end:0{tails[where]}d}" for where, end in zip(place.tolist(), tail.tolist(), strict=True)]
    for index in np.flatnonzero(times.purpose == ATTEMPT).tolist():
        digits[index] = str(rng.integers(1, 999)) + digits[0][-8:]  # the same number behind another prefix
    return digits


def _batch(carrier: Carrier, rows: _Rows, rng: Rng) -> tuple[pa.RecordBatch, I64]:
    """The made-up calls as CALLS, in order of time, and the incident of each."""
    start, answer, end = (np.concatenate(part) for part in (rows.start, rows.answer, rows.end))
    line, incident = np.concatenate(rows.line), np.concatenate(rows.incident)
    order = np.argsort(start, kind="stable")
    start, answer, end, line, incident = (each[order] for each in (start, answer, end, line, incident))
    like, looks = _rows_like(carrier, line, rng), carrier.looks
    answered = answer >= 0
    cause = np.where(answered, rng.choice(looks.answered_cause, start.size), rng.choice(looks.missed_cause, start.size))
    talk: Any = pa.nulls(start.size, pa.int64())
    if looks.charged_more.size:
        told = np.maximum(end - answer + rng.choice(looks.charged_more, start.size), 0)
        talk = pa.array(told, mask=~answered)
    instant = CALLS.field("start").type
    columns = {
        "call_id": pa.array(made_up_ids(carrier.table, start.size, rng)),
        "direction": pa.array(np.where(incident >= 0, "out", "in")).dictionary_encode(),
        "number": pa.array(rows.number).take(pa.array(order)),
        "start": pa.array(start).cast(instant),
        "answer": pa.array(answer, mask=~answered).cast(instant),
        "end": pa.array(end).cast(instant),
        "cause": pa.array(cause.astype(np.int16), mask=cause == NO_CAUSE),
        "talk_ms": talk,
    }
    kept = carrier.table.take(pa.array(like)).combine_chunks()
    arrays = [
        (columns[field.name] if field.name in columns else kept.column(field.name).combine_chunks()).cast(field.type)
        for field in CALLS
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=CALLS), incident


def _rows_like(carrier: Carrier, line: I64, rng: Rng) -> I64:
    """For each made-up call a row of the carrier's with the same line, whose source and provenance it gets."""
    order = rng.permutation(carrier.calls.size)
    lines, first = np.unique(carrier.calls["line"][order], return_index=True)
    return order[first[np.searchsorted(lines, line)]].astype(np.int64)
