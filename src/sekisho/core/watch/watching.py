"""From what is known of a call to the vector of features, to a score, to what is said of it."""

from __future__ import annotations

from numba import njit

from sekisho.core.terms.call import Action
from sekisho.core.terms.destination import GLOBAL_SERVICE
from sekisho.core.terms.instants import DAY_MS, HOUR_MS, JST_OFFSET_MS, MINUTE_MS, NEVER
from sekisho.core.terms.money import MILLIYEN
from sekisho.core.watch import habit, recent, score, scorecard
from sekisho.core.watch.book import (
    Book,
    abroad_at,
    call_at,
    contract_at,
    dials_of,
    line_at,
    new_trace,
    open_at,
    totals_of,
    vector_of,
)
from sekisho.core.watch.features import FEATURES, log_ratio
from sekisho.core.watch.logarithms import log, log1p
from sekisho.core.watch.policy import Dials
from sekisho.core.watch.speak import Occasion, ask, hold, may_alert, write_score
from sekisho.core.watch.state import NONE, Record
from sekisho.core.watch.suspects import suspect

ALERT, ASK, HOLD = int(Action.ALERT), int(Action.ASK), int(Action.HOLD)
MONTHS_BEFORE_1970 = 1970 * 12
DAYS_A_MONTH = 30.436875
LOOK, UNSEEN = 3, 4  # of the feature `event`, beside CallEvent: a call in progress; the end of a call nobody saw begin


@njit(cache=True)
def _first_day(contract: Record) -> float:
    """The day (since 1970) of the contract's first call, to a day or two: months are taken to be alike."""
    return float((contract.first_month - MONTHS_BEFORE_1970) * DAYS_A_MONTH + contract.first_day - 1)


@njit(cache=True)
def fill_vector(
    book: Book, line: Record, abroad: Record, sight: Record, event: int, talk_s: float, running: float, at: int
) -> None:
    """The features of one event of a call, in the order of features.NAMES.

    `talk_s`: seconds it has talked; `running`: yen that the line's calls abroad in progress have cost so far.
    """
    vector = vector_of(book)
    x = vector.x
    x[0], x[1], x[2] = abroad.score[0], abroad.score[1], abroad.score[2]
    x[3] = sight.gain
    _fill_place(vector, abroad, sight, running, at, dials_of(book))
    _fill_number(vector, abroad, sight)
    _fill_pace(vector, abroad, sight, at)
    first = _first_day(contract_at(book, line.contract))
    x[37] = log1p(max(at / DAY_MS - first, 0.0))
    _fill_talk(vector, abroad, event, talk_s)
    _fill_beside(vector, line, abroad, sight, at)
    x[54] = log1p(abroad.spend_2h + running)
    x[55] = log1p(abroad.spend_day + running)
    x[56] = log_ratio(abroad.spend_day + running + 100.0, abroad.usual_spend + 500.0)
    begun = totals_of(book).begun
    x[57] = log1p(max(first - begun / DAY_MS, 0.0)) if begun != NEVER else 0.0
    x[58] = log1p(sight.suspect_block)
    x[59] = sight.opened_share
    x[60] = log1p(sight.suspects_there)
    x[61] = sight.suspects_share
    x[62] = log1p(sight.suspects_all)


@njit(cache=True)
def _fill_place(vector: Record, abroad: Record, sight: Record, running: float, at: int, dials: Dials) -> None:
    """Where the call goes, whether the line goes there, and what a minute costs: features 4 to 15."""
    x = vector.x
    slot = habit.country_slot(abroad, int(sight.country), at)
    known, young, _ = habit.known_countries(abroad, at, dials)
    yen = sight.milliyen_a_minute / MILLIYEN
    x[4] = -log(sight.share)
    x[5] = log1p(max(at - abroad.country_since[slot] * MINUTE_MS, 0) / HOUR_MS)
    x[6] = log1p(abroad.country_calls[slot])
    x[7] = known
    x[8] = log1p(abroad.opened)
    x[9] = young
    x[10] = log1p(abroad.young_calls)
    x[11] = log1p(abroad.young_numbers)
    x[12] = log1p(abroad.young_spend + running)
    x[13] = log1p(yen)
    x[14] = log_ratio(yen + 1.0, abroad.dear + 1.0)
    x[15] = 1.0 if sight.country >= GLOBAL_SERVICE else 0.0


@njit(cache=True)
def _fill_number(vector: Record, abroad: Record, sight: Record) -> None:
    """Which number it is, beside those the line called lately: features 16 to 24."""
    x = vector.x
    x[16] = sight.valid
    x[17] = -1.0 if sight.number_hours < 0.0 else log1p(sight.number_hours)
    x[18] = log1p(abroad.fresh_15m)
    x[19] = log1p(abroad.fresh_day)
    x[20] = abroad.fresh_day / max(abroad.calls_day, 0.1)
    x[21] = abroad.fresh_day / max(abroad.calls_day, 0.1) - abroad.fresh_usual
    x[22] = log1p(abroad.redials)
    x[23] = log1p(abroad.walked_2h)
    x[24] = log1p(abroad.prefixed_2h)


@njit(cache=True)
def _fill_pace(vector: Record, abroad: Record, sight: Record, at: int) -> None:
    """How often the line calls, beside how often it does: features 25 to 38 but 37."""
    x = vector.x
    x[25] = log(sight.week_an_hour)
    x[26] = sight.quieter
    x[27] = sight.part
    x[28] = ((at + JST_OFFSET_MS) % DAY_MS) // HOUR_MS
    x[29] = log1p(abroad.calls_2m)
    x[30] = log1p(abroad.calls_15m)
    x[31] = log1p(abroad.calls_2h)
    x[32] = log1p(abroad.calls_day)
    x[33] = log_ratio(abroad.calls_2h, abroad.usual_hours + 1.0)
    x[34] = log_ratio(abroad.calls_day, abroad.usual_calls + 1.0)
    x[35] = log1p(sight.gap_s)
    x[36] = log1p(max(at / MINUTE_MS - abroad.first_minute, 0.0) / 1440.0)
    x[38] = log1p(abroad.calls[0] + abroad.calls[1] + abroad.calls[2] + abroad.calls[3])


@njit(cache=True)
def _fill_talk(vector: Record, abroad: Record, event: int, talk_s: float) -> None:
    """Whether and how long people talk, and how far this call has come: features 39 to 45."""
    x = vector.x
    x[39] = log1p(abroad.missed_2h)
    x[40] = abroad.missed_2h / max(abroad.calls_2h, 0.1)
    x[41] = log1p(talk_s)
    x[42] = abroad.talk
    x[43] = recent.talks_spread(abroad)
    x[44] = abroad.talk - abroad.talk_usual if abroad.talk_usual > 0.0 else 0.0
    x[45] = event


@njit(cache=True)
def _fill_beside(vector: Record, line: Record, abroad: Record, sight: Record, at: int) -> None:
    """What goes on beside the call: features 46 to 53."""
    x = vector.x
    x[46] = abroad.open
    x[47] = max(abroad.open - max(abroad.usual_open, 1.0), 0.0)
    x[48] = log1p(abroad.probes_2d)
    x[49] = sight.through
    x[50] = log1p(abroad.through_day)
    x[51] = sight.block
    x[52] = sight.hot
    x[53] = score.signal_nats(line, at)


@njit(cache=True)
def judge_call(book: Book, occasion: Occasion, sight: Record, event: int, talk_s: float, running: float) -> None:
    """Score an event of a call abroad and say alert, ask or hold. `event`: the feature; see `fill_vector`."""
    line, dials, at = line_at(book, occasion.line), dials_of(book), occasion.at
    abroad = abroad_at(book, line.abroad)
    taught, traced = book.tree_count > 0, book.trace_room > 0
    free = 0.0 if taught and not traced else score.free_score(abroad, dials)
    segment = habit.segment_of(abroad, at, dials)
    nats = free
    if taught or traced:
        fill_vector(book, line, abroad, sight, event, talk_s, running, at)
        if traced:
            _trace(book, occasion, event, segment, free)
        if taught:
            listed, told = score.untaught(line, sight, at, dials)
            nats = scorecard.score(book.trees, book.tree_count, book.vector) - dials.prior_nats + listed + told
    _act(book, occasion, line, abroad, sight, segment, nats)


@njit(cache=True)
def _trace(book: Book, occasion: Occasion, event: int, segment: int, free: float) -> None:
    trace = new_trace(book)
    trace.at, trace.row, trace.line, trace.event = occasion.at, occasion.handle, occasion.line, event
    trace.segment, trace.free = segment, free
    x = vector_of(book).x
    for feature in range(FEATURES):
        trace.features[feature] = x[feature]


@njit(cache=True)
def _act(
    book: Book, occasion: Occasion, line: Record, abroad: Record, sight: Record, segment: int, nats: float
) -> None:
    """Say the mildest that stops the loss: alert, ask, hold on the destination, hold on all."""
    dials, at = dials_of(book), occasion.at
    hold_from, ask_from = dials.hold_nats[segment], dials.ask_nats[segment]
    if line.held_until != NEVER and at < line.held_until + dials.raised_ms:
        # A hold has called for somebody who knows. Until he speaks, an ask stops a thief as well, and spares others.
        hold_from, ask_from = hold_from - dials.raised_nats + dials.spared_nats, ask_from - dials.raised_nats
    if nats >= ask_from and contract_at(book, line.contract).automatic_hold == 1:
        if nats >= hold_from:
            slot = habit.country_slot(abroad, int(sight.country), at)
            sure = dials.hold_nats[segment] + dials.wide_nats  # whatever is taken off after a hold
            narrow = nats < sure and habit.is_young_alone(abroad, slot, at, dials)
            if hold(line, abroad, int(sight.country) if narrow else 0, at, dials):
                _suspect(book, occasion, sight)
                write_score(book, occasion, HOLD, int(line.held_country), nats, sight)
        elif ask(line, abroad, int(sight.country), at, dials):
            _suspect(book, occasion, sight)
            write_score(book, occasion, ASK, 0, nats, sight)
    elif nats >= dials.alert_nats and may_alert(line, at, dials):
        write_score(book, occasion, ALERT, 0, nats, sight)


@njit(cache=True)
def _suspect(book: Book, occasion: Occasion, sight: Record) -> None:
    slot = occasion.slot
    number = open_at(book, slot).number if slot != NONE else call_at(book, occasion.row).number
    suspect(book, occasion.line, int(sight.country), recent.digits_of(number), occasion.at)
