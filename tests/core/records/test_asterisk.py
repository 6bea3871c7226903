"""Whole Asterisk files: raw rows in, calls and the sum out."""

from __future__ import annotations

from pathlib import Path

import pytest

from sekisho.core.records.asterisk import looks_asterisk, read
from sekisho.core.records.parsed import Provenance, Tally
from sekisho.core.records.source import default_profile, parse_source, with_line
from sekisho.core.terms.instants import format_rfc3339

INCIDENT = Path(__file__).parents[2] / "data" / "pbx-incident"
MASTER = (INCIDENT / "cdr_Master.csv").read_bytes()
PROFILE = default_profile("asterisk", "pbx", "east")
PROVENANCE = Provenance("Master.csv", "5e")

# From Asterisk 20: a fork to two phones with linked ids, and a call refused by the trunk.
FORKED = b'''\
"","0312345678","0312000000","from-trunk","""Caf\xe9"" <0312345678>","PJSIP/carrier-00000001","PJSIP/1001-00000002","Dial","PJSIP/1001&PJSIP/1002","2026-11-23 17:00:00",,"2026-11-23 17:00:05",5,3,"NO ANSWER","DOCUMENTATION","1795453200.1","","","1795453200.1",1
"","0312345678","0312000000","from-trunk","""Caf\xe9"" <0312345678>","PJSIP/carrier-00000001","PJSIP/1002-00000003","Dial","PJSIP/1001&PJSIP/1002","2026-11-23 17:00:00","2026-11-23 17:00:05","2026-11-23 17:01:05",65,60,"ANSWERED","DOCUMENTATION","1795453200.1","","","1795453200.1",2
'''  # noqa: E501 - rows as Asterisk writes them


def whole(data, profile=PROFILE):
    (piece,) = read(data, profile, PROVENANCE)
    assert piece.tally.balanced
    rejects = [(reject["row"], reject["reason"]) for reject in piece.rejects.to_pylist()]
    return piece.calls.to_pylist(), rejects, piece.tally


def test_the_incident_is_64_calls():
    calls, rejects, tally = whole(MASTER, parse_source((INCIDENT / "asterisk.toml").read_text(), "asterisk.toml"))
    assert tally == Tally(rows_in=72, calls=64, merged=8)
    assert rejects == []
    assert sum(call["answer"] is not None for call in calls) == 56
    assert {call["cause"] for call in calls if call["answer"] is None} == {403}
    assert {call["line"] for call in calls} == {"0312000000"}
    assert {(call["direction"], call["source"], call["company"]) for call in calls} == {("out", "pbx-tokyo", "east")}
    assert [call["row"] for call in calls] == [*range(1, 57), *range(57, 73, 2)]
    first = calls[0]
    assert (first["call_id"], first["number"], first["talk_ms"]) == ("1795456377.2", "0632140838", 1_000)
    assert format_rfc3339(round(first["start"].timestamp() * 1_000)) == "2026-11-23T17:52:57Z"
    assert sum(call["number"].startswith("010") and call["answer"] is not None for call in calls) == 46


def test_without_a_profile_the_line_is_the_caller_as_it_stands():
    calls, _, tally = whole(MASTER)
    assert tally == Tally(rows_in=72, calls=64, merged=8)
    assert {call["line"] for call in calls} == {"1001", "1002", "0312000000"}
    calls, _, _ = whole(MASTER, with_line(PROFILE, "0398765432"))
    assert {call["line"] for call in calls} == {"0398765432"}


def test_a_forked_inbound_call_with_a_foreign_name_is_one_call():
    profile = parse_source('name="p"\ncompany="e"\nformat="asterisk"\n[direction]\ntrunks=["PJSIP/carrier"]', "s")
    (call,), rejects, tally = whole(FORKED, profile)
    assert (tally, rejects) == (Tally(rows_in=2, calls=1, merged=1), [])
    assert (call["direction"], call["line"], call["number"]) == ("in", "0312000000", "0312345678")
    assert (call["call_id"], call["row"], call["talk_ms"], call["cause"]) == ("1795453200.1", 1, 60_000, 200)


def test_several_calls_of_one_linked_id_have_ids_of_their_own():
    second = FORKED.replace(b"17:00:", b"18:00:").replace(b"17:01:", b"18:01:").replace(b"00000003", b"00000009")
    second = second.replace(b'0312000000"', b'0312000009"')
    calls, _, tally = whole(FORKED + second)
    assert [call["call_id"] for call in calls] == ["1795453200.1", "1795453200.1#2"]
    assert tally == Tally(rows_in=4, calls=2, merged=2)


@pytest.mark.parametrize("change", [lambda data: data.replace(b"\n", b"\r\n"), lambda data: data[:-1]])
def test_line_ends_do_not_matter(change):
    assert whole(change(MASTER)) == whole(MASTER)


def test_bad_rows_are_rejects_with_row_and_reason():
    lines = MASTER.split(b"\n")
    lines[1] = lines[1].replace(b"2026-11-23 17:52:58", b"soon", 1)
    lines[2] = lines[2][: len(lines[2]) // 2]
    lines[3] = b""
    lines[4] = b"  "
    lines[5] = b"x" * 100_000
    lines[6] = lines[6].replace(b"0615262308", b"6" * 300)
    lines[7] = lines[7].replace(b'"0684903659"', b'"0684903659')
    lines[8] = lines[8].replace(b",4,4,", b",4\r4,4,")
    _, rejects, tally = whole(b"\n".join(lines))
    assert tally == Tally(rows_in=72, calls=56, merged=8, not_a_record=2, rejects=6)
    assert rejects == [
        (2, '"soon" is not a time like 2026-11-23 17:52:57'),
        (3, "the line is not CSV"),
        (6, "the line is longer than any record"),
        (7, "number is longer than 255 bytes"),
        (8, "the line is not CSV"),
        (9, "the line is not CSV"),
    ]


def test_an_old_cdr_custom_whose_quotes_are_not_escaped_is_read():
    row = (
        b'""Strong 1002" <1002>","1002","0632140838","from-internal","PJSIP/1002-00000002","PJSIP/carrier-00000003",'
        b'"Dial","PJSIP/0632140838@carrier","2026-11-23 17:52:57","2026-11-23 17:52:57","2026-11-23 17:52:59","1","1",'
        b'"ANSWERED","DOCUMENTATION","","1795456377.2","internal"\n'
    )
    calls, _, tally = whole(row + MASTER)
    assert tally == Tally(rows_in=73, calls=64, merged=9)  # it tells of the incident's first call once more
    assert calls[0]["number"] == "0632140838"


def test_a_call_that_breaks_a_rule_rejects_all_its_rows():
    late = FORKED.replace(b"2026-11-23 17:01:05", b"2028-11-23 17:01:05")
    calls, rejects, tally = whole(late)
    assert calls == []
    assert tally == Tally(rows_in=2, rejects=2)
    assert rejects == [(1, "end is more than 366 days after start"), (2, "end is more than 366 days after start")]


def test_an_empty_file_is_no_rows():
    assert whole(b"") == ([], [], Tally())


@pytest.mark.parametrize(
    ("head", "looks"), [(MASTER, True), (FORKED[:300], True), (b"a,b,c\n", False), (b"", False), (b"\0" * 99, False)]
)
def test_an_asterisk_file_is_known_by_its_rows(head, looks):
    assert looks_asterisk(head) is looks
