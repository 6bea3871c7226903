"""Signs of life: one every two seconds, and what it says."""

from __future__ import annotations

import json

import pytest

from sekisho.health import Pulse
from sekisho.ports import HEALTH_TOPIC
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings


class Clock:
    def __init__(self) -> None:
        self.ms = 1_000_000

    def now_ms(self) -> int:
        return self.ms


@pytest.fixture
def log(tmp_path):
    home = open_embedded(read_settings({"SEKISHO_HOME": str(tmp_path)}), [])
    yield home.log
    home.close()


def test_a_sign_of_life_says_how_far_the_part_has_come(log):
    clock = Clock()
    pulse = Pulse("archive", clock)
    clock.ms += 5
    pulse.beat(log, position=7, behind=2)
    (entry,) = log.read(HEALTH_TOPIC, 0, 10)
    assert (entry.kind, entry.key) == ("part", "archive:1000005")
    assert json.loads(entry.body) == {
        "part": "archive",
        "at_ms": 1_000_005,
        "started_ms": 1_000_000,
        "position": 7,
        "behind": 2,
    }


def test_one_is_due_at_the_start_and_every_two_seconds(log):
    clock = Clock()
    pulse = Pulse("archive", clock)
    assert pulse.due
    pulse.beat(log, position=0, behind=0)
    assert not pulse.due
    clock.ms += 1_999
    assert not pulse.due
    clock.ms += 1
    assert pulse.due


def test_a_clock_set_back_does_not_silence_a_part(log):
    clock = Clock()
    pulse = Pulse("archive", clock)
    pulse.beat(log, position=0, behind=0)
    clock.ms -= 3_600_000
    assert pulse.due
