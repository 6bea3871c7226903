"""Legs of one linked id → calls: worked tables, one row a leg.

channel → dstchannel | application | start answer end (seconds) | disposition | dialled
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from sekisho.core.records.asterisk_legs import LegMerger
from sekisho.core.records.asterisk_row import Leg
from sekisho.core.records.call_row import BadRow
from sekisho.core.records.source import SourceProfile

T = 1_795_456_377_000
TRUNKS = SourceProfile("pbx", "east", "asterisk", trunks=("PJSIP/carrier",))
NO_TRUNKS = SourceProfile("pbx", "east", "asterisk")


def leg(row, channel, dstchannel, app, start, answer, end, disposition, dst, **more):
    """A leg; `start`, `answer`, `end` in seconds after T, a bare channel name gets a serial number."""
    answered = disposition == "ANSWERED"
    values = {
        "accountcode": "sales",
        "src": "1001",
        "clid": '"Desk" <1001>',
        "lastdata": "",
        "talk_ms": (end - answer) * 1_000 if answered else None,
    }
    return Leg(
        row=row,
        group="g",
        dst=dst,
        channel=channel,
        dstchannel=dstchannel,
        lastapp=app,
        start=T + start * 1_000,
        answer=T + answer * 1_000 if answered else None,
        end=T + end * 1_000,
        disposition=disposition,
        **(values | more),
    )


def table(text):
    """Legs from a pasted table."""
    legs = []
    for row, line in enumerate(text.strip().splitlines(), 1):
        way, app, times, disposition, dst = (cell.strip() for cell in line.split("|"))
        channel, _, dstchannel = (part.strip() for part in way.partition("→"))
        name, _, data = app.partition(" ")
        start, answer, end = (int(cell) if cell != "-" else 0 for cell in times.split())
        legs.append(leg(row, channel, dstchannel, name, start, answer, end, disposition, dst, lastdata=data))
    return legs


def calls(text, profile=TRUNKS):
    """(rows, direction, number, start, answer, end, cause, talk) of every call; times in seconds after T."""
    merger, out = LegMerger(profile), []
    for legs in merger.calls(table(text)):
        row = merger.row(legs, "g")
        moments = (None if moment is None else (moment - T) // 1_000 for moment in (row.start, row.answer, row.end))
        talk = None if row.talk_ms is None else row.talk_ms // 1_000
        out.append(([leg.row for leg in legs], row.direction, row.number, *moments, row.cause, talk))
    return out


def test_a_single_leg_is_a_call():
    assert calls("PJSIP/1001-01 → PJSIP/carrier-02 | Dial | 0 3 10 | ANSWERED | 0312345678") == [
        ([1], "out", "0312345678", 0, 3, 10, 200, 7)
    ]


def test_the_hangup_after_a_refusal_is_part_of_the_attempt():
    refused = """
    PJSIP/1001-01 → PJSIP/carrier-02 | Dial      | 0 - 0 | NO ANSWER | 0108823502471
    PJSIP/1001-01 →                  | Hangup 21 | 0 - 0 | NO ANSWER | 0108823502471
    """
    assert calls(refused) == calls(refused, NO_TRUNKS) == [([1, 2], "out", "0108823502471", 0, None, 0, 403, None)]


def test_of_a_fork_the_answered_leg_wins():
    assert calls("""
    PJSIP/carrier-01 → PJSIP/1001-02 | Dial | 0 - 5  | NO ANSWER | 0312000000
    PJSIP/carrier-01 → PJSIP/1002-03 | Dial | 0 5 65 | ANSWERED  | 0312000000
    PJSIP/carrier-01 → PJSIP/1003-04 | Dial | 0 - 6  | BUSY      | 0312000000
    """) == [([1, 2, 3], "in", "1001", 0, 5, 65, 200, 60)]


def test_a_second_trunk_after_the_first_failed_is_one_call():
    assert calls("""
    PJSIP/1001-01 → PJSIP/carrier-02 | Dial | 0 - 1  | CONGESTION | 0312345678
    PJSIP/1001-01 → DAHDI/1-03       | Dial | 1 4 30 | ANSWERED   | 0312345678
    """) == [([1, 2], "out", "0312345678", 0, 4, 30, 200, 26)]


DISA = """
PJSIP/carrier-01 → PJSIP/carrier-02 | Dial | 10 12 40 | ANSWERED  | 01037129123456
PJSIP/carrier-01 → PJSIP/carrier-03 | Dial | 50 55 90 | ANSWERED  | 01088235024711
PJSIP/carrier-01 → PJSIP/carrier-04 | Dial | 99 - 100 | NO ANSWER | 0109607770791
PJSIP/carrier-01 →                  | Hangup 21 | 100 - 100 | NO ANSWER | 0109607770791
"""


@pytest.mark.parametrize("profile", [TRUNKS, NO_TRUNKS], ids=["trunks", "no trunks"])
def test_a_caller_who_dials_thrice_through_disa_makes_three_calls(profile):
    assert calls(DISA, profile) == [
        ([1], "out", "01037129123456", 10, 12, 40, 200, 28),
        ([2], "out", "01088235024711", 50, 55, 90, 200, 35),
        ([3, 4], "out", "0109607770791", 99, None, 100, 403, None),
    ]


def test_the_same_number_twice_through_disa_is_two_calls():
    again = DISA.replace("01088235024711", "01037129123456")
    assert [call[0] for call in calls(again)] == [[1], [2], [3, 4]]


def test_an_inbound_leg_and_the_outbound_one_it_was_sent_on_to_are_two_calls():
    assert calls("""
    PJSIP/carrier-01 →                  | DISA | 0 0 60  | ANSWERED | 0312000000
    PJSIP/carrier-01 → PJSIP/carrier-02 | Dial | 10 15 60 | ANSWERED | 01037129123456
    """) == [
        ([1], "in", "1001", 0, 0, 60, 200, 60),
        ([2], "out", "01037129123456", 10, 15, 60, 200, 45),
    ]


def test_both_outgoing_legs_of_an_attended_transfer_are_calls():
    assert calls("""
    PJSIP/1001-01 → PJSIP/carrier-02 | Dial | 0 5 90   | ANSWERED | 0312345678
    PJSIP/1001-03 → PJSIP/carrier-04 | Dial | 30 35 90 | ANSWERED | 0611112222
    """) == [
        ([1], "out", "0312345678", 0, 5, 90, 200, 85),
        ([2], "out", "0611112222", 30, 35, 90, 200, 55),
    ]


def test_a_call_that_is_handed_on_inside_goes_on():
    assert calls("""
    PJSIP/1001-01    → PJSIP/carrier-02 | Dial | 0 5 60   | ANSWERED | 0312345678
    PJSIP/carrier-02 → PJSIP/1002-03    | Dial | 60 60 300 | ANSWERED | 1002
    """) == [([1, 2], "out", "0312345678", 0, 5, 300, 200, 295)]


def test_the_halves_of_a_local_channel_are_one():
    legs = """
    PJSIP/1001-01     → Local/0312345678@out-02;1 | Dial | 0 5 65 | ANSWERED | 90312345678
    Local/0312345678@out-02;2 → PJSIP/carrier-03  | Dial | 1 5 65 | ANSWERED | 0312345678
    """
    expected = [([1, 2], "out", "0312345678", 0, 5, 65, 200, 60)]
    assert calls(legs) == expected
    assert calls(legs, NO_TRUNKS) == expected
    turned = "\n".join(reversed(legs.strip().splitlines()))
    assert calls(turned) == expected


def test_a_forwarded_inbound_call_is_an_inbound_and_an_outbound_one():
    assert calls("""
    PJSIP/carrier-01 → Local/09012345678@out-02;1  | Dial | 0 8 65 | ANSWERED | 0312000000
    Local/09012345678@out-02;2 → PJSIP/carrier-03  | Dial | 1 8 65 | ANSWERED | 09012345678
    """) == [
        ([1], "in", "1001", 0, 8, 65, 200, 57),
        ([2], "out", "09012345678", 1, 8, 65, 200, 57),
    ]


def test_agents_who_let_it_ring_are_part_of_the_inbound_call():
    assert calls("""
    PJSIP/carrier-01 → Local/1001@queue-02;1 | Queue | 0 - 15  | NO ANSWER | 0312000000
    Local/1001@queue-02;2 → PJSIP/1001-03    | Dial  | 0 - 15  | NO ANSWER | 1001
    PJSIP/carrier-01 → Local/1002@queue-04;1 | Queue | 0 20 80 | ANSWERED  | 0312000000
    Local/1002@queue-04;2 → PJSIP/1002-05    | Dial  | 15 20 80 | ANSWERED | 1002
    """) == [([1, 2, 3, 4], "in", "1001", 0, 20, 80, 200, 60)]


@pytest.mark.parametrize(
    ("disposition", "hangup", "cause"),
    [
        ("BUSY", "", 486),
        ("NO ANSWER", "", 480),
        ("CONGESTION", "", 503),
        ("FAILED", "", 500),
        ("UNKNOWN", "", None),
        ("NO ANSWER", "16", 487),
        ("NO ANSWER", " 1 ", 404),
        ("BUSY", "0", 486),
        ("BUSY", "128", 486),
        ("BUSY", "9999999999", 486),
        ("BUSY", "x", 486),
        ("FAILED", "5", 500),
    ],
)
def test_why_a_call_was_not_answered(disposition, hangup, cause):
    legs = f"PJSIP/1001-01 → PJSIP/carrier-02 | Dial | 0 - 1 | {disposition} | 0312345678"
    if hangup:
        legs += f"\nPJSIP/1001-01 → | Hangup {hangup} | 1 - 1 | {disposition} | 0312345678"
    assert calls(legs)[0][6] == cause


@pytest.mark.parametrize(
    ("dst", "app", "data", "number"),
    [
        ("s", "Dial", "PJSIP/0312345678@carrier,30,tT", "0312345678"),
        ("s", "Dial", "SIP/carrier/0312345678&SIP/backup/0312345678", "0312345678"),
        ("h", "Dial", "DAHDI/g1/+81312345678", "+81312345678"),
        ("s", "Dial", "PJSIP/reception", "s"),
        ("s", "Hangup", "", "s"),
        ("0611112222", "Dial", "PJSIP/0312345678@carrier", "0611112222"),
    ],
)
def test_inside_a_macro_the_number_is_the_one_that_the_dial_names(dst, app, data, number):
    one = leg(1, "PJSIP/1001-01", "PJSIP/carrier-02", app, 0, 0, 1, "ANSWERED", dst, lastdata=data)
    assert LegMerger(TRUNKS).row([one], "c").number == number


@pytest.mark.parametrize(
    ("kind", "out_line", "in_line"),
    [
        ("src", "1001", "0312000000"),
        ("accountcode", "sales", "sales"),
        ("channel", "PJSIP/1001", "PJSIP/1002"),
        ("trunk", "PJSIP/carrier", "PJSIP/carrier"),
        ("clid", "0399999999", "0312000000"),
    ],
)
def test_the_line_comes_from_the_field_that_the_profile_names(kind, out_line, in_line):
    merger = LegMerger(replace(TRUNKS, line_from=kind))
    clid = '"Desk" <0399999999>'
    out = leg(1, "PJSIP/1001-01", "PJSIP/carrier-02", "Dial", 0, 0, 1, "ANSWERED", "0611112222", clid=clid)
    in_ = leg(1, "PJSIP/carrier-01", "PJSIP/1002-02", "Dial", 0, 0, 1, "ANSWERED", "0312000000", clid=clid)
    assert merger.row([out], "c").line == out_line
    assert merger.row([in_], "c").line == in_line


def test_a_line_has_a_map_a_default_and_a_last_resort():
    out = leg(1, "PJSIP/1001-01", "PJSIP/carrier-02", "Dial", 0, 0, 1, "ANSWERED", "0611112222")
    named = replace(TRUNKS, line_map={"1001": "0312000001"}, line_default="0312000000")
    assert LegMerger(named).row([out], "c").line == "0312000001"
    assert LegMerger(named).row([out._replace(src="1005")], "c").line == "0312000000"
    assert LegMerger(replace(named, line_from="fixed")).row([out], "c").line == "0312000000"
    assert LegMerger(TRUNKS).row([out._replace(src="")], "c").line == "PJSIP/1001"
    assert LegMerger(replace(TRUNKS, line_from="accountcode")).row([out._replace(accountcode="")], "c").line == "1001"
    with pytest.raises(BadRow, match="line is empty"):
        LegMerger(TRUNKS).row([out._replace(src="", channel="")], "c")


def test_the_outside_digit_is_taken_off_outgoing_numbers_only():
    merger = LegMerger(replace(TRUNKS, outside_prefix="0"))
    out = leg(1, "PJSIP/1001-01", "PJSIP/carrier-02", "Dial", 0, 0, 1, "ANSWERED", "00611112222")
    in_ = leg(1, "PJSIP/carrier-01", "PJSIP/1001-02", "Dial", 0, 0, 1, "ANSWERED", "1001", src="0611112222")
    assert merger.row([out], "c").number == "0611112222"
    assert merger.row([in_], "c").number == "0611112222"


@pytest.mark.parametrize(
    ("trunk", "channel", "is_trunk"),
    [
        ("PJSIP/carrier", "PJSIP/carrier-00000003", True),
        ("PJSIP/carrier", "PJSIP/carrier2-00000003", False),
        ("PJSIP/carrier", "PJSIP/carrier-backup-00000003", False),
        ("PJSIP/carrier", "PJSIP/carrier", True),
        ("DAHDI/i1", "DAHDI/i1/0312345678-5", True),
        ("DAHDI/i1", "DAHDI/i10/0312345678-5", False),
        ("DAHDI/", "DAHDI/1-1", True),
        ("PJSIP/carrier", "", False),
    ],
)
def test_a_channel_belongs_to_a_trunk_by_its_name(trunk, channel, is_trunk):
    out = leg(1, "PJSIP/1001-01", channel, "Dial", 0, 0, 1, "ANSWERED", "0611112222")
    assert LegMerger(replace(TRUNKS, trunks=(trunk,)))._is_trunk(out.dstchannel) is is_trunk


def test_without_trunks_everything_goes_out():
    assert calls("PJSIP/carrier-01 → PJSIP/1001-02 | Dial | 0 1 2 | ANSWERED | 1001", NO_TRUNKS)[0][1] == "out"


def test_ten_thousand_forged_legs_of_one_id_take_no_ten_minutes():
    legs = [
        leg(n, f"PJSIP/1001-{n}", f"PJSIP/carrier-{n}", "Dial", n * 9, 0, n * 9 + 1, "NO ANSWER", str(n))
        for n in range(10_000)
    ]
    assert len(LegMerger(TRUNKS).calls(legs)) == 10_000
