"""What goes into and comes out of the kernel: the calls of a batch, the order of their events, the verdicts."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit

from sekisho.core.terms.instants import NEVER
from sekisho.core.watch.state import EVIDENCES, I64, NONE, Records

SCORE, MONTH_MULTIPLE, DAILY_LIMIT, MONTHLY_LIMIT, INTERNATIONAL_MULTIPLE, SAME_DAY_MULTIPLE = range(6)
INTERNATIONAL_MONTHLY_LIMIT, PRICE_CEILING, ALLOWED_COUNTRIES, CONCURRENT_CALLS = range(6, 10)
# Part of stored data: add at the end. After the score, the rules in the order of rules/catalogue.py.
REASONS: Final = (
    *("score", "month_multiple", "daily_limit", "monthly_limit", "international_multiple", "same_day_multiple"),
    *("international_monthly_limit", "price_ceiling", "allowed_countries", "concurrent_calls"),
    "failed_screening",
)
WRITES_AT_ONCE: Final = 16  # at most so many verdicts from one event or one timer

# One row a call (backtest) or a call's event (engine); instants in ms, NEVER = not yet.
CALL: Final = np.dtype(
    [
        ("start", np.int64),
        ("answer", np.int64),
        ("end", np.int64),
        ("number", np.uint64),
        ("charge", np.int64),  # milli-yen, of a call that has ended
        ("handle", np.int64),  # index into `slot_of`; the open call it belongs to
        ("line", np.int32),
        ("contract", np.int32),  # the line's
        ("rate", np.int32),  # row of the prices, NONE = costs nothing
        ("country", np.int16),
        ("international", np.uint8),
        ("outgoing", np.uint8),
        ("valid", np.uint8),  # its number can exist under current metadata
        ("hot", np.uint8),  # its number is on a list of numbers known for fraud
        ("begun", np.uint8),  # 1 = its start or its answer was told before this event
        ("scored", np.uint8),  # 0 = another source has judged this line's calls already
        ("proves", np.uint8),  # 1 = its caller knows the PIN, in the lab; at a gate a message says so
    ],
    align=True,
)
VERDICT: Final = np.dtype(
    [
        ("row", np.int64),  # of the calls; NONE where a timer spoke
        ("at", np.int64),
        ("day_spend", np.int64),
        ("month_spend", np.int64),
        ("handle", np.int64),  # of the call
        ("facts", np.float64, (EVIDENCES,)),  # of a score, one an evidence; of a rule, see there
        ("score", np.float32),
        ("nats", np.float32, (EVIDENCES,)),
        ("line", np.int32),
        ("slot", np.int32),  # of the open call; NONE where the call is not open (any more)
        ("scope", np.int16),  # 0 = all international, else a country
        ("event", np.int8),
        ("action", np.int8),
        ("reason", np.int8),
    ],
    align=True,
)


class Events(NamedTuple):
    """What happens, in the order in which the judge hears of it: `row` of the calls and CallEvent as 4 * row + event.

    Event 3 (step.SETTLE) is the charge of a call whose end another source has told.
    """

    what: I64
    at: I64


class Verdicts(NamedTuple):
    """Room for verdicts; `filled[0]` rows are filled."""

    rows: Records
    filled: I64


@njit(cache=True)
def fill_calls(
    calls: Any,
    base: int,
    start: Any,
    answer: Any,
    end: Any,
    number: Any,
    stripped: Any,
    charge: Any,
    line: Any,
    rate: Any,
    country: Any,
    international: Any,
    outgoing: Any,
    valid: Any,
    evidence: Any,
    kind: Any,
    bits: Any,
) -> None:
    """Fill `calls` from columns, and tell of each row which event it is (`kind`, CallEvent) and its bit (`bits`).

    Every field is written: a call's handle is `base` + its row, its contract that of a line on its own. The bit is
    1 << event, three places higher where the row is `evidence`. A record of evidence that comes when the call is over
    is not scored: the charging source tells the same call. An outgoing call to no number of the plan keeps what was
    dialled (`stripped`) as its number.
    """
    for row in range(calls.size):
        call = calls[row]
        call.start, call.answer, call.end = start[row], answer[row], end[row]
        dialled = number[row] if number[row] != 0 or valid[row] or not outgoing[row] else stripped[row]
        call.number, call.charge, call.line = dialled, charge[row], line[row]
        call.contract, call.handle = line[row], base + row
        call.rate, call.country = rate[row], country[row]
        call.international, call.outgoing = international[row], outgoing[row]
        call.valid, call.hot, call.begun, call.proves = valid[row], 0, 0, 0
        kind[row] = 2 if end[row] != NEVER else (1 if answer[row] != NEVER else 0)
        call.scored = 0 if evidence[row] and kind[row] == 2 else 1
        bits[row] = 1 << (kind[row] + 3 * evidence[row])


def new_calls(size: int) -> Records:
    """Calls to be filled in: nothing known, nothing charged, judged if international and outgoing."""
    calls = np.zeros(size, CALL)
    for name in ("start", "answer", "end"):
        calls[name] = NEVER
    calls["rate"] = NONE
    return calls


def room_for_verdicts(size: int) -> Verdicts:
    """Empty room for `size` verdicts."""
    return Verdicts(np.zeros(size, VERDICT), np.zeros(1, np.int64))
