"""The worked tables of docs/algorithms/rating.md are these tests; behind them a slow oracle over generated calls."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core import units
from sekisho.core.digits.packed import pack
from sekisho.core.rating.charge import moments_of, price_of, rate_calls, tariff_versions
from sekisho.core.rating.tariff import parse_tariff
from sekisho.core.tables import CALLS, WORD, Numbered
from sekisho.core.terms.destination import CLASS_NAMES, country_code
from sekisho.core.terms.instants import NEVER, parse_rfc3339

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/algorithms/rating.md").read_text(encoding="utf-8")
NOON = parse_rfc3339("2026-05-01T03:00:00Z")
RULES = "unit_s,yen_per_unit,first_unit_s,first_yen,connection_yen,rounding"


def section(number: int) -> str:
    return re.split(r"^## \d+\. .*$", PAGE, flags=re.MULTILINE)[number]


def table(number: int) -> list[dict[str, str]]:
    lines = [line for line in section(number).splitlines() if line.startswith("|")]
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(head, row, strict=True)) for row in rows]


def price_book(number: int):
    return parse_tariff(section(number).split("```csv\n")[1].split("```")[0].encode(), f"section {number}")


def example(name: str):
    return parse_tariff((ROOT / f"examples/tariffs/{name}.csv").read_bytes(), f"{name}.csv")


def one_rate(row: dict[str, str]):
    """A tariff in which every call has the rate of a worked row."""
    price = ",".join(row[column] for column in RULES.split(","))
    classes = [
        f"2026-01-01,class:{name},any,{price},exempt"
        for name in CLASS_NAMES
        if name not in ("invalid", "free", "emergency")
    ]
    return parse_tariff("\n".join([f"valid_from,match,name,{RULES},tax", *classes]).encode(), "one")


def ms(seconds: str) -> int:
    return int(Decimal(seconds) * 1000)


def milliyen(yen: str) -> int:
    return int(Decimal(yen) * 1000)


def in_japan(text: str) -> int | None:
    return parse_rfc3339(datetime.fromisoformat(f"{text}+09:00").isoformat()) if text else None


def batch(calls: list[dict[str, object]]) -> pa.RecordBatch:
    filled = {"source": "s", "direction": "out", "line": "0312000000", "number": "1", "start": NOON, "company": "c"}
    rows = [{"call_id": str(at), "file_sha256": "f", "row": at + 1, **filled, **call} for at, call in enumerate(calls)]
    return pa.RecordBatch.from_pylist(rows, schema=CALLS)


def numbered(calls: list[tuple[str, str, str]]) -> Numbered:
    """What numbering would say of calls given as (class, number, country)."""
    size = len(calls)
    return Numbered(
        line=np.zeros(size, np.uint64),
        e164=np.array([pack(number.removeprefix("+")) for _, number, _ in calls], np.uint64),
        destination_id=np.zeros(size, np.int32),
        class_=np.array([CLASS_NAMES.index(name) for name, _, _ in calls], np.int8),
        country=np.array([country_code(country) for _, _, country in calls], np.int16),
        valid=np.ones(size, np.bool_),
        stripped=np.zeros(size, np.uint64),
    )


def charged(tariff, call: dict[str, object], what: tuple[str, str, str], *, charging: bool = True):
    """One call as (name of its rate or '-', units, milli-yen)."""
    result = rate_calls(tariff, batch([call]), numbered([what]), charging)
    rate = int(result.rate[0])
    assert result.unit_ms[0] == tariff.prices[rate, units.Price._fields.index("unit_ms")]
    return ("-" if rate < 0 else str(tariff.rate_names[rate])), int(result.units[0]), int(result.charge[0])


def test_moments_are_milliseconds_and_null_is_never():
    calls = batch([{"answer": NOON + 1, "talk_ms": 7}, {"end": NOON + 2}])
    found = [column.tolist() for column in moments_of(calls)]
    assert found == [[NOON, NOON], [NOON + 1, NEVER], [NEVER, NOON + 2], [7, NEVER]]
    assert [column.tolist() for column in moments_of(calls.slice(1))] == [[value] for _, value in found]


def test_moments_that_are_known_already_are_not_read_again():
    calls = batch([answered({"talk": "60"})])
    late = moments_of(batch([answered({"talk": "600"})]))
    one = numbered([("international", "+14155550100", "US")])
    told = rate_calls(example("hikari-style"), calls, one, charging=True, moments=late)
    assert told.charge[0] == 10 * rate_calls(example("hikari-style"), calls, one, charging=True).charge[0] > 0


def answered(row: dict[str, str], answer: int | None = NOON) -> dict[str, object]:
    """The call of a worked row that has a talk time."""
    return {"answer": answer, "end": None if answer is None else answer + ms(row["talk"])}


def what(row: dict[str, str]) -> tuple[str, str, str]:
    return row["class"], row["number"], row["country"]


def by(*columns: str):
    return lambda row: ", ".join(row[column] for column in columns if row.get(column))


@pytest.mark.parametrize("row", table(2), ids=by("case"))
def test_units_and_money(row):
    call = {"start": NOON - 5_000, "answer": NOON if row["answered"] == "yes" else None}
    if row["talk"]:
        call["end"] = NOON + ms(row["talk"])
    if row["talk_ms"]:
        call["talk_ms"] = int(row["talk_ms"])
    expected = ("any", int(row["units"]), milliyen(row["charge"]))
    assert charged(one_rate(row), call, ("international", "+23222278680", "SL")) == expected


@pytest.mark.parametrize("row", table(3), ids=by("case"))
def test_who_pays_nothing(row):
    call = {"direction": row["direction"], "answer": NOON, "end": NOON + 61_000}
    found = charged(example("hikari-style"), call, what(row), charging=row["source charges"] == "yes")
    assert found == (row["rate"], int(row["units"]), milliyen(row["charge"]))


@pytest.mark.parametrize("row", table(4), ids=by("case", "number"))
def test_which_rate(row):
    assert charged(price_book(4), {}, what(row))[0] == row["rate"]


@pytest.mark.parametrize("row", table(5), ids=by("case", "rate"))
def test_bands_by_hour(row):
    found = charged(price_book(5), answered(row, in_japan(row["answer in Japan"])), (row["class"], row["number"], "JP"))
    assert found == (row["rate"], int(row["units"]), milliyen(row["charge"]))


@pytest.mark.parametrize("row", table(6), ids=by("case"))
def test_a_new_table(row):
    tariff = price_book(6)
    call = {"start": in_japan(row["start in Japan"])}
    if row["answer in Japan"]:
        call |= answered(row, in_japan(row["answer in Japan"]))
    name, _, charge = charged(tariff, call, what(row))
    assert (name, charge) == (row["rate"], milliyen(row["charge"]))
    assert tariff_versions(tariff, batch([call]))[0].as_py()[:10] == row["table"]


@pytest.mark.parametrize("row", table(7), ids=by("case"))
def test_calls_in_progress(row):
    tariff = one_rate(row)
    price = units.Price(*tariff.prices[0].tolist())
    elapsed = ms(row["elapsed"])
    assert units.units_begun(price, elapsed) == int(row["begun"])
    assert units.charged_so_far(price, elapsed) == milliyen(row["so far"])
    assert units.charge_of(price, elapsed) == milliyen(row["if hung up now"])
    following = units.NEVER if row["next"] == "-" else NOON + ms(row["next"])
    assert units.next_unit_at(price, NOON, NOON + elapsed) == following


@pytest.mark.parametrize("row", table(8), ids=by("tariff", "rate"))
def test_calls_by_the_example_tariffs(row):
    found = charged(example(row["tariff"]), answered(row, in_japan(row["answer in Japan"])), what(row))
    assert found == (row["rate"], int(row["units"]), milliyen(row["charge"]))


def test_every_hikari_style_price_that_is_not_known_says_placeholder():
    text = (ROOT / "examples/tariffs/hikari-style.csv").read_text(encoding="utf-8")
    known = {
        *("Fixed line", "Mobile group 1-B", "050 group 2-C", "Free numbers", "Emergency calls"),
        *("United States", "China", "Korea", "Chad", "Satellite +870", "Satellite +881"),
    }
    tariff = example("hikari-style")
    for name, line in zip(tariff.rate_names.to_pylist(), text.splitlines()[1:], strict=True):
        assert (name in known) != ("placeholder" in line), line


def test_a_batch_of_several_tables_is_charged_row_by_row_as_one_by_one():
    rows = table(6)
    calls = []
    for row in rows:
        call = {"start": in_japan(row["start in Japan"])}
        calls.append(call | (answered(row, in_japan(row["answer in Japan"])) if row["answer in Japan"] else {}))
    tariff = price_book(6)
    result = rate_calls(tariff, batch(calls), numbered([what(row) for row in rows]), charging=True)
    assert tariff.rate_names.take(result.rate).to_pylist() == [row["rate"] for row in rows]
    assert result.charge.tolist() == [milliyen(row["charge"]) for row in rows]


def test_sources_may_charge_row_by_row():
    calls = batch([{"answer": NOON, "end": NOON + 1}] * 3)
    three = numbered([("international", "+23222278680", "SL")] * 3)
    result = rate_calls(example("hikari-style"), calls, three, np.array([True, False, True]))
    assert result.charge.tolist() == [175_000, 0, 175_000]
    assert (result.rate == result.rate[0]).all()


def test_an_empty_batch_has_no_charges():
    result = rate_calls(example("hikari-style"), batch([]), numbered([]), charging=True)
    assert result.charge.size == result.rate.size == result.units.size == result.unit_ms.size == 0
    assert len(tariff_versions(example("hikari-style"), batch([]))) == 0


def test_the_version_column_has_the_type_of_the_rated_table():
    column = tariff_versions(price_book(6), batch([{}, {"start": in_japan("2026-12-31 00:00:00.000")}]))
    assert column.type == WORD
    assert [str(version)[:10] for version in column] == ["2026-04-01", "2026-12-24"]


def test_a_sliced_batch_is_charged_like_its_rows():
    calls = batch([{"answer": NOON, "end": NOON + talk} for talk in (1, 60_001, 120_001, 180_001)])
    two = numbered([("international", "+23222278680", "SL")] * 2)
    result = rate_calls(example("hikari-style"), calls.slice(1, 2), two, charging=True)
    assert result.units.tolist() == [2, 3]


# --- a slow oracle: Fractions and Python dictionaries, no kernel, no index -------------------------------------------

PREFIXES = {"1": "9", "1767": "120", "17672": "140.5", "44": "15", "4479": "25", "8190": "16"}
COUNTRIES = {"DM": "100", "SL": "175.125", "+882": "700"}
CLASSES = {"fixed": "8", "mobile": "17.5", "ip": "10.8", "special": "9", "international": "150"}
UNITS = {"fixed": "180", "mobile": "60", "ip": "180", "special": "180", "international": "6"}
FIRST = ("60", "31.3", "5", "floor_yen")


def oracle_tariff():
    rows = [(prefix, "60", yen, "", "", "", "none") for prefix, yen in PREFIXES.items()]
    rows += [(f"country:{name}", "30", yen, "", "", "0.25", "none") for name, yen in COUNTRIES.items()]
    rows += [(f"class:{name}", UNITS[name], yen, *FIRST) for name, yen in CLASSES.items()]
    text = [f"valid_from,match,name,{RULES},tax"]
    text += [f"2026-01-01,{row[0]},{row[0]},{','.join(row[1:])},exempt" for row in rows]
    return parse_tariff("\n".join(text).encode(), "oracle")


def oracle(call: tuple[str, str, str], talk: int) -> int:
    """Milli-yen, by the words of section 1."""
    class_, number, country = call
    if class_ in ("free", "emergency", "invalid"):
        return 0
    fitting = [prefix for prefix in PREFIXES if number.startswith(prefix)]
    if fitting:
        yen = Fraction(PREFIXES[max(fitting, key=len)])
        total = max(1, ceil(Fraction(talk, 60_000))) * yen
    elif country in COUNTRIES:
        total = Fraction("0.25") + max(1, ceil(Fraction(talk, 30_000))) * Fraction(COUNTRIES[country])
    else:
        more = ceil(max(Fraction(0), Fraction(talk, 1000) - 60) / Fraction(UNITS[class_]))
        total = Fraction(int(Fraction("31.3") + 5 + more * Fraction(CLASSES[class_])))
    milli = total * 1000
    assert milli.denominator == 1
    return int(milli)


ORACLE_TARIFF = oracle_tariff()
NUMBERS = st.one_of(
    st.just(""),
    st.builds(
        lambda head, tail: (head + tail)[:15],
        st.sampled_from([*PREFIXES, "1766", "176", "4478", "8180", "232", "882", "7"]),
        st.text("0123456789", max_size=11),
    ),
)
A_CALL = st.tuples(st.sampled_from(CLASS_NAMES), NUMBERS, st.sampled_from(["", "DM", "SL", "+882", "GB", "US", "JP"]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(A_CALL, st.integers(0, 8_000_000)), min_size=1, max_size=40))
def test_charges_equal_a_slow_oracle(generated):
    calls = batch([{"answer": NOON, "end": NOON + talk} for _, talk in generated])
    result = rate_calls(ORACLE_TARIFF, calls, numbered([call for call, _ in generated]), charging=True)
    assert result.charge.tolist() == [oracle(call, talk) for call, talk in generated]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(A_CALL, st.integers(0, 8_000_000)), min_size=2, max_size=30), st.data())
def test_a_charge_does_not_depend_on_the_other_calls_of_its_batch(generated, data):
    edge = data.draw(st.integers(1, len(generated) - 1))

    def charges(part):
        calls = batch([{"answer": NOON, "end": NOON + talk} for _, talk in part])
        return rate_calls(ORACLE_TARIFF, calls, numbered([call for call, _ in part]), charging=True).charge.tolist()

    assert charges(generated) == charges(generated[:edge]) + charges(generated[edge:])


@settings(max_examples=60, deadline=None)
@given(A_CALL, st.integers(0, 23))
def test_the_rate_of_one_call_is_that_of_its_row_in_a_batch(call, hour):
    tariff = example("other-rules")
    at = NOON + hour * 3_600_000
    one = numbered([call])
    result = rate_calls(tariff, batch([{"answer": at}]), one, charging=True)
    assert price_of(tariff.tables[0].rates, one.e164[0], one.class_[0], one.country[0], at) == result.rate[0]
