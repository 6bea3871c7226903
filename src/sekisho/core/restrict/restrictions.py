"""The bars in force, by line. A bar of one owner never masks another's: each is lifted by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
        self._told: dict[str, tuple[str, int, Bar, bool]] = {}  # what was told last of each bar
        self._changed: dict[str, None] = {}  # bars told of since `take_changed`, in order

    def tell(self, company: str, line: int, bar: Bar, *, in_force: bool) -> bool:
        """Set or lift a bar. False where this version, or a newer one, was seen before: then nothing changes."""
        before = self._told.get(bar.bar)
        if before is not None and before[2].version >= bar.version:
            return False
        self._told[bar.bar] = company, line, bar, in_force
        self._changed[bar.bar] = None
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

    def take_changed(self, *, whole: bool = False) -> list[tuple[Any, ...]]:
        """What was told last of each bar told of since the last time, or of all: for `put`, and for JSON."""
        bars = list(self._told if whole else self._changed)
        self._changed.clear()
        told = (self._told[bar] for bar in bars)
        return [
            (company, line, in_force, bar.bar, bar.version, bar.owner, bar.scope, bar.since_ms, bar.order)
            for company, line, bar, in_force in told
        ]

    def put(self, changed: Iterable[Sequence[Any]]) -> None:
        """Take in what `take_changed` gave."""
        for company, line, in_force, *bar in changed:
            self.tell(company, line, Bar(*bar), in_force=in_force)
        self._changed.clear()


def _age(bar: Bar) -> tuple[int, str]:
    return bar.since_ms, bar.bar
