"""What became of the rows of a file: rows in = calls + merged + duplicates + not a record + rejects.

The intake writes what reading the file gave, in the transaction of its last calls; the judge writes, for every journal
entry of calls, how many were new, merged, repeated or refused. Both are in the topic `tallies`, so the whole sum is
known, and stays known, once the judge has been past the file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sekisho.core.records.parsed import Tally
from sekisho.flow import Outcome
from sekisho.ports import TALLY_TOPIC, Log, Message


def read_message(delivery: str, tally: Tally, entries: Sequence[str]) -> Message:
    """What reading a file gave; `entries` are the keys of the journal entries that hold its calls."""
    told = {
        "rows_in": tally.rows_in,
        "calls": tally.calls,
        "merged": tally.merged,
        "not_a_record": tally.not_a_record,
        "rejects": tally.rejects,
        "entries": list(entries),
    }
    return Message("read", delivery, json.dumps(told).encode())


def judged_message(entry: str, outcome: Outcome) -> Message:
    """What became of the calls of the journal entry with the key `entry`."""
    refused = 0 if outcome.rejects is None else outcome.rejects.num_rows
    told = {
        "calls": outcome.calls,
        "merged": outcome.merged,
        "duplicates": outcome.duplicates,
        "rejects": refused,
    }
    return Message("judged", entry, json.dumps(told).encode())


def sum_of(log: Log, delivery: str) -> Tally | None:
    """The sum of a file that was read to its end; None while it was not, or the judge has not seen all of its calls."""
    read = log.find(TALLY_TOPIC, delivery)
    if read is None:
        return None
    told = json.loads(read.body)
    keys = told.pop("entries")
    told["calls"] = 0  # how many of the rows that look like calls are calls, the judge says
    total = Tally(**told)
    for key in keys:
        judged = log.find(TALLY_TOPIC, key)
        if judged is None:
            return None
        total += Tally(**json.loads(judged.body))
    return total


def again(tally: Tally) -> Tally:
    """The sum of a file that was taken in before, delivered once more: every call in it is a duplicate."""
    return Tally(
        rows_in=tally.rows_in,
        merged=tally.merged,
        duplicates=tally.calls + tally.duplicates,
        not_a_record=tally.not_a_record,
        rejects=tally.rejects,
    )
