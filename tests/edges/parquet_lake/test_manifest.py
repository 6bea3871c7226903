"""The manifest: read once as long as it stays, whole however it is swapped, formats of before understood."""

from __future__ import annotations

import json
from datetime import date

import pytest

from sekisho.core.terms.errors import LogDamaged
from sekisho.core.terms.instants import DAY_MS, start_of_japanese_day
from sekisho.edges.parquet_lake.manifest import FORMAT, NAME, Manifest, ManifestFile, Part

MONDAY = start_of_japanese_day(date(2026, 11, 23))
PART = Part("date=2026-11-23/part-1.parquet", 1, 2, 3, 400, plain=True)
TUESDAYS = Part("date=2026-11-24/part-2.parquet", 3, 3, 1, 200)


@pytest.fixture
def file(tmp_path):
    return ManifestFile(tmp_path)


def test_what_is_swapped_in_is_read(file, tmp_path):
    file.swap(3, [PART, TUESDAYS])
    assert file.read() == ManifestFile(tmp_path).read() == Manifest(3, (PART, TUESDAYS))
    assert json.loads((tmp_path / NAME).read_text())["format"] == FORMAT


def test_it_is_parsed_again_only_when_another_one_stands_there(file, tmp_path):
    file.swap(2, [PART])
    first = file.read()
    assert file.read() is first
    ManifestFile(tmp_path).swap(2, [PART])
    assert file.read() is not first
    assert file.read() == first


def test_a_lake_that_does_not_exist_is_empty(tmp_path):
    file = ManifestFile(tmp_path / "none")
    assert (file.exists(), file.read()) == (False, Manifest(0, ()))
    assert not (tmp_path / "none").exists()


def test_a_manifest_that_is_gone_is_told(file, tmp_path):
    (tmp_path / "date=2026-11-23").mkdir()
    for ask in (file.exists, file.read):
        with pytest.raises(LogDamaged, match=r"manifest.json is gone; restore it"):
            ask()


def test_format_1_did_not_say_whether_lines_are_plain(file, tmp_path):
    told = {"path": PART.path, "first": 1, "last": 2, "rows": 3, "size": 400}
    (tmp_path / NAME).write_text(json.dumps({"format": 1, "offset": 2, "parts": [told]}))
    assert [part.plain for part in file.read().parts] == [False]


def test_a_later_format_is_refused(file, tmp_path):
    (tmp_path / NAME).write_text(f'{{"format": {FORMAT + 1}, "offset": 0, "parts": []}}')
    with pytest.raises(LogDamaged, match=f"format {FORMAT + 1}, this program knows {FORMAT}; use its own version"):
        file.read()


@pytest.mark.parametrize(
    ("first_ms", "last_ms", "days"),
    [
        (MONDAY, MONDAY + 1, [PART]),
        (MONDAY + DAY_MS - 1, MONDAY + DAY_MS, [PART]),
        (MONDAY + DAY_MS - 1, MONDAY + DAY_MS + 1, [PART, TUESDAYS]),
        (0, 1 << 62, [PART, TUESDAYS]),
        (-(1 << 62), MONDAY, []),
        (MONDAY, MONDAY, []),
        (MONDAY + 5, MONDAY + 3, []),
        (MONDAY + 2 * DAY_MS, 1 << 62, []),
    ],
)
def test_the_parts_that_an_interval_touches(first_ms, last_ms, days):
    assert Manifest(3, (PART, TUESDAYS)).of_days(first_ms, last_ms) == days
