"""Options that several commands share, with one wording."""

from __future__ import annotations

import os
from typing import Annotated

import typer

TariffFile = Annotated[
    str | None, typer.Option("--tariff", help="Tariff CSV; without it the shipped ひかり電話-style table.")
]
ProfileName = Annotated[
    str, typer.Option("--profile", help="What the judge is set to: factory, none (label-free), or a file of `tune`.")
]
Source = Annotated[str | None, typer.Option("--source", help="Source description (TOML) of the calls.")]
Format = Annotated[
    str | None, typer.Option("--format", help="canonical, asterisk or kamailio-acc; else told by content.")
]
Line = Annotated[str | None, typer.Option("--line", help="Charge every call to this line.")]
Company = Annotated[str | None, typer.Option("--company", help="Company the calls belong to, where no source says so.")]
Home = Annotated[str | None, typer.Option(help="Data directory; else SEKISHO_HOME.")]


def environment_at(home: str | None) -> dict[str, str]:
    """The environment a command reads its settings from: ours, with the data directory it was given."""
    return {**os.environ, "SEKISHO_HOME": home} if home is not None else dict(os.environ)
