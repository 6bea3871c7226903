"""Snapshots: what comes back is what was saved, or the one before it; a kill leaves the old one."""

from __future__ import annotations

import os
import shutil
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
from sekisho.edges.snapshot_files.snapshots import MOST_FILES, SnapshotFiles
from sekisho.ports import WHOLE, Piece


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "home" / "snapshots"


@pytest.fixture
def snapshots(folder):
    return SnapshotFiles(folder)


def save(snapshots: SnapshotFiles, sequence: int, value: int, *, whole: bool = True) -> None:
    """A snapshot in two bits: a thousand numbers, and as many bytes as `value` says."""
    draft = snapshots.begin(whole=whole)
    draft.add([Piece("a", WHOLE, np.full(1000, value))])
    draft.add([Piece("b", 7, np.arange(value, dtype=np.uint8))])
    draft.commit(sequence)


def first(snapshots: SnapshotFiles) -> int:
    """The sequence of what is loaded, whose numbers all say the same."""
    sequence, pieces = snapshots.load()
    assert (pieces[-2].rows == sequence).all()
    return sequence


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_nothing_was_saved_yet(snapshots):
    assert snapshots.load() is None
    assert snapshots.damaged == []


def test_the_newest_comes_back(snapshots, folder):
    for sequence in (5, 9, 12):
        save(snapshots, sequence, sequence)
    sequence, pieces = SnapshotFiles(folder).load()
    assert sequence == 12
    assert [(piece.name, piece.first, piece.rows.tolist()) for piece in pieces] == [
        ("a", WHOLE, [12] * 1000),
        ("b", 7, list(range(12))),
    ]


def test_what_changed_since_comes_back_behind_the_whole(snapshots, folder):
    save(snapshots, 5, 5)
    for sequence in (6, 8):
        save(snapshots, sequence, sequence, whole=False)
    sequence, pieces = SnapshotFiles(folder).load()
    assert sequence == 8
    assert [piece.rows.size for piece in pieces] == [1000, 5, 1000, 6, 1000, 8]


def test_the_first_must_hold_all(snapshots):
    assert snapshots.whole_due
    with pytest.raises(ValueError, match="the first snapshot must hold all"):
        snapshots.begin(whole=False)


def test_a_whole_one_is_due_when_what_changed_outweighs_it(snapshots):
    save(snapshots, 1, 250)
    due = []
    for sequence in range(2, 5):
        due.append(snapshots.whole_due)
        save(snapshots, sequence, 200, whole=False)
    assert due == [False, False, True]
    save(snapshots, 9, 9)
    assert not snapshots.whole_due


def test_a_whole_one_is_due_after_many(snapshots):
    draft = snapshots.begin(whole=True)
    draft.add([Piece("a", WHOLE, np.zeros(1_000_000))])
    draft.commit(1)
    for sequence in range(2, MOST_FILES + 1):
        assert not snapshots.whole_due
        save(snapshots, sequence, 1, whole=False)
    assert snapshots.whole_due


def test_the_running_set_and_the_one_before_it_are_kept(snapshots, folder):
    for sequence in (5, 12, 20):
        save(snapshots, sequence, 1)
        save(snapshots, sequence + 1, 1, whole=False)
    save(snapshots, 22, 1, whole=False)
    assert names(folder) == [f"snapshot-{sequence:016d}" for sequence in (12, 13, 20, 21, 22)]
    again = SnapshotFiles(folder)
    again.load()
    save(again, 23, 1, whole=False)
    assert names(folder) == [f"snapshot-{sequence:016d}" for sequence in (12, 13, 20, 21, 22, 23)]


def test_what_follows_includes_more_of_the_journal(snapshots, folder):
    save(snapshots, 5, 4)
    with pytest.raises(ValueError, match="a snapshot up to 5 is there"):
        save(snapshots, 5, 5, whole=False)
    save(snapshots, 5, 5)
    assert first(SnapshotFiles(folder)) == 5


def test_a_dropped_draft_was_never_there(snapshots, folder):
    save(snapshots, 5, 5)
    draft = snapshots.begin(whole=False)
    draft.add([Piece("a", WHOLE, np.zeros(9))])
    draft.drop()
    assert names(folder) == ["snapshot-0000000000000005"]
    save(snapshots, 6, 6, whole=False)
    assert first(SnapshotFiles(folder)) == 6


def test_the_arrays_of_a_piece_may_change_once_it_is_added(snapshots, folder):
    rows, draft = np.zeros(100_000), snapshots.begin(whole=True)
    for value in range(3):
        rows[:] = value
        draft.add([Piece("a", value, rows)])
    draft.commit(1)
    assert [piece.rows.mean() for piece in SnapshotFiles(folder).load()[1]] == [0, 1, 2]


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
    draft = snapshots.begin(whole=True)
    draft.add([Piece(name, WHOLE, array) for name, array in arrays.items()])
    draft.commit(1)
    loaded = {piece.name: piece.rows for piece in snapshots.load()[1]}
    assert list(loaded) == list(arrays)
    for name, array in arrays.items():
        assert loaded[name].dtype == array.dtype
        assert loaded[name].shape == array.shape
        assert loaded[name].tobytes() == array.tobytes()


@pytest.mark.parametrize("dtype", [LINE, CONTRACT])
def test_the_records_of_the_watch_come_back_with_their_padding(snapshots, dtype):
    rows = np.frombuffer(np.random.default_rng(1).bytes(dtype.itemsize * 50), dtype)
    draft = snapshots.begin(whole=True)
    draft.add([Piece("rows", 0, rows)])
    draft.commit(1)
    loaded = snapshots.load()[1][0].rows
    assert loaded.dtype == dtype
    assert loaded.tobytes() == rows.tobytes()


def test_python_objects_are_refused(snapshots, folder):
    with pytest.raises(TypeError, match="holds Python objects"):
        snapshots.begin(whole=True).add([Piece("a", WHOLE, np.array([object()]))])
    assert SnapshotFiles(folder).load() is None


def test_arrays_may_be_written_to_without_touching_the_file(snapshots, folder):
    save(snapshots, 3, 3)
    snapshots.load()[1][0].rows[:] = 7
    assert first(SnapshotFiles(folder)) == 3


def test_loaded_arrays_outlive_their_file(snapshots, folder):
    save(snapshots, 3, 3)
    _, pieces = snapshots.load()
    for sequence in (4, 5, 6):
        save(snapshots, sequence, sequence)
    assert (pieces[0].rows == 3).all()


def spoil(path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 0x10
    path.write_bytes(content)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("place", [3, 64, 300, 2_000, -5, -9, -1, -200])
def test_the_older_is_taken_where_the_newest_is_damaged(snapshots, folder, place, whole, caplog):
    save(snapshots, 5, 5)
    save(snapshots, 9, 9, whole=whole)
    spoil(folder / "snapshot-0000000000000009", place)
    again = SnapshotFiles(folder)
    assert first(again) == 5
    assert len(again.damaged) == 1
    assert "snapshot-0000000000000009" in again.damaged[0]
    assert again.damaged[0] in caplog.text
    save(again, 9, 9, whole=False)
    assert first(SnapshotFiles(folder)) == 9


def test_where_the_whole_is_damaged_the_set_before_it_is_taken(snapshots, folder):
    for sequence in (5, 9):
        save(snapshots, sequence, sequence)
        save(snapshots, sequence + 1, sequence + 1, whole=False)
    spoil(folder / "snapshot-0000000000000009", 300)
    again = SnapshotFiles(folder)
    assert first(again) == 6
    assert len(again.damaged) == 2


def test_a_file_that_is_gone_ends_what_follows_it(snapshots, folder):
    save(snapshots, 5, 5)
    for sequence in (6, 7):
        save(snapshots, sequence, sequence, whole=False)
    (folder / "snapshot-0000000000000006").unlink()
    assert first(SnapshotFiles(folder)) == 5


@pytest.mark.parametrize("length", [0, 10, 30, 100, 8_000])
def test_a_cut_snapshot_is_damaged(snapshots, folder, length):
    save(snapshots, 5, 5)
    save(snapshots, 9, 9)
    os.truncate(folder / "snapshot-0000000000000009", length)
    assert first(SnapshotFiles(folder)) == 5


def test_a_damaged_one_does_not_count_as_the_set_before(snapshots, folder):
    for sequence in (5, 9):
        save(snapshots, sequence, sequence)
    spoil(folder / "snapshot-0000000000000009", 300)
    again = SnapshotFiles(folder)
    assert first(again) == 5
    save(again, 7, 7)
    assert names(folder) == ["snapshot-0000000000000005", "snapshot-0000000000000007"]


def test_where_all_are_damaged_there_is_none(snapshots, folder):
    for sequence in (5, 9):
        save(snapshots, sequence, sequence)
        spoil(folder / f"snapshot-{sequence:016d}", 300)
    assert snapshots.load() is None
    assert len(snapshots.damaged) == 2


KILLED = """
import sys
from pathlib import Path
import numpy as np
from sekisho.edges.snapshot_files.snapshots import SnapshotFiles
from sekisho.ports import WHOLE, Piece
snapshots = SnapshotFiles(Path(sys.argv[1]))
for sequence in (5, 7, 9):
    draft = snapshots.begin(whole=sequence != 7)
    draft.add([Piece("a", WHOLE, np.full(1000, sequence))])
    draft.add([Piece("b", WHOLE, np.full(10, sequence))])
    draft.commit(sequence)
"""
POINTS = [("snapshot_piece", 2, []), ("snapshot_rename", 1, []), ("snapshot_tidy", 1, [5])]
POINTS += [("snapshot_piece", 3, [5]), ("snapshot_rename", 2, [5]), ("snapshot_tidy", 2, [5, 7])]
POINTS += [("snapshot_piece", 6, [5, 7]), ("snapshot_rename", 3, [5, 7]), ("snapshot_tidy", 3, [5, 7, 9])]


@pytest.mark.parametrize(("name", "count", "there"), POINTS)
def test_a_kill_between_any_two_files_leaves_the_snapshot_before(folder, name, count, there):
    environment = os.environ | {"SEKISHO_CRASH_AT": f"{name}:{count}"}
    done = subprocess.run([sys.executable, "-c", KILLED, str(folder)], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert [each for each in names(folder) if each[0] != "."] == [f"snapshot-{sequence:016d}" for sequence in there]
    snapshots = SnapshotFiles(folder)
    assert (first(snapshots) if there else snapshots.load()) == (there[-1] if there else None)
    save(snapshots, 10, 10, whole=not there)
    assert [each for each in names(folder) if each[0] == "."] == []
    assert first(SnapshotFiles(folder)) == 10


def test_a_disk_that_takes_no_more_is_told(snapshots, folder):
    draft = snapshots.begin(whole=True)
    shutil.rmtree(folder)
    draft.add([Piece("a", WHOLE, np.zeros(9))])
    with pytest.raises(InUse, match="no snapshot can be written"):
        draft.commit(1)
    with pytest.raises(InUse, match="no snapshot can be written"):
        snapshots.begin(whole=True)
