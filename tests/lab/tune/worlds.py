"""Made-up training examples with a known answer, for tests of the training itself."""

from __future__ import annotations

import numpy as np

from sekisho.lab.tune.training import Examples

NAMES = tuple(f"f{index}" for index in range(8))


def a_world(seed, lines=600, days=30, incidents=80):
    """Honest line-days with a common mood, and thieves whose events differ from them the more the longer they last."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(1.5, lines * days)
    line, day = np.divmod(np.arange(lines * days), days)
    line_day = np.repeat(line << 32 | day, counts)
    honest = rng.normal(size=(line_day.size, len(NAMES)))
    honest[:, :3] += np.repeat(rng.standard_t(4, (lines * days, 3)), counts, axis=0)
    sizes = rng.integers(4, 40, incidents)
    incident = np.repeat(np.arange(incidents), sizes)
    place = np.concatenate([np.arange(size) for size in sizes])
    thieves = rng.normal(size=(incident.size, len(NAMES)))
    thieves[:, :5] += 1.5 + 0.4 * np.minimum(place, 10)[:, None]
    yen = np.exp(rng.normal(size=incidents))[incident] * 100
    robbed = (rng.integers(0, lines, incidents) << 32 | rng.integers(0, days, incidents))[incident]
    return Examples(
        np.concatenate([honest, thieves]).astype(np.float32),
        np.concatenate([np.full(line_day.size, -1), incident]),
        np.concatenate([np.zeros(line_day.size), yen]),
        np.concatenate([line_day, robbed]),
    )
