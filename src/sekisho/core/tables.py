"""The Arrow schema of every border, one place (DESIGN §4). A stage knows the tables beside it, never another stage.

Inside, times are timestamp[ms, UTC], money is whole milli-yen, numbers are packed (see `core/digits/packed.py`).
Text columns that repeat are dictionaries with int32 indices; the values of a dictionary are never null.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

WORD: Final = pa.dictionary(pa.int32(), pa.string())
INSTANT: Final = pa.timestamp("ms", tz="UTC")

CALL_FIELDS: Final = [
    pa.field("call_id", pa.string(), nullable=False),
    pa.field("source", WORD, nullable=False),
    pa.field("direction", WORD, nullable=False),  # "in" | "out", seen from the line
    pa.field("line", pa.string(), nullable=False),  # as the input wrote it
    pa.field("number", pa.string(), nullable=False),  # the other party as signalled; may be empty
    pa.field("start", INSTANT, nullable=False),
    pa.field("answer", INSTANT),
    pa.field("end", INSTANT),
    pa.field("cause", pa.int16()),  # final SIP status, or Q.850 mapped to it
    pa.field("talk_ms", pa.int64()),  # the switch's charged duration; null = end - answer
]
PROVENANCE_FIELDS: Final = [
    pa.field("company", WORD, nullable=False),
    pa.field("file_sha256", WORD, nullable=False),
    pa.field("row", pa.int64(), nullable=False),  # 1-based line of the record in its file (the first, where merged)
]
CALLS: Final = pa.schema(CALL_FIELDS + PROVENANCE_FIELDS)
# The same where nobody keeps the rows: a file that has its lines as words may leave them so.
CALLS_OF_WORDS: Final = CALLS.set(CALLS.get_field_index("line"), pa.field("line", WORD, nullable=False))
CANONICAL_COLUMNS: Final = tuple(field.name for field in CALL_FIELDS)  # talk_ms may be absent in a file

RATED_FIELDS: Final = [
    pa.field("e164", pa.uint64(), nullable=False),  # packed; 0 = no E.164 (service numbers, invalid)
    pa.field("destination_id", pa.int32(), nullable=False),
    pa.field("class", WORD, nullable=False),
    pa.field("country", WORD, nullable=False),
    pa.field("place", WORD, nullable=False),
    pa.field("valid", pa.bool_(), nullable=False),
    pa.field("unit_ms", pa.int32(), nullable=False),
    pa.field("units", pa.int32(), nullable=False),
    pa.field("charge_milliyen", pa.int64(), nullable=False),
    pa.field("tariff_version", WORD, nullable=False),
]
RATED: Final = pa.schema(CALL_FIELDS + PROVENANCE_FIELDS + RATED_FIELDS)

# What the lake is asked to sum, of calls that lines made (ports.CallBook).
CLASS_SUMS: Final = pa.schema(
    [
        pa.field("class", pa.string(), nullable=False),
        pa.field("calls", pa.int64(), nullable=False),
        pa.field("answered", pa.int64(), nullable=False),  # calls of them that were answered
        pa.field("charge_milliyen", pa.int64(), nullable=False),
    ]
)
COUNTRY_SUMS: Final = pa.schema(
    [
        pa.field("country", pa.string(), nullable=False),  # as in RATED; empty: abroad, country unknown
        pa.field("calls", pa.int64(), nullable=False),
        pa.field("charge_milliyen", pa.int64(), nullable=False),
        pa.field("talk_ms", pa.int64(), nullable=False),  # the switch's where it said so, else end - answer
    ]
)
HOUR_SUMS: Final = pa.schema(
    [
        pa.field("hour_ms", pa.int64(), nullable=False),  # the instant at which the hour began
        pa.field("calls", pa.int64(), nullable=False),
        pa.field("international_calls", pa.int64(), nullable=False),
        pa.field("charge_milliyen", pa.int64(), nullable=False),
        pa.field("international_milliyen", pa.int64(), nullable=False),
    ]
)
LINE_SUMS: Final = pa.schema(
    [
        pa.field("line", pa.string(), nullable=False),  # E.164 with +
        pa.field("calls", pa.int64(), nullable=False),
        pa.field("charge_milliyen", pa.int64(), nullable=False),
        pa.field("international_milliyen", pa.int64(), nullable=False),
    ]
)

EVIDENCE: Final = pa.struct(
    [
        pa.field("name", pa.string(), nullable=False),
        pa.field("nats", pa.float32(), nullable=False),
        pa.field("facts", pa.string(), nullable=False),  # JSON object of numbers and short words
    ]
)
VERDICTS: Final = pa.schema(
    [
        pa.field("verdict_id", pa.string(), nullable=False),
        pa.field("call_id", pa.string(), nullable=False),
        pa.field("company", WORD, nullable=False),
        pa.field("line", pa.string(), nullable=False),
        pa.field("at", INSTANT, nullable=False),
        pa.field("action", WORD, nullable=False),
        pa.field("scope", pa.string(), nullable=False),  # "international" or E.164 prefixes with spaces between
        pa.field("score_nats", pa.float32(), nullable=False),
        pa.field("evidence", pa.list_(EVIDENCE), nullable=False),
        pa.field("spend_today", pa.int64(), nullable=False),  # milli-yen
        pa.field("spend_month", pa.int64(), nullable=False),  # milli-yen
    ]
)

REJECTS: Final = pa.schema(
    [
        pa.field("file", pa.string(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),  # plain, one line, numbers masked
        pa.field("company", WORD, nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class Numbered:
    """What `core/numbering` says of a batch of CALLS: one entry a row.

    `line` u64 packed identity of the line (0 = the text is no number); `e164` u64 packed number of the other party
    (0 = none); `destination_id` i32 (row of the plan's destination table); `class_` i8 (DestinationClass);
    `country` i16 (terms/destination); `valid` bool (somebody can have the number); `stripped` u64 packed digits of the
    other party that are left when what was dialled before them is taken off, 16 at most (0 = none that can be read).
    """

    line: npt.NDArray[np.uint64]
    e164: npt.NDArray[np.uint64]
    destination_id: npt.NDArray[np.int32]
    class_: npt.NDArray[np.int8]
    country: npt.NDArray[np.int16]
    valid: npt.NDArray[np.bool_]
    stripped: npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Charged:
    """What `core/rating` says of a batch of CALLS: one entry a row.

    `rate` i32 is the row of the tariff's rate table that was used (-1 = not charged: incoming, free, emergency,
    invalid); `unit_ms` i32, `units` i32 (0 while unanswered), `charge` i64 milli-yen (0 while unanswered; for an
    answered call without an end: the units begun so far is the watch's business, here 0).
    """

    rate: npt.NDArray[np.int32]
    unit_ms: npt.NDArray[np.int32]
    units: npt.NDArray[np.int32]
    charge: npt.NDArray[np.int64]
