"""Which processes a running system has, and where it can be reached."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sekisho.core.terms.errors import BadSetting
from sekisho.engine.system_parts import PARTS, addresses, all_parts, parts_of
from sekisho.wiring.settings import read_settings

SETTINGS = read_settings({"SEKISHO_HOME": "/srv/sekisho", "SEKISHO_WEB_HOST": "::1"})


def test_every_part_is_a_process_of_its_own_with_the_home_of_all():
    parts = parts_of(SETTINGS, {"PATH": "/bin"})
    assert tuple(part.name for part in parts) == PARTS
    assert all(part.argv == (sys.executable, "-P", "-m", "sekisho.cli.main", "part", part.name) for part in parts)
    assert {part.env["SEKISHO_HOME"] for part in parts} == {"/srv/sekisho"}
    assert {part.env["PATH"] for part in parts} == {"/bin"}


def test_only_the_relay_waits_for_another_one():
    assert [part.name for part in parts_of(SETTINGS, {}) if part.others_wait] == ["web"]
    assert PARTS[PARTS.index("web") + 1 :] == ("relay",)


def test_nothing_waits_for_the_watchdog():
    assert [part.name for part in parts_of(SETTINGS, {}) if part.spare] == ["watchdog"]


def test_a_shadow_policy_is_a_part_that_nobody_waits_for():
    settings = read_settings({"SEKISHO_SHADOWS": "night=/srv/night.toml,strict=/srv/strict.json"})
    assert all_parts(settings) == (*PARTS, "shadow.night", "shadow.strict")
    (shadow,) = parts_of(settings, {}, ["shadow.strict"])
    assert (shadow.argv[-2:], shadow.spare, shadow.others_wait) == (("part", "shadow.strict"), True, False)
    with pytest.raises(
        BadSetting, match=r"'shadow\.x' is no part; the parts are judge, .*, shadow.night, shadow.strict"
    ):
        parts_of(settings, {}, ["shadow.x"])


def test_chosen_parts_keep_their_order():
    assert [part.name for part in parts_of(SETTINGS, {}, ["archive", "judge"])] == ["judge", "archive"]


def test_what_is_no_part_is_refused():
    with pytest.raises(BadSetting, match="'jugde' is no part; the parts are judge, intake"):
        parts_of(SETTINGS, {}, ["jugde"])


def test_addresses_are_those_of_the_chosen_parts():
    assert addresses(SETTINGS, ["web", "archive"]) == [("desk and portal", "http://[::1]:8080/")]
    assert [what for what, _ in addresses(SETTINGS)] == [
        "desk and portal",
        "gate, SIP",
        "gate, HTTP",
        "call events",
        "call records",
    ]
    assert dict(addresses(SETTINGS))["call records"] == str(Path("/srv/sekisho/feed/inbox"))
