"""The rehearsal leaves no kernel to be compiled later, and touches nothing else."""

from __future__ import annotations

from pathlib import Path

from numba.core.registry import CPUDispatcher

from sekisho.core.watch import step
from sekisho.flow import Judge, JudgeSettings
from sekisho.flow.attempt import Attempt
from sekisho.flow.controls import lines_body, tariff_body
from sekisho.flow.rehearsal import rehearse

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()


def test_after_it_nothing_is_compiled_any_more():
    rehearse(JudgeSettings(), TARIFF)
    kernels = [each for each in vars(step).values() if isinstance(each, CPUDispatcher)]
    before = [len(kernel.signatures) for kernel in kernels]
    assert any(before)
    judge = Judge(JudgeSettings())
    judge.apply("tariff", tariff_body("east", "hikari.csv", TARIFF))
    judge.apply("lines", lines_body([{"company": "east", "line": "0312345678", "automatic_hold": True}]))
    for place in range(20):
        judge.decide(Attempt("east", str(place), "0312345678", "01023276123456", 1_795_456_800_000 + place))
    assert [len(kernel.signatures) for kernel in kernels] == before
