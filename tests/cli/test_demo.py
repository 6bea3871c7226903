"""`sekisho demo`: bad options, the account at the end, and one short run of the whole."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest

from sekisho.cli.demo_show import closing_lines, status_line
from sekisho.cli.demo_texts import TEXTS
from sekisho.demo.cast import make_cast
from sekisho.demo.ledger import Sums

CAST = make_cast(40)
EAST = Sums(went_on=2, refused=98, in_progress=1, cost=700_000, saved=34_300_000, ordinary=500, stopped=0)
WEST = Sums(went_on=40, refused=10, in_progress=12, cost=9_100_000, saved=2_275_000, ordinary=400, stopped=1)
NOTHING = Sums(0, 0, 0, 0, 0, 3, 0)
START_S = 240.0  # on a slow machine that compiles its first kernels


def test_the_account_in_two_languages():
    assert closing_lines(CAST, [EAST, WEST], TEXTS["ja"]) == [
        "東日本: 不正発信 100件のうち 2件が通り、通話料は700 円。98件を断り、34,300 円を防ぎました。",
        "西日本: 不正発信 50件のうち 40件が通り、通話料は9,100 円。10件を断り、2,275 円を防ぎました。",
        "合わせて被害は9,800 円、防いだ額は36,575 円。ふつうの通話 900件のうち断ったのは 1件。",
    ]
    assert closing_lines(CAST, [EAST, WEST], TEXTS["en"]) == [
        "East Japan: of 100 fraudulent calls 2 went on and cost 700 yen; 98 were refused, which saved 34,300 yen.",
        "West Japan: of 50 fraudulent calls 40 went on and cost 9,100 yen; 10 were refused, which saved 2,275 yen.",
        "Together: cost 9,800 yen, saved 36,575 yen. Of 900 ordinary calls 1 were refused.",
    ]


def test_ended_before_the_attack_or_before_anything():
    assert closing_lines(CAST, [NOTHING, NOTHING], TEXTS["en"])[0] == "East Japan: ended before the attack began."
    assert closing_lines(CAST, [], TEXTS["ja"]) == []


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_status_line_says_what_goes_wrong(language):
    def carriers(silent, fault):
        return [
            SimpleNamespace(company=company, sums=lambda sums=sums: sums, silent=silent, fault=fault)
            for company, sums in zip(CAST, (EAST, WEST), strict=True)
        ]

    well = status_line(carriers(0, ""), TEXTS[language], 83)
    assert well.startswith("01:23  ")
    assert all(each in well for each in ("900", "98", "40", "13", "9,800", "36,575"))
    ill = status_line(carriers(2, "503: no"), TEXTS[language], 83)
    assert ill.startswith(well)
    assert "4" in ill[len(well) :]
    assert "503: no" in ill


def test_both_languages_have_the_same_holes():
    def holes(value):
        if isinstance(value, dict):
            return {key: holes(text) for key, text in value.items()}
        text = "\n".join(value) if isinstance(value, tuple) else value
        return sorted(re.findall(r"{(\w+)[^}]*}", text))

    ja, en = (TEXTS[language] for language in ("ja", "en"))
    for name in ja.__dataclass_fields__:
        assert holes(getattr(ja, name)) == holes(getattr(en, name)), name


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--language", "fr"), "--language fr: there is no such language"),
        (("--lines", "41"), "41 lines: give an even number"),
    ],
)
def test_bad_options_are_one_line(sekisho, tmp_path, options, says):
    code, _, err = sekisho("demo", "--home", tmp_path / "home", *options)
    assert code == 2
    assert says in err
    assert err.count("\n") == 1
    assert not (tmp_path / "home").exists()


def test_somebody_elses_home_is_left_alone(sekisho, tmp_path):
    (tmp_path / "journal").write_bytes(b"")
    for further in ((), ("--fresh",)):
        code, _, err = sekisho("demo", "--home", tmp_path, *further)
        assert code == 2
        assert "no demonstration's home" in err
    assert [path.name for path in tmp_path.iterdir()] == ["journal"]


def wait_for(program, output: Path, pattern: str, timeout_s: float) -> re.Match[str]:
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        found = re.search(pattern, output.read_text("utf-8"))
        if found:
            return found
        if program.poll() is not None:
            break
        time.sleep(0.1)
    parts = output.with_name("demo") / "parts.log"
    said = parts.read_text("utf-8") if parts.exists() else ""
    pytest.fail(f"{pattern!r} did not come: {output.read_text('utf-8')}\n{said}")


def test_the_whole_of_it(tmp_path):
    """Small: from nothing to pages that answer, a line held by itself, an alert, and an end in order."""
    ports = {f"SEKISHO_{name}_PORT": "0" for name in ("WEB", "GATE_SIP", "GATE_HTTP", "INTAKE_HTTP")}
    size = ("--lines", "40", "--days", "7", "--language", "en")
    command = [sys.executable, "-m", "sekisho.cli.main", "demo", "--home", str(tmp_path / "demo"), *size]
    output = tmp_path / "output"
    with output.open("w") as file:
        program = subprocess.Popen(command, env={**os.environ, **ports}, stdout=file, stderr=subprocess.STDOUT)
    try:
        address = wait_for(program, output, r"Pages +(http://127\.0\.0\.1:\d+/)", START_S)[1]
        with urllib.request.urlopen(f"{address}sign-in", timeout=20) as page:  # noqa: S310 - our own page
            assert page.status == 200
        began = time.monotonic()
        wait_for(program, output, r"HELD +East Japan 0310000001", 60)
        wait_for(program, output, r"alert +West Japan 0610000001", 60)
        assert time.monotonic() - began < 60
        program.send_signal(signal.SIGTERM)
        assert program.wait(60) == 0
    finally:
        program.kill()
        program.wait()
    said = output.read_text("utf-8")
    account = re.search(r"East Japan: of (\d+) fraudulent calls (\d+) went on and cost ([\d,]+) yen", said)
    assert int(account[2]) <= 3
    assert int(account[1]) > int(account[2])
    assert re.search(r"Of \d{1,3}(?:,\d{3})* ordinary calls 0 were refused", said)
    assert "West Japan 0610000001  international calls are stopped" not in said
