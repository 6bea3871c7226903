"""The words of a call: their values are in stored data, so they are pinned here."""

from __future__ import annotations

from sekisho.core.terms.call import ACTION_NAMES, Action, CallEvent, Feed


def test_the_events_of_a_call_keep_their_values():
    assert [(event.name, event.value) for event in CallEvent] == [("START", 0), ("ANSWER", 1), ("END", 2)]


def test_the_actions_keep_their_values_and_grow_harsher():
    assert [(action.name, action.value) for action in Action] == [("PASS", 0), ("ALERT", 1), ("ASK", 2), ("HOLD", 3)]


def test_an_action_is_written_in_small_letters():
    assert ACTION_NAMES == ("pass", "alert", "ask", "hold")
    assert ACTION_NAMES[Action.HOLD] == "hold"


def test_the_feeds_of_a_backtest():
    assert [(feed.name, feed.value) for feed in Feed] == [("LIVE", 0), ("CDR", 1)]
