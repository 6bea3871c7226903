"""What a demonstration keeps of itself in its home: HOME/demo.json, for its owner's eyes only.

Made once: seed, the instant at which the history ends, the password of all logins, the tokens of the switches. A second
start in the same home finds it and goes on.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from sekisho.core.terms.errors import BadSetting
from sekisho.demo.cast import CastCompany
from sekisho.wiring.embedded import hold_role
from sekisho.wiring.settings import Settings

FILE: Final = "demo.json"
LOCKS: Final = "locks"
GATE_FILE: Final = "gate.toml"
OWNER_ONLY: Final = 0o600
_PASSWORD_GROUPS: Final = 3
_SYLLABLES: Final = ("ka", "shi", "mo", "ne", "ru", "ta", "ki", "so", "na", "mi", "yo", "ha", "to", "ri", "ku", "se")


@dataclass(frozen=True, slots=True)
class DemoHome:
    """The home's own facts. `loaded`: the history is in."""

    seed: int
    lines: int
    days: int
    until_ms: int
    password: str
    tokens: Mapping[str, str]  # by company
    loaded: bool = False


def default_home(environment: Mapping[str, str]) -> Path:
    """A folder for the demonstration among the user's data, apart from that of a real installation."""
    data = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "sekisho-demo"


def open_home(
    folder: Path, companies: Sequence[CastCompany], *, seed: int, lines: int, days: int, now_ms: int
) -> DemoHome:
    """What HOME/demo.json says, or a new one. The home is made if absent.

    Raises BadSetting where the folder holds something else, or a demonstration of another size.
    """
    file = folder / FILE
    if file.exists():
        known = _read(file)
        if (known.seed, known.lines, known.days) != (seed, lines, days):
            raise BadSetting(
                f"{folder} holds a demonstration with --seed {known.seed} --lines {known.lines} --days {known.days}; "
                "start it with these, or give another --home"
            )
        return known
    if folder.exists() and any(folder.iterdir()):
        raise BadSetting(f"{folder} is not empty and no demonstration's home; give another --home")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(f"{folder} cannot be made ({error.strerror}); give another --home") from None
    tokens = {company.key: secrets.token_urlsafe(24) for company in companies}
    made = DemoHome(seed, lines, days, now_ms, _password(), tokens)
    _write(file, made)
    return made


def refuse_running(settings: Settings) -> None:
    """Raise InUse where the parts of this home are running: two demonstrations cannot share one."""
    if (settings.home / LOCKS).exists():
        hold_role(settings, "up")()


def clear_home(settings: Settings) -> None:
    """Throw a demonstration's home away; what is no demonstration's stays. Raises BadSetting, InUse.

    The file that says what it is goes last, so that clearing that was cut off can be done again.
    """
    folder = settings.home
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not (folder / FILE).exists():
        raise BadSetting(f"{folder} is no demonstration's home; nothing in it was touched")
    release = hold_role(settings, "up")
    try:
        for path in sorted(folder.iterdir()):
            if path.name in (FILE, LOCKS):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    finally:
        release()
    (folder / FILE).unlink()
    shutil.rmtree(folder / LOCKS, ignore_errors=True)


def mark_loaded(folder: Path, home: DemoHome) -> DemoHome:
    """Remember that the history is in."""
    done = replace(home, loaded=True)
    _write(folder / FILE, done)
    return done


def write_gate_file(folder: Path, companies: Sequence[CastCompany], tokens: Mapping[str, str]) -> None:
    """Write HOME/gate.toml: the switches as trusted peers, and the hashes of their tokens."""
    parts = []
    for company in companies:
        digest = hashlib.sha256(tokens[company.key].encode()).hexdigest()
        parts.append(f'[[peer]]\naddress = "{company.address}"\ncompany = "{company.key}"\ngo_on = 302\n')
        parts.append(
            f'[[source]]\nname = "{company.source}"\ncompany = "{company.key}"\n'
            f'token_sha256 = "{digest}"\ncharging = true\n'
        )
    draft = folder / f".{GATE_FILE}.tmp"
    draft.write_text("\n".join(parts), "utf-8")
    draft.replace(folder / GATE_FILE)


def _password() -> str:
    """Long enough for anybody's rules, short enough to type: `kashimo-neruta-sonami-47`."""
    groups = ["".join(secrets.choice(_SYLLABLES) for _ in range(3)) for _ in range(_PASSWORD_GROUPS)]
    return "-".join([*groups, str(secrets.randbelow(90) + 10)])


def _read(file: Path) -> DemoHome:
    try:
        return DemoHome(**json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise BadSetting(f"{file} cannot be read ({error}); move it away, or give another --home") from None


def _write(file: Path, home: DemoHome) -> None:
    draft = file.with_name(f".{file.name}.tmp")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        json.dump(asdict(home), opened, indent=2)
    draft.replace(file)
