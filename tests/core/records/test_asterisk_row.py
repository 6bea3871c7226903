"""One row of an Asterisk call file in every form that the program writes."""

from __future__ import annotations

import csv

import pytest

from sekisho.core.records.asterisk_row import is_row, leg_of
from sekisho.core.records.call_row import BadRow
from sekisho.core.records.switch_time import SwitchClock
from sekisho.core.terms.instants import parse_rfc3339

# The same call as each form writes it; the recorded incident has the 18-column form.
PLAIN_16 = (
    '"acct","1002","0632140838","from-internal","""Strong 1002"" <1002>","PJSIP/1002-00000002",'
    '"PJSIP/carrier-00000003","Dial","PJSIP/0632140838@carrier,30",'
    '"2026-11-23 17:52:57","2026-11-23 17:52:58","2026-11-23 17:52:59",2,1,'
    '"ANSWERED","DOCUMENTATION"'
)
CUSTOM = (
    '"""Strong 1002"" <1002>","1002","0632140838","from-internal","PJSIP/1002-00000002","PJSIP/carrier-00000003",'
    '"Dial","PJSIP/0632140838@carrier,30","2026-11-23 17:52:57","2026-11-23 17:52:58","2026-11-23 17:52:59","2","1",'
    '"ANSWERED","DOCUMENTATION","acct"'
)
UNIQUE, USER, LINKED = ',"1795456377.2"', ',"internal"', ',"peer","1795456377.0",7'
START = parse_rfc3339("2026-11-23T17:52:57Z")


def leg(text, zone="UTC"):
    (fields,) = csv.reader([text])
    return leg_of(fields, 3, SwitchClock(zone))


@pytest.mark.parametrize(
    ("columns", "text", "group"),
    [
        (16, PLAIN_16, f"PJSIP/1002-00000002/{START}"),
        (17, PLAIN_16 + UNIQUE, "1795456377.2"),
        (17, PLAIN_16 + ',"tokyo-1795456377.2"', "tokyo-1795456377.2"),
        (17, PLAIN_16 + USER, f"PJSIP/1002-00000002/{START}"),
        (18, PLAIN_16 + UNIQUE + USER, "1795456377.2"),
        (19, PLAIN_16 + LINKED, "1795456377.0"),
        (20, PLAIN_16 + UNIQUE + LINKED, "1795456377.0"),
        (20, PLAIN_16 + USER + ',"peer","",7', f"PJSIP/1002-00000002/{START}"),
        (21, PLAIN_16 + UNIQUE + USER + LINKED, "1795456377.0"),
        (21, PLAIN_16 + UNIQUE + USER + ',"peer","",7', "1795456377.2"),
        (15, CUSTOM.rsplit(",", 1)[0], f"PJSIP/1002-00000002/{START}"),
        (16, CUSTOM, f"PJSIP/1002-00000002/{START}"),
        (18, CUSTOM + UNIQUE + USER, "1795456377.2"),
        (19, CUSTOM + UNIQUE + USER + ",7", "1795456377.2"),
        (20, CUSTOM + UNIQUE + USER + ',"1795456377.0",7', "1795456377.0"),
    ],
)
def test_every_form_tells_of_the_same_call(columns, text, group):
    (fields,) = csv.reader([text])
    assert len(fields) == columns
    assert is_row(fields)
    assert leg(text)._replace(accountcode="acct") == (
        3, group, "acct", "1002", "0632140838", '"Strong 1002" <1002>', "PJSIP/1002-00000002", "PJSIP/carrier-00000003",
        "Dial", "PJSIP/0632140838@carrier,30", START, START + 1_000, START + 2_000, 1_000, "ANSWERED",
    )  # fmt: skip


def test_the_account_stands_first_or_behind_the_flags():
    assert leg(PLAIN_16).accountcode == "acct"
    assert leg(CUSTOM).accountcode == "acct"


def test_local_times_are_in_the_profiles_zone():
    assert leg(PLAIN_16, "Asia/Tokyo").start == START - 9 * 3_600_000


def test_seconds_with_a_fraction_and_times_as_seconds():
    exact = CUSTOM.replace('"1","ANSWERED"', '"1.833999","ANSWERED"').replace(
        '"2026-11-23 17:52:57"', '"1795456377.250000"'
    )
    assert leg(exact).talk_ms == 1_833
    assert leg(exact).start == START + 250


@pytest.mark.parametrize("disposition", ["NO ANSWER", "BUSY", "FAILED", "CONGESTION", "UNKNOWN"])
def test_whatever_is_not_answered_has_neither_answer_nor_talk(disposition):
    other = leg(PLAIN_16.replace("ANSWERED", disposition))  # answer and billsec are there all the same
    assert (other.answer, other.talk_ms, other.disposition) == (None, None, disposition)


def test_a_missing_answer_or_end_is_what_the_seconds_say():
    assert leg(PLAIN_16.replace('"2026-11-23 17:52:58"', "")).answer == START + 1_000
    assert leg(PLAIN_16.replace('"2026-11-23 17:52:59"', "")).end == START + 2_000
    assert leg(PLAIN_16.replace(",2,1,", ",2,,")).talk_ms is None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2026-11-23 17:52:57", "yesterday", '"yesterday" is not a time like 2026-11-23 17:52:57'),
        ("2026-11-23 17:52:57", "", '"" is not a time like'),
        ("2026-11-23 17:52:58", "2026-11-23 17:52:56", "start, answer and end are not in this order"),
        ("2026-11-23 17:52:59", "2026-11-23 17:52:57", "start, answer and end are not in this order"),
        (",2,1,", ",2,1e3,", 'billsec "1e3" is not seconds'),
        (",2,1,", ",2,-1,", 'billsec "-1" is not seconds'),
        (",2,1,", f",2,1{'0' * 30},", 'billsec "1000000000000000000000000000000" is not seconds'),
        (",2,1,", ",2,99999999,", 'billsec "99999999" is more than 366 days'),
        (",2,1,", ",2,١,", 'billsec "١" is not seconds'),
        ("ANSWERED", "MAYBE", "no disposition like ANSWERED where Asterisk writes it"),
        (
            "DOCUMENTATION",
            'DOCUMENTATION",' + ",".join("123456789") + ',"',
            "26 columns, where Asterisk writes 16 to 21",
        ),
    ],
)
def test_what_cannot_be_read_is_named(old, new, reason):
    assert old in PLAIN_16
    with pytest.raises(BadRow) as caught:
        leg(PLAIN_16.replace(old, new))
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"2026-11-23 17:52:59",2,', ',"",', "end and duration is empty"),
        ('"2026-11-23 17:52:58","2026-11-23 17:52:59",2,1', ',"2026-11-23 17:52:59",2,', "billsec is empty"),
    ],
)
def test_what_nothing_tells_is_a_bad_row(old, new, reason):
    assert old in PLAIN_16
    with pytest.raises(BadRow, match=reason):
        leg(PLAIN_16.replace(old, new))


@pytest.mark.parametrize("text", ["", "a", "1,2,3", ",".join("x" * 18), PLAIN_16.rsplit(",", 2)[0]])
def test_other_lines_are_no_rows(text):
    (fields,) = list(csv.reader([text])) or [[]]
    assert not is_row(fields)
    with pytest.raises(BadRow):
        leg_of(fields, 1, SwitchClock("UTC"))
