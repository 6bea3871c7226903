"""Attacks told by their way: dial-through, a campaign over many lines, across midnight, odd forms of dialling."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from sekisho.core.terms.instants import HOUR_MS, japanese_date
from sekisho.lab.simulator.attacks.aim import pumped_country, take_aim
from sekisho.lab.simulator.attacks.pumping import Manner, answer_share, pump, within
from sekisho.lab.simulator.attacks.scene import QUIET_DAYS, Scene
from sekisho.lab.simulator.calls import Planned, limited, outcome, together
from sekisho.lab.simulator.chance import I64, around
from sekisho.lab.simulator.dialling import ABROAD_FORMS, BARE, HOME, PLUS
from sekisho.lab.simulator.domestic import numbers_at_home

THROUGH_CALLS = (15.0, 150.0)
THROUGH_TALK_S = (90.0, 1_500.0)
CAMPAIGN_CALLS = (2, 5)
CAMPAIGN_HOURS = (0.5, 12.0)
MIDNIGHT_HOURS = (3.0, 14.0)
MIDNIGHT_TALK_S = (60.0, 900.0)
DIALLING_CALLS = (40.0, 400.0)


def dial_through(scene: Scene, line: int) -> Planned:
    """Every outbound call lies within an inbound call of the same line, which the thief makes to get through."""
    rng = scene.rng
    count = int(around(rng, *THROUGH_CALLS))
    channels = max(1, scene.channels(line, 8) // 2)  # two channels a call
    manner = Manner(
        around(rng, *THROUGH_TALK_S),
        float(rng.uniform(0.2, 0.8)),
        answer_share(scene),
        around(rng, 25.0, 240.0),
        0.6,
        channels,
    )
    numbers = take_aim(scene, int(rng.integers(1, 4))).numbers(rng, count, float(rng.uniform(0.0, 0.5)))
    calls = pump(scene, line, scene.begin(8.0), numbers, manner)
    return together([_inbound(scene, calls), calls])


def _inbound(scene: Scene, calls: Planned) -> Planned:
    """The inbound leg of each outbound call: it begins some seconds before and ends with it or just after."""
    rng, size = scene.rng, len(calls)
    legs = calls.taken(np.arange(size))
    answered = np.ones(size, np.bool_)
    legs.ring_s, legs.cause = outcome(rng, answered, np.zeros(size, np.bool_))
    legs.ring_s = limited(rng, legs.ring_s, 9.0)
    before = legs.ring_s + 2.5 + rng.gamma(2.0, 2.0, size)
    legs.talk_s = before - legs.ring_s + calls.ring_s + calls.talk_s + 1.5 + rng.exponential(1.5, size)
    legs.start = calls.start - (before * 1_000).astype(np.int64)
    legs.abroad, legs.outgoing = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    form = int(rng.choice((BARE, HOME, PLUS)))  # hides, shows a number in Japan, or one abroad
    words = rng.integers(0, 1 << 63, 3, dtype=np.uint64)
    mine = scene.countries.numbers(np.full(3, pumped_country(scene)), words) if form == PLUS else numbers_at_home(words)
    legs.form = np.full(size, form, np.int8)
    legs.number = np.zeros(size, np.uint64) if form == BARE else mine[rng.integers(0, 3, size)]
    return legs


def campaign(scene: Scene, lines: I64) -> Planned:
    """Two to four calls from each of many lines to the same number block, within hours."""
    rng = scene.rng
    hours = around(rng, *CAMPAIGN_HOURS)
    first, aim = scene.begin(hours), take_aim(scene)
    share, talk = answer_share(scene), around(rng, 60.0, 900.0)
    parts = []
    for line in lines.tolist():
        begin = first + int(rng.uniform(0.0, hours) * HOUR_MS)
        manner = Manner(talk, float(rng.uniform(0.2, 0.8)), share, around(rng, 4.0, 240.0))
        parts.append(pump(scene, line, begin, aim.numbers(rng, int(rng.integers(*CAMPAIGN_CALLS))), manner))
    return together(parts)


def midnight(scene: Scene, line: int) -> Planned:
    """It begins in the evening and goes on past midnight, often past the end of the month."""
    rng = scene.rng
    hours = around(rng, *MIDNIGHT_HOURS)
    day = scene.day(hours + 12.0)
    first_day = japanese_date(scene.calendar.first_ms)
    ends = [
        each for each in range(QUIET_DAYS, scene.calendar.days - 1) if (first_day + timedelta(days=each + 1)).day == 1
    ]
    if ends and rng.random() < 0.5:
        day = int(rng.choice(ends))
    first = scene.at(day, float(rng.uniform(max(18.0, 24.5 - hours), 23.8)))
    channels = scene.channels(line, 10)
    talk = around(rng, *MIDNIGHT_TALK_S)
    manner = Manner(talk, float(rng.uniform(0.2, 0.8)), answer_share(scene), around(rng, 5.0, 120.0), 0.9, channels)
    count = int(channels * hours * 3_600 / (talk * 0.6 + 10)) + channels
    numbers = take_aim(scene, int(rng.integers(1, 4))).numbers(rng, count, float(rng.uniform(0.0, 0.4)))
    return within(pump(scene, line, first, numbers, manner), first, hours)


def dialling(scene: Scene, line: int) -> Planned:
    """Through other carriers, behind 122 or 184, or with +: one form for all calls, or changing."""
    rng = scene.rng
    count, talk = int(around(rng, *DIALLING_CALLS)), around(rng, 45.0, 700.0)
    manner = Manner(
        talk, float(rng.uniform(0.1, 0.8)), answer_share(scene), around(rng, 4.0, 90.0), 0.9, scene.channels(line, 8)
    )
    numbers = take_aim(scene, int(rng.integers(1, 4))).numbers(rng, count, float(rng.uniform(0.0, 0.4)))
    calls = pump(scene, line, scene.begin(10.0), numbers, manner)
    choice = rng.permutation(np.arange(1, len(ABROAD_FORMS)))[: int(rng.integers(1, 6))]
    calls.form = rng.choice(choice, len(calls)).astype(np.int8)
    return calls
