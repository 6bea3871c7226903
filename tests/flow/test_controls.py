"""Control messages are checked before anybody appends them, and the judge understands each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sekisho.core.terms.errors import BadSetting, BadTariff
from sekisho.flow import Judge, JudgeSettings
from sekisho.flow.controls import (
    bar_body,
    lines_body,
    release_body,
    screening_body,
    source_body,
    tariff_body,
    tick_body,
)

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
LINE = "+81312345678"
BAR = {"in_force": True, "owner": "customer", "since_ms": 5}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("tariff", tariff_body("east", "hikari.csv", TARIFF)),
        ("lines", lines_body([{"company": "east", "line": LINE, "contract": "c", "automatic_hold": True}])),
        ("tick", tick_body(1_764_000_000_000)),
        ("source", source_body("pbx", "east", charging=False)),
        ("bar", bar_body("east", LINE, "b1", 1, **BAR)),
        ("release", release_body("east", LINE, "r1", 5, honest=True)),
        ("screening", screening_body("east", LINE, "s1", "c1", 5, passed=True)),
    ],
)
def test_the_judge_understands_every_kind(kind, body):
    outcome = Judge(JudgeSettings()).apply(kind, body)
    assert [effect.kind for effect in outcome.effects] == ([kind] if kind in ("bar", "release", "screening") else [])


def test_a_bar_says_all_it_was_given():
    told = json.loads(bar_body("east", LINE, "b1", 2, in_force=False, owner="emergency", since_ms=7, order="o1"))
    assert told == {
        "company": "east",
        "line": LINE,
        "bar": "b1",
        "version": 2,
        "in_force": False,
        "scope": "international",
        "owner": "emergency",
        "since_ms": 7,
        "order": "o1",
    }


@pytest.mark.parametrize(
    ("company", "line", "bar", "version", "changed", "says"),
    [
        ("east", "nobody", "b1", 1, {}, "not a telephone number"),
        ("", LINE, "b1", 1, {}, "give a company"),
        ("east", LINE, "", 1, {}, "give a company"),
        ("east", LINE, "b1", 0, {}, "a version from 1"),
        ("east", LINE, "b1", 1, {"owner": "thief"}, "owner cannot be 'thief'"),
        ("east", LINE, "b1", 1, {"scope": "all"}, "scope cannot be 'all'"),
    ],
)
def test_a_wrong_bar_is_refused(company, line, bar, version, changed, says):
    with pytest.raises(BadSetting, match=says):
        bar_body(company, line, bar, version, **(BAR | changed))


def test_a_wrong_release_is_refused():
    with pytest.raises(BadSetting, match="not a telephone number"):
        release_body("east", "nobody", "r1", 5, honest=False)
    with pytest.raises(BadSetting, match="give a company and a name"):
        release_body("east", LINE, "", 5, honest=False)


def test_a_screening_says_all_it_was_given():
    told = json.loads(screening_body("east", LINE, "s1", "c1", 7, passed=False, number="0102327612"))
    assert told == {
        "company": "east",
        "line": LINE,
        "screening": "s1",
        "call_id": "c1",
        "at_ms": 7,
        "passed": False,
        "number": "0102327612",
    }


def test_a_wrong_screening_is_refused():
    with pytest.raises(BadSetting, match="not a telephone number"):
        screening_body("east", "nobody", "s1", "c1", 5, passed=True)
    for company, name, call_id in (("", "s1", "c1"), ("east", "", "c1"), ("east", "s1", "")):
        with pytest.raises(BadSetting, match="give a company, a name and a call_id"):
            screening_body(company, LINE, name, call_id, 5, passed=True)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"concurrent_calls": 10_001}, "10000 at most"),
        ({"concurrent_calls": True}, "concurrent_calls cannot be True"),
        ({"price_ceiling_yen": -1}, "price_ceiling_yen cannot be -1"),
        ({"price_ceiling_yen": 1.5}, "price_ceiling_yen cannot be 1.5"),
        ({"allowed_countries": "US"}, "allowed_countries cannot be 'US'"),
        ({"allowed_countries": ["US", "USA"]}, "allowed_countries cannot hold 'USA'"),
        ({"allowed_countries": [""]}, "allowed_countries cannot hold ''"),
        ({"allowed_countries": [81]}, "allowed_countries cannot hold 81"),
        ({"leaves": False}, "leaves is true and stands alone"),
        ({"leaves": True, "contract": "c"}, "leaves is true and stands alone"),
        ({"colour": "red"}, "unknown field 'colour'"),
    ],
)
def test_what_a_line_cannot_agree_on_is_refused(told, says):
    with pytest.raises(BadSetting, match=says):
        lines_body([{"company": "east", "line": LINE, **told}])


def test_every_field_of_a_line_is_in_the_papers_and_understood():
    fields: dict[str, object] = {
        "contract": "c",
        "automatic_hold": True,
        "daily_limit_yen": 1,
        "monthly_limit_yen": 2,
        "international_monthly_limit_yen": 3,
        "price_ceiling_yen": 4,
        "concurrent_calls": 5,
        "allowed_countries": ["US", "+882"],
    }
    judge = Judge(JudgeSettings())
    judge.apply("lines", lines_body([{"company": "east", "line": LINE, **fields}]))
    judge.apply("lines", lines_body([{"company": "east", "line": LINE, "leaves": True}]))
    page = (Path(__file__).parents[2] / "docs" / "operating" / "lines.md").read_text("utf-8")
    known = {row.split("`")[1] for row in page.splitlines() if row.startswith("| `")}
    assert known == {"company", "line", "leaves", *fields}


def test_a_wrong_line_or_tariff_is_refused():
    with pytest.raises(BadSetting, match="daily_limit_yen cannot be -1"):
        lines_body([{"company": "east", "line": LINE, "daily_limit_yen": -1}])
    with pytest.raises(BadTariff):
        tariff_body("east", "new.csv", b"\xff" + TARIFF)
