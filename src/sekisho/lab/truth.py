"""The ground truth beside recorded calls: which were fraudulent, and in which incident (DESIGN §10, `--truth`).

A table call_id, incident, kind: one row a fraudulent call. An incident is told apart by its name and its kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from sekisho.core.terms.errors import BadCallFile

HONEST = -1
I32 = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Truth:
    """`incident_of[i]` (i32) is the incident of the call `call_ids[i]`: a place in `names` and `kinds`.

    Incidents stand in the order of their names, then kinds.
    """

    call_ids: pa.Array
    incident_of: I32
    names: tuple[str, ...]
    kinds: tuple[str, ...]

    def labels(self, call_ids: pa.ChunkedArray) -> tuple[I32, int]:
        """The incident of each of `call_ids` (i32; HONEST: none), and how many calls of the truth are not there."""
        if len(self.call_ids) == 0 or len(call_ids) == 0:
            return np.full(len(call_ids), HONEST, np.int32), len(self.call_ids)
        found = pc.index_in(call_ids, value_set=self.call_ids).fill_null(HONEST).to_numpy()
        labels = np.where(found == HONEST, np.int32(HONEST), self.incident_of[found])
        missing = len(self.call_ids) - np.unique(found[found != HONEST]).size
        return labels.astype(np.int32), missing


def truth_of(labels: Mapping[str, tuple[str, str]]) -> Truth:
    """The truth from call_id → (incident, kind)."""
    incidents = sorted(set(labels.values()))
    place = {incident: row for row, incident in enumerate(incidents)}
    return Truth(
        call_ids=pa.array(list(labels), pa.string()),
        incident_of=np.array([place[incident] for incident in labels.values()], np.int32),
        names=tuple(name for name, _ in incidents),
        kinds=tuple(kind for _, kind in incidents),
    )


def read_truth(path: str) -> Truth:
    """The truth of a CSV file with a header (further columns are not read). Raises BadCallFile."""
    try:
        types = {"call_id": pa.string(), "incident": pa.string(), "kind": pa.string()}
        table = csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=types, include_columns=list(types)))
    except (OSError, KeyError, pa.ArrowInvalid) as error:
        raise BadCallFile(
            path, 0, f"no truth file: {str(error).splitlines()[0]}", "use call_id,incident,kind"
        ) from None
    labels = {row["call_id"]: (row["incident"], row["kind"]) for row in table.to_pylist()}
    if len(labels) < table.num_rows:
        raise BadCallFile(path, 0, "no truth file: a call_id stands twice", "a call belongs to one incident")
    return truth_of(labels)
