"""Calls from files: whose they are, what their source says, what became of every row."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pytest

from sekisho.core.records.parsed import Tally
from sekisho.core.tables import CALLS
from sekisho.core.terms.errors import BadCallFile, BadSource
from sekisho.wiring.call_sources import SourceCalls, open_source

INCIDENT = Path(__file__).parents[1] / "data" / "pbx-incident"
ASTERISK, KAMAILIO = str(INCIDENT / "cdr_Master.csv"), str(INCIDENT / "kamailio_acc.log")
EDGE, PBX = str(INCIDENT / "kamailio.toml"), str(INCIDENT / "asterisk.toml")
CANONICAL = """call_id,source,direction,line,number,start,answer,end,cause
a,sbc,out,0312345678,0106112345678,2026-04-01T00:00:00Z,,2026-04-01T00:01:00Z,487
b,sbc,up,0312345678,0106112345678,2026-04-01T00:00:00Z,,2026-04-01T00:01:00Z,487
c,sbc,out,0312345678,0106112345678,yesterday,,2026-04-01T00:01:00Z,487
d,sbc,out,0312345678,0106112345678,2026-04-01T00:00:00Z,,2026-04-01T00:01:00Z,487
"""


@pytest.fixture
def canonical(tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text(CANONICAL)
    return str(path)


@pytest.fixture
def description(tmp_path):
    def write(text: str) -> str:
        path = tmp_path / "source.toml"
        path.write_text(text)
        return str(path)

    return write


def read(*arguments, **named):
    calls = SourceCalls(*arguments, **named)
    return pa.Table.from_batches(list(calls.batches()), CALLS), calls


def test_without_a_description_a_source_is_called_as_its_format():
    table, calls = read(KAMAILIO)
    assert (calls.profile.name, calls.profile.company, calls.profile.zone) == ("kamailio-acc", "default", "UTC")
    assert set(table["source"].to_pylist()) == {"kamailio-acc"}
    assert set(table["company"].to_pylist()) == {"default"}


def test_a_description_says_whose_calls_they_are():
    table, calls = read(KAMAILIO, source=EDGE)
    assert {(row["source"], row["company"], row["line"]) for row in table.to_pylist()} == {
        ("edge", "east", "0312000000")
    }
    assert calls.profile.charging


def test_the_tally_stands_after_reading():
    calls = SourceCalls(ASTERISK, source=PBX)
    assert calls.tally == Tally()
    assert sum(batch.num_rows for batch in calls.batches()) == 64
    assert calls.tally == Tally(rows_in=72, calls=64, merged=8)
    assert calls.reject_lines(10) == []


def test_rows_know_their_file_unless_nobody_keeps_it():
    digest = hashlib.sha256(Path(KAMAILIO).read_bytes()).hexdigest()
    for hashed, expected in ((True, digest), (False, "")):
        batches = list(SourceCalls(KAMAILIO).batches(hashed=hashed))
        assert {text for batch in batches for text in batch["file_sha256"].to_pylist()} == {expected}


def test_rejects_are_told_with_file_and_row(canonical):
    table, calls = read(canonical)
    assert table["call_id"].to_pylist() == ["a", "d"]
    assert calls.tally == Tally(rows_in=4, calls=2, rejects=2)
    told = calls.reject_lines(10)
    assert [line.split(": ")[0] for line in told] == [f"{canonical}:3", f"{canonical}:4"]
    assert all(line.split(": ", 1)[1] for line in told)
    assert calls.reject_lines(1) == told[:1]


def test_the_command_line_gives_company_and_line():
    table, calls = read(ASTERISK, company="west", line="0398765432")
    assert set(table["line"].to_pylist()) == {"0398765432"}
    assert set(table["company"].to_pylist()) == {"west"}
    assert calls.profile.name == "asterisk"


def test_a_line_beats_what_the_description_says_of_lines():
    table, calls = read(ASTERISK, source=PBX, line="0398765432")
    assert set(table["line"].to_pylist()) == {"0398765432"}
    assert (calls.profile.name, calls.profile.company) == ("pbx-tokyo", "east")


def test_a_line_for_records_that_name_their_own_is_refused(canonical):
    with pytest.raises(BadSource, match="canonical records name their lines themselves; drop the line '0398765432'"):
        SourceCalls(canonical, line="0398765432")


def test_a_company_may_be_named_twice_but_not_two_companies():
    assert SourceCalls(KAMAILIO, source=EDGE, company="east").profile.company == "east"
    with pytest.raises(BadSource) as caught:
        SourceCalls(KAMAILIO, source=EDGE, company="west")
    assert str(caught.value) == f"{EDGE}: company is 'east'; it was asked to be 'west': drop one"


def test_a_description_of_another_format_is_refused():
    with pytest.raises(BadSource) as caught:
        SourceCalls(ASTERISK, source=EDGE)
    assert str(caught.value) == f"{EDGE}: format is 'kamailio-acc'; {ASTERISK} is 'asterisk'"


def test_a_description_that_does_not_fit_a_named_format_is_refused():
    with pytest.raises(BadSource, match="format is 'asterisk'"):
        SourceCalls(ASTERISK, "canonical", PBX)


def test_a_description_that_is_not_there(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(BadSource, match="cannot be read") as caught:
            SourceCalls(KAMAILIO, source=str(path))
        assert str(caught.value).startswith(f"{path}: ")


def test_a_description_in_another_encoding(tmp_path):
    path = tmp_path / "source.toml"
    path.write_bytes('name = "東京"'.encode("cp932"))
    with pytest.raises(BadSource, match="cannot be read"):
        SourceCalls(KAMAILIO, source=str(path))


def test_a_description_with_a_fault_names_its_line(description):
    path = description('name = "edge"\ncompany = "east"\nformat = "kamailio-acc"\nzone = "Asia/Edo"\n')
    with pytest.raises(BadSource) as caught:
        SourceCalls(KAMAILIO, source=path)
    assert str(caught.value).startswith(f"{path}:4: zone 'Asia/Edo' is unknown")


def test_a_file_that_is_not_there_is_told_before_its_description(tmp_path):
    with pytest.raises(BadCallFile, match=r"none\.csv: cannot be read"):
        SourceCalls(str(tmp_path / "none.csv"), source=str(tmp_path / "none.toml"))


def test_a_profile_can_be_had_without_reading():
    profile = open_source(KAMAILIO, None, EDGE, None, "0398765432")
    assert (profile.name, profile.line_from, profile.line_default) == ("edge", "fixed", "0398765432")
    with pytest.raises(BadCallFile):
        open_source(str(INCIDENT), None, None, None, None)
