"""The one judge: `step` takes the state and one event of one call and says what it thinks of it.

Order within an event: the windows of money turn, the call's own bookkeeping (a call abroad is met once: at its start
where we see it begin, else at its end), the score (at start, answer and end), the rules, the timer for the next look or
the next unit that could cross a limit. Between events the timers speak (`advance`), so that calls in progress are
judged while nothing else happens on the line.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from sekisho.core.terms.call import CallEvent
from sekisho.core.terms.instants import HOUR_MS, MINUTE_MS, NEVER, SECOND_MS
from sekisho.core.terms.money import MILLIYEN
from sekisho.core.units import PRICE_FIELDS
from sekisho.core.watch import habit, recent, spend
from sekisho.core.watch.agreed import judge_agreed
from sekisho.core.watch.blocks import look_ahead_block
from sekisho.core.watch.book import (
    Aids,
    Book,
    abroad_at,
    call_at,
    contract_at,
    dials_of,
    line_at,
    look_ahead,
    look_ahead_abroad,
    look_ahead_far,
    open_at,
    open_book,
    price_row,
    room_to_write,
    sight_at,
    slot_of,
    totals_of,
)
from sekisho.core.watch.expiry import expire, has_expired, next_expiry, take_back
from sekisho.core.watch.incoming import count_incoming
from sekisho.core.watch.judged import Events, Verdicts
from sekisho.core.watch.looks import look_due, next_look_at
from sekisho.core.watch.meeting import abroad_of, count_try, meet, pass_time
from sekisho.core.watch.money import judge_money, look_again_at, next_to_hold
from sekisho.core.watch.open_calls import begin, finish, price_of, room_for_call
from sekisho.core.watch.screening import end_ask, know
from sekisho.core.watch.speak import Occasion, covers
from sekisho.core.watch.state import FAR, LIMITS_CALLS, LIMITS_MONEY, NO_LOOKS, NONE, Record, Records, WatchState
from sekisho.core.watch.suspects import clear
from sekisho.core.watch.timers import arm, next_due
from sekisho.core.watch.watching import LOOK, UNSEEN, judge_call

START, ANSWER, END = (int(event) for event in CallEvent)
SETTLE = 3  # the charge of a call that another source has told the end of
DONE, NEEDS_VERDICT_ROOM, NEEDS_CALL_ROOM, NEEDS_ABROAD_ROOM = range(4)
LOOKS_AT_ONCE = 4
UNIT_MS, UNIT_MILLIYEN = 2, 3  # fields of units.Price
LOOK_AHEAD = 12  # events; memory takes about as long as judging so many


@njit(cache=True)
def _a_minute(book: Book, rate: int) -> float:
    """Milli-yen a minute at this rate; 0 where it has no price by time."""
    if rate == NONE:
        return 0.0
    price = price_row(book, rate).fields
    return float(price[UNIT_MILLIYEN] * MINUTE_MS / price[UNIT_MS]) if price[UNIT_MS] > 0 else 0.0


@njit(cache=True)
def _meet(book: Book, call: Record, sight: Record, at: int) -> None:
    """Count an international call that is new to us."""
    abroad = abroad_of(book, int(call.line), at)
    if call.proves == 1:
        _prove(book, call, abroad, at)
    meet(book, int(call.line), abroad, call, sight, _a_minute(book, int(call.rate)), at)


@njit(cache=True)
def _prove(book: Book, call: Record, abroad: Record, at: int) -> None:
    """The caller gives the right PIN, if the call began while the line was asked for it and was not held."""
    line, dials = line_at(book, call.line), dials_of(book)
    asked = covers(line.asked_until, line.asked_country, call.country, 0, call.start)
    held = covers(line.held_until, line.held_country, call.country, 0, call.start)
    if asked and call.start >= line.asked_until - dials.hold_ms and not held:
        end_ask(line, at + dials.hold_ms)
        clear(line, book.blocks, book.countries)
        know(abroad, int(call.country), at, dials.probation_ms)


@njit(cache=True)
def _running(book: Book, contract: Record, line_row: int, over: int, at: int) -> float:
    """Yen that the line's calls abroad in progress have cost so far, but for the one of handle `over`."""
    total, slot = 0, int(contract.open_head)
    while slot != NONE:
        opened = open_at(book, slot)
        if opened.international == 1 and opened.line == line_row and opened.handle != over:
            total += spend.so_far(book, slot, at)
        slot = opened.after
    return total / MILLIYEN


@njit(cache=True)
def _judge(book: Book, occasion: Occasion, sight: Record, event: int, talk_s: float) -> None:
    """Judge an international call, unless it is an old habit of its line."""
    if sight.quiet != 0:
        return
    line = line_at(book, occasion.line)
    running, ends = 0.0, 1 if event == END else 0
    if abroad_at(book, line.abroad).open + ends > 0:
        # At its end a call's charge is counted already, if it is known by then.
        over = occasion.handle if ends == 1 and call_at(book, occasion.row).charge > 0 else NONE
        running = _running(book, contract_at(book, line.contract), occasion.line, over, occasion.at)
    judge_call(book, occasion, sight, event, talk_s, running)


@njit(cache=True)
def _arm(book: Book, contract_row: int, at: int) -> None:
    """Set the contract's timer to the next instant at which its calls in progress can make a rule speak.

    None where all of them will have expired by then: few calls come to what a rule speaks of.
    """
    contract = contract_at(book, contract_row)
    instant = FAR
    if contract.open_head != NONE:
        instant = min(look_again_at(book, contract, at), next_look_at(book, contract))
        if instant > at + dials_of(book).longest_ms:
            instant = FAR
    arm(book, contract_row, instant)


@njit(cache=True)
def _look_again(book: Book, contract: Record, at: int) -> None:
    """Judge those calls abroad in progress whose time has come; a few at a time, the others at the next look."""
    slot, left = int(contract.open_head), LOOKS_AT_ONCE
    while slot != NONE and left > 0:
        call = open_at(book, slot)
        due = look_due(call)
        if due <= at:
            sight = sight_at(book, slot)
            sight.looks += 1
            left -= 1
            pass_time(book, abroad_at(book, line_at(book, call.line).abroad), at)
            occasion = Occasion(NONE, slot, call.handle, int(call.line), ANSWER, at)
            _judge(book, occasion, sight, LOOK, (at - call.answer) / SECOND_MS)
        slot = open_at(book, slot).after


@njit(cache=True, forceinline=True)
def _speak_timers(book: Book, until: int) -> bool:
    while True:
        if not room_to_write(book):
            return False
        expiry = next_expiry(book)
        contract_row = next_due(book, min(until, expiry))
        if contract_row == NONE and expiry <= until:
            _arm(book, expire(book, int(totals_of(book).oldest), expiry), expiry)
            continue
        if contract_row == NONE:
            totals = totals_of(book)
            totals.now = max(totals.now, until)
            return True
        contract = contract_at(book, contract_row)
        at = contract.armed_at
        arm(book, contract_row, FAR)
        slot = int(contract.open_head)
        if slot != NONE:
            to_hold = next_to_hold(book, contract, at)
            slot = slot if to_hold == NONE else to_hold
            call = open_at(book, slot)
            spend.reach(book, contract, at)
            judge_money(book, contract, Occasion(NONE, slot, call.handle, int(call.line), ANSWER, at))
            _look_again(book, contract, at)
            _arm(book, contract_row, at)


@njit(cache=True)
def _set_price(book: Book, opened: Record, call: Record) -> None:
    for field in range(PRICE_FIELDS):
        opened.price[field] = price_row(book, call.rate).fields[field] if call.rate != NONE else 0


@njit(cache=True)
def _on_start(book: Book, call: Record, occasion: Occasion) -> int:
    """A call begins: open it, and judge it if it goes abroad. Returns its slot."""
    slot = int(begin(book, occasion.line, int(call.contract), call.start))
    slot_of(book, call.handle).slot = slot
    opened = open_at(book, slot)
    opened.handle = call.handle
    opened.number = call.number
    opened.international = call.international
    _set_price(book, opened, call)
    opened.sight.looks = NO_LOOKS
    if call.international == 1 and call.scored == 1:
        sight = sight_at(book, slot)
        _meet(book, call, sight, occasion.at)
        abroad = abroad_at(book, line_at(book, call.line).abroad)
        abroad.open += 1
        abroad.peak_open = max(abroad.peak_open, abroad.open)
        opened.watched = 1
        contract = contract_at(book, call.contract)
        if contract.limited & LIMITS_CALLS:  # before the score, whose alert would silence it for a minute
            judge_agreed(book, call, occasion)
        _judge(book, occasion, sight, START, 0.0)
        if call.proves == 1:  # asked at this very call, he answers in it
            _prove(book, call, abroad, occasion.at)
        if contract.limited & LIMITS_MONEY:
            judge_money(book, contract, occasion)
    else:
        opened.watched = 0
        _count_nowhere(book, call, occasion.at)
    return slot


@njit(cache=True)
def _count_nowhere(book: Book, call: Record, at: int) -> None:
    """Look at the digits of a call that is new to us and goes to no number of the plan."""
    if call.international == 0 and call.valid == 0 and call.scored == 1:
        count_try(book, call, at)


@njit(cache=True, forceinline=True)
def _settle(book: Book, call: Record, occasion: Occasion) -> None:
    """Count the money of a call that is over, speak the rules on it, and look anew at the calls still in progress."""
    contract = contract_at(book, call.contract)
    if call.charge > 0:
        take_back(book, contract, call)
        spend.add_finished(contract, call.start, occasion.at, call.charge, call.international)
        judge_money(book, contract, occasion)
    if contract.armed_at < FAR or contract.limited & LIMITS_MONEY:
        _arm(book, int(call.contract), occasion.at)


@njit(cache=True)
def _end_abroad(book: Book, call: Record, sight: Record, at: int) -> float:
    """Count the end of an international call; the seconds it talked, 0 where nobody answered."""
    abroad = abroad_at(book, line_at(book, call.line).abroad)
    pass_time(book, abroad, at)
    talk_ms = max(call.end - call.answer, 0) if min(call.answer, call.end) > NEVER else -1
    young = sight.country_hours * HOUR_MS < dials_of(book).probation_ms
    recent.count_end(abroad, talk_ms, call.charge, sight, young)
    return max(talk_ms, 0) / SECOND_MS


@njit(cache=True)
def _charge_abroad(book: Book, call: Record, at: int) -> None:
    """Count what an international call has cost whose end was counted before its charge was known."""
    line = line_at(book, call.line)
    if call.international == 0 or line.abroad == NONE or call.charge <= 0:
        return
    abroad, dials = abroad_at(book, line.abroad), dials_of(book)
    pass_time(book, abroad, at)
    slot = habit.country_slot(abroad, int(call.country), at)
    recent.count_charge(abroad, call.charge, habit.is_young(abroad, slot, at, dials))


@njit(cache=True, forceinline=True)
def _on_end(book: Book, call: Record, occasion: Occasion) -> None:
    """A call is over: judge it (once more), count its money, speak the rules."""
    kept = slot_of(book, call.handle)
    if kept.slot >= 0:
        slot = int(kept.slot)
        opened = open_at(book, slot)
        if opened.watched == 1:
            abroad_at(book, line_at(book, call.line).abroad).open -= 1
            talk = _end_abroad(book, call, sight_at(book, slot), occasion.at)
            _judge(book, occasion, sight_at(book, slot), END, talk)
        finish(book, slot)
        kept.slot = NONE
    elif not has_expired(book, call):  # else it is counted
        totals = totals_of(book)
        totals.started += 1
        totals.ended += 1
        if call.international == 1 and call.scored == 1:
            sight = sight_at(book, NONE)
            _meet(book, call, sight, occasion.at)
            talk = _end_abroad(book, call, sight, occasion.at)
            if contract_at(book, call.contract).limited & LIMITS_CALLS:
                judge_agreed(book, call, occasion)
            _judge(book, occasion, sight, UNSEEN, talk)
        else:
            _count_nowhere(book, call, occasion.at)
    _settle(book, call, occasion)


@njit(cache=True, forceinline=True)
def step(book: Book, row: int, kind: int, at: int) -> None:
    """Judge one event of the call in `row`. Needs room for one open call and for WRITES_AT_ONCE verdicts.

    An incoming call changes nothing but what its line's calls abroad may be spanned by.
    """
    call = call_at(book, row)
    if call.outgoing == 0:
        count_incoming(book, call, kind, at)
        return
    contract = contract_at(book, call.contract)
    spend.reach(book, contract, at)
    event = END if kind == SETTLE else kind
    occasion = Occasion(row, NONE, call.handle, int(call.line), event, at)
    if kind == END:
        _on_end(book, call, occasion)
        return
    if kind == SETTLE:
        _charge_abroad(book, call, at)
        _settle(book, call, occasion)
        return
    slot = slot_of(book, call.handle).slot
    if slot < 0 and has_expired(book, call):
        return
    if slot == NONE:
        slot = _on_start(book, call, occasion)
    opened = open_at(book, slot)
    if kind == ANSWER and (opened.answer == NEVER or at < opened.answer):
        opened.answer = at
        _set_price(book, opened, call)  # that of the answer, not of the start
        if price_of(opened).unit_ms > 0:
            judge_money(book, contract, occasion)
            _arm(book, int(call.contract), at)
        if opened.watched == 1:
            pass_time(book, abroad_at(book, line_at(book, call.line).abroad), at)
            _judge(book, occasion, sight_at(book, slot), ANSWER, 0.0)


@njit(cache=True)
def advance(
    state: WatchState,
    settings: Records,
    calls: Records,
    prices: Any,
    slots: Any,
    until: int,
    out: Verdicts,
    tools: Aids,
) -> bool:
    """Let every timer due at or before `until` speak, in order; False where `out` must be emptied first.

    The arguments are those of `run`; `calls` and `prices` are not looked at.
    """
    return _speak_timers(open_book(state, settings, calls, prices, slots, out, tools), until)


@njit(cache=True)
def run(
    state: WatchState,
    settings: Records,
    calls: Records,
    events: Events,
    first: int,
    prices: Any,
    slots: Any,
    out: Verdicts,
    tools: Aids,
) -> tuple[int, int]:
    """Judge events from `first` on. Returns (next event, why it stopped): DONE, or what there must be more room for.

    `settings` is what policy.dials gives; `prices` i64 [rate, PRICE_FIELDS]; `slots` i64 has a call's slot by its
    handle while it is open, else NONE. All arrays are C-contiguous.
    """
    book = open_book(state, settings, calls, prices, slots, out, tools)
    for index in range(first, events.what.size):
        if index + 2 * LOOK_AHEAD < events.what.size:
            look_ahead_far(book, events.what[index + 2 * LOOK_AHEAD] >> 2)
        if index + LOOK_AHEAD < events.what.size:
            look_ahead(book, events.what[index + LOOK_AHEAD] >> 2)
            look_ahead_abroad(book, events.what[index + LOOK_AHEAD // 2] >> 2)
            look_ahead_block(book, events.what[index + LOOK_AHEAD // 2] >> 2)
        at = events.at[index]
        if not _speak_timers(book, at):
            return index, NEEDS_VERDICT_ROOM
        if not room_for_call(book):
            return index, NEEDS_CALL_ROOM
        if totals_of(book).abroad >= book.abroad_room:
            return index, NEEDS_ABROAD_ROOM
        what = events.what[index]
        step(book, what >> 2, what & 3, at)
    return events.what.size, DONE
