"""Parts as the watchdog hears them: silent, stuck, behind; and ticks that stop."""

from __future__ import annotations

import pytest

from sekisho.engine.watchdog_parts import BEHIND, NEVER, OK, SILENT, STUCK, UNSOUND, PartWatch

NOW = 1_800_000_000_000


def beat(watch: PartWatch, part: str, at_ms: int, position: int, behind: int, started_ms: int = NOW, **more) -> None:
    told = {"part": part, "at_ms": at_ms, "started_ms": started_ms, "position": position, "behind": behind}
    watch.hear(told | more)


def state_of(watch: PartWatch, part: str, now_ms: int) -> str:
    return next(check.state for check in watch.checks(now_ms) if check.part == part)


@pytest.fixture
def watch():
    return PartWatch(NOW)


def test_at_the_start_nobody_is_accused(watch):
    assert {check.state for check in watch.checks(NOW + 5_000)} == {OK}
    assert {check.state for check in watch.checks(NOW + 31_000)} == {NEVER}


def test_a_part_that_gives_no_sign_of_life_is_silent_since_then(watch):
    beat(watch, "judge", NOW, 10, 0)
    assert state_of(watch, "judge", NOW + 10_000) == OK
    assert state_of(watch, "judge", NOW + 10_001) == SILENT
    (judge,) = [check for check in watch.checks(NOW + 15_000) if check.part == "judge"]
    assert (judge.since_ms, judge.last_ms) == (NOW + 10_001, NOW)
    beat(watch, "judge", NOW + 16_000, 11, 0)
    (judge,) = [check for check in watch.checks(NOW + 16_000) if check.part == "judge"]
    assert (judge.state, judge.since_ms) == (OK, None)


def test_a_judge_that_lives_and_does_not_move_is_stuck(watch):
    for second in range(0, 14, 2):
        beat(watch, "judge", NOW + second * 1_000, 10, second)
    assert state_of(watch, "judge", NOW + 12_000) == STUCK
    beat(watch, "judge", NOW + 14_000, 11, 20)
    assert state_of(watch, "judge", NOW + 14_000) == OK


def test_a_judge_whose_calls_do_not_add_up_is_unsound_until_they_do(watch):
    beat(watch, "judge", NOW, 10, 0, sound=False)
    assert state_of(watch, "judge", NOW + 1_000) == UNSOUND
    beat(watch, "judge", NOW + 2_000, 10, 0)
    assert state_of(watch, "judge", NOW + 2_000) == OK


def test_without_work_nobody_is_stuck(watch):
    for second in range(0, 200, 2):
        beat(watch, "archive", NOW + second * 1_000, 10, 0)
    assert state_of(watch, "archive", NOW + 198_000) == OK


def test_a_new_start_is_no_standstill(watch):
    beat(watch, "relay", NOW, 10, 5)
    beat(watch, "relay", NOW + 60_000, 10, 5, started_ms=NOW + 59_000)
    assert state_of(watch, "relay", NOW + 60_000) == OK


def test_the_judges_lag_is_the_age_of_what_it_applied_last(watch):
    for second in range(100):
        watch.tick(second + 1, NOW + second * 1_000)
    for second, position in ((94, 60), (96, 62), (98, 64)):
        beat(watch, "judge", NOW + second * 1_000, position, 100 - position)
    (judge,) = [check for check in watch.checks(NOW + 99_000) if check.part == "judge"]
    assert (judge.state, judge.lag_ms, judge.behind) == (BEHIND, 98_000 - 63_000, 36)
    beat(watch, "judge", NOW + 99_000, 100, 0)
    (judge,) = [check for check in watch.checks(NOW + 99_000) if check.part == "judge"]
    assert (judge.state, judge.lag_ms) == (OK, 0)


def test_files_may_wait_for_ten_minutes(watch):
    for second in range(0, 604, 2):
        beat(watch, "intake", NOW + second * 1_000, second, 1)
        if second == 600:
            assert state_of(watch, "intake", NOW + 600_000) == OK
    assert state_of(watch, "intake", NOW + 602_000) == BEHIND


def test_ticks_that_stop_are_seen(watch):
    watch.tick(1, NOW)
    assert state_of(watch, "ticks", NOW + 10_000) == OK
    assert state_of(watch, "ticks", NOW + 10_001) == SILENT


def test_ticks_are_not_kept_for_ever(watch):
    for second in range(20_000):
        watch.tick(second + 1, NOW + second * 1_000)
    assert len(watch._ticks) <= 8_192
    assert watch.last_tick_ms == NOW + 19_999_000
