"""`sekisho hot-list`: what is wrong is said before anything is written; what is right reaches the judge."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from sekisho.core.digits.packed import pack
from sekisho.engine.control import load_tariff
from sekisho.engine.runner import start_engine
from sekisho.ports import JOURNAL
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings

TARIFF = (Path(__file__).parents[2] / "examples" / "tariffs" / "hikari-style.csv").read_bytes()
ASKED = ("--company", "east", "--name", "forum")


@pytest.fixture
def numbers(tmp_path):
    path = tmp_path / "hot.csv"
    path.write_text("number\n+23276123456\n2327699\n")
    return path


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    opened = open_embedded(read_settings({"SEKISHO_HOME": str(folder)}))
    load_tariff(opened.log, "east", "hikari.csv", TARIFF, key="tariff")
    yield opened
    opened.close()


def told(home) -> list[str]:
    return [entry.kind for entry in home.log.read(JOURNAL, 0, 100)]


@pytest.mark.parametrize(
    ("text", "arguments", "says"),
    [
        ("2327699\nabc\n", ASKED, "{file}:2: 'abc' is no number; write E.164 of 4 to 15 digits, like +23276123456"),
        (
            "2327699\n",
            ("--company", "eest", "--name", "forum"),
            "company 'eest' has no tariff, so none of its calls are judged; is it misspelt?",
        ),
        (
            "2327699\n",
            ("--company", "east", "--name", "x" * 41),
            f"list '{'x' * 41}': give a company, a name of at most 40 signs, a version from 1",
        ),
        ("2327699\n", (*ASKED, "--withdraw"), "give either a FILE of numbers or --withdraw"),
    ],
    ids=["number", "company", "name", "both"],
)
def test_what_is_wrong_is_one_clear_line_and_nothing_is_written(sekisho, home, numbers, text, arguments, says):
    numbers.write_text(text)
    asked = (*arguments, "--home", home.settings.home)
    assert sekisho("hot-list", numbers, *asked) == (2, "", says.format(file=numbers) + "\n")
    assert told(home) == ["tariff"]


def test_a_misspelt_home_is_told_and_not_made(sekisho, tmp_path, numbers):
    missing = tmp_path / "hmoe"
    says = f"there is no data directory {missing}; give --home, or start `sekisho up` first\n"
    assert sekisho("hot-list", numbers, *ASKED, "--home", missing) == (2, "", says)
    assert not missing.exists()


def test_without_a_judge_it_says_that_nobody_has_it(sekisho, home, numbers):
    code, out, err = sekisho("hot-list", numbers, *ASKED, "--home", home.settings.home, "--wait", "0.1")
    assert (code, out) == (1, "2 numbers: forum of east\n")
    assert err == "accepted, but the judge has not said that it has it; is `sekisho up` running?\n"
    assert told(home) == ["tariff", "hot_list"]


def test_the_judge_has_it_and_says_so_and_gives_it_up_again(sekisho, home, numbers):
    engine, done = start_engine(home), threading.Event()
    home_option = ("--home", home.settings.home)
    sekisho("hot-list", numbers, *ASKED, *home_option, "--wait", "0")
    while engine.judge.step():
        pass
    lists = engine.judge.judge._stages.hot_lists
    assert lists.has("east", pack("2327699123"))
    result = []

    def ask() -> None:
        result.append(sekisho("hot-list", *ASKED, *home_option, "--withdraw", "--wait", "60"))
        done.set()

    asking = threading.Thread(target=ask)
    asking.start()
    while not done.wait(0.01):
        engine.judge.step()
    asking.join()
    ((code, out, err),) = result
    assert (code, err) == (0, "")
    assert out.startswith("withdrawn: forum of east\nat the judge after ")
    assert not lists.has("east", pack("2327699123"))
