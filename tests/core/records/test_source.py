"""Source descriptions: every key read, every fault named with its line."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.records.source import (
    KamailioNames,
    SourceProfile,
    default_profile,
    known_zone,
    parse_source,
    with_line,
)
from sekisho.core.terms.errors import BadSource

INCIDENT = Path(__file__).parents[2] / "data" / "pbx-incident"
WHOLE = """
name = "pbx-osaka"
company = "west"
format = "asterisk"
charging = false
zone = "Asia/Tokyo"
outside_prefix = "0"

[line]
from = "accountcode"
default = "0612000000"
map = { "1001" = "0612000001", "front desk" = "0612000002" }

[direction]
trunks = ["PJSIP/carrier", "DAHDI/i1"]

[kamailio]
acc_src = "caller"
cdr_call_id = "callid"
"""
SMALL = 'name = "pbx"\ncompany = "east"\nformat = "asterisk"\n'


def test_every_key_is_read():
    profile = parse_source(WHOLE, "osaka.toml")
    assert profile == SourceProfile(
        name="pbx-osaka",
        company="west",
        format="asterisk",
        charging=False,
        zone="Asia/Tokyo",
        outside_prefix="0",
        line_from="accountcode",
        line_map={"1001": "0612000001", "front desk": "0612000002"},
        line_default="0612000000",
        trunks=("PJSIP/carrier", "DAHDI/i1"),
        kamailio=KamailioNames(acc_src="caller", cdr_call_id="callid"),
    )
    untouched = [
        f.name for f in fields(profile) if getattr(profile, f.name) == getattr(parse_source(SMALL, "s"), f.name)
    ]
    assert untouched == ["format"]


def test_a_small_description_has_the_defaults():
    assert parse_source(SMALL, "s.toml") == default_profile("asterisk", "pbx", "east")
    assert default_profile("asterisk", "pbx", "east").zone == "UTC"
    assert default_profile("asterisk", "pbx", "east").charging


def test_the_incident_has_one_charging_source():
    pbx, edge = (parse_source((INCIDENT / f).read_text(), f) for f in ("asterisk.toml", "kamailio.toml"))
    assert (pbx.charging, edge.charging) == (False, True)
    assert pbx.company == edge.company


def test_a_line_comes_from_the_map_then_the_default_then_the_text():
    profile = parse_source(WHOLE, "s")
    assert profile.line_of("1001") == "0612000001"
    assert profile.line_of("1002") == "0612000000"
    assert default_profile("asterisk", "pbx", "east").line_of("1002") == "1002"
    assert with_line(profile, "0312345678").line_of("1001") == "0312345678"
    assert with_line(profile, "0312345678").line_from == "fixed"


@pytest.mark.parametrize(
    ("prefix", "text", "number"),
    [("0", "00312345678", "0312345678"), ("0", "110", "110"), ("0", "0", "0"), ("", "0312345678", "0312345678")],
)
def test_the_outside_line_digit_is_taken_off_once(prefix, text, number):
    profile = parse_source(SMALL + f'outside_prefix = "{prefix}"', "s")
    assert profile.dialled(text) == number


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("name =\n" + SMALL, 's.toml:1: not TOML: Invalid value; write key = "value"'),
        ("name = ", "s.toml: not TOML: Invalid value"),
        (SMALL + "x = " + "[" * 3_000, "s.toml"),
        (SMALL + 'colour = "red"', "s.toml:4: unknown key 'colour' in the top; known there: name, company"),
        (SMALL + '[line]\nfrom = "src"\nform = "x"', "s.toml:6: unknown key 'form' in [line]; known there: from"),
        (SMALL + "[lines]\n", "s.toml:4: unknown key 'lines' in the top"),
        (SMALL + 'charging = "no"', "s.toml:4: charging is 'no'; give a true or false"),
        (SMALL + "zone = 9", "s.toml:4: zone is 9; give a text in quotes"),
        (SMALL + 'zone = "Asia/Edo"', "s.toml:4: zone 'Asia/Edo' is unknown; an IANA name like \"Asia/Tokyo\""),
        (SMALL + 'zone = "../etc/passwd"', "s.toml:4: zone '../etc/passwd' is unknown"),
        (SMALL + 'outside_prefix = "zero"', "s.toml:4: outside_prefix is not a few digits"),
        (
            'name = ""\ncompany = "e"\nformat = "asterisk"',
            's.toml:1: name is missing or no plain word; give name = "..."',
        ),
        ('name = "a"\nformat = "asterisk"', 's.toml: company is missing or no plain word; give company = "..."'),
        ('name = "a\\nb"\ncompany = "e"\nformat = "asterisk"', "s.toml:1: name is missing or no plain word"),
        (
            'name = "a"\ncompany = "e"\nformat = "avaya"',
            "s.toml:3: format 'avaya' is unknown; one of canonical, asterisk",
        ),
        (SMALL + '[line]\nfrom = "fixed"', 's.toml:5: from = "fixed" without a line; add default = "0312000000"'),
        (SMALL + '[line]\nfrom = "dst"', "s.toml:5: a line cannot come from 'dst' here; one of src, accountcode"),
        (
            SMALL.replace("asterisk", "kamailio-acc") + '[line]\nfrom = "trunk"',
            "s.toml:5: a line cannot come from 'trunk'",
        ),
        (SMALL + '[line]\nmap = { "1001" = 5 }', "s.toml:5: line 5 of '1001' is no text"),
        (SMALL + "[direction]\ntrunks = [1]", "s.toml:5: trunks holds something that is no channel name"),
        (SMALL + '[kamailio]\nacc_src = ""', "s.toml:5: acc_src is missing or no plain word"),
    ],
)
def test_a_fault_is_named_with_its_line_and_its_cure(text, error):
    with pytest.raises(BadSource) as caught:
        parse_source(text, "s.toml")
    assert str(caught.value).startswith(error)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "known"), [("UTC", True), ("Asia/Tokyo", True), ("Asia", False), ("", False), ("a\0b", False)]
)
def test_zones(name, known):
    assert known_zone(name) is known


@given(st.text(max_size=200))
@settings(derandomize=True)
def test_any_text_is_a_description_or_a_fault(text):
    try:
        name = parse_source(text, "s").name
    except BadSource as fault:
        name = fault.file
    assert name
