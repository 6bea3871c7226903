"""Rule `failed_screening`: its papers, its sentences, and the table of rules.md, section 7."""

from __future__ import annotations

import pytest
from tests.core.watch.pages import table

from sekisho.core.terms.destination import country_code
from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS, NEVER
from sekisho.core.watch.rules import failed_screening
from sekisho.core.watch.screening import failed
from sekisho.core.watch.state import new_state
from sekisho.core.watch.verdicts import say

NOW, HOLD_MS = 1_780_000_020_000, 4 * HOUR_MS
WHERE = {"all": 0, "-": 0, "SL": country_code("SL"), "LV": country_code("LV")}


@pytest.mark.parametrize("paper", ["NAME", "JA", "EN", "ACTION", "BLIND"])
def test_the_rule_has_its_papers(paper):
    assert getattr(failed_screening, paper).strip()
    assert failed_screening.__doc__.startswith(f"Rule `{failed_screening.NAME}`: ")


def test_what_it_says():
    assert say("failed_screening", {}, "ja") == "本人確認の案内で、正しい暗証番号が入力されませんでした"
    assert say("failed_screening", {}, "en") == "The caller was asked for the PIN and did not enter the right one"


def clock(text: str) -> int:
    """`2:01` as ms; `-` is none."""
    hours, minutes = (0, 0) if text == "-" else map(int, text.split(":"))
    return hours * HOUR_MS + minutes * MINUTE_MS


@pytest.mark.parametrize("row", table("held", "for another", "ask on"))
def test_a_wrong_pin_on_a_call_to_sierra_leone(row):
    held, left, asked, clause, held_then, left_then, asked_then = row
    state = new_state(1, 1)
    state.contracts["automatic_hold"] = clause == "yes"
    line = state.lines[0]
    line["held_until"], line["held_country"] = NOW + clock(left) if left != "-" else NEVER, WHERE[held]
    line["asked_until"], line["asked_country"] = NOW + HOUR_MS, WHERE[asked]
    before = int(line["held_until"])
    begins = failed(state, 0, WHERE["SL"], NOW, hold_ms=HOLD_MS)
    assert line["held_country"] == WHERE[held_then]
    assert line["held_until"] == (NOW + clock(left_then) if left_then != "-" else NEVER)
    assert begins is (int(line["held_until"]) > before)
    assert (line["asked_until"] > NOW, int(line["asked_country"])) == (asked_then != "-", WHERE[asked_then])
