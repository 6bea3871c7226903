"""The CallBook of a running system: the lake below HOME."""

from __future__ import annotations

from sekisho.edges.parquet_lake.call_book import ParquetCallBook
from sekisho.ports import CallBook
from sekisho.wiring.settings import Settings


def open_call_book(settings: Settings) -> CallBook:
    """What pages ask of the lake; it need not exist yet, then it is empty. One a process serves all its threads."""
    return ParquetCallBook(settings.home / "lake")
