"""A scorecard: many small trees whose leaves add up to nats, as one array of records, and the kernels that read it.

A tree is perfect and four questions deep, its nodes breadth first: node i asks whether feature[i] <= threshold[i]; if
so node 2 i + 1 follows, else node 2 i + 2. A branch that ends sooner is padded: threshold +inf, and the same value all
the way down. `value` of a leaf is what the tree adds to the score; `value` of an inner node is what it adds on average
to the calls that come there. So the step from a node to its child is what the node's feature has to say, and the steps
of all trees and the averages at their roots (`Scorecard.prior`) add up to the score: exactly, for every value is a
multiple of 1 / GRAIN, whose sums double precision holds without rounding, in whatever order.

Most calls are far from any threshold after a few trees. So a tree may have a `floor`: where the values so far add up to
less, the trees after it are not read and count what they say on average (`rest`, the sum of their roots). That is part
of what the score is, not a guess at it: every reader of a scorecard stops at the same trees. (A soft cascade: Bourdev
and Brandt, CVPR 2005.)

Like the rest of the kernel (decision 0009) the two functions work from addresses and check nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import njit

from sekisho.core.memory import address_of, load_float32, load_int32

DEPTH: Final = 4
NODES: Final = (1 << DEPTH) - 1  # inner ones
PLACES: Final = (2 << DEPTH) - 1  # with the leaves
GRAIN: Final = 1 << 16
MOST_NATS: Final = 64.0  # of one value: with GRAIN, what single precision holds exactly

AT_ONCE: Final = 8  # trees that are read together; only the last of so many has a floor

TREE: Final = np.dtype(
    [
        ("feature", np.int32, (NODES,)),
        ("threshold", np.float32, (NODES,)),
        ("value", np.float32, (PLACES,)),
        ("floor", np.float32),
        ("rest", np.float32),
    ]
)
Trees = npt.NDArray[np.void]
NO_TREES: Final = np.zeros(0, TREE)  # nothing trained
NO_FLOOR: Final = np.float32(-np.inf)
_TREE_BYTES: Final = TREE.itemsize
_THRESHOLD: Final = 4 * NODES  # where the thresholds begin in a tree
_VALUE: Final = 8 * NODES
_FLOOR: Final = _VALUE + 4 * PLACES
_REST: Final = _FLOOR + 4


@dataclass(frozen=True, slots=True, eq=False)
class Scorecard:
    """Trees over named features: `trees` is an array of TREE, `names[f]` what feature f of its nodes is called."""

    names: tuple[str, ...]
    trees: Trees

    def arrays(self) -> Trees:
        """The trees as the kernels take them: C-contiguous records of TREE. The caller keeps them alive."""
        return self.trees

    @property
    def prior(self) -> float:
        """Nats before anything is known of a call: the sum of the roots' values."""
        return float(self.trees["value"][:, 0].astype(np.float64).sum())

    def asks_for(self, name: str) -> bool:
        """Whether any node asks for the feature: for one that never varied in training, none does."""
        if name not in self.names:
            return False
        asked = self.trees["feature"] == self.names.index(name)
        return bool((asked & np.isfinite(self.trees["threshold"])).any())

    @property
    def version(self) -> str:
        """Twelve hex digits that change whenever a name or a number does."""
        named = "\n".join(self.names).encode()
        return hashlib.sha256(named + b"\0" + self.trees.tobytes()).hexdigest()[:12]


def new_trees(count: int) -> Trees:
    """So many trees of zeros, without floors."""
    trees = np.zeros(count, TREE)
    trees["floor"] = NO_FLOOR
    return trees


def with_floors(trees: Trees, floors: npt.ArrayLike) -> Trees:
    """The same trees with a floor after every AT_ONCE of them (NO_FLOOR: all go on), and what the rest says on average.

    `floors` has one entry for each whole AT_ONCE trees; other trees have none.
    """
    told = trees.copy()
    told["floor"] = NO_FLOOR
    told["floor"][AT_ONCE - 1 :: AT_ONCE] = floors
    roots = told["value"][:, 0].astype(np.float64)
    told["rest"] = in_grains(np.append(np.cumsum(roots[::-1])[::-1][1:], 0.0)[: roots.size])
    return told


def floors_of(trees: Trees) -> npt.NDArray[np.float32]:
    """The floors as `with_floors` takes them."""
    return np.asarray(trees["floor"][AT_ONCE - 1 :: AT_ONCE], np.float32)


def in_grains(values: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Nats as a tree may hold them: within ± MOST_NATS, rounded to multiples of 1 / GRAIN."""
    return (np.rint(np.clip(values, -MOST_NATS, MOST_NATS) * np.float64(GRAIN)) / GRAIN).astype(np.float32)


@njit(cache=True)
def _next(tree: int, node: int, features: int) -> int:
    """The node after `node`, both as byte offsets into the nodes, for the features at this address."""
    x = load_float32(features + 4 * load_int32(tree + node))
    return 2 * node + 4 + 4 * int(x > load_float32(tree + _THRESHOLD + node))


@njit(cache=True)
def score(trees: int, count: int, features: int) -> float:
    """The sum of the leaves, in nats, of `count` trees at address `trees` for the float32 features at `features`.

    Features are finite. AT_ONCE trees at a time, so that their loads do not wait for each other.
    """
    even = odd = 0.0
    a = trees
    for _ in range(count >> 3):
        b, c, d, e = a + _TREE_BYTES, a + 2 * _TREE_BYTES, a + 3 * _TREE_BYTES, a + 4 * _TREE_BYTES
        f, g, h = a + 5 * _TREE_BYTES, a + 6 * _TREE_BYTES, a + 7 * _TREE_BYTES
        i = j = k = m = n = o = p = q = 0
        for _level in range(DEPTH):
            i, j, k, m = _next(a, i, features), _next(b, j, features), _next(c, k, features), _next(d, m, features)
            n, o, p, q = _next(e, n, features), _next(f, o, features), _next(g, p, features), _next(h, q, features)
        even += load_float32(a + _VALUE + i) + np.float64(load_float32(c + _VALUE + k))
        odd += load_float32(b + _VALUE + j) + np.float64(load_float32(d + _VALUE + m))
        even += load_float32(e + _VALUE + n) + np.float64(load_float32(g + _VALUE + p))
        odd += load_float32(f + _VALUE + o) + np.float64(load_float32(h + _VALUE + q))
        if even + odd < load_float32(h + _FLOOR):
            return even + odd + load_float32(h + _REST)
        a += AT_ONCE * _TREE_BYTES
    for _ in range(count & 7):
        node = 0
        for _level in range(DEPTH):
            node = _next(a, node, features)
        even += load_float32(a + _VALUE + node)
        a += _TREE_BYTES
    return even + odd


@njit(cache=True)
def explain(trees: int, count: int, features: int, evidence_of: Any, sums: Any) -> None:
    """Add to `sums` (by evidence, nats) what each feature has to say, evidence_of[feature] being its evidence.

    What is added, together with the scorecard's prior, is the score.
    """
    tree, so_far = trees, 0.0
    for _ in range(count):
        node = 0
        before = load_float32(tree + _VALUE)
        for _level in range(DEPTH):
            feature = load_int32(tree + node)
            node = _next(tree, node, features)
            after = load_float32(tree + _VALUE + node)
            sums[evidence_of[feature]] += np.float64(after) - np.float64(before)
            before = after
        so_far += before
        if so_far < load_float32(tree + _FLOOR):
            return
        tree += _TREE_BYTES


@njit(cache=True)
def _score_rows(trees: int, count: int, features: Any, into: Any) -> None:
    for row in range(features.shape[0]):
        into[row] = score(trees, count, address_of(features[row]))


def score_rows(card: Scorecard, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """The score in nats of every row of float32 features [rows, len(card.names)]."""
    rows = np.ascontiguousarray(features, np.float32)
    into = np.zeros(rows.shape[0], np.float64)
    trees = np.ascontiguousarray(card.trees)
    _score_rows(trees.ctypes.data, trees.size, rows, into)
    return into
