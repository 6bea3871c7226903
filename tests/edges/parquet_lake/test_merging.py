"""Which parts become one: small ones behind the last full one, no more than fit, and not the same calls for ever."""

from __future__ import annotations

import pytest

from sekisho.edges.parquet_lake.manifest import Part
from sekisho.edges.parquet_lake.merging import FULL, MANY, due

YESTERDAY, TODAY = "2026-11-23", "2026-11-24"


def parts(day: str, rows: list[int]) -> list[Part]:
    return [Part(f"date={day}/part-{at:012d}.parquet", at, at, count, count) for at, count in enumerate(rows, 1)]


@pytest.mark.parametrize(
    ("rows", "merged"),
    [
        ([], []),
        ([7], []),
        ([1, 1], [1, 1]),
        ([4, 1], [4, 1]),
        ([5, 1], []),
        ([100, 5, 1], []),
        ([100, 5, 1, 1], [5, 1, 1]),
        ([100, 9, 1, 1, 20], [100, 9, 1, 1, 20]),
        ([FULL, 1, 1], [1, 1]),
        ([3, FULL, 1], []),
        ([FULL - 1] * 4, [FULL - 1] * 2),
        ([FULL // 2] * 9, [FULL // 2] * 3),
    ],
)
def test_of_a_date_at_rest(rows, merged):
    """Today's single part makes yesterday a date at rest."""
    chosen = due(parts(YESTERDAY, rows) + parts(TODAY, [1]))
    assert [part.rows for part in chosen] == merged
    assert {part.day for part in chosen} <= {YESTERDAY}


@pytest.mark.parametrize(("count", "merged"), [(MANY, 0), (MANY + 1, MANY + 1)])
def test_of_the_youngest_date(count, merged):
    assert len(due(parts(TODAY, [1] * count))) == merged


def test_full_parts_do_not_count():
    assert due(parts(TODAY, [FULL] * 20 + [1] * MANY)) == []


def test_whatever_comes_the_parts_of_a_date_stay_few_and_calls_move_seldom():
    rows, moved = [], 0
    for _ in range(20_000):
        rows.append(1)
        chosen = due(parts(TODAY, rows))
        if chosen:
            begin = chosen[0].first - 1
            moved += sum(part.rows for part in chosen)
            rows[begin : begin + len(chosen)] = [sum(part.rows for part in chosen)]
        assert len(rows) <= MANY
    assert sum(rows) == 20_000
    assert moved < 40 * 20_000
