"""Whole Kamailio logs: raw lines in, calls and the sum out."""

from __future__ import annotations

from pathlib import Path

import pytest

from sekisho.core.records.kamailio_acc import looks_kamailio, read
from sekisho.core.records.parsed import Provenance, Tally
from sekisho.core.records.source import default_profile, parse_source, with_line
from sekisho.core.terms.instants import format_rfc3339

INCIDENT = Path(__file__).parents[2] / "data" / "pbx-incident"
LOG = (INCIDENT / "kamailio_acc.log").read_bytes()
PROFILE = default_profile("kamailio-acc", "edge", "east")
PROVENANCE = Provenance("kamailio_acc.log", "5e")
LINES = LOG.split(b"\n")
INVITE, BYE = (line for line in LINES if b"call_id=11e5d905" in line)
CDR = next(line for line in LINES if b"ci=11e5d905" in line)
REFUSED = next(line for line in LINES if b"code=403" in line)


def whole(data, profile=PROFILE):
    (piece,) = read(data, profile, PROVENANCE)
    assert piece.tally.balanced
    rejects = [(reject["row"], reject["reason"]) for reject in piece.rejects.to_pylist()]
    return piece.calls.to_pylist(), rejects, piece.tally


def moment(value):
    return value and format_rfc3339(round(value.timestamp() * 1_000))


def test_the_incident_is_64_calls():
    calls, rejects, tally = whole(LOG, parse_source((INCIDENT / "kamailio.toml").read_text(), "kamailio.toml"))
    assert tally == Tally(rows_in=312, calls=64, merged=120, not_a_record=128)
    assert rejects == []
    assert sum(call["answer"] is not None for call in calls) == 56
    assert {call["cause"] for call in calls} == {200, 403}
    assert {call["line"] for call in calls} == {"0312000000"}
    assert all(call["talk_ms"] is None and call["end"] is not None for call in calls)


def test_invite_bye_and_cdr_become_one_call():
    (call,), _, tally = whole(b"\n".join([INVITE, BYE, CDR]))
    assert tally == Tally(rows_in=3, calls=1, merged=2)
    assert [moment(call[name]) for name in ("start", "answer", "end")] == [
        "2026-11-23T17:52:57.629Z",
        "2026-11-23T17:52:57.629Z",
        "2026-11-23T17:52:59.462Z",
    ]
    assert (call["call_id"], call["number"], call["direction"], call["row"]) == (
        "11e5d905-0fc3-478d-bf9e-178b39db168e", "0632140838", "out", 1,
    )  # fmt: skip


def test_a_refused_call_is_an_attempt():
    (call,), _, tally = whole(REFUSED)
    assert tally == Tally(rows_in=1, calls=1)
    assert (call["answer"], call["cause"], moment(call["end"])) == (None, 403, "2026-11-23T17:53:37.426Z")


def test_a_bye_without_its_invite_is_a_reject():
    calls, rejects, tally = whole(BYE + b"\n" + REFUSED)
    assert len(calls) == 1
    assert tally == Tally(rows_in=2, calls=1, rejects=1)
    assert rejects == [(1, "the INVITE of this record is not in the file, so the call's start is unknown")]


def test_the_profile_gives_line_and_prefix():
    (call,), _, _ = whole(INVITE, with_line(PROFILE, "0398765432"))
    assert call["line"] == "0398765432"
    text = 'name="e"\ncompany="west"\nformat="kamailio-acc"\noutside_prefix="0"\n[line.map]\n"0312000000"="0300000001"'
    (call,), _, _ = whole(INVITE, parse_source(text, "s"))
    assert (call["line"], call["number"], call["company"]) == ("0300000001", "632140838", "west")


def test_a_record_without_a_line_rejects_all_rows_of_its_call():
    nameless = b"\n".join([INVITE, BYE]).replace(b"src_user=0312000000", b"src_user=")
    assert whole(nameless)[1:] == ([(1, "line is empty"), (2, "line is empty")], Tally(rows_in=2, rejects=2))


def test_a_call_id_that_is_used_again_gets_a_number():
    again = INVITE.replace(b"from_tag=", b"from_tag=z").replace(b"1795456377", b"1795456999")
    calls, _, tally = whole(INVITE + b"\n" + again)
    assert [call["call_id"][-10:] for call in calls] == ["8b39db168e", "39db168e#2"]
    assert tally == Tally(rows_in=2, calls=2)


def test_broken_lines_are_rejects_and_other_lines_are_not():
    lines = [
        b"",
        b"\xff\xfe",
        INVITE,
        INVITE.partition(b"call_id=")[0],
        b"x" * 70_000,
        b"ACC: ",
        CDR.replace(b"=1795456377", b"=1e9"),
        b"\r",
    ]
    calls, rejects, tally = whole(b"\r\n".join(lines))
    assert (len(calls), tally) == (1, Tally(rows_in=8, calls=1, not_a_record=3, rejects=4))
    assert rejects == [
        (4, "call_id is empty"),
        (5, "the line is longer than any record"),
        (6, "an acc record without a method"),
        (7, '"1e9.629" is not seconds since 1970'),
    ]


def test_an_empty_log_is_no_rows():
    assert whole(b"") == ([], [], Tally())


@pytest.mark.parametrize(
    ("head", "looks"),
    [(LOG, True), (CDR, True), (b"ACC: x\n", False), (b"\n".join([b"nothing"] * 99), False), (b"", False)],
)
def test_a_log_is_known_by_its_records(head, looks):
    assert looks_kamailio(head) is looks
