"""All rules on the same calls, scored like the watch."""

from __future__ import annotations

from tests.lab.worked_calls import PRICES, at, backtested, call

from sekisho.lab.compare.table import compare, compared_figures
from sekisho.lab.scoring import labelled, score
from sekisho.lab.truth import truth_of

NAMES = [
    "sekisho",
    "daily-look-2015",
    "new-country",
    "new-country-week",
    "opensips-limits",
    "opensips-limits-all",
    "daily-cap-1000",
    "daily-cap-3000",
    "daily-cap-10000",
    "daily-cap-30000",
    "nothing",
]


def flood():
    """Ten calls of a minute, a second apart, on a line that is known for nine days."""
    calls = {"honest": call(1, "15 10:00:00", "15 10:00:05", "15 10:01:00", 8, country="US", to="12125550100")}
    thieves = {
        f"f{place}": call(1, f"24 12:00:{place:02d}", f"24 12:00:{place:02d}", f"24 12:01:{place:02d}", 175)
        for place in range(10)
    }
    return calls | thieves, truth_of(dict.fromkeys(thieves, ("A", "flood")))


def test_every_rule_stands_beside_the_watch():
    calls, truth = flood()
    run = backtested(calls, [(1, at("24 12:00:02"), "hold")])
    rows = compare(run.calls, score(run, truth, PRICES), labelled(run, truth), PRICES)
    assert [row.rule.name for row in rows] == NAMES
    lost = {row.rule.name: row.score.lost for row in rows}
    assert lost["nothing"] == lost["daily-look-2015"] == 1_750_000
    assert lost["sekisho"] == 350_000  # two calls in their first minute
    assert lost["new-country"] == lost["new-country-week"] == 0
    assert lost["opensips-limits"] == lost["opensips-limits-all"] == 4 * 175_000  # the fifth within a minute
    assert lost["daily-cap-1000"] == 1_750_000  # all ten are over or in their last seconds
    assert {row.score.line_days for row in rows} == {1}


def test_what_the_table_says_of_a_rule():
    calls, truth = flood()
    calls["new"] = call(1, "22 10:00:00", "22 10:00:05", "22 10:01:00", 30, country="KR", to="82212345678")
    run = backtested(calls)
    rows = {row.rule.name: row for row in compare(run.calls, score(run, truth, PRICES), labelled(run, truth), PRICES)}
    new_country, nothing = rows["new-country"], rows["nothing"]
    assert (new_country.median_delay_s, new_country.false_per_million, new_country.honest_stopped) == (0.0, 500_000, 1)
    assert (nothing.median_delay_s, nothing.false_per_million, nothing.honest_stopped) == (None, 0.0, 0)
    told = compared_figures(new_country)
    assert (told["rule"], told["median_delay_s"], told["false_per_million"]) == ("new-country", 0.0, 500_000)
    assert told["score"]["lost_share"] == 0.0
    assert told["score"]["honest_on_victim_lines"] == {"calls": 2, "blocked": 1, "cut": 0, "asked": 0}
