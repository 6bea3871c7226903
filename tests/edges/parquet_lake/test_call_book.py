"""The book answers what a plain computation over all rows answers; whole, whatever the writer does meanwhile."""

from __future__ import annotations

import shutil
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.tables import CLASS_SUMS, COUNTRY_SUMS, HOUR_SUMS, LINE_SUMS, RATED
from sekisho.core.terms.errors import InUse, LogDamaged
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, MINUTE_MS, start_of_japanese_day
from sekisho.edges.parquet_lake import call_book
from sekisho.edges.parquet_lake.call_book import FEW_FORMS, TRIES, ParquetCallBook
from sekisho.edges.parquet_lake.lake import GRACE_MS, ParquetLake
from sekisho.edges.parquet_lake.manifest import NAME

MONDAY = start_of_japanese_day(date(2026, 11, 23))
OFFICE, BRANCH, ABROAD = "+81312345678", "+81612345678", "+442071234567"
LINES = (OFFICE, BRANCH, ABROAD)
SUMS = {"by_class": CLASS_SUMS, "by_country": COUNTRY_SUMS, "by_hour": HOUR_SUMS, "by_line": LINE_SUMS}
WRITTEN = {
    "0312345678": OFFICE,
    "+81312345678": OFFICE,
    "81312345678": OFFICE,
    "0612345678": BRANCH,
    "+442071234567": ABROAD,
    "442071234567": ABROAD,
    "0398765432": "+81398765432",  # nobody asks for it
}
DRESSED = WRITTEN | {"03-1234-5678": OFFICE, "+81 6 1234 5678;user=phone": BRANCH}

WORDS = (
    "source=sbc direction=out line=0312345678 number=0901 company=east file_sha256=f class=mobile country=JP "
    "place=携帯等 tariff_version=2015"
)
COUNTS = "cause=200 row=1 e164=1 destination_id=2 unit_ms=60000 units=1 charge_milliyen=17500"

Row = dict[str, Any]


def moment(ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)


def call(start: int, **columns: Any) -> Row:
    """A row of RATED: a call of one minute to a mobile, for 17.5 yen, unless `columns` say otherwise."""
    moments = {"start": moment(start), "answer": moment(start), "end": moment(start + MINUTE_MS)}
    row = dict(pair.split("=") for pair in WORDS.split()) | {"call_id": f"c{start}", "valid": True, "talk_ms": None}
    row |= {name: int(count) for name, count in (pair.split("=") for pair in COUNTS.split())} | moments
    assert columns.keys() <= row.keys()
    return row | columns


def abroad(start: int, **columns: Any) -> Row:
    return call(start, **{"class": "international", "country": "SL", "charge_milliyen": 175_000} | columns)


def write(folder: Path, *writes: list[Row]) -> ParquetLake:
    lake = ParquetLake(folder, writer=True)
    for rows in writes:
        at = lake.offset() + 1
        lake.write(pa.Table.from_pylist(rows, schema=RATED).to_batches(), at, at)
    return lake


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "lake"


def all_sums(book: ParquetCallBook, lines=LINES, first=0, last=1 << 50) -> dict[str, list[Row]]:
    return {name: getattr(book, name)("east", lines, first, last).to_pylist() for name in SUMS}


def talk(row: Row) -> int:
    if row["answer"] is None:
        return 0
    if row["talk_ms"] is not None:
        return row["talk_ms"]
    return (row["end"] - row["answer"]) // timedelta(milliseconds=1) if row["end"] is not None else 0


def ms(row: Row) -> int:
    return (row["start"] - moment(0)) // timedelta(milliseconds=1)


def sums(rows: list[Row], key, **values) -> dict[Any, Row]:
    out: dict[Any, Row] = defaultdict(lambda: dict.fromkeys(values, 0))
    for row in rows:
        for name, value in values.items():
            out[key(row)][name] += value(row)
    return dict(sorted(out.items()))


def charge(row: Row) -> int:
    return row["charge_milliyen"]


def one(_: Row) -> int:
    return 1


def is_abroad(row: Row) -> int:
    return int(row["class"] == "international")


def charge_abroad(row: Row) -> int:
    return charge(row) * is_abroad(row)


def plain_sums(rows: list[Row]) -> dict[str, list[Row]]:
    """What the four sums must say of these calls."""
    made = [row for row in rows if row["direction"] != "in"]
    classes = sums(
        made, lambda row: row["class"], calls=one, answered=lambda row: int(bool(row["answer"])), charge=charge
    )
    went = list(filter(is_abroad, made))
    countries = sums(went, lambda row: row["country"], calls=one, charge=charge, talk_ms=talk)
    hours = sums(
        made,
        lambda row: ms(row) // HOUR_MS * HOUR_MS,
        calls=one,
        international_calls=is_abroad,
        charge=charge,
        international_milliyen=charge_abroad,
    )
    lines = sums(made, lambda row: DRESSED[row["line"]], calls=one, charge=charge, international_milliyen=charge_abroad)
    dearest = sorted(countries.items(), key=lambda item: (-item[1]["charge"], item[0]))
    told = {"by_class": classes.items(), "by_country": dearest, "by_hour": hours.items(), "by_line": lines.items()}
    return {
        name: [dict(zip(SUMS[name].names, (key, *values.values()), strict=True)) for key, values in items]
        for name, items in told.items()
    }


EDGES = [MONDAY + after - before for after in (-DAY_MS, 0, HOUR_MS, DAY_MS) for before in (0, 1)]
STARTS = st.sampled_from(EDGES) | st.integers(MONDAY - DAY_MS, MONDAY + DAY_MS)
AMOUNTS = st.integers(0, 5_000_000)


@st.composite
def rows_of(draw, written) -> list[Row]:
    """Calls over three dates, of two companies, out and in, answered or not, in every form of the lines."""
    rows = []
    for number in range(draw(st.integers(0, 25))):
        start = draw(STARTS)
        answer = draw(st.none() | st.integers(0, 30_000).map(lambda ring, start=start: start + ring))
        rows.append(
            call(
                start,
                call_id=f"{draw(st.integers(0, 3))}-{number}",
                row=number + 1,
                line=draw(st.sampled_from(sorted(written))),
                company=draw(st.sampled_from(["east", "west"])),
                direction=draw(st.sampled_from(["out", "out", "in"])),
                charge_milliyen=draw(AMOUNTS),
                **{"class": draw(st.sampled_from(["fixed", "mobile", "international", "international"]))},
                country=draw(st.sampled_from(["SL", "JP", ""])),
                talk_ms=draw(st.none() | AMOUNTS),
                answer=None if answer is None else moment(answer),
                end=None if answer is None else moment(answer + draw(AMOUNTS)),
            )
        )
    return rows


@settings(max_examples=30, deadline=None)
@given(data=st.data(), lines=st.lists(st.sampled_from(LINES), max_size=4), first=STARTS, last=STARTS)
def test_the_sums_are_those_of_a_plain_computation(data, lines, first, last):
    writes = data.draw(st.lists(rows_of(data.draw(st.sampled_from([WRITTEN, DRESSED]))), max_size=4))
    with TemporaryDirectory() as place:
        lake = write(Path(place) / "lake", *writes)
        mine = [
            row
            for row in chain(*writes)
            if row["company"] == "east" and DRESSED[row["line"]] in lines and first <= ms(row) < last
        ]
        book = ParquetCallBook(Path(place) / "lake")
        assert all_sums(book, lines, first, last) == plain_sums(mine)
        while lake.merge():
            pass
        assert all_sums(book, lines, first, last) == plain_sums(mine)


@settings(max_examples=30, deadline=None)
@given(
    data=st.data(),
    rows=rows_of(DRESSED),
    options=st.fixed_dictionaries(
        dict.fromkeys(("international_only", "outgoing_only", "newest_first"), st.booleans())
        | {"limit": st.integers(0, 30), "offset": st.integers(0, 5)}
    ),
)
def test_a_page_of_calls_is_that_of_a_plain_computation(data, rows, options):
    first, last = data.draw(STARTS), data.draw(STARTS)
    mine = [row for row in rows if row["company"] == "east" and DRESSED[row["line"]] in LINES]
    mine = [row for row in mine if first <= ms(row) < last]
    if options["international_only"] or options["outgoing_only"]:
        mine = [row for row in mine if row["direction"] != "in"]
    if options["international_only"]:
        mine = [row for row in mine if is_abroad(row)]
    mine.sort(key=lambda row: (row["start"], row["call_id"], row["row"]), reverse=options["newest_first"])
    with TemporaryDirectory() as place:
        write(Path(place) / "lake", rows)
        page = ParquetCallBook(Path(place) / "lake").calls("east", LINES, first, last, **options)
    page.validate(full=True)
    assert page.schema == RATED
    assert page.to_pylist() == mine[options["offset"] : options["offset"] + options["limit"]]


def test_a_lake_that_does_not_exist_is_empty_and_is_not_made(folder):
    book = ParquetCallBook(folder)
    assert book.calls("east", LINES, 0, 1 << 50, limit=5) == RATED.empty_table()
    for name, schema in SUMS.items():
        assert getattr(book, name)("east", LINES, 0, 1 << 50) == schema.empty_table()
    assert not folder.exists()
    write(folder, [call(MONDAY)])
    assert book.calls("east", LINES, 0, 1 << 50, limit=5).num_rows == 1


@pytest.mark.parametrize(
    ("company", "lines", "first", "last"),
    [
        ("east", [], MONDAY, MONDAY + DAY_MS),
        ("west", [OFFICE], MONDAY, MONDAY + DAY_MS),
        ("east", [BRANCH], MONDAY, MONDAY + DAY_MS),
        ("east", [OFFICE], MONDAY, MONDAY),
        ("east", [OFFICE], MONDAY + 1, MONDAY + DAY_MS),
        ("east", [OFFICE], MONDAY - DAY_MS, MONDAY),
        ("east", [OFFICE], 1 << 62, -(1 << 62)),
        ("' OR true --", [OFFICE], MONDAY, MONDAY + DAY_MS),
    ],
)
def test_nothing_is_an_empty_table_of_the_same_columns(folder, company, lines, first, last):
    write(folder, [call(MONDAY)])
    book = ParquetCallBook(folder)
    page = book.calls(company, lines, first, last, limit=5)
    assert (page.schema, page.num_rows) == (RATED, 0)
    for name, schema in SUMS.items():
        table = getattr(book, name)(company, lines, first, last)
        assert (table.schema, table.num_rows) == (schema, 0)


def test_the_interval_may_be_all_of_time(folder):
    write(folder, [call(MONDAY)])
    assert ParquetCallBook(folder).by_hour("east", [OFFICE], -(1 << 62), 1 << 62).num_rows == 1


def test_a_line_in_another_form_is_refused(folder):
    with pytest.raises(ValueError, match=r"E\.164"):
        ParquetCallBook(folder).by_class("east", ["0312345678"], 0, 1)


@pytest.mark.parametrize(("limit", "offset"), [(-1, 0), (1, -1)])
def test_a_page_begins_and_ends_at_0_or_later(folder, limit, offset):
    with pytest.raises(ValueError, match="at least 0"):
        ParquetCallBook(folder).calls("east", [OFFICE], 0, 1, limit=limit, offset=offset)


def test_pages_do_not_overlap_where_calls_begin_in_one_instant(folder):
    write(folder, [call(MONDAY, call_id=f"c{number:02d}") for number in range(30)])
    book = ParquetCallBook(folder)
    pages = [book.calls("east", [OFFICE], 0, 1 << 50, limit=10, offset=at)["call_id"].to_pylist() for at in (0, 10, 20)]
    assert [*chain(*pages)] == [f"c{number:02d}" for number in range(29, -1, -1)]


@pytest.mark.parametrize("count", [FEW_FORMS // 3, FEW_FORMS // 3 + 1, 7_000])
def test_a_contract_has_one_line_or_seven_thousand(folder, count):
    asked = [f"+813{number:08d}" for number in range(count)]
    write(folder, [call(MONDAY, line=f"03{number:08d}", call_id=f"c{number}") for number in range(0, 7_100, 100)])
    table = ParquetCallBook(folder).by_line("east", asked, MONDAY, MONDAY + 1)
    assert table["line"].to_pylist() == asked[::100]


@pytest.mark.parametrize("name", ["it's", "a[bc]d", "what?", "sta*r", "$form0", "日本", "date=2026-11-23"])
def test_the_lake_may_lie_in_any_folder(tmp_path, name):
    write(tmp_path / "abd" / "lake", [call(MONDAY, charge_milliyen=1)] * 3)  # what a pattern could match
    write(tmp_path / name / "lake", [call(MONDAY)])
    assert ParquetCallBook(tmp_path / name / "lake").by_class("east", [OFFICE], 0, 1 << 50).to_pylist() == [
        {"class": "mobile", "calls": 1, "answered": 1, "charge_milliyen": 17_500}
    ]


def merged_away(book: ParquetCallBook, lake: ParquetLake, monkeypatch, times: int) -> None:
    """`times` times between the book's look at the manifest and its reading, its parts are merged and removed."""
    read, left = book._file.read, [times]

    def read_too_early():
        manifest = read()
        if left[0]:
            left[0] -= 1
            at = lake.offset() + 1
            lake.write(pa.Table.from_pylist([call(MONDAY + at)], schema=RATED).to_batches(), at, at)
            lake.write(pa.Table.from_pylist([call(MONDAY + DAY_MS)], schema=RATED).to_batches(), at + 1, at + 1)
            while lake.merge():
                pass
            ParquetLake(lake._folder, writer=True)
        return manifest

    monkeypatch.setattr(book._file, "read", read_too_early)


def test_parts_that_are_merged_meanwhile_are_asked_for_again(folder, monkeypatch):
    lake = write(folder, [call(MONDAY)], [abroad(MONDAY + 1)])
    book = ParquetCallBook(folder)
    merged_away(book, lake, monkeypatch, 1)
    assert book.by_line("east", [OFFICE], MONDAY, MONDAY + DAY_MS)["calls"].to_pylist() == [3]


def test_a_lake_that_never_rests_is_told(folder, monkeypatch):
    lake = write(folder, [call(MONDAY)], [abroad(MONDAY + 1)])
    book = ParquetCallBook(folder)
    merged_away(book, lake, monkeypatch, 2 * TRIES)
    with pytest.raises(InUse, match="merged 4 times while they were read; ask again"):
        book.by_line("east", [OFFICE], MONDAY, MONDAY + DAY_MS)


@pytest.mark.parametrize(
    "damage",
    [lambda part: part.unlink(), lambda part: part.write_bytes(b"PAR1 no"), lambda part: part.write_bytes(b"")],
)
def test_a_damaged_part_is_told(folder, damage):
    lake = write(folder, [call(MONDAY)], [call(MONDAY + DAY_MS)])
    book = ParquetCallBook(folder)
    damage(folder / lake.parts()[0].path)
    with pytest.raises(LogDamaged, match="a part cannot be read"):
        book.by_class("east", [OFFICE], MONDAY, MONDAY + DAY_MS)
    assert book.by_class("east", [OFFICE], MONDAY + DAY_MS, MONDAY + 2 * DAY_MS).num_rows == 1


def test_a_lost_manifest_is_told(folder):
    write(folder, [call(MONDAY)])
    book = ParquetCallBook(folder)
    (folder / NAME).unlink()
    with pytest.raises(LogDamaged, match="is gone"):
        book.by_class("east", [OFFICE], 0, 1 << 50)


class Hasty:
    """A clock by which every grace is over."""

    def __init__(self) -> None:
        self.ms = MONDAY

    def now_ms(self) -> int:
        self.ms += GRACE_MS
        return self.ms


def test_threads_ask_at_once_while_calls_come_in(folder):
    """Every answer is one that was right at some instant: all calls of some writes, from the first on."""
    write(folder, [call(MONDAY)])
    lake = ParquetLake(folder, writer=True, clock=Hasty())
    book = ParquetCallBook(folder)

    def ask(_: int) -> tuple[int, int]:
        counts = book.by_class("east", [OFFICE], 0, 1 << 50)["calls"].to_pylist()
        return counts[0], book.calls("east", [OFFICE], 0, 1 << 50, limit=100).num_rows

    with ThreadPoolExecutor(max_workers=4) as pool:
        answers = pool.map(ask, range(60))
        for number in range(2, 42):
            lake.write(pa.Table.from_pylist([call(MONDAY + number)], schema=RATED).to_batches(), number, number)
            lake.merge()
        seen = list(answers)
    assert all(1 <= count <= page <= 41 for count, page in seen)
    assert ask(0) == (41, 41)
    assert len(list(folder.glob("date=*/*"))) < 41


def test_the_database_is_closed_to_everything_else(folder):
    cursor = ParquetCallBook(folder)._base.cursor()
    told = dict(cursor.execute("SELECT name, value FROM duckdb_settings()").fetchall())
    assert (told["autoinstall_known_extensions"], told["autoload_known_extensions"]) == ("false", "false")
    assert (told["threads"], told["temp_directory"], told["lock_configuration"]) == ("2", "", "true")
    assert told["late_materialization_max_rows"] == str(call_book._LATE_ROWS)


def test_the_answer_is_of_the_manifest_not_of_the_folder(folder):
    lake = write(folder, [call(MONDAY)])
    part = folder / lake.parts()[0].path
    shutil.copy(part, part.with_name("part-000000000009-000000000009.parquet"))
    assert ParquetCallBook(folder).by_line("east", [OFFICE], 0, 1 << 50)["calls"].to_pylist() == [1]
