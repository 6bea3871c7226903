"""The flag: a signal raises it, the loop ends after its step."""

from __future__ import annotations

import signal

import pytest

from sekisho.engine.shutdown import Shutdown


@pytest.fixture
def handlers():
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_raises_the_flag_and_the_next_one_is_not_caught(handlers, number):
    shutdown = Shutdown()
    shutdown.listen()
    assert not shutdown()
    signal.raise_signal(number)
    assert shutdown()
    assert signal.getsignal(number) == signal.SIG_DFL
