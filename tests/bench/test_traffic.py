from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from sekisho.bench.traffic import make_calls, write_csv, write_parquet
from sekisho.bench.yardsticks import TYPES
from sekisho.core.tables import CALL_FIELDS
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, JST_OFFSET_MS, SECOND_MS, start_of_japanese_day

CALLS, LINES, DAYS = 40_000, 2_000, 14
BEGIN = start_of_japanese_day(date(2026, 9, 7))  # a Monday
ABROAD = r"^(184|186|122|184122)?(001|0033|0041|0061)?010|^\+(?:[1-79]|8[02-9])"


@pytest.fixture(scope="module")
def calls():
    return make_calls(np.random.default_rng(2026), CALLS, LINES, BEGIN, DAYS)


def share(flags: pa.ChunkedArray) -> float:
    return pc.mean(flags.cast(pa.int8())).as_py()


def milliseconds(calls: pa.Table, name: str) -> np.ndarray:
    return calls[name].cast(pa.int64()).fill_null(-1).to_numpy()


def test_the_table_is_calls_without_provenance(calls):
    assert calls.schema == pa.schema(CALL_FIELDS)
    assert calls.num_rows == CALLS
    for field in CALL_FIELDS:
        assert field.nullable or calls[field.name].null_count == 0
    calls.validate(full=True)


def test_the_same_seed_gives_the_same_calls(calls):
    assert calls.equals(make_calls(np.random.default_rng(2026), CALLS, LINES, BEGIN, DAYS))
    assert not calls.equals(make_calls(np.random.default_rng(2027), CALLS, LINES, BEGIN, DAYS))


def test_call_ids_are_distinct_and_36_long(calls):
    ids = calls["call_id"].to_pylist()
    assert len(set(ids)) == CALLS
    assert {len(call_id) for call_id in ids} == {36}


def test_every_line_has_a_call_and_few_lines_have_many(calls):
    counts = Counter(calls["line"].to_pylist())
    assert len(counts) == LINES
    busiest = sorted(counts.values())[-LINES // 100 :]
    assert sum(busiest) > 5 * CALLS / 100


def test_fewer_calls_than_lines_are_possible():
    assert make_calls(np.random.default_rng(1), 50, 2_000, BEGIN, 1).num_rows == 50


def test_rows_stand_in_order_of_start_within_the_period(calls):
    start = milliseconds(calls, "start")
    assert (np.diff(start) >= 0).all()
    assert start[0] >= BEGIN
    assert start[-1] < BEGIN + DAYS * DAY_MS
    assert len(np.unique(start % SECOND_MS)) == 1_000


def test_instants_follow_each_other(calls):
    start, answer, end = (milliseconds(calls, name) for name in ("start", "answer", "end"))
    answered = answer >= 0
    assert (answer[answered] > start[answered]).all()
    assert (end[answered] > answer[answered]).all()
    assert (end > start).all()


def test_shares_are_those_of_an_honest_carrier(calls):
    assert 0.12 <= share(pc.match_substring_regex(calls["number"], ABROAD)) <= 0.20
    assert 0.20 <= 1 - share(calls["answer"].is_valid()) <= 0.35
    assert 0.05 <= share(pc.equal(calls["direction"].cast(pa.string()), "in")) <= 0.15
    abroad_lines = calls.filter(pc.match_substring_regex(calls["number"], ABROAD))["line"]
    assert pc.count_distinct(abroad_lines).as_py() < 0.5 * LINES


def test_answered_calls_end_with_200_and_others_with_their_cause(calls):
    answered = calls["answer"].is_valid()
    assert set(calls["cause"].filter(answered).to_pylist()) == {200}
    others = Counter(calls["cause"].filter(pc.invert(answered)).to_pylist())
    assert set(others) == {404, 408, 480, 486, 487, 503, 603}
    assert others.most_common(1)[0][0] == 487


def test_talk_has_the_known_mean_and_a_long_tail(calls):
    answer, end = milliseconds(calls, "answer"), milliseconds(calls, "end")
    talk = (end - answer)[answer >= 0] / SECOND_MS
    assert 130 < talk.mean() < 148
    assert np.median(talk) < 75
    assert talk.max() > 3_600


def test_the_switch_writes_its_own_duration_for_one_source(calls):
    written = calls.filter(calls["talk_ms"].is_valid())
    assert set(written["source"].to_pylist()) == {"sbc-west-1"}
    gap = written["talk_ms"].to_numpy() - (milliseconds(written, "end") - milliseconds(written, "answer"))
    assert np.abs(gap).max() <= SECOND_MS // 2
    assert len(set(zip(calls["line"].to_pylist(), calls["source"].to_pylist(), strict=True))) == LINES


def test_traffic_has_japanese_hours_and_weeks(calls):
    japanese = milliseconds(calls, "start") + JST_OFFSET_MS
    by_hour = np.bincount(japanese % DAY_MS // HOUR_MS, minlength=24)
    by_day = np.bincount((japanese - BEGIN - JST_OFFSET_MS) // DAY_MS % 7, minlength=7)
    assert by_hour[9:12].sum() > 10 * by_hour[1:4].sum()
    assert by_day[6] < 0.75 * by_day[0]


def test_contacts_are_called_again(calls):
    pairs = Counter(zip(calls["line"].to_pylist(), calls["number"].to_pylist(), strict=True))
    assert len(pairs) < 0.7 * CALLS
    assert len(pairs) > 0.2 * CALLS


@pytest.mark.parametrize(("write", "name"), [(write_csv, "calls.csv"), (write_parquet, "calls.parquet")])
def test_what_is_written_reads_back(tmp_path, calls, write, name):
    path = str(tmp_path / name)
    write(calls, path)
    if name.endswith("csv"):
        back = csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=TYPES))
    else:
        back = pq.read_table(path)
    assert back.num_rows == CALLS
    for field in CALL_FIELDS:
        plain = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        assert back[field.name].cast(plain).equals(calls[field.name].cast(plain)), field.name


def test_the_csv_is_canonical(tmp_path, calls):
    path = tmp_path / "calls.csv"
    write_csv(calls.slice(0, 200), str(path))
    header, *rows = path.read_text("ascii").splitlines()
    assert header == "call_id,source,direction,line,number,start,answer,end,cause,talk_ms"
    assert len(rows) == 200
    for row in rows:
        cells = row.split(",")
        assert len(cells) == 10
        assert cells[5].endswith("Z")
        assert cells[5][10] == "T"
        assert cells[6] == "" or cells[6][10] == "T"
