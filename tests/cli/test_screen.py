"""Files that appear whole or not at all; what is told of rejects."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from sekisho.cli.screen import check_writable, progress, say_rejects, whole_file
from sekisho.core.terms.errors import BadSetting
from sekisho.wiring.call_sources import SourceCalls

HEADER = "call_id,source,direction,line,number,start,answer,end,cause"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_when_all_of_it_is_written(tmp_path):
    target = tmp_path / "out.csv"
    target.write_text("old")
    with whole_file(str(target)) as draft:
        draft.write_text("new")
        assert target.read_text() == "old"
        assert draft.parent == tmp_path  # the same file system, so that it can be moved in one step
        assert draft.name.startswith(".")
    assert target.read_text() == "new"
    assert names(tmp_path) == ["out.csv"]


def write_half(path, fault):
    with whole_file(str(path)) as draft:
        draft.write_text("half")
        raise fault


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), ValueError("bug"), BadSetting("wrong")], ids=type)
def test_what_was_begun_is_gone_when_the_work_fails(tmp_path, fault):
    with pytest.raises(type(fault)):
        write_half(tmp_path / "out.csv", fault)
    assert names(tmp_path) == []


def test_a_full_disk_is_told_in_one_line_and_leaves_the_old_file(tmp_path):
    target = tmp_path / "out.csv"
    target.write_text("old")
    with pytest.raises(BadSetting) as caught:
        write_half(target, OSError(errno.ENOSPC, "Error writing bytes to file"))
    assert str(caught.value) == (
        f"{target}: cannot be written (No space left on device); make room there or choose another place"
    )
    assert (names(tmp_path), target.read_text()) == (["out.csv"], "old")


def test_a_name_as_long_as_a_name_can_be(tmp_path):
    target = tmp_path / ("n" * 251 + ".csv")
    check_writable(str(target))
    with whole_file(str(target)) as draft:
        draft.write_text("calls")
    assert target.read_text() == "calls"


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("sub", "sub: this is a folder; name a file in it"),
        ("none/out.csv", "none/out.csv: nothing can be written there; make the folder none/ or choose another"),
        ("file/out.csv", "file/out.csv: nothing can be written there; make the folder file/ or choose another"),
        ("n" * 256, "n" * 256 + ": cannot be written (File name too long); choose another name"),
    ],
)
def test_a_place_where_nothing_can_be_written(tmp_path, monkeypatch, path, fault):
    (tmp_path / "sub").mkdir()
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadSetting) as caught:
        check_writable(path)
    assert str(caught.value) == fault


def test_a_folder_without_permission(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: not (Path(path) == tmp_path and mode == os.W_OK))
    with pytest.raises(BadSetting, match="nothing can be written there"):
        check_writable(str(tmp_path / "out.csv"))


def test_places_that_will_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.csv").touch()
    for path in (None, "new.csv", "old.csv", str(tmp_path / "new.csv"), "./new.csv"):
        check_writable(path)
    assert names(tmp_path) == ["old.csv"]


def test_without_a_terminal_there_is_no_bar(capsys):
    with progress("working") as tell:
        tell(10)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("rejects", "told"), [(0, []), (2, ["2", "3"]), (10, None), (12, None)])
def test_the_first_rejects_are_named_and_the_others_counted(tmp_path, capsys, rejects, told):
    path = tmp_path / "calls.csv"
    path.write_text("\n".join([HEADER, *["a,s,up,03,04,,,,"] * rejects]) + "\n")
    read = SourceCalls(str(path))
    list(read.batches())
    say_rejects(read)
    lines = capsys.readouterr().out.splitlines()
    rows = [line.removeprefix(f"  reject {path}:").split(":")[0] for line in lines[:10]]
    assert rows == (told if told is not None else [str(row) for row in range(2, 12)])
    assert lines[10:] == (["  … and 2 more"] if rejects == 12 else [])
