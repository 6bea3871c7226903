"""What made lines suspect counts against others: blocks and countries, fading, taken back, within a company."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from math import exp, log

import numpy as np
import pytest
from tests.core.watch.desk import SL, US, Desk
from tests.core.watch.feed import MONDAY, Call, Watch, attack

from sekisho.core.terms.destination import NO_COUNTRY, country_code
from sekisho.core.terms.instants import DAY_MS, HOUR_MS
from sekisho.core.watch.blocks import BLOCK_NUMBERS, MONTH_MS, block_nats, block_row, suspects_on
from sekisho.core.watch.evidence import suspect_block
from sekisho.core.watch.evidence.catalogue import CAMPAIGN, SUSPECT_BLOCK, SUSPECT_COUNTRY
from sekisho.core.watch.habit import UNKNOWN_COUNTRY
from sekisho.core.watch.places import COMPANIES, PLACES
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.state import PROVED
from sekisho.core.watch.suspects import clear_suspect, look_up, open_country, place_of, suspect

NOON = 1_780_000_020_000
NUMBER = 23_276_001_234
THURAYA = country_code("+882")
QUICK = Policy(call_nats=5.0, burst_odds_nats=1e9)  # the rival explains nothing


class Suspects:
    """Lines that become suspect, and what another line is then told."""

    def __init__(self, policy: Policy | None = None, lines: int = 6) -> None:
        self.desk = Desk(policy, lines)

    def suspect(self, line: int, country: int = SL, digits: int = NUMBER, at: int = NOON) -> None:
        suspect(self.desk.book, line, country, digits, at)

    def opens(self, *lines: int, country: int = SL, at: int = NOON) -> None:
        for line in lines:
            open_country(self.desk.book, int(self.desk.line(line)["company"]), country, line, at)

    def on_block(self, line: int, digits: int = NUMBER) -> float:
        return float(suspects_on(self.desk.book, self.desk.state.lines[line], digits))

    def sight(self, line: int, country: int = SL, at: int = NOON):
        sight = self.desk.sights[0]
        sight["country"] = country
        look_up(self.desk.book, self.desk.state.lines[line], line, sight, NUMBER, at)
        return sight

    def there(self, country: int = SL, company: int = 0):
        return self.desk.state.countries[place_of(company, country)]


def test_others_see_a_suspect_line_and_it_does_not_see_itself():
    suspects = Suspects()
    suspects.suspect(0)
    assert [suspects.on_block(line) for line in (0, 1)] == [0.0, 1.0]
    assert [float(suspects.sight(line)["suspects_there"]) for line in (0, 1)] == [0.0, 1.0]
    assert [float(suspects.sight(line)["suspects_all"]) for line in (0, 1)] == [0.0, 1.0]


def test_suspect_again_because_of_the_same_it_counts_once():
    suspects = Suspects()
    for hour in range(3):
        suspects.suspect(0, at=NOON + hour * HOUR_MS)
    assert suspects.on_block(1) == pytest.approx(1.0, abs=0.01)
    assert float(suspects.there()["suspects"]) == pytest.approx(1.0, abs=0.01)


def test_because_of_another_block_and_country_it_counts_there_too_and_in_all_once():
    suspects = Suspects()
    suspects.suspect(0)
    suspects.suspect(0, US, 12_025_550_123)
    assert (suspects.on_block(1), suspects.on_block(1, 12_025_550_123)) == (1.0, 1.0)
    assert [float(suspects.there(country)["suspects"]) for country in (SL, US)] == [1.0, 1.0]
    assert float(suspects.sight(1)["suspects_all"]) == 1.0


def test_neighbouring_numbers_are_one_block_and_other_blocks_know_nothing():
    suspects = Suspects()
    first = NUMBER // BLOCK_NUMBERS * BLOCK_NUMBERS
    suspects.suspect(0, digits=first)
    told = [suspects.on_block(1, first + step) for step in (-1, 0, BLOCK_NUMBERS - 1, BLOCK_NUMBERS)]
    assert told == [0.0, 1.0, 1.0, 0.0]


def test_a_right_pin_takes_it_back_and_only_its_own():
    suspects = Suspects()
    suspects.suspect(0)
    suspects.suspect(1)
    clear_suspect(suspects.desk.state, 0)
    assert (suspects.on_block(2), float(suspects.there()["suspects"]), float(suspects.sight(2)["suspects_all"])) == (
        1.0,
    ) * 3
    clear_suspect(suspects.desk.state, 0)
    assert suspects.on_block(2) == 1.0, "once"
    clear_suspect(suspects.desk.state, 1)
    assert (suspects.on_block(2), float(suspects.there()["suspects"])) == (0.0, 0.0)


def test_all_of_it_fades_over_a_month():
    suspects = Suspects()
    suspects.suspect(0)
    suspects.opens(0)
    at, left = NOON + 15 * DAY_MS, exp(-15 * DAY_MS / MONTH_MS)
    block_nats(suspects.desk.book, 0, NUMBER, 1, at, True)
    assert suspects.on_block(1) == pytest.approx(left, rel=1e-4)
    sight = suspects.sight(1, at=at)
    assert float(sight["suspects_there"]) == pytest.approx(left, rel=1e-4)
    assert float(suspects.there()["opened"]) == pytest.approx(left, rel=1e-4)


@pytest.mark.parametrize("country", [SL, THURAYA, NO_COUNTRY])
def test_companies_know_nothing_of_one_another(country):
    suspects = Suspects()
    suspects.desk.state.lines["company"][3:] = 1
    suspects.suspect(0, country)
    suspects.opens(1, country=country)
    sight = suspects.sight(4, country)
    assert (float(sight["suspects_there"]), float(sight["suspects_all"]), suspects.on_block(4)) == (0.0, 0.0, 0.0)
    assert float(sight["opened_share"]) == pytest.approx(log(0.5 / 20), abs=1e-4)


def test_the_share_of_a_country_among_those_that_lines_opened():
    suspects = Suspects()
    suspects.opens(0, 1, 2)
    suspects.opens(0, country=US)
    told = suspects.sight(4)
    assert float(told["opened_share"]) == pytest.approx(log(3.5 / 24), abs=1e-4)
    assert float(suspects.sight(2)["opened_share"]) == pytest.approx(log(2.5 / 24), abs=1e-4), "without itself"
    assert float(suspects.sight(4, country_code("LV"))["opened_share"]) == pytest.approx(log(0.5 / 24), abs=1e-4)


def test_suspects_stand_beside_those_that_opened_the_country():
    suspects = Suspects()
    suspects.opens(0, 1, 2)
    suspects.suspect(0)
    suspects.suspect(1)
    assert float(suspects.sight(5)["suspects_share"]) == pytest.approx(log(2.1 / 5), abs=1e-4)
    assert float(suspects.sight(5)["suspects_nats"]) == pytest.approx(0.8 * log(2 / 4 / 0.1), abs=1e-4)


def test_a_line_opens_a_country_once():
    suspects = Suspects()
    suspects.opens(0, 0, 0)
    assert float(suspects.there()["opened"]) == 1.0


def test_a_destination_nobody_can_name_is_one_of_its_own():
    suspects = Suspects()
    suspects.suspect(0, NO_COUNTRY)
    assert int(suspects.desk.line(0)["suspect_country"]) == UNKNOWN_COUNTRY
    assert float(suspects.sight(1, NO_COUNTRY)["suspects_there"]) == 1.0
    assert float(suspects.sight(1)["suspects_there"]) == 0.0
    clear_suspect(suspects.desk.state, 0)
    assert float(suspects.sight(1, NO_COUNTRY)["suspects_there"]) == 0.0


def test_every_country_has_a_place_of_its_own():
    named = [
        NO_COUNTRY,
        *range(1, 677),
        *(country_code(f"+{service}") for service in (870, 878, 881, 882, 883, 888, 979)),
    ]
    places = {place_of(COMPANIES - 1, country) for country in named}
    assert len(places) == len(named)
    assert min(places) > (COMPANIES - 1) * PLACES, "the first is that of all"
    assert max(places) < COMPANIES * PLACES


def test_a_policy_that_does_not_learn_it_remembers_nothing():
    suspects = Suspects(Policy(learn_suspects=False))
    suspects.suspect(0)
    assert (suspects.on_block(1), float(suspects.sight(1)["suspects_all"])) == (0.0, 0.0)


@pytest.fixture(scope="module")
def rival() -> int:
    """The first number of a block that has the same place as that of NUMBER."""
    others = (block * BLOCK_NUMBERS for block in count(1) if block != NUMBER // BLOCK_NUMBERS)
    return next(digits for digits in others if block_row(0, digits) == block_row(0, NUMBER))


def test_a_block_with_a_suspect_line_is_not_forgotten_for_one_that_is_merely_called(rival):
    suspects = Suspects()
    suspects.suspect(0)
    block_nats(suspects.desk.book, 0, rival, 1, NOON, True)
    assert suspects.on_block(1) == 1.0
    block_nats(suspects.desk.book, 0, rival, 1, NOON + 40 * DAY_MS, True)
    assert suspects.on_block(1) == 0.0, "after six weeks it is"


def test_but_for_another_with_one(rival):
    suspects = Suspects()
    suspects.suspect(0)
    suspects.suspect(1, digits=rival)
    assert (suspects.on_block(2), suspects.on_block(2, rival)) == (0.0, 1.0)


# --- as the watch does it --------------------------------------------------------------------------------------------


def test_an_ask_of_the_score_makes_the_line_suspect_because_of_what_it_called():
    calls = attack(3)
    watch = Watch(QUICK).live(*calls)
    assert watch.verdicts()[-1][:2] == ("score", "ASK")
    assert watch.state.lines["suspect_country"][:2].tolist() == [SL, 0]
    assert float(watch.state.countries["suspects"][place_of(0, SL)]) == 1.0
    block = watch.state.blocks[int(watch.state.lines["suspect_block"][0]) - 1]
    assert (int(block["key"]) - 64) // 64 == (1 + calls[-1].start) // BLOCK_NUMBERS
    assert float(block["suspects"]) == 1.0


def test_an_alert_does_not():
    watch = Watch(QUICK).live(*attack(2))
    assert [said[1] for said in watch.verdicts()] == ["ALERT"]
    assert not watch.state.countries["suspects"].any()


def test_the_right_pin_at_the_very_call_that_is_asked_takes_it_back():
    watch = Watch(QUICK).live(*(replace(call, proves=True) for call in attack(3)))
    assert watch.verdicts()[-1][:2] == ("score", "ASK")
    assert int(watch.state.lines["asked_country"][0]) == PROVED
    assert not watch.state.lines["suspect_country"].any()
    assert not watch.state.countries["suspects"].any()
    assert not watch.state.blocks["suspects"].any()


def test_the_next_line_that_calls_it_stands_higher_and_says_why():
    calls = attack(3)
    again = Call(MONDAY + HOUR_MS, line=1, number=1 + calls[-1].start)
    policy = replace(QUICK, call_nats=100.0, ask_nats=(13.0,) * 4)
    stood = []
    for before in ([], calls):
        watch = Watch(policy).live(*before, again)
        abroad = watch.state.abroad[int(watch.state.lines["abroad"][1])]
        stood.append(
            [float(abroad["score"][0]), *abroad["shares"][[CAMPAIGN, SUSPECT_BLOCK, SUSPECT_COUNTRY]].tolist()]
        )
    more = np.subtract(stood[1], stood[0])
    assert stood[0][1:] == [0.0, 0.0, 0.0]
    assert more[2:].tolist() == pytest.approx([2.0, 0.8 * log(5)], rel=0.01)
    assert more[0] == pytest.approx(more[1:].sum(), rel=0.01), "and that another line has just called the block"


def test_the_lines_worked_in_the_page():
    """docs/algorithms/watch.md: four lines opened Sierra Leone, three are suspect, one because of this block."""
    suspects = Suspects()
    suspects.opens(0, 1, 2, 3)
    for line, digits in ((0, 23_276_001_000), (1, 23_277_001_000), (2, 23_278_001_000)):
        suspects.suspect(line, digits=digits)
    assert suspect_block.nats(suspects.on_block(4)) == 2.0
    assert float(suspects.sight(4)["suspects_nats"]) == pytest.approx(1.43, abs=0.005)
    clear_suspect(suspects.desk.state, 0)
    assert suspect_block.nats(suspects.on_block(4)) == 0.0
    assert float(suspects.sight(4)["suspects_nats"]) == pytest.approx(1.11, abs=0.005)
