"""The bars in force, by line. A bar of one owner never masks another's: each is lifted by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

OWNERS: Final = ("customer", "emergency", "credit")
SCOPES: Final = ("international",)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar (発信規制): who wants it, since when by the office's clock (ms), the version that is in force."""

    bar: str
    version: int
    owner: str
    scope: str
    since_ms: int
    order: str | None


class Restrictions:
    """All bars, by (company, packed number of the line), and the newest version seen of each bar."""

    def __init__(self) -> None:
        self._bars: dict[tuple[str, int], dict[str, Bar]] = {}
        self._versions: dict[str, int] = {}

    def tell(self, company: str, line: int, bar: Bar, *, in_force: bool) -> bool:
        """Set or lift a bar. False where this version, or a newer one, was seen before: then nothing changes."""
        if self._versions.get(bar.bar, 0) >= bar.version:
            return False
        self._versions[bar.bar] = bar.version
        bars = self._bars.setdefault((company, line), {})
        if in_force:
            bars[bar.bar] = bar
        else:
            bars.pop(bar.bar, None)
        if not bars:
            del self._bars[company, line]
        return True

    def bar_of(self, company: str, line: int) -> Bar | None:
        """The bar that refuses international calls of the line now, the oldest where there are several.

        A bar is in force once it was told, whatever its `since_ms`: clocks of two machines differ.
        """
        bars = self._bars.get((company, line))
        return min(bars.values(), key=_age) if bars else None

    def to_json(self) -> dict[str, Any]:
        """For a snapshot: plain lists and numbers."""
        bars = [[*key, asdict(bar)] for key, bars in self._bars.items() for bar in bars.values()]
        return {"bars": bars, "versions": self._versions}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Restrictions:
        """The inverse of `to_json`."""
        restrictions = cls()
        for company, line, bar in told["bars"]:
            restrictions._bars.setdefault((company, line), {})[bar["bar"]] = Bar(**bar)
        restrictions._versions = dict(told["versions"])
        return restrictions


def _age(bar: Bar) -> tuple[int, str]:
    return bar.since_ms, bar.bar
