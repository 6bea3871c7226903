"""Hot lists: which numbers are on one, which list counts, what a snapshot keeps of them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.digits.packed import pack, pack_all
from sekisho.core.terms.instants import HOUR_MS
from sekisho.core.watch.judged import new_calls
from sekisho.edges.snapshot_files.snapshots import SnapshotFiles
from sekisho.flow import Judge, JudgeSettings
from sekisho.flow.attempt import Attempt, attempts_body
from sekisho.flow.controls import hot_list_body, lines_body, tariff_body
from sekisho.flow.hot_lists import MOST_LISTS, HotLists, hot_list_key

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
NIGHT = 1_795_456_800_000
DIGITS = st.text("0123", min_size=3, max_size=6).map("23".__add__)


def told(*numbers: str, company: str = "east", name: str = "forum", version: int = 1):
    return json.loads(hot_list_body(company, name, version, numbers))


def marked(lists: HotLists, *numbers: str, company: str = "east") -> list[int]:
    calls = new_calls(len(numbers))
    lists.mark(company, pack_all(pa.array(numbers)), calls)
    return calls["hot"].tolist()


def test_a_number_stands_for_itself_and_for_all_that_begin_with_it():
    lists = HotLists()
    lists.apply(told("23276123456", "8823"))
    numbers = ("23276123456", "23276123457", "2327612345", "232761234567", "8823", "88231234", "882")
    assert marked(lists, *numbers) == [1, 0, 0, 1, 1, 1, 0]
    assert [int(lists.has("east", pack(number))) for number in numbers] == [1, 0, 0, 1, 1, 1, 0]
    assert not lists.has("east", 0)


def test_each_company_has_its_own():
    lists = HotLists()
    lists.apply(told("2327"))
    assert marked(lists, "23276", company="west") == [0]
    assert not lists.has("west", pack("23276"))


def test_of_a_name_the_newest_version_counts_and_names_add_up():
    lists = HotLists()
    lists.apply(told("2327", version=5))
    lists.apply(told("8823", name="ours"))
    assert marked(lists, "23276", "88231") == [1, 1]
    assert lists.apply(told("2356", version=5)).effects == []  # told before
    assert lists.apply(told("2356", version=4)).effects == []
    lists.apply(told("2356", version=6))
    assert marked(lists, "23276", "88231", "23561") == [0, 1, 1]


def test_a_list_without_numbers_is_withdrawn_and_an_older_one_does_not_come_back():
    lists = HotLists()
    lists.apply(told("2327", version=1))
    lists.apply(told(version=3))
    lists.apply(told("2327", version=2))
    assert marked(lists, "23276") == [0]


def test_the_effect_says_what_is_in_force():
    (effect,) = HotLists().apply(told("2327", "8823", version=7)).effects
    assert (effect.kind, effect.key) == ("hot_list", hot_list_key("east", "forum", 7))
    assert effect.facts == {"company": "east", "name": "forum", "version": 7, "numbers": 2, "in_force": True}


def test_a_company_has_no_more_lists_than_it_may_have():
    lists = HotLists()
    for place in range(MOST_LISTS):
        lists.apply(told(f"23{place:02}", name=f"list {place}"))
    (effect,) = lists.apply(told("9999")).effects
    assert not effect.facts["in_force"]
    assert marked(lists, "99991", "23151") == [0, 1]
    assert lists.apply(told("9999", company="west")).effects[0].facts["in_force"]
    lists.apply(told(name="list 3", version=2))
    assert lists.apply(told("9999", version=2)).effects[0].facts["in_force"]
    assert lists.apply(told("2399", name="list 4", version=2)).effects[0].facts["in_force"]  # it has its place already
    assert marked(lists, "99991", "23041", "23991") == [1, 0, 1]


def test_a_snapshot_takes_what_changed_and_gives_it_back():
    lists, again = HotLists(), HotLists()
    lists.apply(told("2327", name='a "b"'))
    lists.apply(told("8823", company="west"))
    first = lists.take_changed(whole=True)
    assert lists.take_changed(whole=False) == {}
    lists.apply(told("2356", name='a "b"', version=2))
    second = lists.take_changed(whole=False)
    assert len(second) == 1
    again.put([*first.items(), *second.items(), ("lines", np.zeros(3))])
    for company in ("east", "west"):
        wanted = marked(lists, "23276", "23561", "88231", company=company)
        assert marked(again, "23276", "23561", "88231", company=company) == wanted
    assert again.apply(told("2327", name='a "b"', version=2)).effects == []
    assert again.take_changed(whole=False) == {}


def test_without_a_list_nothing_is_looked_up(monkeypatch):
    lists = HotLists()
    monkeypatch.setattr("sekisho.flow.hot_lists.lookup_all", lambda *_: pytest.fail("looked up"))
    assert marked(lists, "23276") == [0]


@settings(max_examples=60, deadline=None)
@given(st.lists(DIGITS, max_size=8), st.lists(DIGITS, min_size=1, max_size=8))
def test_it_is_the_same_as_comparing_texts(listed, asked):
    lists = HotLists()
    lists.apply(told(*listed))
    wanted = [any(number.startswith(one) for one in listed) for number in asked]
    assert marked(lists, *asked) == wanted
    assert [lists.has("east", pack(number)) for number in asked] == wanted


def judge(*listed: str) -> Judge:
    made = Judge(JudgeSettings())
    made.apply("tariff", tariff_body("east", "hikari.csv", TARIFF))
    made.apply("lines", lines_body([{"company": "east", "line": "0312345678", "automatic_hold": True}]))
    made.apply("hot_list", hot_list_body("east", "forum", 1, listed))
    return made


def attack(made: Judge, first: int, calls: int):
    """Each attempt's verdicts (rows of VERDICTS), and what the log keeps of the attempts."""
    spoken, kept = [], []
    for place in range(first, first + calls):
        number = f"0101415555{place * 7919 % 9973:04}"
        _, judged = made.decide(Attempt("east", str(place), "0312345678", number, NIGHT + place * HOUR_MS // 2))
        kept.append(judged.told)
        spoken.append([] if judged.outcome.verdicts is None else judged.outcome.verdicts.to_pylist())
    return spoken, kept


def hot_nats(spoken) -> list[float]:
    return [one["nats"] for rows in spoken for row in rows for one in row["evidence"] if one["name"] == "hot_list"]


def test_the_gate_knows_the_list_at_once_and_says_so():
    spoken, _ = attack(judge("1415555"), 0, 20)
    assert max(hot_nats(spoken)) > 4.0
    quiet, _ = attack(judge("1415556"), 0, 20)
    assert hot_nats(quiet) == []
    first = [next(place for place, rows in enumerate(each) if rows) for each in (spoken, quiet)]
    assert first[0] < first[1]


def test_a_replay_and_a_snapshot_in_a_file_know_it_too(tmp_path):
    made, replayed = judge("1415555"), judge("1415555")
    _, kept = attack(made, 0, 2)
    replayed.apply("attempts", attempts_body(0, kept))
    draft = SnapshotFiles(tmp_path).begin(whole=True)
    draft.add(made.pieces())
    draft.commit(5)
    restored = Judge.restore(JudgeSettings(), SnapshotFiles(tmp_path).load()[1])
    wanted = attack(made, 2, 4)
    assert hot_nats(wanted[0])
    assert attack(replayed, 2, 4) == wanted
    assert attack(restored, 2, 4) == wanted
