from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest

from sekisho.core import units
from sekisho.core.digits.packed import pack_all
from sekisho.core.digits.prefixes import lookup_all
from sekisho.core.rating.tariff import NO_RATE, parse_tariff
from sekisho.core.terms.destination import DestinationClass, country_code
from sekisho.core.terms.errors import BadTariff
from sekisho.core.terms.instants import parse_rfc3339

HEADER = (
    "valid_from,match,name,name_ja,unit_s,yen_per_unit,first_unit_s,first_yen,connection_yen,rounding,tax,hours,note"
)
CATCH_ALL = [
    f"2026-04-01,class:{name},{name},,60,10,,,,,taxable,,"
    for name in ("fixed", "mobile", "ip", "special", "international")
]


def parse(*rows: str, file: str = "book.csv"):
    return parse_tariff("\n".join([HEADER, *CATCH_ALL, *rows]).encode(), file)


def test_prices_are_the_fields_of_price_and_the_last_row_is_free():
    tariff = parse("2026-04-01,44,a,,6,1.75,60,16,5,floor_yen,exempt,,", "2026-04-01,45,b,,30,4,,,,,taxable,,")
    assert units.Price(*tariff.prices[5].tolist()) == units.Price(60_000, 16_000, 6_000, 1_750, 5_000, 1)
    assert units.Price(*tariff.prices[6].tolist()) == units.Price(30_000, 4_000, 30_000, 4_000, 0, 0)
    assert units.Price(*tariff.prices[NO_RATE].tolist()) == units.FREE
    assert tariff.prices.shape == (8, units.PRICE_FIELDS)
    assert tariff.prices.dtype == np.int64


def test_names_tax_and_table_of_every_rate():
    rows = [row.replace("2026-04-01", "2025-04-01").replace("taxable", "exempt") for row in CATCH_ALL]
    tariff = parse("2026-04-01,44,Britain,イギリス,60,9,,,,,exempt,,", *rows)
    assert tariff.rate_names.to_pylist()[4:7] == ["international", "Britain", "fixed"]
    assert tariff.rate_names_ja.to_pylist()[4:7] == ["international", "イギリス", "fixed"]
    assert tariff.taxable.tolist() == [True] * 5 + [False] * 6
    assert tariff.dated.tolist() == [1] * 6 + [0] * 5
    assert tariff.begins.tolist() == [parse_rfc3339("2025-03-31T15:00:00Z"), parse_rfc3339("2026-03-31T15:00:00Z")]
    assert [table.begins for table in tariff.tables] == tariff.begins.tolist()


def test_a_table_keeps_what_each_call_matches():
    day, night = ("2026-04-01,country:GB,d,,60,9,,,,,exempt,8-19,", "2026-04-01,country:GB,n,,60,7,,,,,exempt,19-8,")
    table = parse(day, night, "2026-04-01,country:+882,s,,60,700,,,,,exempt,,").tables[0].rates
    assert table.by_class[DestinationClass.INTERNATIONAL] == 4
    assert table.by_class[DestinationClass.FREE] == NO_RATE
    assert table.by_country[country_code("+882")] == 7
    assert table.by_country[country_code("US")] == NO_RATE
    band = table.by_country[country_code("GB")] - table.banded_from
    assert table.by_hour[band].tolist() == [6] * 8 + [5] * 11 + [6] * 5


def test_the_tariff_is_called_as_its_file():
    assert parse(file="tariffs/east.csv").name == "east"
    assert parse(file="east").name == "east"


def version(*rows: str, place: int = 0) -> str:
    return parse(*rows).tables[place].version


def test_a_version_is_the_day_and_a_hash_of_what_a_price_depends_on():
    row = "2026-04-01,44,a,,60,9,,,,,exempt,,"
    first, _, digest = version(row).rpartition("-")
    assert first == "2026-04-01"
    assert len(digest) == 12
    assert int(digest, 16)
    assert version(row) == version(row + "a remark")
    others = [
        row.replace(",9,", ",9.001,"),
        row.replace("44", "45"),
        row.replace("exempt", "taxable"),
        row.replace(",a,", ",b,"),
        row.replace("60", "61"),
    ]
    assert len({version(row), *map(version, others)}) == 6


def test_another_table_in_the_file_does_not_change_a_version():
    later = [row.replace("2026-04-01", "2026-10-01") for row in CATCH_ALL]
    assert version() == version(*later)
    assert version(*later, place=1).startswith("2026-10-01-")


def test_columns_that_are_empty_or_not_there_make_the_same_version():
    short = [f"2026-04-01,{row.split(',')[1]},{row.split(',')[2]},60,10,taxable" for row in CATCH_ALL]
    text = "\n".join(["valid_from,match,name,unit_s,yen_per_unit,tax", *short])
    assert parse_tariff(text.encode(), "t").tables[0].version == version()


def test_a_bad_tariff_holds_all_its_faults():
    with pytest.raises(BadTariff, match=r"^book.csv:7: unit_s is 'x'; ") as caught:
        parse("2026-04-01,44,a,,x,9,,,,,exempt,,", "a,b", "2026-04-01,45,a,,60,9,,,,,exempt,8-19,")
    assert [other.line for other in caught.value.others] == [8]
    assert caught.value.file == "book.csv"


def test_170_000_prefixes_find_what_a_naive_search_finds():
    chance = random.Random(20260401)  # noqa: S311 - made-up prefixes, the same every time
    prefixes = {"81312", "1", "1767"}
    while len(prefixes) < 170_000:
        prefixes.add(str(chance.randrange(1, 10)) + f"{chance.randrange(10**6):06d}"[: chance.randrange(2, 7)])
        if len(prefixes) > 100_000:  # seven digits alone are too few for so many
            prefixes.add(str(chance.randrange(10**8, 10**9)))
    rows = [f"2026-04-01,{prefix},z{prefix},,60,{len(prefix)},,,,,exempt,," for prefix in sorted(prefixes)]
    tariff = parse(*rows)
    numbers = [str(chance.randrange(10**9, 10**12)) for _ in range(3_000)]
    numbers += [prefix + "55" for prefix in chance.sample(sorted(prefixes), 2_000)]
    found = lookup_all(tariff.tables[0].rates.prefixes, pack_all(pa.array(numbers)))
    names = [str(tariff.rate_names[rate]) if rate >= 0 else "-" for rate in found.tolist()]
    assert names == [naive(prefixes, number) for number in numbers]


def naive(prefixes: set[str], number: str) -> str:
    return next((f"z{number[:size]}" for size in range(len(number), 0, -1) if number[:size] in prefixes), "-")
