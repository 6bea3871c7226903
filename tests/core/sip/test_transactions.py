from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.sip.request import read_request
from sekisho.core.sip.transactions import STEPS, Event, Send, State, Transactions, key_of, key_of_ack

PAPER = Path(__file__).parents[3] / "docs" / "algorithms" / "sip.md"
ANSWER = Send(b"answer", ("192.0.2.10", 5060))


@pytest.fixture
def request_(make):
    return read_request(make())


@pytest.fixture
def table(request_):
    table = Transactions()
    transaction = table.begin("key", request_)
    return table, transaction


def ages(table, until):
    """(instant, copies) of every timer up to an instant."""
    fired = []
    while (deadline := table.next_deadline()) is not None and deadline <= until:
        fired.append((deadline, len(table.timer_due(deadline))))
    return fired


def test_the_picture_is_the_table():
    picture = re.search(r"```mermaid\n(.*?)```", PAPER.read_text("utf-8"), re.DOTALL)[1]
    drawn = [line.strip() for line in picture.splitlines() if "[*]" not in line][1:]
    assert drawn == [
        f"{state.name} --> {step.state.name}: {event.name}{' / send' if step.sends else ''}"
        for (state, event), step in STEPS.items()
    ]


def test_every_state_is_reached_and_left():
    assert {step.state for step in STEPS.values()} == set(State)
    assert {state for state, _ in STEPS} == set(State) - {State.TERMINATED}
    assert {event for _, event in STEPS} == set(Event)


def test_an_answer_is_sent_again_until_timer_h(table):
    table, transaction = table
    assert table.next_deadline() is None
    assert table.answer(transaction, ANSWER, 1_000) == ANSWER
    pauses = [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]
    assert ages(table, 10**9) == [*((1_000 + each, 1) for each in pauses), (33_000, 0)]
    assert (len(table), table.timed_out, transaction.state) == (0, 1, State.TERMINATED)
    assert table.next_deadline() is None


def test_an_ack_ends_the_copies_and_timer_i_the_transaction(table):
    table, transaction = table
    table.answer(transaction, ANSWER, 0)
    table.timer_due(500)
    table.acknowledge(transaction, 700)
    assert table.copy(transaction) is None
    table.acknowledge(transaction, 2_000)  # again: absorbed, and timer I goes on
    assert [copies for _, copies in ages(table, 5_699)] == [0]
    assert table.find("key") is transaction
    assert ages(table, 5_700) == [(5_700, 0)]
    assert (table.find("key"), table.timed_out) == (None, 0)


def test_a_copy_gets_the_same_bytes(table):
    table, transaction = table
    assert table.copy(transaction) is None  # nothing has been said yet
    table.answer(transaction, ANSWER, 0)
    assert table.copy(transaction) == ANSWER
    assert table.copy(transaction) == ANSWER


def test_there_is_one_answer(table):
    table, transaction = table
    table.answer(transaction, ANSWER, 0)
    assert table.answer(transaction, Send(b"another", ANSWER.address), 1) is None
    assert table.copy(transaction) == ANSWER


def test_timers_that_were_late_send_one_copy(table):
    table, transaction = table
    table.answer(transaction, ANSWER, 0)
    assert table.timer_due(10_000) == [ANSWER]
    assert table.next_deadline() == 11_000
    assert table.timer_due(60_000) == []
    assert len(table) == 0


def test_when_the_table_is_full_the_oldest_goes(request_):
    table = Transactions(most=2)
    first, second, third = (table.begin(key, request_) for key in "abc")
    assert (table.find("a"), table.find("b"), table.find("c")) == (None, second, third)
    assert (len(table), table.evicted, first.state) == (2, 1, State.TERMINATED)
    assert table.answer(first, ANSWER, 0) is None
    table.acknowledge(first, 0)
    assert table.copy(first) is None


@given(st.lists(st.tuples(st.sampled_from(["answer", "ack", "copy", "time"]), st.integers(1, 6_000)), max_size=60))
def test_whatever_comes_it_ends(steps):
    table = Transactions(most=3)
    now, begun = 0, []
    for number, (what, pause) in enumerate(steps):
        now += pause
        if what == "answer":
            begun.append(table.begin(number, None))
            table.answer(begun[-1], ANSWER, now)
        elif what == "time":
            table.timer_due(now)
        for transaction in begun[-2:]:
            if what == "ack":
                table.acknowledge(transaction, now)
            elif what == "copy":
                assert table.copy(transaction) in (None, ANSWER)
    assert len(table) <= 3
    for _ in range(40):
        now += 4_000
        table.timer_due(now)
    assert (len(table), table.next_deadline()) == (0, None)


def test_a_transaction_is_known_by_what_its_messages_have_alike(make):
    invite, ack, cancel = (key_of(read_request(make(each)), "192.0.2.10") for each in ("INVITE", "ACK", "CANCEL"))
    assert invite == ack == cancel
    capitals = make(Via="SIP/2.0/UDP SBC.example.jp;branch=z9hG4bK-1")
    small = make(Via="SIP/2.0/UDP sbc.Example.jp:5060;branch=z9hG4bK-1")
    assert key_of(read_request(capitals), "a") == key_of(read_request(small), "a")


@pytest.mark.parametrize(
    "changed",
    [
        {"Via": "SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK-2"},
        {"Via": "SIP/2.0/UDP 192.0.2.10:5061;branch=z9hG4bK-1"},
        {"Via": "SIP/2.0/UDP 192.0.2.11:5060;branch=z9hG4bK-1"},
        {"Call_ID": "call-2@192.0.2.10"},
        {"CSeq": "2 INVITE"},
    ],
)
def test_what_differs_is_another_transaction(make, changed):
    assert key_of(read_request(make(**changed)), "192.0.2.10") != key_of(read_request(make()), "192.0.2.10")
    assert key_of(read_request(make()), "192.0.2.10") != key_of(read_request(make()), "192.0.2.66")


@pytest.mark.parametrize("branch", ["", ";branch=1", ";branch=z9hG4bK"])
def test_before_rfc_3261_the_whole_request_counts(make, branch):
    via = "SIP/2.0/UDP 192.0.2.10" + branch

    def key(method="INVITE", **more):
        return key_of(read_request(make(method, Via=via, **more)), "192.0.2.10")

    assert key() == key("ACK") == key("CANCEL")
    assert key() == key("ACK", To="<sip:0106112345678@192.0.2.1;user=phone>;tag=ours")
    for other in ({"uri": "sip:1@x"}, {"From": "<sip:b@c>;tag=2"}, {"Call_ID": "x"}, {"CSeq": "2 INVITE"}):
        assert key() != key(**other)


@pytest.mark.parametrize(
    "via", ["SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK-7;rport", "SIP/2.0/UDP a:5070 ;branch=z9hG4bK-7, b"]
)
def test_the_quick_way_to_the_key_of_an_ack_is_the_long_way(make, via):
    data = make("ACK", Via=via)
    assert key_of_ack(data, "192.0.2.10") == key_of(read_request(data), "192.0.2.10")


@pytest.mark.parametrize("changed", [{"drop": ("Via",)}, {"Via": "x"}, {"CSeq": "\xb2 ACK"}, {"CSeq": "9" * 5_000}])
def test_an_odd_ack_has_no_quick_way(make, changed):
    assert key_of_ack(make("ACK", **changed), "192.0.2.10") is None
