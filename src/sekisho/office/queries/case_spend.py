"""What international calls have cost since cases opened: the lake's part of money at risk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sekisho.core.terms.instants import DAY_MS
from sekisho.office.queries.line_text import normalised
from sekisho.office.queries.risk import PACE_MS
from sekisho.ports import CallBook

_LONGEST_CALL_MS: Final = DAY_MS  # a call that had begun longer ago is not looked for
_MOST_CALLS: Final = 200_000
_LONG_AGO: Final = np.iinfo(np.int64).max


class CaseSpend(NamedTuple):
    """Milli-yen of international calls that ended since the case opened, and of those in the last 15 minutes."""

    ended: int
    ended_lately: int


def case_spend(call_book: CallBook, company: str, opened: Mapping[str, int], now_ms: int) -> dict[str, CaseSpend]:
    """Of each line in `opened` (line → when its case opened): what its case has cost. One question to the lake."""
    if not opened:
        return {}
    first_ms = min(opened.values()) - _LONGEST_CALL_MS
    calls = call_book.calls(company, list(opened), first_ms, now_ms + 1, limit=_MOST_CALLS, international_only=True)
    lines = list(opened)
    place = _places(calls, {line: at for at, line in enumerate(lines)})
    since = np.array([*opened.values(), _LONG_AGO], np.int64)[place]  # a line that was not asked for never counts
    ended = _instants(calls, "end")
    charge = calls["charge_milliyen"].to_numpy().astype(np.int64)
    counts = ended >= since
    sums = [
        _sums(place, np.where(which, charge, 0), len(lines)) for which in (counts, counts & (ended > now_ms - PACE_MS))
    ]
    return {line: CaseSpend(int(sums[0][at]), int(sums[1][at])) for at, line in enumerate(lines)}


def _places(calls: pa.Table, known: Mapping[str, int]) -> npt.NDArray[np.int64]:
    """The place of each call's line; -1 for others. A few spellings stand for many calls."""
    texts = calls["line"].combine_chunks().dictionary_encode()
    texts = texts if isinstance(texts, pa.DictionaryArray) else texts.combine_chunks()
    of_text = [known.get(normalised(text), -1) for text in texts.dictionary.to_pylist()]
    return np.array([*of_text, -1], np.int64)[texts.indices.to_numpy(zero_copy_only=False)]


def _instants(calls: pa.Table, column: str) -> npt.NDArray[np.int64]:
    filled = calls[column].cast(pa.int64()).fill_null(0)
    return np.asarray(filled.to_numpy(), np.int64)


def _sums(place: npt.NDArray[np.int64], amounts: npt.NDArray[np.int64], lines: int) -> npt.NDArray[np.int64]:
    totals = np.zeros(lines + 1, np.int64)
    np.add.at(totals, place, amounts)
    return totals
