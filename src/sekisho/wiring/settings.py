"""Every setting with its default. They come from the environment and are checked once, at start.

A variable that begins with SEKISHO_ and is not one of these is refused: a misspelt setting would silently do nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sekisho.core.terms.errors import BadSetting

PREFIX: Final = "SEKISHO_"
NOT_SETTINGS: Final = ("SEKISHO_CRASH_AT",)  # for tests: see failpoint.py
_MAX_WORD: Final = 255
_HOST: Final = re.compile(r"[0-9A-Za-z]([0-9A-Za-z.-]{0,250}[0-9A-Za-z])?|[0-9A-Fa-f:.]{2,45}")
_MOST_PORT: Final = 65_535
_LONGEST_NAME: Final = 20
_NAME: Final = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{_LONGEST_NAME - 1}}}")
FACTORY: Final = "factory"  # the profile that ships with the package
NONE: Final = "none"  # the policy without a profile: the label-free score decides
_DATABASES: Final = ("postgresql://", "postgres://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one program; what each is for stands in `read_settings`."""

    home: Path
    company: str
    batch_rows: int
    judge_entries: int
    snapshot_entries: int
    archive_rows: int
    busy_s: int
    gate_host: str
    gate_sip_port: int
    gate_http_port: int
    intake_http_port: int
    web_host: str
    web_port: int
    database_url: str
    secret_key_file: Path
    watchdog_silence_s: int
    profile: str
    shadows: tuple[tuple[str, str], ...]
    shadow_start: str


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings that `environment` (usually os.environ) asks for. Raises BadSetting for the first that is wrong."""
    reader = _Reader(environment)
    home = reader.folder("HOME", _default_home(environment))
    settings = Settings(
        # The data directory: log, snapshots, lake, feed, source descriptions, all of it. The default is the user's, not
        # one below the current folder: a command started elsewhere must not begin a second journal unnoticed.
        home=home,
        # The company of calls whose source is not described in HOME/sources.
        company=reader.word("COMPANY", "default"),
        # Calls in one journal entry. Larger ones are a little faster, smaller ones are judged and kept sooner.
        batch_rows=reader.count("BATCH_ROWS", 10_000, least=1, most=1_000_000),
        # Journal entries judged before their verdicts are written, in one transaction.
        judge_entries=reader.count("JUDGE_ENTRIES", 32, least=1, most=10_000),
        # Journal entries between two snapshots: after a crash at most so many are judged again.
        snapshot_entries=reader.count("SNAPSHOT_ENTRIES", 300, least=1, most=1_000_000),
        # Rated calls that the archive gathers, at most, before it writes them to the lake.
        archive_rows=reader.count("ARCHIVE_ROWS", 500_000, least=1, most=10_000_000),
        # Seconds that an append waits for another process's append before it gives up.
        busy_s=reader.count("BUSY_S", 30, least=1, most=3_600),
        # Where switches reach the gate and the intake. Tokens and SIP go over it in the clear, so the default is the
        # machine itself; behind another address there should be a network of the carrier's own.
        gate_host=reader.host("GATE_HOST", "127.0.0.1"),
        # The gate's SIP over UDP. Not 5060: a switch on the same machine has that one.
        gate_sip_port=reader.port("GATE_SIP_PORT", 5066),
        # The gate's POST /v1/decisions.
        gate_http_port=reader.port("GATE_HTTP_PORT", 8066),
        # The intake's POST /v1/calls, on the gate's host.
        intake_http_port=reader.port("INTAKE_HTTP_PORT", 8067),
        # Where browsers reach desk and portal. Beyond the machine itself only behind a proxy that speaks TLS.
        web_host=reader.host("WEB_HOST", "127.0.0.1"),
        web_port=reader.port("WEB_PORT", 8080),
        # The office's database, postgresql://user:password@host:5432/name. Without it SQLite, HOME/office.sqlite.
        database_url=reader.database("DATABASE_URL"),
        # The file with the key that signs sessions: made where there is none, readable by its owner only.
        secret_key_file=reader.file("SECRET_KEY_FILE", home / "secret-key"),
        # Seconds of silence of a feed that are never an alarm, however unusual they are.
        watchdog_silence_s=reader.count("WATCHDOG_SILENCE_S", 60, least=1, most=86_400),
        # What the judge is set to: factory (ships with the package), none (the label-free score alone), or a file.
        profile=reader.profile("PROFILE"),
        # Shadow policies, each a name and a profile: night=/srv/night.toml,strict=/srv/strict.json,plain=none.
        shadows=reader.profiles("SHADOWS"),
        # Where a new shadow policy begins: with what the active one has learnt by now, or with the journal's beginning.
        shadow_start=reader.one_of("SHADOW_START", ("now", "beginning")),
    )
    reader.refuse_unknown()
    return settings


def _default_home(environment: Mapping[str, str]) -> Path:
    """Where the XDG base directory specification puts a user's data."""
    data = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "sekisho"


def _profile(text: str) -> str:
    return text if text in (FACTORY, NONE) else str(Path(text).expanduser().absolute())


class _Reader:
    """Typed readers; remembers which names there are."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment, self.known = environment, list(NOT_SETTINGS)

    def _text(self, name: str) -> str | None:
        self.known.append(PREFIX + name)
        text = self.environment.get(PREFIX + name)
        if text is not None and not text.strip():
            raise BadSetting(f"{PREFIX}{name} is empty; unset it or give it a value")
        return text

    def folder(self, name: str, default: Path) -> Path:
        """An absolute path of a folder, or of nothing yet."""
        text = self._text(name)
        path = default if text is None else Path(text).expanduser().absolute()
        if path.exists() and not path.is_dir():
            raise BadSetting(f"{PREFIX}{name}: {path} is not a folder; name one")
        return path

    def word(self, name: str, default: str) -> str:
        """A short printable text."""
        text = self._text(name)
        if text is None:
            return default
        if not text.isprintable() or len(text) > _MAX_WORD:
            raise BadSetting(f"{PREFIX}{name} is no plain word of at most {_MAX_WORD} signs")
        return text

    def count(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number in least..most."""
        text = self._text(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
            raise BadSetting(f"{PREFIX}{name} is {text!r}; give a whole number from {least} to {most}")
        return int(text)

    def port(self, name: str, default: int) -> int:
        """A port to listen on; 0 is any free one, which the part then names."""
        return self.count(name, default, least=0, most=_MOST_PORT)

    def host(self, name: str, default: str) -> str:
        """An address or a host's name."""
        text = self._text(name)
        if text is None:
            return default
        if not _HOST.fullmatch(text):
            raise BadSetting(f"{PREFIX}{name} is {text!r}; give an address like 127.0.0.1 or a host's name")
        return text

    def file(self, name: str, default: Path) -> Path:
        """An absolute path of a file, or of nothing yet."""
        text = self._text(name)
        path = default if text is None else Path(text).expanduser().absolute()
        if path.is_dir():
            raise BadSetting(f"{PREFIX}{name}: {path} is a folder; name a file")
        return path

    def profile(self, name: str) -> str:
        """A profile as `profiles.chosen_policy` takes it: one of its words, or the absolute path of a file."""
        return _profile(self._text(name) or FACTORY)

    def profiles(self, name: str) -> tuple[tuple[str, str], ...]:
        """Profiles with names, `name=profile` with commas between."""
        text = self._text(name)
        found: dict[str, str] = {}
        for pair in [] if text is None else text.split(","):
            key, _, path = (piece.strip() for piece in pair.partition("="))
            if not _NAME.fullmatch(key) or not path or key in found:
                raise BadSetting(
                    f"{PREFIX}{name}: {pair.strip()!r} is no name=profile; names have small letters, digits and "
                    f"hyphens, at most {_LONGEST_NAME}, each once"
                )
            found[key] = _profile(path)
        return tuple(found.items())

    def one_of(self, name: str, words: tuple[str, ...]) -> str:
        """One of these words; the first is the default."""
        text = self._text(name) or words[0]
        if text not in words:
            raise BadSetting(f"{PREFIX}{name} is {text!r}; give one of {', '.join(words)}")
        return text

    def database(self, name: str) -> str:
        """The address of a PostgreSQL database, or nothing; it may hold a password, so an error does not show it."""
        text = self._text(name)
        if text is not None and not text.startswith(_DATABASES):
            raise BadSetting(f"{PREFIX}{name} is no address like postgresql://user:password@host:5432/sekisho")
        return text or ""

    def refuse_unknown(self) -> None:
        """Raise BadSetting for a variable that begins like a setting and is none."""
        for name in sorted(self.environment):
            if name.startswith(PREFIX) and name not in self.known:
                raise BadSetting(f"{name} is no setting; known are {', '.join(sorted(self.known))}")
