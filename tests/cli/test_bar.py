"""`sekisho bar`: what is wrong with an order is said before anything is opened. The rest stands in tests/e2e."""

from __future__ import annotations

import pytest

ORDER = ("--company", "east", "--proof", "Mr. Hibari, by telephone")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ("hibari", "--reason", "fraud"),
            "'hibari' is not a telephone number; give E.164 or a national number like 0312345678",
        ),
        (
            ("0312345678", "--reason", "fraud", "--owner", "nobody"),
            "--owner nobody: there is no such owner; use customer, emergency, credit",
        ),
        (("0312345678", "--reason", " "), "--reason is empty; the customer reads it, so say why"),
    ],
    ids=["number", "owner", "reason"],
)
def test_a_wrong_order_is_one_clear_line(sekisho, tmp_path, arguments, says):
    assert sekisho("bar", *arguments, *ORDER, "--home", tmp_path / "home") == (2, "", f"{says}\n")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "command", [("bar", "0312345678", "--reason", "fraud", *ORDER), ("check",)], ids=["bar", "check"]
)
def test_a_misspelt_home_is_told_and_not_made(sekisho, tmp_path, command):
    home = tmp_path / "hmoe"
    says = f"there is no data directory {home}; give --home, or start `sekisho up` first\n"
    assert sekisho(*command, "--home", home) == (2, "", says)
    assert not home.exists()
