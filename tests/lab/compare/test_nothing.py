"""Nobody looks: nothing is barred and everything is lost."""

from __future__ import annotations

from tests.lab.worked_calls import PRICES, backtested, call

from sekisho.lab.compare import nothing
from sekisho.lab.scoring import labelled, worth
from sekisho.lab.truth import truth_of


def test_all_that_is_at_stake_is_lost():
    run = backtested({"a": call(1, "09:00:00", "09:00:00", "09:10:00", 1_750)})
    bars = nothing.bars(run.calls)
    assert bars.at.size == 0
    result = worth(labelled(run, truth_of({"a": ("A", "flood")})), bars, PRICES)
    assert (result.at_stake, result.lost, result.lost_share) == (1_750_000, 1_750_000, 1.0)
