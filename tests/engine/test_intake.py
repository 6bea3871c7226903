"""The intake: every row of every file into the journal once, whatever happens in between."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pytest

from sekisho.bodies import batches_of
from sekisho.core.records.parsed import Tally
from sekisho.core.terms.errors import BadCallFile
from sekisho.engine.control import load_tariff
from sekisho.engine.intake import Intake, Taken
from sekisho.ports import JOURNAL, REJECT_TOPIC, TALLY_TOPIC
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
HEADER = "call_id,source,direction,line,number,start,answer,end,cause\n"
SECOND = 'name = "pbx"\ncompany = "west"\nformat = "canonical"\ncharging = false\n'


def row(number: int) -> str:
    return f"c{number},sw,out,0312345678,0398765432,2026-11-23T08:00:{number % 60:02d}Z,,2026-11-23T08:01:00Z,487\n"


@pytest.fixture
def home(tmp_path):
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "pbx.toml").write_text(SECOND)
    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path), "SEKISHO_COMPANY": "east"}))
    load_tariff(home.log, "east", "hikari.csv", TARIFF, key="tariff")
    yield home
    home.close()


def leave(home, name: str, text: str) -> str:
    """A file in the inbox; its delivery for company east and no described source."""
    path = home.settings.home / "feed" / "inbox" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return f"east/inbox/{hashlib.sha256(text.encode()).hexdigest()}"


def intake(home, batch_rows: int = 10) -> Intake:
    return Intake(home.log, home.feed, home.sources.open, batch_rows)


def drained(home, batch_rows: int = 10) -> Intake:
    taking = intake(home, batch_rows)
    while taking.step():
        pass
    return taking


def journal(home, kind: str = "calls") -> list:
    return [entry for entry in home.log.read(JOURNAL, 0, 1000) if entry.kind == kind]


def call_ids(home) -> list[str]:
    return [
        call_id
        for entry in journal(home)
        for batch in batches_of(entry.body)
        for call_id in batch.column("call_id").to_pylist()
    ]


def kept(home) -> list[str]:
    return sorted(
        path.relative_to(home.settings.home / "feed").as_posix()
        for path in (home.settings.home / "feed").rglob("*")
        if path.is_file()
    )


def test_a_file_becomes_batches_of_the_same_size(home):
    delivery = leave(home, "calls.csv", HEADER + "".join(map(row, range(25))))
    taking = drained(home)
    assert taking.taken == [Taken("calls.csv", delivery, Tally(rows_in=25, calls=25))]
    assert [entry.key for entry in journal(home)] == [f"{delivery}:1:2+10", f"{delivery}:2:12+10", f"{delivery}:3:22+5"]
    assert call_ids(home) == [f"c{number}" for number in range(25)]
    assert kept(home) == [f"done/{delivery[11:27]}-calls.csv"]


@pytest.mark.parametrize("batch_rows", [1, 7, 100])
def test_small_pieces_are_gathered_and_large_ones_cut(home, batch_rows):
    text = HEADER + "".join(row(number) if number % 3 else "broken\n" for number in range(50))
    leave(home, "calls.csv", text)
    drained(home, batch_rows)
    wanted = [number for number in range(50) if number % 3]
    assert sorted(call_ids(home)) == sorted(f"c{number}" for number in wanted)
    sizes = [sum(batch.num_rows for batch in batches_of(entry.body)) for entry in journal(home)]
    assert sizes[:-1] == [batch_rows] * (len(sizes) - 1)
    rejects = [batch for entry in home.log.read(REJECT_TOPIC, 0, 100) for batch in batches_of(entry.body)]
    assert sorted(pa.Table.from_batches(rejects)["row"].to_pylist()) == [number + 2 for number in range(0, 50, 3)]


def test_the_sum_goes_with_the_last_batch(home):
    delivery = leave(home, "calls.csv", HEADER + row(1) + "broken\n" + row(2) + "\n")
    drained(home)
    (told,) = home.log.read(TALLY_TOPIC, 0, 10)
    assert told.key == delivery
    entries = [entry.key for entry in journal(home)]
    assert json.loads(told.body) == {
        "rows_in": 4,
        "calls": 2,
        "merged": 0,
        "not_a_record": 1,
        "rejects": 1,
        "entries": entries,
    }


class Cut(Exception):
    pass


def cut_off(home, monkeypatch, appends: int, *, written: bool, batch_rows: int = 10) -> None:
    """Run an intake until its append after `appends` ones; `written`: that one still reaches the disk."""
    append, left = home.log.append, [appends]

    def cut(batch):
        left[0] -= 1
        if left[0] < 0 and not written:
            raise Cut
        answer = append(batch)
        if left[0] < 0:
            raise Cut
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(home.log, "append", cut)
        with pytest.raises(Cut):
            intake(home, batch_rows).step()


@pytest.mark.parametrize("appends", range(4))
@pytest.mark.parametrize("written", [False, True])
def test_an_intake_cut_off_anywhere_goes_on_where_it_was(home, monkeypatch, appends, written):
    leave(home, "calls.csv", HEADER + "".join(map(row, range(35))))
    cut_off(home, monkeypatch, appends, written=written)
    assert kept(home) == ["inbox/calls.csv"]
    taking = drained(home)
    assert call_ids(home) == [f"c{number}" for number in range(35)]
    assert taking.taken[0].again == (written and appends == 3)
    assert kept(home)[0].startswith("done/")


def test_another_batch_size_after_a_crash_loses_no_call(home, monkeypatch):
    leave(home, "calls.csv", HEADER + "".join(map(row, range(35))))
    cut_off(home, monkeypatch, 1, written=False, batch_rows=10)
    drained(home, 20)
    assert set(call_ids(home)) == {f"c{number}" for number in range(35)}  # the judge finds the repeated ones


def test_the_same_bytes_again_are_only_put_away(home):
    delivery = leave(home, "calls.csv", HEADER + row(1))
    drained(home)
    before = home.log.last(JOURNAL)
    leave(home, "copy.csv", HEADER + row(1))
    assert drained(home).taken == [Taken("copy.csv", delivery, again=True)]
    assert home.log.last(JOURNAL) == before
    assert len(kept(home)) == 2


def test_the_same_bytes_for_another_company_are_other_calls(home):
    load_tariff(home.log, "west", "hikari.csv", TARIFF, key="west")
    leave(home, "calls.csv", HEADER + row(1))
    leave(home, "pbx/calls.csv", HEADER + row(1))
    drained(home)
    companies = [batches_of(entry.body)[0].column("company")[0].as_py() for entry in journal(home)]
    assert companies == ["east", "west"]


def test_a_described_source_is_told_before_its_calls(home):
    load_tariff(home.log, "west", "hikari.csv", TARIFF, key="west")
    leave(home, "pbx/calls.csv", HEADER + "".join(map(row, range(15))))
    leave(home, "other.csv", HEADER + row(1))
    drained(home)
    kinds = [entry.kind for entry in home.log.read(JOURNAL, 2, 100)]
    assert kinds == ["calls", "source", "calls", "calls"]
    (told,) = journal(home, "source")
    assert json.loads(told.body) == {"name": "pbx", "company": "west", "charging": False}


def test_a_company_without_a_tariff_waits_and_the_others_do_not(home):
    leave(home, "pbx/calls.csv", HEADER + row(1))
    leave(home, "zzz.csv", HEADER + row(2))
    taking = drained(home)
    assert [taken.file for taken in taking.taken] == ["zzz.csv"]
    assert taking.blocked == {"pbx/calls.csv": "company 'west' has no tariff; load one"}
    assert "inbox/pbx/calls.csv" in kept(home)
    load_tariff(home.log, "west", "hikari.csv", TARIFF, key="west")
    assert taking.step()
    assert not taking.step()
    assert taking.blocked == {}


def test_a_file_of_no_known_format_is_put_aside_with_the_reason(home):
    leave(home, "a/song.mp3", "la la la")
    leave(home, "calls.csv", HEADER + row(1))
    first, second = drained(home).taken
    assert first.fault.startswith("a/song.mp3: not one of the formats known; name its format")
    assert second.fault == ""
    reason = home.settings.home / "feed" / "failed" / "a" / "song.mp3.reason"
    assert reason.read_text() == first.fault + "\n"


def test_a_strange_name_is_shown_in_one_line(home):
    leave(home, "a/so\nng\udcff.mp3", "la la la")
    (taken,) = drained(home).taken
    assert taken.file == "a/so?ng?.mp3"
    assert taken.fault.startswith("a/so?ng?.mp3: not one of")


def test_what_could_be_read_of_a_broken_file_stays(home, monkeypatch):
    delivery = leave(home, "calls.csv", HEADER + "".join(map(row, range(15))))
    opener = home.sources.open

    def breaking(file):
        opened = opener(file)
        read = opened.read

        def until_it_breaks():
            yield from read()
            raise BadCallFile(file.name, 16, "damaged here", "send it again")

        monkeypatch.setattr(opened, "read", until_it_breaks)
        return opened

    taking = Intake(home.log, home.feed, breaking, 10)
    assert taking.step()
    assert taking.taken == [
        Taken("calls.csv", delivery, Tally(rows_in=15, calls=15), "calls.csv:16: damaged here; send it again")
    ]
    assert len(call_ids(home)) == 15
    assert home.log.last(TALLY_TOPIC) == 0
    assert kept(home) == ["failed/calls.csv", "failed/calls.csv.reason"]
