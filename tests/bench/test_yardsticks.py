from __future__ import annotations

import os
import threading

import numpy as np
import pytest

from sekisho.bench.traffic import make_calls, write_csv, write_parquet
from sekisho.bench.yardsticks import bare_csv_parse, bare_parquet_read, one_core, phonenumbers_parse, rate


@pytest.fixture(scope="module")
def calls():
    return make_calls(np.random.default_rng(7), calls=3_000, lines=100, start_ms=1_788_188_400_000, days=7)


def test_one_core_holds_every_thread_and_lets_go():
    before = os.sched_getaffinity(0)
    entered, leave = threading.Event(), threading.Event()
    seen: list[set[int]] = []

    def other() -> None:
        entered.set()
        leave.wait(10)
        seen.append(os.sched_getaffinity(0))

    thread = threading.Thread(target=other)
    thread.start()
    entered.wait(10)
    with one_core() as core:
        assert os.sched_getaffinity(0) == {core}
        assert os.sched_getaffinity(thread.native_id) == {core}
    leave.set()
    thread.join(10)
    assert os.sched_getaffinity(0) == before
    assert seen == [before]


def test_one_core_lets_go_after_an_error():
    before = os.sched_getaffinity(0)
    with pytest.raises(ZeroDivisionError), one_core():
        raise ZeroDivisionError
    assert os.sched_getaffinity(0) == before


def test_the_best_run_counts(monkeypatch):
    clock = iter([0.0, 10.0, 20.0, 21.0, 30.0, 35.0])  # runs of 10 s, 1 s and 5 s
    monkeypatch.setattr("sekisho.bench.yardsticks.time.perf_counter", lambda: next(clock))
    assert rate(lambda: 100, repeats=3) == 100.0


def test_bare_reads_measure_whole_files(tmp_path, calls):
    write_csv(calls, str(tmp_path / "calls.csv"))
    write_parquet(calls, str(tmp_path / "calls.parquet"))
    assert bare_csv_parse(str(tmp_path / "calls.csv"), repeats=1) > 0
    assert bare_parquet_read(str(tmp_path / "calls.parquet"), repeats=1) > 0


def test_phonenumbers_survives_what_it_refuses():
    assert phonenumbers_parse(["0312345678", "", "0033010861234567890123456"]) > 0
