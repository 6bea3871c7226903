"""The flag: a signal raises it, the loop ends after its step."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from sekisho.shutdown import Shutdown


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


def test_a_wait_ends_with_the_signal(handlers):
    shutdown = Shutdown()
    shutdown.listen()
    assert not shutdown.wait(0)
    main = threading.main_thread().ident
    threading.Timer(0.05, lambda: signal.pthread_kill(main, signal.SIGTERM)).start()
    began = time.monotonic()
    assert shutdown.wait(60)
    assert time.monotonic() - began < 30
    assert shutdown.wait(60)  # asked is asked: no second wait
