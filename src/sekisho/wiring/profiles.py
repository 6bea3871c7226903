"""Profile files: the numbers of a policy, by the names of its fields, as TOML or JSON. What is not told is the default.

# night.toml
hold_nats = 12.0
alert_nats = 8.0
automatic_hold = true
"""

from __future__ import annotations

import json
import math
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

from sekisho.core.terms.errors import BadSetting
from sekisho.core.watch.policy import Policy


def load_policy(path: Path) -> Policy:
    """The policy a profile file tells. Raises BadSetting with one line: which field, what is wrong, what is right."""
    told = _read(path)
    default = Policy()
    known = [field.name for field in fields(default)]
    numbers: dict[str, Any] = {}
    for name, value in told.items():
        if name not in known:
            raise BadSetting(f"{path}: unknown field {name!r}; known are {', '.join(known)}")
        numbers[name] = _checked(path, name, value, getattr(default, name))
    return Policy(**numbers)


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8")
        told = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise BadSetting(f"{path}: cannot be read ({error.strerror}); name a profile file") from None
    except ValueError as error:
        raise BadSetting(
            f"{path}: neither TOML nor JSON ({error}); write one field a line, like hold_nats = 12.0"
        ) from None
    if not isinstance(told, dict):
        raise BadSetting(f"{path}: no table of fields; write one field a line, like hold_nats = 12.0")
    return told


def _checked(path: Path, name: str, value: Any, like: Any) -> Any:
    """The value of a field, of the kind that its default has."""
    if isinstance(like, tuple):
        if not isinstance(value, list) or len(value) != len(like):
            raise BadSetting(f"{path}: {name} is {value!r}; give {len(like)} numbers")
        return tuple(_checked(path, name, one, example) for one, example in zip(value, like, strict=True))
    if isinstance(like, bool):
        if not isinstance(value, bool):
            raise BadSetting(f"{path}: {name} is {value!r}; give true or false")
        return value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(like, int):
        if not number or isinstance(value, float) or value < 0:
            raise BadSetting(f"{path}: {name} is {value!r}; give a whole number from 0")
        return value
    if not number or not math.isfinite(value) or value < 0:
        raise BadSetting(f"{path}: {name} is {value!r}; give a number from 0")
    return float(value)
