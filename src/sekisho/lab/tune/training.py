"""Training a scorecard on traces: honest calls of a carrier, and those of thieves put among them.

Rounds. The first takes line-days by chance and weighs events by what they are (`weighing`). With what it learnt every
event is scored; the second keeps the line-days that look worst, knows where each thief is caught, and weighs anew. The
loss is centred where the watch will work: an incident counts as `INCIDENT` line-days, so that a score of 0 stands about
where one incident in that many line-days is worth an alarm.
Lines are held out (one in `HELD_OUT`) to say when further trees stop helping.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sekisho.core.terms.errors import BadSetting
from sekisho.core.watch.scorecard import DEPTH, Scorecard, score_rows
from sekisho.lab.tune.budget import threshold
from sekisho.lab.tune.cascade import cut_short
from sekisho.lab.tune.forest import compiled
from sekisho.lab.tune.weighing import HONEST, incident_weights, line_day_maxima, line_day_weights, passing

I64 = npt.NDArray[np.int64]
F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

HELD_OUT: Final = 5
INCIDENT: Final = 1.0
MOST_LINE_DAYS: Final = 150_000  # taken by chance, and as many of the worst
LIGHT: Final = 1e-3  # line-days: what counts less than this is left out
PASSES: Final = 2
AIM: Final = 1_000.0  # false asks per million line-days: where "caught" is measured between rounds
ENOUGH: Final = 10_000.0  # line-days held out: with fewer, stopping early loses more than it saves
PATIENCE: Final = 25  # trees without gain on the lines held out
LINE_OF: Final = 32  # line_day >> LINE_OF is the line


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows of traces. All arrays have one entry a row; rows of one incident are in order of time.

    `features` f32 [rows, features]; `incident` -1 for honest rows; `yen`: what the incident goes on to cost from this
    event to its next one, if nobody stops it; `line_day`: line << 32 | day, in `worlds` pooled with lines of their own.
    """

    features: F32
    incident: I64
    yen: F64
    line_day: I64

    def of(self, rows: I64) -> Examples:
        """Those rows only."""
        return Examples(self.features[rows], self.incident[rows], self.yen[rows], self.line_day[rows])


def pooled(parts: Collection[Examples]) -> Examples:
    """Several worlds as one: lines and incidents of different parts stay apart."""
    lines = incidents = 0
    moved = []
    for part in parts:
        named = np.where(part.incident == HONEST, HONEST, part.incident + incidents)
        moved.append(Examples(part.features, named, part.yen, part.line_day + (lines << LINE_OF)))
        lines += int(part.line_day.max(initial=0) >> LINE_OF) + 1
        incidents += int(part.incident.max(initial=-1)) + 1
    return Examples(
        np.concatenate([part.features for part in moved]),
        np.concatenate([part.incident for part in moved]),
        np.concatenate([part.yen for part in moved]),
        np.concatenate([part.line_day for part in moved]),
    )


def booster_library() -> ModuleType:
    """LightGBM. Raises BadSetting where the extra is not installed."""
    try:
        import lightgbm
    except (ImportError, OSError) as error:  # OSError: libgomp is missing
        why = str(error).splitlines()[0]
        raise BadSetting(f"tuning needs LightGBM ({why}); install it with: pip install 'sekisho[tune]'") from None
    return lightgbm


def held_out(line_day: I64, seed: int) -> Bools:
    """Which rows belong to lines that are kept out of the training, one line in HELD_OUT, by chance from `seed`."""
    lines, place = np.unique(line_day >> LINE_OF, return_inverse=True)
    aside = np.random.default_rng([seed, 1]).permutation(lines.size) % HELD_OUT == 0
    return np.asarray(aside[place], np.bool_)


def _chosen(honest_days: I64, worst: F64 | None, seed: int) -> dict[str, I64]:
    """Line-days to train on: some by chance, and the worst by their highest score. `honest_days` are distinct."""
    chance = np.random.default_rng([seed, 2]).permutation(honest_days.size)
    if worst is None:
        return {"taken": honest_days[chance[:MOST_LINE_DAYS]], "worst": honest_days[:0]}
    order = np.argsort(-worst, kind="stable")
    top = np.zeros(honest_days.size, np.bool_)
    top[order[:MOST_LINE_DAYS]] = True
    rest = chance[~top[chance]][:MOST_LINE_DAYS]
    return {"taken": honest_days[rest], "worst": honest_days[top]}


def _weigh(examples: Examples, score: F64 | None, seed: int) -> tuple[I64, F64]:
    """(rows to train on, their weights)."""
    honest = np.flatnonzero(examples.incident == HONEST)
    days_of = examples.line_day[honest]
    passes = worst = None
    if score is None:
        days = np.unique(days_of)
    else:
        top, maxima = line_day_maxima(days_of, score[honest])
        days, worst = days_of[top], maxima
        passes = passing(score, threshold(maxima, maxima.size, AIM).nats)
    chosen = _chosen(days, worst, seed)
    left = max(days.size - chosen["worst"].size, 1)
    by_chance, is_worst = np.isin(days_of, chosen["taken"]), np.isin(days_of, chosen["worst"])
    shares = line_day_weights(days_of, None if score is None else score[honest])
    shares *= is_worst + by_chance * (left / max(chosen["taken"].size, 1))
    weights = incident_weights(examples.incident, examples.yen, passes) * INCIDENT
    weights[honest] = shares
    rows = np.flatnonzero(weights > LIGHT)
    return rows, weights[rows]


def _parameters(names: tuple[str, ...], depth: int, seed: int, rising: Collection[str]) -> dict[str, Any]:
    return {
        "objective": "binary",
        "max_depth": depth,
        "num_leaves": 1 << depth,
        "learning_rate": 0.2,
        "min_data_in_leaf": 40,
        "min_sum_hessian_in_leaf": 1.0,
        "lambda_l2": 1.0,
        "feature_fraction": 0.7,
        "max_bin": 127,
        "use_missing": False,
        "boost_from_average": True,
        "monotone_constraints": [int(name in rising) for name in names],
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,  # threads that wait for each other by spinning lose more than they gain on a busy machine
        "verbosity": -1,
    }


def _boosted(
    examples: Examples, weights: F64, aside: Bools, parameters: dict[str, Any], rounds: int, told: Callable[[int], None]
) -> Any:
    """A LightGBM booster, cut where it does best on the rows held aside; all trees where these are too few to tell."""
    lightgbm = booster_library()
    labels = (examples.incident != HONEST).astype(np.float32)

    def data(rows: Bools, reference: Any = None) -> Any:
        return lightgbm.Dataset(
            examples.features[rows], labels[rows], weight=weights[rows], reference=reference, params=parameters
        )

    def after_a_tree(_: Any) -> None:
        told(1)

    learnt = data(~aside)
    judged = bool(labels[aside].any()) and float(weights[aside & (labels == 0)].sum()) >= ENOUGH
    calls: list[Any] = [after_a_tree]
    if judged:
        calls.append(lightgbm.early_stopping(PATIENCE, verbose=False))
    return lightgbm.train(
        parameters, learnt, rounds, valid_sets=[data(aside, learnt)] if judged else None, callbacks=calls
    )


def fit(
    examples: Examples,
    names: tuple[str, ...],
    seed: int,
    rounds: int = 160,
    depth: int = DEPTH,
    rising: Collection[str] = (),
    told: Callable[[int], None] = lambda _trees: None,
) -> Scorecard:
    """A scorecard that tells thieves from honest callers in `examples`; the same for the same seed.

    `rising`: names of features that may only speak for a thief the more there is of them. `told` hears of every tree.
    Raises BadSetting where there is nothing to learn from.
    """
    thieves = examples.incident != HONEST
    if not thieves.any() or thieves.all():
        raise BadSetting("training needs honest calls and thieves' calls; there is only one kind")
    if depth > DEPTH:
        raise BadSetting(f"depth {depth}: a scorecard's trees ask at most {DEPTH} questions")
    parameters = _parameters(names, depth, seed, rising)
    aside = held_out(examples.line_day, seed)
    score: F64 | None = None
    for turn in range(PASSES):
        rows, weights = _weigh(examples, score, seed)
        chosen = examples.of(rows)
        trees = rounds if turn == PASSES - 1 else max(rounds // 2, 1)
        booster = _boosted(chosen, weights, aside[rows], parameters, trees, told)
        usual = np.where(chosen.incident == HONEST, weights, 0.0)
        card = compiled(booster, names, chosen.features, usual)
        if turn < PASSES - 1:
            score = score_rows(card, examples.features)
    return cut_short(card, examples.features)


def train(
    features: F32,
    labels: npt.NDArray[Any],
    incident: I64,
    yen: F64,
    line_day: I64,
    names: tuple[str, ...],
    seed: int,
    rounds: int = 160,
    depth: int = DEPTH,
    rising: Collection[str] = (),
) -> Scorecard:
    """`fit` on plain arrays: `labels` 1 for a thief's rows, `incident` -1 for honest ones; the rest as in Examples."""
    told = np.where(np.asarray(labels) > 0, np.asarray(incident, np.int64), HONEST)
    examples = Examples(
        np.ascontiguousarray(features, np.float32), told, np.asarray(yen, np.float64), np.asarray(line_day, np.int64)
    )
    return fit(examples, names, seed, rounds, depth, rising)
