"""The history's way into the engine, which is everybody's way: files in the feed, intake, judge, archive.

The pieces of both companies go in week by week, because the judge takes a call that began forty days before the others
for too old. Loading that was cut off goes on: pieces that were taken in already are known by their bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from sekisho.core.records.source import SourceProfile
from sekisho.core.terms.errors import BadCallFile
from sekisho.demo.callers import make_callers
from sekisho.demo.cast import CastCompany
from sekisho.demo.history import Piece, make_history
from sekisho.engine.control import has_tariff, load_tariff
from sekisho.engine.runner import Engine, drain, file_sums, start_engine
from sekisho.wiring.embedded import Embedded, open_embedded
from sekisho.wiring.settings import Settings
from sekisho.wiring.tariffs import read_tariff

SOURCE_TOML: Final = """\
name = "{source}"
company = "{company}"
format = "canonical"
charging = true
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded: calls, verdicts by action."""

    calls: int
    verdicts: int


def make_pieces(
    companies: Sequence[CastCompany],
    seed: int,
    until_ms: int,
    days: int,
    told: Callable[[], None] = lambda: None,
) -> list[tuple[CastCompany, Piece]]:
    """The history of all companies in the order in which it is loaded: week by week. `told` hears of each company."""
    each: list[list[tuple[CastCompany, Piece]]] = []
    for company in companies:
        callers = make_callers(company, seed)
        each.append([(company, piece) for piece in make_history(company, callers, seed, until_ms, days)])
        told()
    return [piece for week in zip_longest(*each) for piece in week if piece is not None]


def describe_sources(home: Path, companies: Sequence[CastCompany]) -> None:
    """Write the description of each company's switch, as whoever runs Sekisho would."""
    folder = home / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    for company in companies:
        text = SOURCE_TOML.format(source=company.source, company=company.key)
        (folder / f"{company.source}.toml").write_text(text, "utf-8")


def load_history(
    settings: Settings,
    companies: Sequence[CastCompany],
    pieces: Sequence[tuple[CastCompany, Piece]],
    told: Callable[[int], None] = lambda _calls: None,
) -> Loaded:
    """Have the pieces taken in, judged and kept; `told` hears of the calls of each piece once it is judged.

    Raises InUse where the parts are running on this home.
    """
    describe_sources(settings.home, companies)
    opened = open_embedded(settings)
    try:
        table, name = read_tariff()
        for company in companies:
            if not has_tariff(opened.log, company.key):
                load_tariff(opened.log, company.key, name, table, key=f"demo:{company.key}")
        engine = start_engine(opened)
        with tempfile.TemporaryDirectory(prefix="sekisho-demo-") as folder:
            for company, piece in pieces:
                _take(opened, engine, company, piece, Path(folder) / piece.name)
                told(piece.calls.num_rows)
        drain(engine)
        _check(engine)
        return Loaded(sum(piece.calls.num_rows for _, piece in pieces), opened.log.last("verdicts"))
    finally:
        opened.close()


def _take(opened: Embedded, engine: Engine, company: CastCompany, piece: Piece, file: Path) -> None:
    """One piece through intake and judge; the archive follows when all are there."""
    opened.sources.describe(company.source, SourceProfile(company.source, company.key, "canonical"))
    pq.write_table(piece.calls, file)
    opened.feed.put(str(file), company.source)
    file.unlink()
    while engine.intake.step():
        while engine.judge.step():
            pass


def _check(engine: Engine) -> None:
    """Raise BadCallFile where anything of the history was not taken: the demonstration would tell half a story."""
    for taken in file_sums(engine):
        if taken.fault:
            raise BadCallFile(taken.file, 0, taken.fault, "start with a new --home")
        if taken.tally is not None and taken.tally.rejects:
            raise BadCallFile(taken.file, 0, f"{taken.tally.rejects} calls rejected", "start with a new --home")
