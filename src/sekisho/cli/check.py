"""`sekisho check`: is everything running that must, and is what we keep sound?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Final

import typer

from sekisho.cli.options import Home, environment_at
from sekisho.core.terms.errors import BadSetting

if TYPE_CHECKING:
    from sekisho.ports import Log
    from sekisho.wiring.embedded import Embedded

LATE_MS: Final = 10_000
PARTS: Final = ("intake", "judge", "archive", "relay", "watchdog")
WELL: Final = ("ok", "learning")
ENTRIES_READ: Final = 64
MOST_READ: Final = 2_048  # of health messages, from the newest back: a part not heard in those is late enough
TOPICS: Final = ("journal", "attempts", "rated", "verdicts", "effects")


def check(
    every_entry: Annotated[
        bool, typer.Option("--every-entry", help="Read the whole log and compare every checksum.")
    ] = False,
    home: Home = None,
) -> None:
    """Say of every part when it was last heard, how far it is behind, and whether log and lake are sound.

    Ends with 1 where a part or a feed is late, so that a monitor can call it.

    Example: sekisho check --home /var/lib/sekisho
    """
    from sekisho.wiring.embedded import open_embedded
    from sekisho.wiring.settings import read_settings

    settings = read_settings(environment_at(home))
    if not settings.home.is_dir():
        raise BadSetting(f"there is no data directory {settings.home}; give --home, or start `sekisho up` first")
    opened = open_embedded(settings, ())
    try:
        late = _say_parts(opened)
        late |= _say_watch(opened)
        _say_log(opened.log, every_entry=every_entry)
        _say_lake(opened)
        for gap in opened.feed.gaps():
            typer.echo(f"gap: {gap}")
    finally:
        opened.close()
    if late:
        raise typer.Exit(1)


def _say_parts(opened: Embedded) -> bool:
    """One line a part; whether any is late."""
    now_ms, late = opened.clock.now_ms(), False
    heard = _last_heard(opened.log)
    for part in PARTS:
        told = heard.get(part)
        if told is None:
            typer.echo(f"{part:8} never heard; start it with `sekisho up`")
            late = True
            continue
        age_ms = now_ms - told["at_ms"]
        is_late = age_ms > LATE_MS
        late = late or is_late
        word = "LATE" if is_late else "ok"
        typer.echo(f"{part:8} {word:4} heard {age_ms / 1_000:,.1f} s ago, {told['behind']:,} behind")
    return late


def _say_watch(opened: Embedded) -> bool:
    """One line for each feed and part that the watchdog finds wanting; whether there is any."""
    from sekisho.ports import WATCHDOG_TOPIC

    last = opened.log.last(WATCHDOG_TOPIC)
    entries = opened.log.read(WATCHDOG_TOPIC, max(0, last - 2), 2)  # hours may stand behind the report
    report = next((json.loads(entry.body) for entry in reversed(entries) if entry.kind == "report"), None)
    if report is None:
        return False
    for feed in report["feeds"]:
        name = " ".join(filter(None, (feed["company"], feed["source"], feed["kind"])))
        if feed["state"] not in WELL:
            silent, usual = feed["silent_ms"] / 1_000, feed["expected"]
            typer.echo(f"{'feed':8} LATE {name}: nothing for {silent:,.0f} s, where {usual:,.0f} would be usual")
    for part in report["parts"]:
        if part["state"] not in WELL:
            typer.echo(f"{part['part']:8} {part['state'].upper()}, {part['behind']:,} behind, as the watchdog found it")
    return any(told["state"] not in WELL for told in (*report["feeds"], *report["parts"]))


def _last_heard(log: Log) -> dict[str, dict[str, int]]:
    """The last health message of every part."""
    from sekisho.ports import HEALTH_TOPIC

    heard: dict[str, dict[str, int]] = {}
    after = log.last(HEALTH_TOPIC)
    oldest = after - MOST_READ
    while after > max(oldest, 0) and len(heard) < len(PARTS):
        first = max(after - ENTRIES_READ, 0)
        for entry in reversed(log.read(HEALTH_TOPIC, first, after - first)):
            told = json.loads(entry.body)
            heard.setdefault(told["part"], told)
        after = first
    return heard


def _say_log(log: Log, *, every_entry: bool) -> None:
    for topic in TOPICS:
        last = log.last(topic)
        read = 0
        while every_entry and read < last:  # reading checks that none is missing and each is what was written
            read = log.read(topic, read, ENTRIES_READ)[-1].sequence
        sound = ", every one as it was written" if every_entry and last else ""
        typer.echo(f"{topic:8} {last:,} entries{sound}")


def _say_lake(opened: Embedded) -> None:
    from sekisho.ports import RATED_TOPIC

    behind = opened.log.last(RATED_TOPIC) - opened.lake.offset()
    typer.echo(f"{'lake':8} {opened.lake.offset():,} rated entries kept, {behind:,} to come")
