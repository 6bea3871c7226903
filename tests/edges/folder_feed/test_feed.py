"""The feed: complete files only, originals kept, faults explained."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from sekisho.core.terms.errors import BadSetting, InUse
from sekisho.edges.folder_feed.feed import FolderFeed
from sekisho.ports import FeedFile

SHA = "3f1c" * 16


@pytest.fixture
def home(tmp_path):
    return tmp_path / "feed"


@pytest.fixture
def feed(home):
    return FolderFeed(home)


def leave(home, name: str, text: str = "calls") -> None:
    path = home / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def names(feed) -> list[str]:
    return [file.name for file in feed.waiting()]


def files(home) -> list[str]:
    return sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file())


def test_files_wait_in_the_order_of_their_names_and_numbers(feed, home):
    for name in ("b/cdr-10.csv", "b/cdr-9.csv", "a/z.csv", "last.csv", "b/cdr-010.csv", "b/new/cdr-1.csv"):
        leave(home, name)
    assert names(feed) == ["a/z.csv", "b/cdr-9.csv", "b/cdr-010.csv", "b/cdr-10.csv", "b/new/cdr-1.csv", "last.csv"]
    assert feed.waiting() == feed.waiting()


def test_files_being_written_do_not_wait(feed, home):
    for name in ("a/.cdr.csv", "a/cdr.csv.tmp", ".hidden/cdr.csv", ".DS_Store", "a/cdr.csv"):
        leave(home, name)
    (home / "inbox" / "link.csv").symlink_to("a/cdr.csv")
    assert names(feed) == ["a/cdr.csv"]


def test_a_waiting_file_can_be_read_at_its_path(feed, home):
    leave(home, "a/cdr.csv", "what it says")
    (file,) = feed.waiting()
    assert Path(file.path).read_text() == "what it says"


def test_an_original_is_kept_read_only(feed, home):
    leave(home, "a/cdr.csv", "what it says")
    (file,) = feed.waiting()
    feed.done(file, SHA)
    kept = home / "done" / "a" / f"{SHA[:16]}-cdr.csv"
    assert files(home) == [kept.relative_to(home).as_posix()]
    assert kept.read_text() == "what it says"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o444
    assert names(feed) == []


def test_two_files_of_one_name_are_both_kept(feed, home):
    for sha in ("1" * 64, "2" * 64):
        leave(home, "Master.csv", sha)
        feed.done(feed.waiting()[0], sha)
    assert files(home) == [f"done/{'1' * 16}-Master.csv", f"done/{'2' * 16}-Master.csv"]
    assert (home / "done" / f"{'1' * 16}-Master.csv").read_text() == "1" * 64


def test_the_same_file_again_is_kept_once(feed, home):
    for _ in range(2):
        leave(home, "Master.csv")
        feed.done(feed.waiting()[0], SHA)
    assert files(home) == [f"done/{SHA[:16]}-Master.csv"]


def test_a_file_that_failed_has_its_reason_beside_it(feed, home):
    leave(home, "a/cdr.csv", "first")
    feed.failed(feed.waiting()[0], "a/cdr.csv:1: no header; begin with call_id")
    leave(home, "a/cdr.csv", "second")
    feed.failed(feed.waiting()[0], "why the second")
    assert files(home) == [
        "failed/a/2-cdr.csv",
        "failed/a/2-cdr.csv.reason",
        "failed/a/cdr.csv",
        "failed/a/cdr.csv.reason",
    ]
    assert (home / "failed/a/cdr.csv").read_text() == "first"
    assert (home / "failed/a/cdr.csv.reason").read_text() == "a/cdr.csv:1: no header; begin with call_id\n"
    assert (home / "failed/a/2-cdr.csv.reason").read_text() == "why the second\n"


@pytest.mark.parametrize("name", ["a/" + "x" * 251 + ".csv", "a/\udcff\udcfe.csv", "\udcff/" + "\u3042" * 80 + ".csv"])
def test_names_that_are_long_or_not_utf8_do_no_harm(feed, home, name):
    leave(home, name)
    (file,) = feed.waiting()
    assert file.name == name
    feed.failed(file, f"{name}: broken")
    leave(home, name)
    feed.done(file, SHA)
    assert len(files(home)) == 3
    assert names(feed) == []


def test_a_file_is_put_in_whole(feed, home, tmp_path):
    (tmp_path / "Master.csv").write_text("calls")
    file = feed.put(str(tmp_path / "Master.csv"), "pbx")
    assert file == FeedFile("pbx/Master.csv", str(home / "inbox" / "pbx" / "Master.csv"))
    assert feed.waiting() == [file]
    assert files(home) == ["inbox/pbx/Master.csv"]
    assert feed.put(str(tmp_path / "Master.csv"), "pbx") == file
    assert feed.put(str(tmp_path / "Master.csv"), "").name == "Master.csv"


def test_a_waiting_file_is_not_replaced_by_another(feed, home, tmp_path):
    leave(home, "pbx/Master.csv", "waits")
    (tmp_path / "Master.csv").write_text("other")
    with pytest.raises(BadSetting, match="another file of this name waits"):
        feed.put(str(tmp_path / "Master.csv"), "pbx")
    assert files(home) == ["inbox/pbx/Master.csv"]
    assert (home / "inbox/pbx/Master.csv").read_text() == "waits"


def test_a_file_that_is_not_there_cannot_be_put_in(feed, tmp_path):
    with pytest.raises(BadSetting, match=r"none\.csv: cannot be copied"):
        feed.put(str(tmp_path / "none.csv"), "")


def test_a_file_that_went_away_is_told(feed, home):
    leave(home, "cdr.csv")
    (file,) = feed.waiting()
    (home / "inbox" / "cdr.csv").unlink()
    with pytest.raises(InUse, match="cannot be moved"):
        feed.done(file, SHA)
    feed.failed(file, "cannot be read")
    assert files(home) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [("cdr.csv", ".."), ("cdr.csv", "a/b"), ("cdr.csv", ".a"), (".cdr.csv", ""), ("cdr.csv.tmp", "a")],
)
def test_what_would_never_be_taken_is_not_put_in(feed, home, tmp_path, name, source):
    (tmp_path / name).write_text("calls")
    with pytest.raises(BadSetting, match=r"another name|rename it"):
        feed.put(str(tmp_path / name), source)
    assert files(home) == []


def test_gaps_are_seen_over_all_that_ever_came(feed, home):
    for number in (1, 3, 5, 8):
        leave(home, f"a/cdr-{number:03d}.csv")
    first, third, fifth, _ = feed.waiting()
    feed.done(first, SHA)
    feed.done(third, "4" * 64)
    feed.failed(fifth, "broken")
    assert feed.gaps() == [
        "a/cdr-002.csv never came",
        "a/cdr-004.csv never came",
        "a/cdr-006.csv to a/cdr-007.csv never came (2 files)",
    ]
