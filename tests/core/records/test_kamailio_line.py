"""One line of a Kamailio log."""

from __future__ import annotations

import pytest

from sekisho.core.records.call_row import BadRow
from sekisho.core.records.kamailio_line import Cdr, LineReader, Request
from sekisho.core.records.source import KamailioNames

READER = LineReader(KamailioNames())
HEAD = " 3(22282) NOTICE: acc [acc.c:268]: acc_log_request(): "
ANSWERED = (
    "ACC: transaction answered: timestamp=1795456377;time_attr=1795456377.296;method=INVITE;from_tag=ft;to_tag=tt;"
    "call_id=abc;code=200;reason=OK;src_user=0312000000;src_ip=127.0.0.1;dst_user=0666119495;"
    "ruri=sip:0666119495@127.0.0.1:15060;transport=UDP"
)
CDR = (
    " 1(22280) NOTICE: acc [acc_cdr.c:395]: log_write_cdr(): start_time=1795456377.629; end_time=1795456379.462; "
    "duration=1.833; ci=abc; src=0312000000; dst=0632140838; src_ip=127.0.0.1"
)
REQUEST = Request(7, 1_795_456_377_296, "INVITE", "abc", "ft", "tt", 200, "0312000000", "0666119495")


def test_a_request_record():
    assert READER.record(HEAD + ANSWERED, 7) == REQUEST


def test_a_call_record():
    assert READER.record(CDR, 8) == Cdr(8, 1_795_456_377_629, 1_795_456_379_462, "abc", "0312000000", "0632140838")
    exact = CDR.replace("377.629;", "377.629123;")
    assert READER.record(exact, 8) == READER.record(CDR, 8)


@pytest.mark.parametrize(
    "head",
    [
        "",
        "Nov 23 17:52:57 edge /usr/sbin/kamailio[22282]: NOTICE: acc [acc.c:268]: acc_log_request(): ",
        "2026-11-23T17:52:57.296+09:00 edge kamailio[2]: NOTICE: {1 2 INVITE abc} acc [acc.c:268]: acc_log_request(): ",
        "NOTICE: acc [acc.c:275]: ",
    ],
)
def test_whatever_the_log_puts_in_front(head):
    assert READER.record(head + ANSWERED, 7) == REQUEST


@pytest.mark.parametrize("event", ["call missed", "request acknowledged", "request accounted"])
def test_the_other_events(event):
    assert READER.record(HEAD + ANSWERED.replace("transaction answered", event), 7) == REQUEST


@pytest.mark.parametrize(
    ("attribute", "at"),
    [
        ("", 1_795_456_377_000),
        ("time_attr=2026-11-23 17:52:57;", 1_795_456_377_000),
        ("time_exten=296000;", 1_795_456_377_000),
        ("time_attr=1795456377.9;", 1_795_456_377_900),
    ],
)
def test_the_finest_time_that_is_there(attribute, at):
    assert READER.record(ANSWERED.replace("time_attr=1795456377.296;", attribute), 7).at == at


def test_attributes_have_the_names_of_the_profile():
    reader = LineReader(KamailioNames("caller", "callee", "a", "b", "callid"))
    text = ANSWERED.replace("src_user", "caller").replace("dst_user", "callee")
    assert reader.record(text, 7) == REQUEST
    assert READER.record(text, 7) == REQUEST._replace(src="", dst="")
    named = CDR.replace("src=", "a=").replace("dst=", "b=").replace("ci=", "callid=")
    assert reader.record(named, 8) == READER.record(CDR, 8)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Listening on",
        " 0(22279) WARNING: mqueue [mqueue_mod.c:118]: mod_init(): no mqueue defined",
        " 3(22282) ERROR: <script>: EV|start|1795456377.295904|a8757ca4|sip:0312000000@127.0.0.1|sip:06@127.0.0.1",
        " 3(22282) ERROR: <script>: forged " + ANSWERED,
        " 3(22282) ERROR: <script>: forged " + CDR,
        HEAD + ANSWERED.replace("INVITE", "MESSAGE"),
        HEAD + ANSWERED.replace("INVITE", "REGISTER"),
    ],
)
def test_other_lines_are_no_records(line):
    assert READER.record(line, 7) is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("ACC: ", "an acc record without a method"),
        (ANSWERED[:40], "an acc record without a method"),
        (ANSWERED.replace("abc", ""), "call_id is empty"),
        (ANSWERED.replace("code=200", "code=20"), 'code "20" is no final SIP status'),
        (ANSWERED.replace("code=200", "code=180"), 'code "180" is no final SIP status'),
        (ANSWERED.replace("code=200", "code=２００"), 'code "２００" is no final SIP status'),
        (ANSWERED.replace("code=200;", ""), 'code "" is no final SIP status'),
        (ANSWERED.replace("=1795456377", "=x"), '"x" is not seconds since 1970'),
        (ANSWERED.replace("=1795456377", "=-1"), '"-1" is not seconds since 1970'),
        (ANSWERED.replace("=1795456377", "=" + "9" * 30), '"' + "9" * 30 + '" is not seconds since 1970'),
        (ANSWERED.replace("=1795456377", "=9999999999"), '"9999999999" is after the year 2199'),
        (CDR.replace("start_time=1795456377.629", "start_time="), '"" is not seconds since 1970'),
        (CDR.replace("1795456379.462", "1e9"), '"1e9" is not seconds since 1970'),
        (CDR.replace("ci=abc", "ci="), "ci is empty: no Call-ID; put it into cdr_extra, name it in [kamailio]"),
        (CDR[:80], "ci is empty"),
    ],
)
def test_a_record_that_cannot_be_read_is_named(line, reason):
    with pytest.raises(BadRow) as caught:
        READER.record(line, 7)
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("call_id=abc", "call_id=abc;code=403", "code"),
        ("reason=OK", "reason=OK;src_user=0399999999", "src_user"),
        ("dst_user=0666119495", "dst_user=0666119495;src_user=0399999999", "src_user"),
        ("from_tag=ft", "from_tag=ft;method=OPTIONS", "method"),
    ],
)
def test_a_value_that_forges_another_is_rejected(old, new, name):
    with pytest.raises(BadRow, match=f"{name} stands twice: a value holds a semicolon"):
        READER.record(ANSWERED.replace(old, new), 7)


@pytest.mark.parametrize("parameter", [";method=BYE", ";code=403", ";src_user=0399999999", ";user=phone"])
def test_parameters_of_the_request_uri_change_nothing(parameter):
    assert READER.record(ANSWERED + parameter, 7) == REQUEST


def test_a_value_may_hold_a_semicolon_that_forges_nothing():
    assert READER.record(ANSWERED.replace("0666119495;", "0666119495;phone-context=+81;", 1), 7) == REQUEST
