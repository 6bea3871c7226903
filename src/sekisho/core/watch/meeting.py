"""A call abroad begins (or becomes known at its end): everything that is counted once a call happens here."""

from __future__ import annotations

from numba import njit

from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS, NEVER, SECOND_MS
from sekisho.core.watch import habit, recent, score
from sekisho.core.watch.blocks import block_nats, note_try, tries_of
from sekisho.core.watch.book import Book, abroad_at, dials_of, line_at, nats_of, totals_of
from sekisho.core.watch.calendar import part_of_week
from sekisho.core.watch.evidence import country, price
from sekisho.core.watch.logarithms import log
from sekisho.core.watch.policy import Dials
from sekisho.core.watch.state import NO_LOOKS, NONE, PROVED, Record
from sekisho.core.watch.suspects import look_up, open_country

KNOWN_CALLS = 0.5  # a country is known while half a call to it is left
QUIET_NATS = 1.5
LONG_GAP_S = 1e7
LONGEST_SPAN_MS = 12 * HOUR_MS  # an incoming call that is said to be up for longer has ended untold
STILL_MINUTES = 12 * 60  # so long after an ask or a hold was spoken nothing new is learnt


@njit(cache=True)
def abroad_of(book: Book, line_row: int, at: int) -> Record:
    """What is remembered of the line's calls abroad; taken from the pool at its first. Needs room for one more."""
    line = line_at(book, line_row)
    if line.abroad == NONE:
        totals = totals_of(book)
        free = int(totals.free_abroad)
        if free == NONE:
            line.abroad = totals.abroad
            totals.abroad += 1
        else:
            line.abroad = free
            totals.free_abroad = abroad_at(book, free).first_minute
        abroad = abroad_at(book, line.abroad)
        abroad.line = line_row
        abroad.at = abroad.counted_at = at
        abroad.first_minute = abroad.peak_since = at // MINUTE_MS
        abroad.prefixed_2h = tries_of(book, line_row, at)
    return abroad_at(book, line.abroad)


@njit(cache=True)
def count_try(book: Book, call: Record, at: int) -> None:
    """A call goes to no number of the plan: count it where it is the number before behind another prefix."""
    line, tried = line_at(book, call.line), recent.tried_of(call.number)
    if tried < recent.TRIED_LEAST:
        return
    if line.abroad == NONE:
        note_try(book, int(call.line), tried, at)
        return
    abroad = abroad_at(book, line.abroad)
    gap_s = max(at - abroad.at, 0) / SECOND_MS
    pass_time(book, abroad, at)
    recent.count_try(abroad, tried, gap_s)


@njit(cache=True)
def pass_time(book: Book, abroad: Record, at: int) -> None:
    """Let scores sink and everything recent fade to `at`."""
    dials = dials_of(book)
    score.cool(abroad, at - abroad.at, dials)
    recent.fade(abroad, at)
    habit.fade(abroad, at, dials)


@njit(cache=True)
def meet(book: Book, line_row: int, abroad: Record, call: Record, sight: Record, milliyen: float, at: int) -> None:
    """Count a call that became known at `at`, add it to the label-free score, and learn from it if nothing is amiss.

    `milliyen` is its price a minute. Fills `sight`, which later looks at the call go by.
    """
    line, dials = line_at(book, line_row), dials_of(book)
    first = abroad.last_digits == 0
    sight.gap_s = LONG_GAP_S if first else min(max(at - abroad.at, 0) / SECOND_MS, LONG_GAP_S)
    pass_time(book, abroad, at)
    habit.turn_peaks(abroad, at)
    slot = habit.country_slot(abroad, int(call.country), at)
    _, _, everywhere = habit.known_countries(abroad, at, dials)
    young = habit.is_young(abroad, slot, at, dials)
    there = 0.0 if young else float(abroad.country_calls[slot])
    sight.country = call.country
    sight.country_hours = max(at - abroad.country_since[slot] * MINUTE_MS, 0) / HOUR_MS
    sight.milliyen_a_minute = milliyen
    sight.valid, sight.hot = call.valid, call.hot
    sight.through = 1 if line.incoming > 0 and 0 <= call.start - line.incoming_since <= LONGEST_SPAN_MS else 0
    sight.number_hours = habit.number_hours(abroad, call.number, at)
    digits = recent.digits_of(call.number)
    sight.block = block_nats(book, int(line.company), digits, line_row, at, sight.number_hours < 0.0)
    if abroad.country_calls[slot] == 0.0 and sight.country_hours * HOUR_MS < MINUTE_MS:
        open_country(book, int(line.company), int(call.country), line_row, at)
    look_up(book, line, line_row, sight, digits, at)
    share = country.honest_share(there, everywhere, dials.new_country_doubt, price.popularity(milliyen))
    _score(book, line_row, abroad, call, sight, share, there >= KNOWN_CALLS, digits, at)
    recent.count_call(abroad, digits, sight, young)
    sight.share = share
    sight.looks = 0
    old_habit = there >= KNOWN_CALLS and sight.number_hours * HOUR_MS >= dials.probation_ms
    sight.quiet = 1 if old_habit and score.top_thief(abroad) < QUIET_NATS else 0
    if sight.quiet != 0:
        sight.looks = NO_LOOKS


@njit(cache=True)
def _score(
    book: Book,
    line_row: int,
    abroad: Record,
    call: Record,
    sight: Record,
    share: float,
    known: bool,
    digits: int,
    at: int,
) -> None:
    line, dials, nats = line_at(book, line_row), dials_of(book), nats_of(book)
    slot = habit.country_slot(abroad, int(call.country), at)
    young = habit.is_young(abroad, slot, at, dials)
    before = score.free_score(abroad, dials) if young else 0.0  # else nobody asks
    part = part_of_week(call.start, dials.closed)
    week, here = habit.honest_rates(abroad, part, at, dials)
    sight.part = part
    sight.week_an_hour = week * HOUR_MS
    sight.quieter = log(week / here)
    score.place_nats(share, known, sight.milliyen_a_minute, nats, dials)
    score.time_nats(week, here, nats)
    score.weigh(line, abroad, sight, nats, at)
    again = digits != 0 and digits == abroad.last_digits  # a number that nobody can read is no redial
    sight.gain = score.add_call(abroad, nats, week, share, known, again, dials)
    if may_learn(line, abroad, young, before, at, dials):
        habit.learn(abroad, slot, part, sight.milliyen_a_minute / 1000.0, sight.number_hours < 0.0, at, dials)


@njit(cache=True)
def may_learn(line: Record, abroad: Record, young: bool, before: float, at: int, dials: Dials) -> bool:
    """Whether a call teaches: not under an ask or a hold; to a young destination not while the score is raised.

    `before`: the label-free score before the call. To a destination past its probation a call teaches at any score:
    else a busy line, once suspected, could never show that it is busy.
    """
    if line.held_until != NEVER and at < line.held_until:
        return False
    if line.asked_until != NEVER and at < line.asked_until and line.asked_country != PROVED:
        return False
    if not young:
        return True
    calm = at // MINUTE_MS - abroad.said_minute >= STILL_MINUTES
    return calm and before < dials.learn_nats
