"""Snapshots: what comes back is what was saved, or the one before it; a kill leaves the old one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sekisho.core.terms.errors import InUse
from sekisho.core.watch.state import CONTRACT, LINE
from sekisho.edges.snapshot_files.snapshots import KEPT, SnapshotFiles


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "home" / "snapshots"


@pytest.fixture
def snapshots(folder):
    return SnapshotFiles(folder)


def numbers(value: int) -> dict[str, np.ndarray]:
    return {"a": np.full(1000, value), "b": np.arange(value, dtype=np.uint8)}


def first(snapshots: SnapshotFiles) -> int:
    sequence, arrays = snapshots.load()
    assert (arrays["a"] == sequence).all()
    return sequence


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_nothing_was_saved_yet(snapshots):
    assert snapshots.load() is None
    assert snapshots.damaged == []


def test_the_newest_comes_back(snapshots, folder):
    for sequence in (5, 9, 12):
        snapshots.save(sequence, numbers(sequence))
    sequence, arrays = SnapshotFiles(folder).load()
    assert sequence == 12
    assert {name: array.tolist() for name, array in arrays.items()} == {"a": [12] * 1000, "b": list(range(12))}


def test_the_last_two_are_kept(snapshots, folder):
    for sequence in (5, 9, 12, 1_000_000_000):
        snapshots.save(sequence, numbers(12))
    assert names(folder) == ["snapshot-0000000000000012", "snapshot-0000001000000000"]
    assert len(names(folder)) == KEPT


def test_the_same_sequence_may_be_saved_again(snapshots, folder):
    snapshots.save(5, numbers(4))
    snapshots.save(5, numbers(5))
    assert first(SnapshotFiles(folder)) == 5


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=5),
        hnp.arrays(
            st.one_of(
                hnp.integer_dtypes(), hnp.floating_dtypes(), hnp.boolean_dtypes(), hnp.byte_string_dtypes(),
                hnp.unicode_string_dtypes(endianness="="), hnp.array_dtypes(allow_subarrays=True),
            ),
            hnp.array_shapes(min_dims=0, min_side=0),
        ),
        max_size=4,
    )
)  # fmt: skip
def test_every_kind_of_array_comes_back(tmp_path_factory, arrays):
    snapshots = SnapshotFiles(tmp_path_factory.mktemp("snapshots"))
    snapshots.save(1, arrays)
    _, loaded = snapshots.load()
    assert loaded.keys() == arrays.keys()
    for name, array in arrays.items():
        assert loaded[name].dtype == array.dtype
        assert loaded[name].shape == array.shape
        assert loaded[name].tobytes() == array.tobytes()


@pytest.mark.parametrize("dtype", [LINE, CONTRACT])
def test_the_records_of_the_watch_come_back_with_their_padding(snapshots, dtype):
    rows = np.frombuffer(np.random.default_rng(1).bytes(dtype.itemsize * 50), dtype)
    snapshots.save(1, {"rows": rows})
    loaded = snapshots.load()[1]["rows"]
    assert loaded.dtype == dtype
    assert loaded.tobytes() == rows.tobytes()


def test_python_objects_are_refused(snapshots, folder):
    with pytest.raises(TypeError, match="holds Python objects"):
        snapshots.save(1, {"a": np.array([object()])})
    assert SnapshotFiles(folder).load() is None


def test_arrays_may_be_written_to_without_touching_the_file(snapshots, folder):
    snapshots.save(3, numbers(3))
    _, arrays = snapshots.load()
    arrays["a"][:] = 7
    assert first(SnapshotFiles(folder)) == 3


def test_loaded_arrays_outlive_their_file(snapshots, folder):
    snapshots.save(3, numbers(3))
    _, arrays = snapshots.load()
    for sequence in (4, 5, 6):
        snapshots.save(sequence, numbers(sequence))
    assert (arrays["a"] == 3).all()


def spoil(path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 0x10
    path.write_bytes(content)


@pytest.mark.parametrize("place", [3, 22, 29, 60, 300, 2_000, -1])
def test_the_older_is_taken_where_the_newest_is_damaged(snapshots, folder, place, caplog):
    snapshots.save(5, numbers(5))
    snapshots.save(9, numbers(9))
    spoil(folder / "snapshot-0000000000000009", place)
    again = SnapshotFiles(folder)
    assert first(again) == 5
    assert len(again.damaged) == 1
    assert "snapshot-0000000000000009" in again.damaged[0]
    assert again.damaged[0] in caplog.text


@pytest.mark.parametrize("length", [0, 10, 30, 100, 8_000])
def test_a_cut_snapshot_is_damaged(snapshots, folder, length):
    snapshots.save(5, numbers(5))
    snapshots.save(9, numbers(9))
    os.truncate(folder / "snapshot-0000000000000009", length)
    assert first(SnapshotFiles(folder)) == 5


def test_a_damaged_one_does_not_count_as_one_of_the_last_two(snapshots, folder):
    for sequence in (5, 9):
        snapshots.save(sequence, numbers(sequence))
    spoil(folder / "snapshot-0000000000000009", 300)
    again = SnapshotFiles(folder)
    assert first(again) == 5
    again.save(7, numbers(7))
    assert names(folder) == ["snapshot-0000000000000005", "snapshot-0000000000000007"]


def test_where_all_are_damaged_there_is_none(snapshots, folder):
    for sequence in (5, 9):
        snapshots.save(sequence, numbers(sequence))
        spoil(folder / f"snapshot-{sequence:016d}", 300)
    assert snapshots.load() is None
    assert len(snapshots.damaged) == 2


KILLED = """
import sys
from pathlib import Path
import numpy as np
from sekisho.edges.snapshot_files.snapshots import SnapshotFiles
for sequence in (5, 9):
    SnapshotFiles(Path(sys.argv[1])).save(sequence, {"a": np.full(1000, sequence)})
"""


def test_a_kill_before_the_rename_leaves_the_snapshot_before(folder):
    environment = os.environ | {"SEKISHO_CRASH_AT": "snapshot_rename:2"}
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder)], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert names(folder) == [".snapshot-0000000000000009.tmp", "snapshot-0000000000000005"]
    snapshots = SnapshotFiles(folder)
    assert first(snapshots) == 5
    snapshots.save(9, numbers(9))
    assert names(folder) == ["snapshot-0000000000000005", "snapshot-0000000000000009"]


def test_a_disk_that_takes_no_more_is_told(snapshots, folder):
    folder.rmdir()
    with pytest.raises(InUse, match="no snapshot can be written"):
        snapshots.save(1, numbers(1))
