"""The feed in a running system: files as they come, told one line each, and left off at once."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import pytest

from sekisho.core.terms.errors import LogDamaged
from sekisho.engine import feed_loop
from sekisho.engine.control import load_tariff
from sekisho.engine.feed_loop import FeedLoop
from sekisho.ports import JOURNAL
from sekisho.wiring.embedded import open_embedded, open_log
from sekisho.wiring.settings import read_settings

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
HEADER = "call_id,source,direction,line,number,start,answer,end,cause\n"
ROW = "c{},sw,out,0312345678,117,2026-11-23T08:00:00Z,,2026-11-23T08:01:00Z,487\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(feed_loop, "_LOOK_S", 0.01)
    monkeypatch.setattr(feed_loop, "_WAIT_S", 0.01)
    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path)}), [])
    yield home
    home.close()


class Running:
    def __init__(self, home, opener=None) -> None:
        self.said: list[str] = []
        opener = opener or partial(open_log, home.settings)
        self.loop = FeedLoop(opener, home.feed, home.sources, 10, self.said.append)

    def __enter__(self):
        self.loop.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.loop.stop()

    def until(self, what) -> None:
        deadline = time.monotonic() + 60
        while not what():
            assert time.monotonic() < deadline, self.said
            time.sleep(0.01)


def leave(home, name: str, text: str) -> None:
    draft = home.settings.home / "feed" / "inbox" / f"{name}.tmp"
    draft.write_text(text)
    draft.rename(draft.with_suffix(""))


def test_files_are_taken_as_they_come_and_told(home):
    load_tariff(home.log, "default", "hikari.csv", TARIFF, key="tariff")
    with Running(home) as running:
        leave(home, "one.csv", HEADER + ROW.format(1) + "wrong\n")
        running.until(lambda: len(running.said) == 1)
        leave(home, "two.mp3", "la la la")
        running.until(lambda: len(running.said) == 2)
    assert running.said[0].startswith("one.csv: 2 rows in = 1 calls")
    assert running.said[1].startswith("put aside: two.mp3: not one of the formats known")
    assert running.loop.fault is None


def test_a_file_that_waits_is_told_once_and_again_when_it_waits_anew(home):
    leave(home, "one.csv", HEADER + ROW.format(1))
    with Running(home) as running:
        running.until(lambda: running.loop.waiting == 1)
        looks = []
        running.until(lambda: looks.append(1) or len(looks) > 10)
        assert running.said == ["one.csv waits: company 'default' has no tariff; load one"]
        load_tariff(home.log, "default", "hikari.csv", TARIFF, key="tariff")
        running.until(lambda: len(running.said) == 2)
    assert running.said[1].startswith("one.csv: 1 rows in")
    assert running.loop.waiting == 0


def test_it_leaves_off_in_the_middle_of_a_file_and_takes_it_whole_the_next_time(home, monkeypatch):
    load_tariff(home.log, "default", "hikari.csv", TARIFF, key="tariff")
    leave(home, "one.csv", HEADER + "".join(map(ROW.format, range(30))))
    opener = home.sources.open

    def pieces(file):
        opened = opener(file)
        read = opened.read

        def one_by_one():
            (parsed,) = read()
            yield parsed
            running.until(lambda: home.log.last(JOURNAL) > 1)
            running.loop._stop.set()
            yield parsed

        opened.read = one_by_one
        return opened

    with monkeypatch.context() as patched:
        patched.setattr(home.sources, "open", pieces)
        with Running(home) as running:
            running.until(lambda: not running.loop._thread.is_alive())
    assert running.said == []
    assert len(home.feed.waiting()) == 1
    with Running(home) as running:
        running.until(lambda: running.said)
    assert running.said[0].startswith("one.csv: 30 rows in = 30 calls")


def test_a_damaged_log_ends_it_and_is_kept(home):
    def opener():
        raise LogDamaged("broken")

    with Running(home, opener) as running:
        running.until(lambda: running.loop.fault is not None)
    assert isinstance(running.loop.fault, LogDamaged)
