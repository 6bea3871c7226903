"""Number → identify → rate: from a batch of CALLS to what the watch's kernel takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sekisho.core.columns import among, figures, padded, picked
from sekisho.core.identity.calls import HORIZON_DAYS, NO_LINE, TOO_OLD, Admission, CallTable
from sekisho.core.identity.lines import LineTable, Words, words_of
from sekisho.core.numbering.plan import NumberPlan, number_calls, number_lines
from sekisho.core.rating.charge import Moments, moments_of, rate_calls, tariff_versions
from sekisho.core.rating.tariff import Tariff
from sekisho.core.tables import CALLS, RATED, Charged, Numbered
from sekisho.core.terms.call import CallEvent
from sekisho.core.terms.destination import CLASS_NAMES, DestinationClass, country_text
from sekisho.core.terms.errors import LogDamaged
from sekisho.core.terms.instants import DAY_MS
from sekisho.core.watch.judged import fill_calls, new_calls
from sekisho.core.watch.state import Records
from sekisho.flow.hot_lists import HotLists

START, ANSWER, END = (int(event) for event in CallEvent)
I64 = npt.NDArray[np.int64]
REFUSED: Final = {
    NO_LINE: "the line is not a telephone number; give E.164 or a national number like 0312345678",
    TOO_OLD: f"the call began more than {HORIZON_DAYS} days before the others; too old to tell from a duplicate",
}


@dataclass(frozen=True, slots=True)
class Described:
    """A batch of one company after numbering and rating; row for row as the batch."""

    calls: Records
    kind: npt.NDArray[np.int8]  # CallEvent each row tells
    bits: npt.NDArray[np.uint8]  # its bit among the events of its call
    line_rows: npt.NDArray[np.int32]  # -1: the line is no number
    outgoing: npt.NDArray[np.bool_]
    charging: npt.NDArray[np.bool_]
    numbered: Numbered
    charged: Charged


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch of one company after numbering, identity and rating; row for row as the batch."""

    calls: Records
    kind: npt.NDArray[np.int8]  # CallEvent each row tells
    charging: npt.NDArray[np.bool_]
    admission: Admission
    numbered: Numbered
    charged: Charged


class Stages:
    """The stages before the watch, with what they remember: lines, calls told, price books, hot lists."""

    def __init__(self, plan: NumberPlan, lines: LineTable, calls: CallTable) -> None:
        self.plan, self.lines, self.calls = plan, lines, calls
        self.tariffs: dict[str, Tariff] = {}
        self.evidence_sources: frozenset[tuple[str, str]] = frozenset()  # (company, source)
        self.hot_lists = HotLists()
        self.latest = 0
        self._words: tuple[str, pa.Array, Words] | None = None

    def describe(self, batch: pa.RecordBatch, company: str, base: int = 0, room: Records | None = None) -> Described:
        """Number and rate a batch of CALLS of one company. The handle of a row's call is `base` + its row.

        The kernel's records are written into `room`, as many as the batch has rows, where one is given. Raises
        LogDamaged where the company has no tariff.
        """
        tariff = self.tariffs.get(company)
        if tariff is None:
            raise LogDamaged(f"company {company!r} has calls but no tariff; load one before its calls")
        outgoing = ~among(batch.column("direction"), frozenset(("in",)))
        texts, before = batch.column("line"), self.lines.count
        if pa.types.is_dictionary(texts.type):
            words, indices = self._words_of(company, texts.dictionary), figures(texts.indices)
            numbered = number_calls(self.plan, batch, picked(words.numbers, indices), outgoing)
            line_rows = self.lines.rows_of_words(company, words, indices)
        else:
            numbered = number_calls(self.plan, batch, None, outgoing)
            line_rows = self.lines.rows_of(company, numbered.line)
        self.lines.note_texts(before, line_rows, lambda picked: text_bytes(texts.take(pa.array(picked))))
        others = frozenset(source for owner, source in self.evidence_sources if owner == company)
        evidence = among(batch.column("source"), others)
        moments = moments_of(batch)
        charged = rate_calls(tariff, batch, numbered, ~evidence, outgoing, moments)
        calls = new_calls(batch.num_rows) if room is None else room
        kind, bits = _fill_records(calls, base, moments, (line_rows, outgoing), numbered, charged, evidence)
        self.hot_lists.mark(company, numbered.e164, calls)
        return Described(calls, kind, bits, line_rows, outgoing, ~evidence, numbered, charged)

    def _words_of(self, company: str, dictionary: pa.Array) -> Words:
        """What is known of these words; the batches of a file have copies of one dictionary, or of a few."""
        if self._words is not None:
            owner, held, words = self._words
            if owner == company and held.equals(dictionary):
                return words
        words = words_of(number_lines(dictionary))
        self._words = company, dictionary, words
        return words

    def prepare(self, batch: pa.RecordBatch, company: str) -> Prepared:
        """Run the stages over a batch of CALLS of one company.

        Rows whose line is no number are NO_LINE in the admission. Raises LogDamaged where the company has no tariff.
        """
        told = self.describe(batch, company)
        start, end = np.ascontiguousarray(told.calls["start"]), np.ascontiguousarray(told.calls["end"])
        oldest = self._oldest(start)
        ids = batch.column("call_id")
        admission = self.calls.admit(ids, told.line_rows, ~told.outgoing, told.bits, start, end, oldest)
        return Prepared(told.calls, told.kind, told.charging, admission, told.numbered, told.charged)

    def _oldest(self, start: I64) -> int:
        """The oldest start a call of a batch may still have, by the middle of the batch.

        The middle, so that one record with a wrong clock cannot make all others too old.
        """
        if start.size:
            return self.reach(int(np.median(start)))
        return max(0, self.latest - HORIZON_DAYS * DAY_MS)

    def reach(self, start: int) -> int:
        """A call began at `start`: the horizon moves on with it, but a day at most. The oldest start it still has."""
        self.latest = max(self.latest, min(start, self.latest + DAY_MS) if self.latest else start)
        return max(0, self.latest - HORIZON_DAYS * DAY_MS)


def text_bytes(texts: pa.Array) -> npt.NDArray[np.bytes_]:
    """Texts as numpy byte strings (UTF-8), as wide as the longest."""
    return padded(texts)


def _fill_records(
    calls: Records,
    base: int,
    moments: Moments,
    made: tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]],
    numbered: Numbered,
    charged: Charged,
    evidence: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.uint8]]:
    """Write the kernel's records of a batch; the event each row tells, and its bit among the events of its call.

    `made`: the line of each call, and whether the line made it.
    """
    line_rows, outgoing = made
    kind, bits = np.zeros(calls.size, np.int8), np.zeros(calls.size, np.uint8)
    fill_calls(
        calls,
        base,
        moments.start,
        moments.answer,
        moments.end,
        numbered.e164,
        numbered.stripped,
        charged.charge,
        line_rows,
        charged.rate,
        numbered.country,
        numbered.class_ == DestinationClass.INTERNATIONAL,
        outgoing,
        numbered.valid,
        evidence,
        kind,
        bits,
    )
    return kind, bits


def rated_batch(batch: pa.RecordBatch, prepared: Prepared, plan: NumberPlan, tariff: Tariff) -> pa.RecordBatch:
    """The batch with what numbering and rating say of it (RATED)."""
    numbered, charged = prepared.numbered, prepared.charged

    def words(codes: npt.NDArray[Any], text_of: Callable[[int], str]) -> pa.DictionaryArray:
        used, indices = np.unique(codes, return_inverse=True)
        texts = pa.array([text_of(int(code)) for code in used], pa.string())
        return pa.DictionaryArray.from_arrays(pa.array(indices.astype(np.int32)), texts)

    added = {
        "e164": pa.array(numbered.e164),
        "destination_id": pa.array(numbered.destination_id),
        "class": words(numbered.class_, CLASS_NAMES.__getitem__),
        "country": words(numbered.country, country_text),
        "place": words(numbered.destination_id, plan.destinations.place.__getitem__),
        "valid": pa.array(numbered.valid),
        "unit_ms": pa.array(charged.unit_ms),
        "units": pa.array(charged.units),
        "charge_milliyen": pa.array(charged.charge),
        "tariff_version": tariff_versions(tariff, batch),
    }
    columns = [batch.column(name) if name in CALLS.names else added[name] for name in RATED.names]
    return pa.RecordBatch.from_arrays(columns, schema=RATED)
