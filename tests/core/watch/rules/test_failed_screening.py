"""Rule `failed_screening`: its papers and its sentences."""

from __future__ import annotations

import pytest

from sekisho.core.watch.rules import failed_screening
from sekisho.core.watch.verdicts import say


@pytest.mark.parametrize("paper", ["NAME", "JA", "EN", "ACTION", "BLIND"])
def test_the_rule_has_its_papers(paper):
    assert getattr(failed_screening, paper).strip()
    assert failed_screening.__doc__.startswith(f"Rule `{failed_screening.NAME}`: ")


def test_what_it_says():
    assert say("failed_screening", {}, "ja") == "本人確認の案内で、正しい暗証番号が入力されませんでした"
    assert say("failed_screening", {}, "en") == "The caller was asked for the PIN and did not enter the right one"
