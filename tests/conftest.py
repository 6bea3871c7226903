"""Before the first test on a new machine: kernels are compiled once, so that no deadline of a test waits for them.

Hypothesis tries the same examples every time, and does not mind that they come slowly on a machine that others use too.
"""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import HealthCheck, settings

import sekisho

settings.register_profile("shared machine", derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")


def pytest_sessionstart(session) -> None:
    """Rehearse where the cache of kernels is empty; it takes a minute or two, once an edit of the core."""
    assert sekisho.__doc__, "the package names the cache's folder"
    cache = Path(os.environ["NUMBA_CACHE_DIR"])
    if session.config.option.collectonly or any(cache.rglob("*.nbc")):
        return
    from sekisho.flow import JudgeSettings
    from sekisho.flow.rehearsal import rehearse
    from sekisho.wiring.tariffs import read_tariff

    rehearse(JudgeSettings(), read_tariff()[0])
