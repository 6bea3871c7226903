"""Which calls were fraudulent: the file, and the calls of a run beside it."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sekisho.core.terms.errors import BadCallFile
from sekisho.lab.truth import read_truth, truth_of


def told(path):
    """call_id → (incident, kind) of a truth file."""
    truth = read_truth(path)
    rows = zip(truth.call_ids.to_pylist(), truth.incident_of.tolist(), strict=True)
    return {call_id: (truth.names[row], truth.kinds[row]) for call_id, row in rows}


def test_calls_are_labelled_by_their_id_wherever_they_stand():
    truth = truth_of({"b": ("two", "slow"), "a": ("one", "flood"), "x": ("one", "flood"), "c": ("two", "slow")})
    assert (truth.names, truth.kinds) == (("one", "two"), ("flood", "slow"))
    labels, missing = truth.labels(pa.chunked_array([pa.array(["n", "c", "a"]), pa.array(["b", "m"])]))
    assert (labels.tolist(), missing) == ([-1, 1, 0, 1, -1], 1)


def test_one_name_of_two_kinds_is_two_incidents():
    truth = truth_of({"a": ("1", "flood"), "b": ("1", "slow")})
    assert (truth.names, truth.kinds) == (("1", "1"), ("flood", "slow"))


def test_without_truth_or_calls_nothing_is_labelled():
    assert truth_of({}).labels(pa.chunked_array([pa.array(["a"])]))[0].tolist() == [-1]
    labels, missing = truth_of({"a": ("1", "flood")}).labels(pa.chunked_array([], pa.string()))
    assert (labels.size, missing) == (0, 1)


@pytest.fixture
def truth_file(tmp_path):
    def write(data: bytes) -> str:
        path = tmp_path / "truth.csv"
        path.write_bytes(data)
        return str(path)

    return write


def test_a_truth_file(truth_file):
    path = truth_file(b'kind,call_id,incident,remark\nflood,007,1,x\n"slow, sly",b,\xe4\xba\x8b\xe6\xa1\x88,\n')
    assert told(path) == {"007": ("1", "flood"), "b": ("事案", "slow, sly")}
    assert told(truth_file(b"call_id,incident,kind\n")) == {}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"call_id,incident\na,A\n",
        b"a,A,flood\n",
        b"call_id,incident,kind\na,A\n",
        b"call_id,incident,kind\na,\x83e,flood\n",
    ],
)
def test_a_file_that_is_no_truth_file(truth_file, data):
    path = truth_file(data)
    with pytest.raises(BadCallFile) as caught:
        read_truth(path)
    text = str(caught.value)
    assert text.startswith(f"{path}: no truth file: ")
    assert text.endswith("; use call_id,incident,kind")
    assert "\n" not in text


def test_a_truth_file_that_is_not_there(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(BadCallFile, match="no truth file"):
            read_truth(str(path))


def test_a_call_belongs_to_one_incident(truth_file):
    with pytest.raises(BadCallFile, match="a call_id stands twice; a call belongs to one incident"):
        read_truth(truth_file(b"call_id,incident,kind\na,A,flood\na,B,flood\n"))
