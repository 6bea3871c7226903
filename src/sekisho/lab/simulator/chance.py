"""Chance in bulk: draws from words (the same word always the same draw) and from laws with heavy tails."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sekisho.lab.simulator.byte_rows import Words, mixed

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def word_of(*parts: npt.NDArray[np.generic] | int) -> Words:
    """One word from several whole numbers, arrays or single ones: equal parts give the equal word."""
    words = np.zeros(1, np.uint64)
    for part in parts:
        words = mixed(words + np.asarray(part).astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15))
    return words


def shares_of(words: Words) -> F64:
    """Words as numbers from 0 up to, not including, 1."""
    return np.asarray((words >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def steps_of(weights: npt.NDArray[np.float64]) -> F64:
    """Weights, along the last axis, as cumulative shares that end at 1."""
    total = np.cumsum(weights, axis=-1)
    return np.asarray(total / total[..., -1:])


def picked(steps: F64, share: F64) -> I64:
    """Places in one table of cumulative shares, for each share in [0, 1)."""
    return np.minimum(np.searchsorted(steps, share, side="right"), len(steps) - 1)


def picked_in(steps: F64, row: I64, share: F64) -> I64:
    """Places in row `row` of several tables of cumulative shares, f64[rows, places]."""
    rows, places = steps.shape
    flat = (steps + np.arange(rows)[:, None]).ravel()
    found = np.searchsorted(flat, row + np.minimum(share, 1 - 1e-12), side="right") - row * places
    return np.clip(found, 0, places - 1)


def heavy_rank(share: F64, reach: F64) -> I64:
    """Ranks from 0: the first ones mostly; the larger `reach`, the more often far ones. Reach 0 is always rank 0."""
    return np.asarray(np.minimum((1 - share) ** -reach - 1, 1e6).astype(np.int64))


def around(rng: np.random.Generator, low: float, high: float) -> float:
    """One draw between two bounds, evenly on a logarithmic scale."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def one_of(rng: np.random.Generator, choices: Sequence[float], weights: Sequence[float]) -> float:
    """One of a few choices by weight."""
    return choices[int(picked(steps_of(np.array(weights, np.float64)), np.array([rng.random()]))[0])]


def spread(rng: np.random.Generator, median: F64 | float, sigma: F64 | float, size: int) -> F64:
    """Log-normal draws."""
    return np.asarray(median * np.exp(sigma * rng.standard_normal(size)))
