"""`sekisho rate`: number and rate calls."""

from __future__ import annotations

from typing import Annotated

import typer

from sekisho.cli.options import Format, Line, Source, TariffFile


def rate(
    calls: Annotated[str, typer.Argument(help="A file of calls.")],
    out: Annotated[str, typer.Option(help="Write the rated calls here: .parquet or .csv.")],
    tariff: TariffFile = None,
    source: Source = None,
    format_: Format = None,
    line: Line = None,
) -> None:
    """Write what every call's number resolves to and what the call costs.

    Example: sekisho rate calls.csv --out rated.parquet
    """
    from sekisho.cli.screen import check_writable, progress, say_rejects, whole_file
    from sekisho.core.terms.errors import BadSetting
    from sekisho.core.terms.money import yen_text
    from sekisho.lab.rated_file import write_rated
    from sekisho.wiring.call_sources import SourceCalls
    from sekisho.wiring.tariffs import load_tariff

    if not out.endswith((".csv", ".parquet")):
        raise BadSetting(f"--out {out}: the name must end in .parquet or .csv")
    check_writable(out)
    book = load_tariff(tariff)
    read = SourceCalls(calls, format_, source, line=line)
    with progress("rating") as tell, whole_file(out) as draft:
        count = write_rated(
            read.batches(), book, read.profile.company, str(draft), as_csv=out.endswith(".csv"), progress=tell
        )
    typer.echo(read.tally.sentence())
    say_rejects(read)
    typer.echo(
        f"{count.rows:,} rated ({count.duplicates:,} duplicates, {count.refused:,} refused left out), "
        f"{count.charged:,} charged: {yen_text(count.charge_milliyen, 'yen')}"
    )
