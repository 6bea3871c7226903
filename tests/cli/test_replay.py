"""`sekisho replay`: the incident in the terminal, in Japanese and in English; its sums are right."""

from __future__ import annotations

import re
import time

import pytest
from rich.cells import cell_len

from sekisho.cli.replay import closing_lines
from sekisho.cli.replay_texts import TEXTS
from sekisho.demo.incident import Replay

AMOUNT = {"ja": r"([\d,.]+) 円", "en": r"([\d,.]+) yen"}
EAGER = "burst_odds_nats = 1000.0\n"  # nobody calls in honest bursts: few calls lead to an ask and a hold
TIME = re.compile(r"\d\d:\d\d:\d\d ")
CLOSING = {
    "ja": [
        "不正発信53件のうち2件目、最初の不正から0.3秒で保留。止めた正規の通話は0件。",
        "通話料は記録どおりで9,039 円、保留があれば939 円。防げた額は8,100 円(90%)。",
    ],
    "en": [
        "Held at fraudulent call 2 of 53, 0.3 s after the first. Honest calls held: 0.",
        "As recorded the calls cost 9,039 yen; with the hold 939 yen. Saved: 8,100 yen (90%).",
    ],
}


@pytest.fixture(params=["ja", "en"])
def language(request):
    return request.param


@pytest.fixture
def eager(tmp_path):
    path = tmp_path / "eager.toml"
    path.write_text(EAGER)
    return ("--profile", path)


def amounts(text, language):
    return [float(each.replace(",", "")) for each in re.findall(AMOUNT[language], text)]


def call_lines(out):
    return [line for line in out.splitlines() if TIME.match(line)]


def test_the_calls_are_told_with_their_sums(sekisho, language, eager):
    code, out, err = sekisho("replay", "--language", language, "--every", *eager)
    assert (code, err) == (0, "")
    calls = [amounts(line, language) for line in call_lines(out)]
    assert len(calls) == 64
    assert [spent for _, spent in calls] == [sum(charge for charge, _ in calls[: place + 1]) for place in range(64)]
    assert calls[-1] == [0, 9_039]
    assert out.splitlines()[-2:] == CLOSING[language]


def test_without_every_call_the_rest_is_summed_up(sekisho, language, eager):
    code, out, _ = sekisho("replay", "--language", language, *eager)
    assert code == 0
    shown = call_lines(out)
    summed = [line for line in out.splitlines() if line.lstrip().startswith("… ")]
    counts = [int(re.search(r"\d+", line)[0]) for line in summed]
    assert len(shown) + sum(counts) == 64
    charges = sum(amounts(line, language)[0] for line in shown) + sum(amounts(line, language)[0] for line in summed)
    assert charges == 9_039
    assert out.splitlines()[-2:] == CLOSING[language]


def test_the_hold_stands_under_the_second_fraudulent_call(sekisho, language, eager):
    texts = TEXTS[language]
    lines = sekisho("replay", "--language", language, "--every", *eager)[1].splitlines()
    held = next(place for place, line in enumerate(lines) if texts.hold in line)
    before = [line for line in lines[:held] if TIME.match(line)]
    fraud = [line for line in before if texts.parts["fraud1_cracked_ext"] in line]
    assert (len(before), len(fraud)) == (13, 2)
    assert sum(texts.hold in line for line in lines) == 1
    asked = next(place for place, line in enumerate(lines) if f"▶ {texts.ask}" in line)
    assert lines[asked - 1] == fraud[0]
    assert all(line not in lines[:asked] for line in lines if texts.stopped in line)


def test_each_language_keeps_to_its_own_words(sekisho):
    japanese, english = sekisho("replay")[1], sekisho("replay", "--language", "en")[1]
    assert "円" in japanese
    assert "yen" not in japanese
    assert re.search(r"[぀-ヿ一-鿿]", english) is None  # no kana, no kanji
    assert japanese.splitlines()[0] == TEXTS["ja"].title  # the default


def test_columns_stand_under_their_heads(sekisho, language):
    lines = sekisho("replay", "--language", language, "--every")[1].splitlines()
    widths = {cell_len(line) for line in [*lines[2:4], *call_lines("\n".join(lines))]}
    assert len(widths) == 1


def test_away_from_a_terminal_there_is_no_colour(sekisho, language):
    assert "\x1b" not in sekisho("replay", "--language", language)[1]


def test_on_a_terminal_there_is_colour_and_a_pace(sekisho, language, eager, monkeypatch):
    plain = sekisho("replay", "--language", language, *eager)[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    waited = []
    monkeypatch.setattr(time, "sleep", waited.append)
    coloured = sekisho("replay", "--language", language, "--pace", "0.25", *eager)[1]
    *_, shown = re.sub(r"\r|\x1b\[[\d;?]*[A-Zhlm]", "\n", coloured).partition(TEXTS[language].title)
    assert [line for line in shown.splitlines() if line][-2:] == CLOSING[language]
    held = next(line for line in coloured.splitlines() if TEXTS[language].hold in line)
    assert re.search(r"\x1b\[1;37;41m", held)  # bold white on red
    assert waited.count(0.25) == len(plain.splitlines())
    waited.clear()
    sekisho("replay", "--language", language, "--pace", "0")
    assert not waited


def test_a_tariff_of_ones_own(sekisho, tmp_path):
    path = tmp_path / "own.csv"
    classes = ("fixed", "mobile", "ip", "special", "international")
    rows = [f"2015-01-01,class:{name},{name},60,{100 if name == 'international' else 1},exempt" for name in classes]
    path.write_text("\n".join(["valid_from,match,name,unit_s,yen_per_unit,tax", *rows]) + "\n")
    out = sekisho("replay", "--language", "en", "--tariff", path)[1]
    assert "As recorded the calls cost 4,610 yen; " in out


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["--language", "fr"], "--language fr: there is no such language; use ja or en"),
        (
            ["--tariff", "none.csv"],
            "none.csv: cannot be read (No such file or directory); name a tariff with --tariff FILE",
        ),
    ],
)
def test_bad_input_is_one_clear_line(sekisho, tmp_path, monkeypatch, arguments, fault):
    monkeypatch.chdir(tmp_path)
    assert sekisho("replay", *arguments) == (2, "", fault + "\n")


def test_where_nothing_was_held_it_says_so(language):
    texts = TEXTS[language]
    told = [text for text, _ in closing_lines(Replay([], 0, 0), texts)]
    assert told[1] == texts.never
    assert amounts(told[2], language) == [0, 0, 0]


def test_a_profile_of_ones_own(sekisho, tmp_path):
    low, high = tmp_path / "low.toml", tmp_path / "high.toml"
    low.write_text("alert_nats = 0.1\nburst_odds_nats = 90.0\n")
    high.write_text("alert_nats = 1000.0\nask_nats = [1e3, 1e3, 1e3, 1e3]\nhold_nats = [1e3, 1e3, 1e3, 1e3]\n")
    alert = TEXTS["en"].alert
    assert f"▶ {alert}" in sekisho("replay", "--language", "en", "--profile", low)[1]
    assert "▶" not in sekisho("replay", "--language", "en", "--profile", high)[1]
