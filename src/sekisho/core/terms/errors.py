"""Every error Sekisho raises on purpose.

    SekishoError
    ├── BadInput            somebody else's bytes are wrong: file, line, what was wrong, what would be right
    │   ├── BadSource       a source description (TOML)
    │   ├── BadTariff       a tariff table
    │   └── BadCallFile     a file of calls that cannot be read at all (single rows become rejects, not errors)
    ├── BadSetting          a setting or an option is wrong
    ├── LogDamaged          our own log or snapshot is not what we wrote
    ├── InUse               a file of ours is held by another process, or its disk is full
    ├── NotAllowed          the role of this user does not go so far
    ├── NotKnown            there is no such thing, or it is somebody else's: who asks does not learn which
    └── NotPossible         as things stand a rule forbids it: `code` names the rule

Rules of this file: an error carries its facts as attributes, its text is one line, and the line offers the cure.
"""

from __future__ import annotations

from collections.abc import Sequence


class SekishoError(Exception):
    """Root of every error raised on purpose."""


class BadInput(SekishoError):
    """Input that is wrong at one place.

    `file` is the name as the user gave it, `line` the 1-based line or row (0 = the whole file), `wrong` what stood
    there, `right` what would be accepted. Text: ``file:line: wrong; right``.
    """

    def __init__(self, file: str, line: int, wrong: str, right: str) -> None:
        self.file, self.line, self.wrong, self.right = file, line, wrong, right
        place = f"{file}:{line}" if line else file
        super().__init__(f"{place}: {wrong}; {right}")


class BadSource(BadInput):
    """A source description does not say what it must."""


class BadTariff(BadInput):
    """A tariff table is not valid. `others` holds the further faults found in the same file."""

    def __init__(self, file: str, line: int, wrong: str, right: str, others: Sequence[BadInput] = ()) -> None:
        super().__init__(file, line, wrong, right)
        self.others = tuple(others)


class BadCallFile(BadInput):
    """A file of calls cannot be read at all (no header, not Parquet, unknown dialect)."""


class BadSetting(SekishoError):
    """A setting or an option has a value that cannot be used."""


class LogDamaged(SekishoError):
    """A log, snapshot or manifest of ours does not hold what we wrote."""


class InUse(SekishoError):
    """A log, lock or folder of ours cannot be used just now: another process holds it, or its disk is full."""


class NotAllowed(SekishoError):
    """The role of this user does not go so far. Pages answer 403."""


class NotKnown(SekishoError):
    """There is no such thing, or it is somebody else's. Pages answer 404."""


class NotPossible(SekishoError):
    """As things stand a rule forbids what was asked. `code` names the rule, for pages to say in their language."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)
