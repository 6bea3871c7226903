"""Which source a waiting file is of: its folder, its description, or what its content tells."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from sekisho.core.records.source import default_profile
from sekisho.core.terms.errors import BadCallFile, BadSource
from sekisho.ports import FeedFile
from sekisho.wiring.feed_sources import FeedSources

INCIDENT = Path(__file__).parents[1] / "data" / "pbx-incident"
DESCRIPTION = 'name = "pbx-tokyo"\ncompany = "east"\nformat = "asterisk"\nzone = "Asia/Tokyo"\n'


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "tokyo.toml").write_text(DESCRIPTION)
    return folder


def waiting(name: str, of: str = "cdr_Master.csv") -> FeedFile:
    return FeedFile(name, str(INCIDENT / of))


def test_a_file_is_read_as_its_folder_s_description_says(folder):
    opened = FeedSources(folder, "own").open(waiting("tokyo/new/Master.csv"))
    assert opened.described
    assert (opened.profile.name, opened.profile.company, opened.profile.zone) == ("pbx-tokyo", "east", "Asia/Tokyo")
    pieces = list(opened.read())
    assert sum(piece.tally.rows_in for piece in pieces) == 72
    assert pieces[0].calls["file_sha256"][0].as_py() == opened.sha256


def test_the_hash_is_that_of_the_file(folder):
    opened = FeedSources(folder, "own").open(waiting("Master.csv"))
    assert opened.sha256 == hashlib.sha256((INCIDENT / "cdr_Master.csv").read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("name", "of", "source", "format_name"),
    [
        ("osaka/Master.csv", "cdr_Master.csv", "osaka", "asterisk"),
        ("osaka/acc.log", "kamailio_acc.log", "osaka", "kamailio-acc"),
        ("Master.csv", "cdr_Master.csv", "inbox", "asterisk"),
        ("os\udcffka/Master.csv", "cdr_Master.csv", "os?ka", "asterisk"),
    ],
)
def test_without_a_description_the_content_tells_the_format(folder, name, of, source, format_name):
    opened = FeedSources(folder, "own").open(waiting(name, of))
    assert not opened.described
    assert opened.profile == default_profile(format_name, source, "own")


def test_a_profile_may_be_given_for_this_process(folder):
    sources = FeedSources(folder, "own")
    profile = default_profile("asterisk", "by-hand", "west")
    sources.describe("cli", profile)
    opened = sources.open(waiting("cli/Master.csv"))
    assert opened.described
    assert opened.profile == profile


def test_rejects_name_the_file_as_the_feed_does(folder, tmp_path):
    (tmp_path / "bad.csv").write_text("call_id,source,direction,line,number,start,answer,end,cause\nx\n")
    opened = FeedSources(folder, "own").open(FeedFile("osaka/bad.csv", str(tmp_path / "bad.csv")))
    rejects = [row for piece in opened.read() for row in piece.rejects.to_pylist()]
    assert [(row["file"], row["row"]) for row in rejects] == [("osaka/bad.csv", 2)]


def test_a_file_of_no_known_format_is_refused(folder, tmp_path):
    (tmp_path / "song.mp3").write_bytes(b"\x00\x01")
    with pytest.raises(BadCallFile):
        FeedSources(folder, "own").open(FeedFile("song.mp3", str(tmp_path / "song.mp3")))


@pytest.mark.parametrize("content", [b'name = "x"\n', b"\xff\xfe"])
def test_a_wrong_description_is_refused_at_start(folder, content):
    (folder / "osaka.toml").write_bytes(content)
    with pytest.raises(BadSource, match=r"osaka\.toml"):
        FeedSources(folder, "own")


def test_no_descriptions_at_all(tmp_path):
    assert not FeedSources(tmp_path / "none", "own").open(waiting("Master.csv")).described
