"""`sekisho bar`, `check` and `call` beside a running system: what they say, and with which code they end."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

SWITCH = "127.0.0.2"
# The attacked office's second line, which nobody attacks, and a number that no watch minds, at whatever hour it is.
LINE, NEW_YORK = "0310000002", "01012125550100"
REASON = ("--reason", "the PBX is checked")
PROOF = ("--proof", "Mr. Hibari, by telephone")
EAST = ("--company", "east")
# What is wrong with an order, and what is said of it.
WRONG = {
    "company": ((LINE, "--company", "north", *REASON, *PROOF), "there is no company 'north'; open it first"),
    "proof": ((LINE, *EAST, *REASON), "say how the customer asked for it; without that there is no order"),
    "line": (("0399999999", *EAST, *REASON, *PROOF), "east has no line +81399999999; open it first"),
    "lift": (
        (LINE, *EAST, *REASON, "--owner", "credit", "--lift"),
        f"+81{LINE[1:]} of east has no bar of owner credit; see `sekisho bar --help`",
    ),
}


def begun(*arguments: str) -> subprocess.Popen[str]:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("SEKISHO_")}
    return subprocess.Popen(
        [sys.executable, "-c", "from sekisho.cli.main import run; run()", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def sekisho(*arguments: str) -> tuple[int, str, str]:
    return ended(begun(*arguments))


@pytest.fixture(scope="module")
def wrong(demo):
    """Exit code, output and error of every wrong order; two at a time, for each of them loads all of the office."""
    told, names = {}, list(WRONG)
    for pair in (names[at : at + 2] for at in range(0, len(names), 2)):
        running = {name: begun("bar", *WRONG[name][0], "--home", str(demo.home)) for name in pair}
        told |= {name: ended(process) for name, process in running.items()}
    return told


@pytest.mark.parametrize("name", list(WRONG))
def test_a_wrong_order_is_one_clear_line(name, wrong):
    assert wrong[name] == (2, "", WRONG[name][1] + "\n")


def asked(demo) -> int:
    code, out, _ = sekisho(
        *("call", "--line", LINE, "--number", NEW_YORK, "--source", SWITCH, "--gate", f"127.0.0.1:{demo.gate}")
    )
    assert out.startswith("SIP/2.0 ")
    return code


def test_a_bar_is_set_and_lifted_and_the_gate_knows_within_the_second(demo):
    assert asked(demo) == 0
    for what, more, refused in (("set", (), 1), ("lifted", ("--lift",), 0)):
        code, out, err = sekisho("bar", LINE, *EAST, *REASON, *PROOF, *more, "--home", str(demo.home))
        assert (code, err) == (0, "")
        first, second = out.splitlines()
        assert first.startswith(f"{what}: international calls of +81{LINE[1:]}, owner customer, ")
        took = re.fullmatch(r"at the gate after (\d+\.\d\d) s", second)
        assert float(took[1]) < 5  # the goal is one second, on a machine that does nothing else
        assert asked(demo) == refused


def test_all_parts_are_well(demo):
    code, out, err = sekisho("check", "--every-entry", "--home", str(demo.home))
    assert (code, err) == (0, "")
    rows = [line.split() for line in out.splitlines()]
    parts = ("intake", "judge", "archive", "relay", "watchdog")
    assert [(row[0], row[1]) for row in rows[:5]] == [(part, "ok") for part in parts]
    assert all("every one as it was written" in line for line in out.splitlines()[5:7])
    assert rows[-1][0] == "lake"


def test_an_empty_home_is_told_and_ends_with_one(tmp_path):
    code, out, err = sekisho("check", "--home", str(tmp_path))
    assert (code, err) == (1, "")
    never = [line.split()[0] for line in out.splitlines() if line.endswith("never heard; start it with `sekisho up`")]
    assert never == ["intake", "judge", "archive", "relay", "watchdog"]
