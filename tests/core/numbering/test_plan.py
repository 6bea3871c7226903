"""The plan as the stages use it: every trap of FACTS §1, columns of every kind, and phonenumbers as the oracle."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from itertools import product

import numpy as np
import phonenumbers
import pyarrow as pa
import pytest
from phonenumbers import PhoneMetadata, PhoneNumber

from sekisho.core.digits.packed import pack, unpack
from sekisho.core.numbering.patterns import NOTHING, DigitPatterns
from sekisho.core.numbering.plan import build_plan, number_call, number_calls, resolve
from sekisho.core.terms.destination import DestinationClass as To
from sekisho.core.terms.destination import country_text

PLAN = build_plan()
LINE = "0312345678"


def outcome(number, line=LINE, *, outgoing=True):
    found = resolve(PLAN, number, line, outgoing=outgoing)
    return found.e164, found.class_, found.country, found.valid


# FACTS §1: the forms in which a call abroad is dialled.
BEFORE_ABROAD = ["010", "001-010-", "0033-010-", "0041-010-", "0061-010-", "0038-010-", "009130-010-", "005345-010-"]
BEFORE_ALL = ["", "184", "186", "122", "184-122-", "186-122-", "122-184-"]


@pytest.mark.parametrize(("before", "abroad"), list(product(BEFORE_ALL, [*BEFORE_ABROAD, "+", "+010"])))
def test_every_form_of_a_call_abroad(before, abroad):
    assert outcome(f"{before}{abroad}61-2-9374-4000") == ("61293744000", To.INTERNATIONAL, "AU", True)
    assert outcome(f"{before}{abroad}1-767-235-1234") == ("17672351234", To.INTERNATIONAL, "DM", True)


@pytest.mark.parametrize(
    ("number", "e164", "country"),
    [
        ("001010862433333333", "862433333333", "CN"),
        ("18401023222278680", "23222278680", "SL"),
        ("003301023222278680", "23222278680", "SL"),
        ("006101023222278680", "23222278680", "SL"),
        ("122003301023222278680", "23222278680", "SL"),
    ],
)
def test_what_a_general_parser_gets_wrong(number, e164, country):
    assert outcome(number) == (e164, To.INTERNATIONAL, country, True)


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+17672351234", "DM"), ("+17584521234", "LC"), ("+18095621234", "DO"), ("+18769221234", "JM"),
        ("+14734401234", "GD"), ("+16644911234", "MS"), ("+12125550100", "US"), ("+14165550100", "CA"),
        ("+74951234567", "RU"), ("+77172123456", "KZ"), ("+77001234567", "KZ"),
        ("+442071234567", "GB"), ("+441481256789", "GG"), ("+441534456789", "JE"), ("+441624756789", "IM"),
        ("+870773111632", "+870"), ("+881612345678", "+881"), ("+8823421234", "+882"), ("+883510012345678", "+883"),
        ("+979123456789", "+979"), ("+80012345678", "+800"), ("+80812345678", "+808"), ("+878101234567890", "+878"),
    ],
)  # fmt: skip
def test_a_shared_calling_code_is_resolved_to_its_region(number, country):
    for text in (number, "010" + number[1:], "0033-010-" + number[1:]):
        assert outcome(text) == (number[1:], To.INTERNATIONAL, country, True)


@pytest.mark.parametrize(
    ("number", "e164", "class_", "country", "valid"),
    [
        ("010-23456-****", "23456", To.INTERNATIONAL, "NG", False),  # the notice calls it AUSTRALIA
        ("03-1111-****", "", To.INVALID, "", False),
        ("090-1111-****", "", To.INVALID, "", False),
        ("010-1-*****", "1", To.INTERNATIONAL, "US", False),  # the notice calls it CHINA
    ],
)
def test_the_sample_rows_of_the_notice(number, e164, class_, country, valid):
    assert outcome(number) == (e164, class_, country, valid)


@pytest.mark.parametrize(
    ("number", "e164", "country"),
    [
        ("010", "", ""),
        ("+", "", ""),
        ("010999123456", "999123456", ""),
        ("0100123456789", "0123456789", ""),
        ("+871123456", "871123456", ""),
        ("0104420", "4420", "GB"),
        ("+4420712345678901234", "442071234567890", "GB"),
        ("+19995550100", "19995550100", "US"),
        ("+44 20 7123 456x", "44207123456", "GB"),
    ],
)
def test_a_call_abroad_that_cannot_be_right_is_still_international(number, e164, country):
    assert outcome(number) == (e164, To.INTERNATIONAL, country, False)


@pytest.mark.parametrize(
    ("number", "e164", "name"),
    [
        ("0312345678", "81312345678", "fixed"), ("03-1234-5678", "81312345678", "fixed"),
        ("(03) 1234.5678", "81312345678", "fixed"), ("0123-22-1234", "81123221234", "fixed"),
        ("09802-2-1234", "81980221234", "fixed"), ("05012345678", "815012345678", "ip"),
        ("06012345678", "816012345678", "mobile"), ("07012345678", "817012345678", "mobile"),
        ("08012345678", "818012345678", "mobile"), ("09012345678", "819012345678", "mobile"),
        ("0120123456", "81120123456", "free"), ("08001234567", "818001234567", "free"),
        ("0570012345", "81570012345", "uan"), ("0990123456", "81990123456", "premium"),
        ("0180991234", "81180991234", "mass_call"), ("02041234567", "812041234567", "pager"),
        ("02012345678", "812012345678", "m2m"), ("02001234567890", "812001234567890", "m2m"),
        ("06001234567", "816001234567", "fmc"), ("0910123456", "81910123456", "private_network"),
        ("0037612345", "", "free_carrier"), ("0066981234", "", "free_carrier"), ("0077780777", "", "free_carrier"),
        ("0088221234", "", "free_carrier"), ("#9110", "", "hash"), ("03177", "", "special_177"),
        ("011-177", "", "special_177"),
        *((digits, "", f"special_{digits}") for digits in ("104", "113", "115", "116", "117", "171", "177", "188")),
        ("189", "", "special_189"),
    ],
)  # fmt: skip
def test_every_kind_of_domestic_number(number, e164, name):
    found = resolve(PLAN, number, LINE)
    assert (found.e164, found.name, found.valid) == (e164, name, True)
    for before in ("184", "186", "122", "0033-", "0088-") if number[:2] != "00" and number[0] != "#" else ():
        assert resolve(PLAN, before + number, LINE) == found


@pytest.mark.parametrize("national", ["312345678", "9012345678", "5012345678", "120123456", "8001234567", "570012345"])
def test_a_japanese_number_is_domestic_in_every_spelling(national):
    found = outcome("0" + national)
    assert found[2] == "JP"
    assert found[1] != To.INTERNATIONAL
    for before in ("+81", "+81 (0)", "010-81-", "0033-010-81-", "184+81", "0033-0", "122-0088-0"):
        assert outcome(before + national) == found


@pytest.mark.parametrize("number", ["110", "118", "119"])
@pytest.mark.parametrize(
    "before",
    [
        "", "184", "186", "122", "184122", "0033", "001", "0077", "122-0088-", "0", "1840", "+81", "+81 0", "010-81-",
        "+", "010",
    ],
)  # fmt: skip
@pytest.mark.parametrize("spelling", ["{}", "{0[0]}-{0[1]}-{0[2]}", " {0} ", "{}#", "{};phone-context=+81"])
def test_an_emergency_call_in_every_spelling(number, before, spelling):
    found = resolve(PLAN, before + spelling.format(number), LINE)
    assert (found.class_, found.name, found.valid) == (To.EMERGENCY, f"emergency_{number}", True)
    assert (found.e164, found.country) == ("", "")


@pytest.mark.parametrize("number", ["1100", "11", "1190106112345678", "0331110", "110x", "911", "112", "+112"])
def test_what_only_resembles_an_emergency_number_is_none(number):
    assert resolve(PLAN, number, LINE).class_ != To.EMERGENCY


@pytest.mark.parametrize("line", ["", "0312345678", "anonymous", "05012345678"])
def test_an_emergency_call_asks_for_no_line(line):
    assert resolve(PLAN, "119", line).class_ == To.EMERGENCY


def test_further_emergency_numbers_are_configured():
    plan = build_plan(("110", "118", "119", "171"))
    assert resolve(plan, "184171").class_ == To.EMERGENCY
    assert resolve(PLAN, "184171").class_ == To.SPECIAL


@pytest.mark.parametrize(
    ("number", "line", "e164"),
    [
        ("2345-6789", "0312345678", "81323456789"),
        ("23456789", "+81-3-1234-5678", "81323456789"),
        ("221234", "0123-23-4567", "81123221234"),
        ("2-1234", "09802-3-4567", "81980221234"),
        ("2345678", "045-111-1111", "81452345678"),
        ("184-2345-6789", "0312345678", "81323456789"),
    ],
)
def test_local_dialling_takes_the_area_code_of_the_line(number, line, e164):
    assert outcome(number, line) == (e164, To.FIXED, "JP", True)


@pytest.mark.parametrize(
    ("number", "line"),
    [
        ("2345678", "0312345678"),  # seven digits, the line's area has eight
        ("22123", "0123234567"),
        ("123456", "0123234567"),
        ("23456789", "05012345678"),
        ("23456789", "09012345678"),
        ("23456789", "1001"),
        ("23456789", ""),
        ("81312345678", "0312345678"),
    ],
)
def test_what_is_no_local_number_of_the_line_is_invalid(number, line):
    assert outcome(number, line) == ("", To.INVALID, "", False)


@pytest.mark.parametrize(
    "number",
    [
        "", " ", "anonymous", "Restricted", "１１０", "031234567", "03123456789", "0090123456", "0500123456", "1001",
        "0061293744000", "00972595123456", "+81", "+8131234567", "010-81-12", "03+12345678", "*21", "##",
        "100100", "9" * 40, "0" * 40,
    ],
)  # fmt: skip
def test_what_is_no_number_is_invalid_and_no_error(number):
    assert outcome(number) == ("", To.INVALID, "", False)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("81312345678", ("81312345678", To.FIXED, "JP", True)),
        ("0312345678", ("81312345678", To.FIXED, "JP", True)),
        ("+81312345678", ("81312345678", To.FIXED, "JP", True)),
        ("09012345678", ("819012345678", To.MOBILE, "JP", True)),
        ("442071234567", ("442071234567", To.INTERNATIONAL, "GB", True)),
        ("18455551234", ("18455551234", To.INTERNATIONAL, "US", True)),
        ("010442071234567", ("442071234567", To.INTERNATIONAL, "GB", True)),
        ("+442071234567", ("442071234567", To.INTERNATIONAL, "GB", True)),
        ("1001", ("", To.INVALID, "", False)),
        ("23456789", ("", To.INVALID, "", False)),
        ("anonymous", ("", To.INVALID, "", False)),
        ("", ("", To.INVALID, "", False)),
    ],
)
def test_the_caller_of_an_incoming_call(number, expected):
    assert outcome(number, outgoing=False) == expected


def batch(rows):
    line, number, direction = zip(*rows, strict=True)
    return pa.table({"line": line, "number": number, "direction": pa.array(direction).dictionary_encode()})


ROWS = [
    ("0312345678", "01061293744000", "out"),
    ("+81312345678", "", "in"),
    ("1001", "110", "out"),
    ("0312345678", "22345678", "out"),
    ("0312345678", "442071234567", "in"),
    ("0312345678", "442071234567", "out"),
    ("alice", "anonymous", "in"),
]


def columns(found):
    return [
        [unpack(value) for value in found.line],
        [unpack(value) for value in found.e164],
        [To(value).name for value in found.class_],
        [country_text(value) for value in found.country],
        found.valid.tolist(),
        [PLAN.destinations.name[row] for row in found.destination_id],
    ]


EXPECTED = [
    ["81312345678", "81312345678", "1001", "81312345678", "81312345678", "81312345678", ""],
    ["61293744000", "", "", "81322345678", "442071234567", "", ""],
    ["INTERNATIONAL", "INVALID", "EMERGENCY", "FIXED", "INTERNATIONAL", "INVALID", "INVALID"],
    ["AU", "", "", "JP", "GB", "", ""],
    [True, False, True, True, True, False, False],
    ["international_AU", "invalid", "emergency_110", "fixed", "international_GB", "invalid", "invalid"],
]


def test_a_batch_is_numbered_row_by_row():
    found = number_calls(PLAN, batch(ROWS).to_batches()[0])
    assert columns(found) == EXPECTED
    kinds = [getattr(found, name).dtype for name in ("line", "e164", "destination_id", "class_", "country", "valid")]
    assert kinds == [np.uint64, np.uint64, np.int32, np.int8, np.int16, np.bool_]


def test_a_slice_of_a_batch_is_numbered_like_the_batch():
    found = number_calls(PLAN, batch(ROWS).to_batches()[0].slice(2, 3))
    assert columns(found) == [column[2:5] for column in EXPECTED]


def test_columns_may_be_large_or_dictionaries_and_hold_nulls():
    rows = batch([*ROWS, (None, None, "out")])
    kinds = pa.schema(
        [("line", pa.large_string()), ("number", pa.dictionary(pa.int32(), pa.string())), ("direction", pa.string())]
    )
    found = columns(number_calls(PLAN, rows.cast(kinds).to_batches()[0]))
    assert [column[:-1] for column in found] == EXPECTED
    assert [column[-1] for column in found] == ["", "", "INVALID", "", False, "invalid"]


def test_an_empty_batch_is_numbered():
    assert number_calls(PLAN, batch(ROWS).to_batches()[0].slice(0, 0)).line.size == 0


def test_the_scalar_form_says_what_the_batch_says():
    for row, (line, number, direction) in enumerate(ROWS):
        found = resolve(PLAN, number, line, outgoing=direction == "out")
        got = [found.line, found.e164, found.class_.name, found.country, found.valid, found.name]
        assert got == [column[row] for column in EXPECTED]
    assert resolve(PLAN, "09012345678").place == "携帯等"
    assert resolve(PLAN, "+442071234567").place == "GB"


def test_the_plan_is_built_once():
    assert build_plan() is PLAN


# The oracle: plain E.164 numbers drawn from the patterns of every region.

KINDS = ("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail")
A_REGION, IN_ALL, LONGEST = 420, 100_000, 15


def drawn(chance, patterns, node):
    """A random string that `node` matches."""
    digits = ""
    while not (patterns.accepts(node) and (chance.random() < 0.5 or not followers(patterns, node))):
        digit, node = chance.choice(followers(patterns, node))
        digits += str(digit)
    return digits


def followers(patterns, node):
    return [(digit, after) for digit in range(10) if (after := patterns.after(node, digit)) != NOTHING]


def numbers_of(chance, code, metadata):
    """About A_REGION valid numbers (calling code and national number) that the patterns of one region allow."""
    patterns = DigitPatterns()
    kinds = [getattr(metadata, name) for name in (*KINDS, "fixed_line", "mobile")]
    nodes = [patterns.read(kind.national_number_pattern) for kind in kinds if kind and kind.national_number_pattern]
    for turn in range(A_REGION):
        national = drawn(chance, patterns, nodes[turn % len(nodes)])
        zeros = len(national) - len(national.lstrip("0"))
        number = PhoneNumber(
            country_code=code,
            national_number=int(national),
            italian_leading_zero=bool(zeros) or None,
            number_of_leading_zeros=zeros or None,
        )
        trunk_form = code == 81 and zeros  # 00… is dialled inside Japan only: no E.164
        if not trunk_form and len(str(code) + national) <= LONGEST and phonenumbers.is_valid_number(number):
            yield f"{code}{national}", number


def test_the_regions_of_100_000_numbers_agree_with_phonenumbers():
    chance = random.Random(20_150_707)  # noqa: S311 - a seeded sample, no secret
    wanted, texts = [], []
    for code, regions in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()):
        for region in regions:
            metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
            for text, number in numbers_of(chance, code, metadata):
                found = phonenumbers.region_code_for_number(number)
                wanted.append(f"+{code}" if found == "001" else found)
                texts.append(text)
    assert len(texts) >= IN_ALL
    assert phonenumbers.SUPPORTED_REGIONS - {"EH"} <= set(wanted)  # the metadata counts EH's numbers as Morocco's
    for before in ("+", "010"):
        calls = batch([(LINE, before + text, "out") for text in texts])
        found = number_calls(PLAN, calls.combine_chunks().to_batches()[0])
        countries = [country_text(country) for country in found.country]
        wrong = defaultdict(Counter)
        for region, country, text in zip(wanted, countries, texts, strict=True):
            if region != country:
                wrong[region][f"{country}: {text}"] += 1
        assert not wrong
        assert found.valid.all()
        assert found.e164.tolist() == [pack(text) for text in texts]
        abroad = found.class_ == To.INTERNATIONAL
        assert abroad.tolist() == [region != "JP" for region in wanted]


@pytest.mark.parametrize(
    "number", ["110", "184119", "0312345678", "01023276123456", "+81901234567", "", "x", "2345678"]
)
def test_one_number_alone_is_read_as_in_a_batch(number):
    line = "0312345678"
    found = resolve(build_plan(), number, line)
    packed, e164, class_, country, _ = number_call(build_plan(), number, line)
    assert (unpack(packed), unpack(e164), class_, country_text(country)) == (
        found.line,
        found.e164,
        found.class_,
        found.country,
    )
