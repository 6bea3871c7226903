"""up.log: lines with their time, and never more than two files of bounded size."""

from __future__ import annotations

from sekisho.core.terms.instants import parse_rfc3339
from sekisho.engine.part_log import PartLog


class Clock:
    def now_ms(self) -> int:
        return parse_rfc3339("2026-11-23T17:52:57Z")


def test_a_line_stands_with_its_time(tmp_path):
    log = PartLog(tmp_path / "up.log", Clock())
    log.write("judge | ready")
    log.write("judge | 判定 \udcff")
    assert (tmp_path / "up.log").read_text("utf-8").splitlines() == [
        "2026-11-23T17:52:57Z judge | ready",
        "2026-11-23T17:52:57Z judge | 判定 ?",
    ]


def test_a_full_file_makes_room_and_only_the_one_before_is_kept(tmp_path):
    log = PartLog(tmp_path / "up.log", Clock(), most_bytes=100)
    for number in range(10):
        log.write(f"line {number}")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["up.log", "up.log.1"]
    assert all((tmp_path / name).stat().st_size <= 100 for name in names)
    assert (tmp_path / "up.log").read_text().endswith("line 9\n")


def test_it_goes_on_where_an_earlier_run_left_off(tmp_path):
    for number in range(10):
        PartLog(tmp_path / "up.log", Clock(), most_bytes=100).write(f"line {number}")
    assert (tmp_path / "up.log").stat().st_size <= 100


def test_a_disk_that_takes_no_more_stops_nobody(tmp_path):
    log = PartLog(tmp_path / "none" / "up.log", Clock())
    log.write("lost")
    (tmp_path / "none").mkdir()
    log.write("kept")
    assert (tmp_path / "none" / "up.log").read_text().endswith(" kept\n")
