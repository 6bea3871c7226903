"""From the kernel's verdicts to the table that leaves the watch."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.tables import VERDICTS
from sekisho.core.terms.call import Action, CallEvent
from sekisho.core.watch.evidence import catalogue
from sekisho.core.watch.judged import DAILY_LIMIT, MONTH_MULTIPLE, MONTHLY_LIMIT, REASONS, SCORE, VERDICT
from sekisho.core.watch.rules import daily_limit, month_multiple, monthly_limit
from sekisho.core.watch.verdicts import INTERNATIONAL, WORTH_TELLING, say, verdict_batch, verdict_id

AT = 1_780_000_000_123
GIVEN = ("East", "+81312345678", "call-1", 1, "score", AT, "0123456789ab")
TEXT = st.text(st.characters(exclude_characters="\x1f"), max_size=12)
IDENTITY = st.tuples(
    TEXT, TEXT, TEXT, st.integers(0, 2), st.sampled_from(REASONS), st.integers(0, 2**62), st.sampled_from(["a", "b"])
)


def kernel_rows(*reasons: int):
    rows = np.zeros(len(reasons), VERDICT)
    rows["at"], rows["event"], rows["action"] = AT, int(CallEvent.ANSWER), int(Action.HOLD)
    rows["score"] = 15.5
    rows["nats"][:, :3] = (10.0, 3.5, 2.0)
    rows["facts"][:, :3] = (30_075_000.0, 10_000_000.0, 3.0)
    rows["day_spend"], rows["month_spend"] = 175_000, 30_075_000
    rows["reason"] = reasons
    return rows


def table(*reasons: int):
    rows = kernel_rows(*reasons)
    names = [f"call-{row}" for row in range(rows.size)]
    return verdict_batch(rows, ["East"] * rows.size, ["0312345678"] * rows.size, names, "v1", prefixes)


def prefixes(country: int) -> str:
    """Where a country lies, as the numbering plan would say it."""
    return f"+{country} +{country}9"


def test_an_id_is_what_it_was_in_every_version():
    assert verdict_id(*GIVEN) == "f44da98084f43f4cd2f496fb"
    assert verdict_id(*GIVEN) == verdict_id(*GIVEN)


@pytest.mark.parametrize(
    "change",
    [
        {0: "West"},
        {1: "+81312345679"},
        {2: "call-2"},
        {3: 2},
        {4: "daily_limit"},
        {5: AT + 1},
        {6: "ba9876543210"},
    ],
    ids=["company", "line", "call", "event", "reason", "instant", "policy"],
)
def test_an_id_tells_everything_apart(change):
    other = tuple(change.get(place, value) for place, value in enumerate(GIVEN))
    assert verdict_id(*other) != verdict_id(*GIVEN)


@settings(max_examples=300, deadline=None)
@given(st.lists(IDENTITY, unique=True, max_size=20))
def test_ids_are_distinct_and_24_hex_digits(identities):
    ids = [verdict_id(*identity) for identity in identities]
    assert len(set(ids)) == len(ids)
    assert all(len(one) == 24 and set(one) <= set("0123456789abcdef") for one in ids)


def test_a_name_that_is_no_utf_8_has_an_id_too():
    assert len(verdict_id("East", "1", "bad \udc80 name", *GIVEN[3:])) == 24


def test_the_table_has_the_schema_of_the_border():
    batch = table(SCORE, MONTH_MULTIPLE, DAILY_LIMIT, MONTHLY_LIMIT)
    assert batch.schema == VERDICTS
    assert batch.num_rows == 4
    assert all(batch.column(field.name).null_count == 0 for field in VERDICTS)
    assert len(set(batch.column("verdict_id").to_pylist())) == 4


def test_no_verdicts_are_an_empty_table():
    assert verdict_batch(np.zeros(0, VERDICT), [], [], [], "v1", prefixes).schema == VERDICTS


def test_a_row_as_it_leaves():
    (row,) = table(SCORE).to_pylist()
    assert row["verdict_id"] == verdict_id("East", "0312345678", "call-0", 1, "score", AT, "v1")
    assert (row["call_id"], row["company"], row["line"]) == ("call-0", "East", "0312345678")
    assert int(row["at"].timestamp() * 1000) == AT
    assert (row["action"], row["scope"], row["score_nats"]) == ("hold", INTERNATIONAL, 15.5)
    assert (row["spend_today"], row["spend_month"]) == (175_000, 30_075_000)


@pytest.mark.parametrize("action", [Action.ALERT, Action.ASK, Action.HOLD])
def test_actions_leave_by_name(action):
    rows = kernel_rows(SCORE)
    rows["action"] = int(action)
    batch = verdict_batch(rows, ["East"], ["1"], ["c"], "v1", prefixes)
    assert batch.column("action")[0].as_py() == action.name.lower()


@pytest.mark.parametrize(("scope", "says"), [(0, INTERNATIONAL), (37, "+37 +379")])
def test_a_hold_on_a_destination_names_its_prefixes(scope, says):
    rows = kernel_rows(SCORE)
    rows["scope"] = scope
    assert verdict_batch(rows, ["East"], ["1"], ["c"], "v1", prefixes).column("scope").to_pylist() == [says]


def test_the_evidence_of_a_score_is_every_evidence_that_has_something_to_say():
    rows = kernel_rows(SCORE)
    rows["facts"][:, :3] = (0.0004, 0.0123, 175.0)
    rows["nats"][:, catalogue.SPEND], rows["nats"][:, catalogue.PROBE] = WORTH_TELLING / 2, -WORTH_TELLING / 2
    (row,) = verdict_batch(rows, ["East"], ["1"], ["c"], "v1", prefixes).to_pylist()
    assert [(each["name"], each["nats"], json.loads(each["facts"])) for each in row["evidence"]] == [
        ("rate", 10.0, {"per_hour": 0.0004}),
        ("country", 3.5, {"share": 0.0123}),
        ("price", 2.0, {"yen": 175.0}),
    ]
    assert sum(each["nats"] for each in row["evidence"]) == row["score_nats"]


def test_an_evidence_that_speaks_for_honest_calling_is_told_too():
    rows = kernel_rows(SCORE)
    rows["nats"][:, catalogue.VALIDITY] = -0.5
    (row,) = verdict_batch(rows, ["East"], ["1"], ["c"], "v1", prefixes).to_pylist()
    told = row["evidence"][-1]
    assert (told["name"], told["nats"], json.loads(told["facts"])) == ("validity", -0.5, {"unallocated": 0.0})
    assert say("validity", {"unallocated": 0.0}, "en") == "The number lies in an allocated range"


@pytest.mark.parametrize(
    ("reason", "facts"),
    [
        (MONTH_MULTIPLE, {"spent": 30_075.0, "last": 10_000.0, "multiple": 3.0}),
        (DAILY_LIMIT, {"spent": 30_075.0, "limit": 10_000.0}),
        (MONTHLY_LIMIT, {"spent": 30_075.0, "limit": 10_000.0}),
    ],
)
def test_the_evidence_of_a_rule_is_the_rule_with_its_facts_in_yen(reason, facts):
    (row,) = table(reason).to_pylist()
    (evidence,) = row["evidence"]
    assert (evidence["name"], evidence["nats"], json.loads(evidence["facts"])) == (REASONS[reason], 0.0, facts)


@pytest.mark.parametrize("reason", range(len(REASONS)), ids=REASONS)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_everything_a_verdict_carries_can_be_said(reason, language):
    (row,) = table(reason).to_pylist()
    for evidence in row["evidence"]:
        said = say(evidence["name"], json.loads(evidence["facts"]), language)
        assert said
        assert "{" not in said
        assert said.isascii() == (language == "en")


def test_what_is_said_of_a_rule_and_of_an_evidence():
    assert say("daily_limit", {"spent": 1.0, "limit": 2.0}, "ja") == daily_limit.JA.format(spent=1.0, limit=2.0)
    assert say("monthly_limit", {"spent": 1.0, "limit": 2.0}, "en") == monthly_limit.EN.format(spent=1.0, limit=2.0)
    multiple = {"spent": 1.0, "last": 2.0, "multiple": 3.0}
    assert say("month_multiple", multiple, "en") == month_multiple.EN.format(**multiple)
    assert say("price", {"yen": 9.0}, "en") == catalogue.sentence("price", "en", {"yen": 9.0})


def test_nobody_speaks_for_a_name_that_is_unknown():
    with pytest.raises(KeyError):
        say("weather", {}, "en")
