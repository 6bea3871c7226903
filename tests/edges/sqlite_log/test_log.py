"""The log: sequences without gaps, keys once, several processes, damage told."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekisho.core.terms.errors import InUse, LogDamaged
from sekisho.edges.sqlite_log.log import SqliteLog
from sekisho.ports import Entry, Message


@pytest.fixture
def path(tmp_path):
    return tmp_path / "home" / "log.sqlite"


@pytest.fixture
def log(path):
    log = SqliteLog(path)
    yield log
    log.close()


def said(*keys: str) -> list[Message]:
    return [Message("word", key, key.encode() * 3) for key in keys]


def keys(entries: list[Entry]) -> list[str]:
    return [entry.key for entry in entries]


def change(path, statement: str, *values) -> None:
    base = sqlite3.connect(path, isolation_level=None)
    base.execute(statement, values)
    base.close()


def test_an_empty_log(log):
    assert log.last("journal") == 0
    assert log.read("journal", 0, 10) == []
    assert log.find("journal", "a") is None


def test_sequences_begin_at_one_in_every_topic(log):
    assert log.append({"journal": said("a", "b"), "rated": said("a")}) == {"journal": 2, "rated": 1}
    assert log.append({"journal": said("c")}) == {"journal": 3}
    assert log.read("journal", 0, 10) == [
        Entry(1, "word", "a", b"aaa"),
        Entry(2, "word", "b", b"bbb"),
        Entry(3, "word", "c", b"ccc"),
    ]
    assert log.last("rated") == 1


def test_it_is_read_from_an_offset_up_to_a_limit(log):
    log.append({"journal": said(*"abcdef")})
    assert keys(log.read("journal", 2, 3)) == ["c", "d", "e"]
    assert keys(log.read("journal", 5, 3)) == ["f"]
    assert log.read("journal", 6, 3) == []
    assert log.read("journal", 9, 3) == []


def test_a_known_key_is_skipped_and_takes_no_number(log):
    log.append({"journal": said("a", "b")})
    assert log.append({"journal": [Message("word", "a", b"other"), *said("c", "c", "b", "d")]}) == {"journal": 4}
    assert keys(log.read("journal", 0, 10)) == ["a", "b", "c", "d"]
    assert log.find("journal", "a").body == b"aaa"
    assert log.append({"journal": said("a")}) == {"journal": 4}


def test_the_same_key_in_two_topics_is_two_messages(log):
    log.append({"journal": said("a"), "rated": said("a")})
    assert (log.last("journal"), log.last("rated")) == (1, 1)


def test_topics_are_appended_together_or_not_at_all(log):
    with pytest.raises(TypeError):
        log.append({"journal": said("a"), "rated": [Message("word", "b", object())]})
    assert (log.last("journal"), log.last("rated")) == (0, 0)
    assert log.append({"journal": said("b")}) == {"journal": 1}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from("abcdefgh"), st.binary(max_size=8)))))
def test_it_behaves_as_lists_that_know_their_keys(tmp_path_factory, batches):
    log = SqliteLog(tmp_path_factory.mktemp("log") / "log.sqlite")
    model: dict[str, dict[str, bytes]] = {"x": {}, "y": {}}
    for batch in batches:
        for topic, key, body in batch:
            model[topic].setdefault(key, body)
        log.append({topic: [Message("k", key, body) for each, key, body in batch if each == topic] for topic in "xy"})
    for topic in "xy":
        assert [(entry.key, entry.body) for entry in log.read(topic, 0, 100)] == list(model[topic].items())
        assert log.last(topic) == len(model[topic])
    log.close()


def test_it_is_there_when_opened_again(path):
    first = SqliteLog(path)
    first.append({"journal": said("a", "b")})
    first.close()
    second = SqliteLog(path)
    assert second.append({"journal": said("b", "c")}) == {"journal": 3}
    second.close()


WRITER = """
import sys
from pathlib import Path
from sekisho.edges.sqlite_log.log import SqliteLog
from sekisho.ports import Message
log, name = SqliteLog(Path(sys.argv[1])), sys.argv[2]
for number in range(60):
    own, shared = Message("own", f"{name}{number}", name.encode() * 500), Message("shared", str(number), b"s")
    log.append({"journal": [own, shared], "rated": [own]})
log.close()
"""


def test_two_processes_append_at_once_to_a_log_that_neither_had_made(path):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), name]) for name in "ab"]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    log = SqliteLog(path)
    journal = log.read("journal", 0, 1000)
    assert [entry.sequence for entry in journal] == list(range(1, 181))
    for name in "ab":
        assert [key for key in keys(journal) if key[0] == name] == [f"{name}{number}" for number in range(60)]
    assert sorted(key for key in keys(journal) if key.isdigit()) == sorted(map(str, range(60)))
    assert log.last("rated") == 120
    log.close()


KILLED = """
import sys
from pathlib import Path
from sekisho.edges.sqlite_log.log import SqliteLog
from sekisho.ports import Message
SqliteLog(Path(sys.argv[1])).append({"journal": [Message("k", "a", b"")], "rated": [Message("k", "b", b"")]})
"""


@pytest.mark.parametrize(("passes", "there"), [(1, 0), (2, 1)])
def test_a_kill_before_the_commit_leaves_nothing_and_after_it_everything(path, passes, there):
    environment = os.environ | {"SEKISHO_CRASH_AT": f"append:{passes}"}
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    log = SqliteLog(path)
    assert (log.last("journal"), log.last("rated")) == (there, there)
    log.close()


def test_a_commit_is_forced_to_the_disk(log):
    assert log._base.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert log._base.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


@pytest.mark.parametrize(
    ("column", "value"), [("body", b"aab"), ("kind", "worm"), ("key", "z"), ("sequence", 7), ("topic", "rated")]
)
def test_a_changed_entry_is_told(path, log, column, value):
    log.append({"journal": said("a", "b", "c"), "rated": []})
    change(path, f"UPDATE entries SET {column} = ? WHERE key = 'b'", value)  # noqa: S608 - ours
    with pytest.raises(LogDamaged, match=r"not what was written|lacks some"):
        log.read("journal", 0, 10)


@pytest.mark.parametrize("key", "abc")
def test_a_missing_entry_is_told_at_the_end_too(path, log, key):
    log.append({"journal": said("a", "b", "c")})
    change(path, "DELETE FROM entries WHERE key = ?", key)
    with pytest.raises(LogDamaged, match="lacks some of its entries 1 to 3"):
        log.read("journal", 0, 10)


def test_find_tells_damage(path, log):
    log.append({"journal": said("a")})
    change(path, "UPDATE entries SET body = x'00'")
    with pytest.raises(LogDamaged, match="entry 1 of journal"):
        log.find("journal", "a")


def test_another_schema_is_refused(path, log):
    log.close()
    change(path, "PRAGMA user_version = 2")
    with pytest.raises(LogDamaged, match="the log has schema 2, this program knows 1"):
        SqliteLog(path)


def test_another_program_s_database_is_refused_and_left_alone(path):
    path.parent.mkdir()
    change(path, "CREATE TABLE theirs (x)")
    before = path.read_bytes()
    with pytest.raises(LogDamaged, match="not a log of Sekisho"):
        SqliteLog(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused(path):
    path.parent.mkdir()
    path.write_bytes(b"call_id,source\n" * 1000)
    with pytest.raises(LogDamaged, match="not a database"):
        SqliteLog(path)


def test_a_torn_page_is_told(path, log):
    log.append({"journal": [Message("k", str(number), b"x" * 3000) for number in range(50)]})
    log.close()
    content = bytearray(path.read_bytes())
    content[4096 * 3 : -4096] = bytes(len(content) - 4096 * 4)
    path.write_bytes(content)
    log = SqliteLog(path)
    with pytest.raises(LogDamaged):
        log.read("journal", 0, 100)
    log.close()


def test_a_log_that_another_process_writes_to_for_too_long_is_in_use(path, log):
    hasty = SqliteLog(path, busy_s=0.01)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(InUse, match="locked"):
        hasty.append({"journal": said("a")})
    assert hasty.read("journal", 0, 1) == []  # readers do not wait for a writer
    other.execute("ROLLBACK")
    other.close()
    assert hasty.append({"journal": said("a")}) == {"journal": 1}
    hasty.close()
