"""A file of calls on disk: what it is told by, and what is said of one that is none."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sekisho.core.records.dialects import DIALECTS
from sekisho.core.records.parsed import Provenance
from sekisho.core.tables import CALL_FIELDS
from sekisho.core.terms.errors import BadCallFile
from sekisho.edges.call_files.file import CallFile

INCIDENT = Path(__file__).parents[2] / "data" / "pbx-incident"
HEADER = "call_id,source,direction,line,number,start,answer,end,cause\n"


@pytest.fixture
def canonical(tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text(HEADER)
    return str(path)


def fault_of(path, format_name=None):
    with pytest.raises(BadCallFile) as caught:
        CallFile(str(path), format_name)
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value).removeprefix(f"{path}: ")


def test_the_format_is_told_by_content(canonical, tmp_path):
    parquet = tmp_path / "calls"
    pq.write_table(pa.schema(CALL_FIELDS).empty_table(), parquet)
    told = {path: CallFile(str(path)).dialect.name for path in (canonical, parquet)}
    assert set(told.values()) == {"canonical"}
    assert CallFile(str(INCIDENT / "cdr_Master.csv")).dialect.name == "asterisk"
    assert CallFile(str(INCIDENT / "kamailio_acc.log")).dialect.name == "kamailio-acc"


def test_a_format_that_is_named_beats_the_content(canonical):
    assert CallFile(canonical, "kamailio-acc").dialect is DIALECTS["kamailio-acc"]


def test_the_name_is_as_the_user_gave_it(monkeypatch):
    monkeypatch.chdir(INCIDENT)
    assert CallFile("./cdr_Master.csv").name == "./cdr_Master.csv"


def test_the_data_are_the_bytes_of_the_file(canonical):
    assert CallFile(canonical).data.to_pybytes() == HEADER.encode()


def test_a_missing_file(tmp_path):
    assert fault_of(tmp_path / "none.csv") == "cannot be read (No such file or directory); give a file of calls"


def test_a_folder(tmp_path):
    assert fault_of(tmp_path) == "cannot be read (Is a directory); give a file of calls"


def test_an_unknown_format(canonical):
    assert fault_of(canonical, "cucm") == "format 'cucm' is not known; use one of canonical, asterisk, kamailio-acc"


@pytest.mark.parametrize("data", [b"", b"\n \n"])
def test_an_empty_file(tmp_path, data):
    path = tmp_path / "empty.csv"
    path.write_bytes(data)
    assert fault_of(path) == "an empty file; name its format: canonical, asterisk, kamailio-acc"


def test_an_empty_file_of_a_named_format_opens(tmp_path):
    path = tmp_path / "empty.csv"
    path.touch()
    file = CallFile(str(path), "asterisk")
    assert (file.data.size, file.provenance().sha256) == (0, hashlib.sha256(b"").hexdigest())


def test_a_file_in_no_format_that_is_known(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear carrier,\nplease find enclosed\n")
    assert fault_of(path).startswith("not one of the formats known; name its format: ")


@pytest.mark.parametrize("size", [1, (1 << 22) - 1, 1 << 22, (1 << 22) + 1])
def test_the_hash_is_that_of_all_bytes(tmp_path, size):
    data = bytes(range(251)) * (size // 251 + 1)
    path = tmp_path / "big.csv"
    path.write_bytes(data[:size])
    file = CallFile(str(path), "canonical")
    assert file.provenance() == Provenance(str(path), hashlib.sha256(data[:size]).hexdigest())


def test_what_is_not_kept_is_not_hashed(canonical):
    assert CallFile(canonical).provenance(hashed=False) == Provenance(canonical, "")
