"""The design tokens: colours stand in one place, and everything that carries text can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEETS = Path(__file__).parents[2] / "src" / "sekisho" / "office" / "static" / "sekisho"
TEXT, MARK = 4.5, 3.0  # contrast, WCAG 2.2: 1.4.3 and 1.4.11

# What stands on what.
TEXTS = [
    ("ink", "paper"),
    ("ink", "ground"),
    ("ink-soft", "paper"),
    ("ink-soft", "ground"),
    ("accent", "paper"),
    ("accent", "ground"),
    ("accent-deep", "accent-pale"),
    ("accent", "accent-pale"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("on-stop", "stop"),
    ("on-stop", "stop-deep"),
    ("stop-deep", "paper"),
    ("stop-deep", "stop-pale"),
    ("ink", "stop-pale"),
    ("ink-soft", "stop-pale"),
    ("warn", "warn-pale"),
    ("warn", "paper"),
    ("ink", "warn-pale"),
    ("go", "go-pale"),
    ("go", "paper"),
    ("ink", "go-pale"),
    ("rest", "rest-pale"),
    ("ink", "accent-pale"),
    ("ink", "rest-pale"),  # names on the map
]
MARKS = [
    ("border", "paper"),
    ("focus", "paper"),
    ("focus", "focus-halo"),
    ("focus", "ground"),
    ("bar-usual", "paper"),
    ("stop", "rest-pale"),
    ("accent", "rest-pale"),
    ("go", "rest-pale"),
    ("stop", "band"),
]


def tokens() -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6});", (SHEETS / "tokens.css").read_text("utf-8")))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_can_be_read(text, ground):
    assert contrast(tokens()[text], tokens()[ground]) >= TEXT


@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_marks_can_be_seen(mark, ground):
    assert contrast(tokens()[mark], tokens()[ground]) >= MARK


def test_colours_stand_in_the_tokens_only():
    for sheet in SHEETS.glob("*.css"):
        if sheet.name != "tokens.css":
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", sheet.read_text("utf-8")), sheet.name


def test_every_variable_is_known():
    known = set(re.findall(r"--([a-z0-9-]+):", "".join(sheet.read_text("utf-8") for sheet in SHEETS.glob("*.css"))))
    for sheet in SHEETS.glob("*.css"):
        assert set(re.findall(r"var\(--([a-z0-9-]+)\)", sheet.read_text("utf-8"))) <= known, sheet.name


def test_two_weights_and_no_small_letters():
    everything = "".join(sheet.read_text("utf-8") for sheet in SHEETS.glob("*.css"))
    assert set(re.findall(r"font-weight:\s*([^;]+);", everything)) == {"var(--weight)", "var(--weight-strong)"}
    sizes = re.findall(r"--size[a-z0-9-]*:\s*([0-9.]+)rem", everything)
    assert sizes
    assert min(map(float, sizes)) >= 1.0
    assert re.findall(r"--tap:\s*([0-9.]+)rem", everything) == ["2.75"]  # 44 px


def test_nothing_comes_from_elsewhere():
    for file in (SHEETS.parents[1]).rglob("*"):
        if file.suffix in (".css", ".html", ".svg"):
            text = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
            assert "http" not in text.replace("http-equiv", ""), file.name
            assert "@import" not in text, file.name
