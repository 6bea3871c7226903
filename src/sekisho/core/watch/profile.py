"""A profile: a policy with its scorecard as plain data, dated, so that it can be kept in a file and read by people.

    {"profile": 2, "name": ..., "made": ..., "model": ..., "version": ..., "told": {...}, "policy": {...},
     "scorecard": {"names": [...], "floors": [...], "trees": [[features, thresholds, values], ...]} or null}

`told` is for people: from which calls, with which budgets, what came of it. What the watch takes is `policy` and
`scorecard`. `version` is a hash of all the rest: a file that somebody has changed by hand says so when it is read.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np

from sekisho.core.terms.errors import BadSetting
from sekisho.core.watch.policy import MODEL, Policy
from sekisho.core.watch.scorecard import (
    AT_ONCE,
    NO_FLOOR,
    NODES,
    PLACES,
    Scorecard,
    floors_of,
    in_grains,
    new_trees,
    with_floors,
)

FORM: Final = 2
DIGITS: Final = 6  # after the point, of values: finer than a grain
_MOST_TREES: Final = 4_096
_DEFAULTS: Final = Policy()


@dataclass(frozen=True, slots=True)
class Profile:
    """`name` and `made` (RFC 3339) as its maker gave them; `told`: plain data for people; `policy`: what is set."""

    name: str
    made: str
    policy: Policy
    told: Mapping[str, Any]


def to_plain(profile: Profile) -> dict[str, Any]:
    """The profile as JSON knows it: dicts, lists, texts, numbers. The same profile gives the same text."""
    card = profile.policy.scorecard
    plain: dict[str, Any] = {
        "profile": FORM,
        "name": profile.name,
        "made": profile.made,
        "model": MODEL,
        "told": dict(profile.told),
        "policy": {name: _number(getattr(profile.policy, name)) for name in _NUMBERS},
        "scorecard": None if card is None else _plain_card(card),
    }
    return {**plain, "version": _version(plain)}


def to_text(profile: Profile) -> str:
    """The profile as a JSON file: people's part spread over lines, one tree a line."""
    plain = to_plain(profile)
    card = plain.pop("scorecard")
    head = json.dumps(plain, ensure_ascii=False, indent=1)[:-2]
    if card is None:
        return f'{head},\n "scorecard": null\n}}\n'
    trees = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in card["trees"])
    names, floors = json.dumps(card["names"]), json.dumps(card["floors"], separators=(",", ":"))
    return f'{head},\n "scorecard": {{"names": {names}, "floors": {floors}, "trees": [\n{trees}\n]}}\n}}\n'


def from_text(text: str, where: str, names: Sequence[str]) -> Profile:
    """The inverse of `to_text`, for a watch whose features are called `names`. `where` is the file's name, for errors.

    Raises BadSetting where it is no profile, one of another model, or one that was changed by hand.
    """
    try:
        plain = json.loads(text)
    except ValueError as error:
        raise BadSetting(f"{where}: no profile ({error}); give a file that `sekisho tune` wrote") from None
    return from_plain(plain, where, names)


def from_plain(plain: Any, where: str, names: Sequence[str]) -> Profile:
    """The inverse of `to_plain`; see `from_text`."""
    if not isinstance(plain, dict) or plain.get("profile") != FORM:
        raise BadSetting(f"{where}: no profile of form {FORM}; give a file that `sekisho tune` wrote")
    if plain.get("model") != MODEL:
        raise BadSetting(f"{where}: made for the model {plain.get('model')!r}, this is {MODEL!r}; tune again")
    rest = {key: value for key, value in plain.items() if key != "version"}
    if plain.get("version") != _version(rest):
        raise BadSetting(f"{where}: its version is not that of what it holds; tune again, or take the file as it was")
    told, name, made = plain.get("told"), plain.get("name"), plain.get("made")
    if not isinstance(told, dict) or not isinstance(name, str) or not isinstance(made, str):
        raise BadSetting(f"{where}: name, made or told is missing; give a file that `sekisho tune` wrote")
    numbers = _read_numbers(plain.get("policy"), where)
    return Profile(name, made, Policy(**numbers, scorecard=_read_card(plain.get("scorecard"), where, names)), told)


_NUMBERS: Final = tuple(each.name for each in fields(Policy) if each.name != "scorecard")


def _version(plain: Mapping[str, Any]) -> str:
    """Twelve hex digits of plain data, whatever the order of its keys."""
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _number(value: Any) -> Any:
    return [float(each) for each in value] if isinstance(value, tuple) else value


def _plain_card(card: Scorecard) -> dict[str, Any]:
    """Per tree its features, thresholds (null: everything passes) and values; floors (null: none) as `floors_of`."""
    trees = [
        [
            tree["feature"].tolist(),
            _plain_floats(tree["threshold"]),
            [round(float(each), DIGITS) for each in tree["value"]],
        ]
        for tree in card.trees
    ]
    return {"names": list(card.names), "floors": _plain_floats(floors_of(card.trees)), "trees": trees}


def _plain_floats(numbers: Iterable[np.float32]) -> list[float | None]:
    """Each through its shortest text, the few digits that name this single-precision number and no other."""
    return [None if math.isinf(each) else float(str(each)) for each in numbers]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _fits(value: Any, default: Any) -> bool:
    """Whether a value read for a field may stand where `default` does."""
    if isinstance(default, tuple):
        return isinstance(value, list) and len(value) == len(default) and all(map(_is_number, value))
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, int):
        return isinstance(value, int) and not isinstance(value, bool)
    return _is_number(value)


def _read_numbers(plain: Any, where: str) -> dict[str, Any]:
    if not isinstance(plain, dict):
        raise BadSetting(f"{where}: there is no policy in it; give a file that `sekisho tune` wrote")
    unknown, missing = sorted(set(plain) - set(_NUMBERS)), sorted(set(_NUMBERS) - set(plain))
    if unknown or missing:
        raise BadSetting(
            f"{where}: policy has {(unknown or missing)[0]!r} too {'many' if unknown else 'few'}; tune again"
        )
    for name, value in plain.items():
        if not _fits(value, getattr(_DEFAULTS, name)):
            raise BadSetting(f"{where}: policy.{name} is {value!r}; use a value like {getattr(_DEFAULTS, name)!r}")
    return {name: tuple(map(float, value)) if isinstance(value, list) else value for name, value in plain.items()}


def _read_card(plain: Any, where: str, names: Sequence[str]) -> Scorecard | None:
    if plain is None:
        return None
    if not isinstance(plain, dict) or plain.get("names") != list(names):
        raise BadSetting(f"{where}: its scorecard is for other features than this version's; tune again")
    rows = plain.get("trees")
    if not isinstance(rows, list) or len(rows) > _MOST_TREES:
        raise BadSetting(f"{where}: its scorecard has no trees, or more than {_MOST_TREES:,}; tune again")
    floors = _read_floors(plain.get("floors"), len(rows), where)
    trees = new_trees(len(rows))
    for index, row in enumerate(rows):
        if not _is_tree(row, len(names)):
            raise BadSetting(f"{where}: tree {index + 1} of its scorecard is none; tune again")
        features, thresholds, values = row
        trees["feature"][index] = features
        trees["threshold"][index] = [math.inf if each is None else each for each in thresholds]
        trees["value"][index] = in_grains(values)
    return Scorecard(tuple(names), with_floors(trees, floors))


def _read_floors(plain: Any, trees: int, where: str) -> list[float]:
    right = isinstance(plain, list) and len(plain) == trees // AT_ONCE
    if not right or not all(each is None or _is_number(each) for each in plain):
        raise BadSetting(f"{where}: the floors of its scorecard are not one for every {AT_ONCE} trees; tune again")
    return [float(NO_FLOOR) if each is None else each for each in plain]


def _is_tree(row: Any, features: int) -> bool:
    if not isinstance(row, list) or [len(part) if isinstance(part, list) else 0 for part in row] != [
        NODES, NODES, PLACES,
    ]:  # fmt: skip
        return False
    return (
        all(isinstance(each, int) and 0 <= each < features for each in row[0])
        and all(each is None or _is_number(each) for each in row[1])
        and all(map(_is_number, row[2]))
    )
