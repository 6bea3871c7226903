"""Profiles: what `--profile` names and `sekisho tune` writes; the one that ships; numbers of a policy alone, as TOML.

# night.toml
alert_nats = 8.0
automatic_hold = true
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from sekisho.core.terms.errors import BadSetting
from sekisho.core.watch.features import NAMES
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.profile import Profile, from_text
from sekisho.wiring.settings import FACTORY, NONE

MOST_BYTES: Final = 16 << 20
SHIPPED: Final = "factory.json"  # beside this module
_NOT_NUMBERS: Final = ("scorecard",)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise BadSetting(f"{path}: larger than any profile; give a file that `sekisho tune` wrote")
        return data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{path}: cannot be read ({error}); give a file that `sekisho tune` wrote") from None


def read_profile(path: str) -> Profile:
    """The profile in the file at `path`. Raises BadSetting."""
    return from_text(_text(Path(path)), path, NAMES)


def chosen_policy(text: str) -> Policy:
    """The policy that an option or a setting means. Raises BadSetting.

    `factory`, or nothing: the profile that ships with the package; `none`: the label-free default; else the path of a
    profile (`load_policy`); a file of such a name is `./factory`.
    """
    if text in ("", FACTORY):
        return _factory()
    return load_policy(None if text == NONE else text)


@cache
def _factory() -> Policy:
    """The shipped profile's policy; the label-free default in a package that ships none."""
    shipped = files(__package__ or "").joinpath(SHIPPED)
    if not shipped.is_file():
        return Policy()
    return from_text(shipped.read_text(encoding="utf-8"), SHIPPED, NAMES).policy


def load_policy(path: Path | str | None) -> Policy:
    """The policy of the profile at `path` (TOML: its numbers alone); the default policy where no file is named.

    Raises BadSetting with one line: which field, what is wrong, what is right.
    """
    if path is None:
        return Policy()
    if Path(path).suffix == ".toml":
        return _numbers(Path(path))
    return read_profile(str(path)).policy


def _numbers(path: Path) -> Policy:
    try:
        told = tomllib.loads(_text(path))
    except ValueError as error:
        raise BadSetting(f"{path}: not TOML ({error}); write one field a line, like alert_nats = 8.0") from None
    default = Policy()
    known = [field.name for field in fields(default) if field.name not in _NOT_NUMBERS]
    numbers: dict[str, Any] = {}
    for name, value in told.items():
        if name not in known:
            raise BadSetting(f"{path}: unknown field {name!r}; known are {', '.join(known)}")
        numbers[name] = _checked(path, name, value, getattr(default, name))
    return Policy(**numbers)


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
