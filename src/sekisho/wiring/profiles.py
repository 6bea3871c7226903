"""Profiles in files: what `--profile` names and `sekisho tune` writes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sekisho.core.terms.errors import BadSetting
from sekisho.core.watch.features import NAMES
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.profile import Profile, from_text

MOST_BYTES: Final = 16 << 20


def read_profile(path: str) -> Profile:
    """The profile in the file at `path`. Raises BadSetting."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise BadSetting(f"{path}: larger than any profile; give a file that `sekisho tune` wrote")
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{path}: cannot be read ({error}); give a file that `sekisho tune` wrote") from None
    return from_text(text, path, NAMES)


def load_policy(path: str | None) -> Policy:
    """The policy of the profile at `path`; the default policy where no file is named. Raises BadSetting."""
    return Policy() if path is None else read_profile(path).policy
