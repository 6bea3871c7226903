"""`sekisho`: the commands, and how they end: one clear line and a non-zero exit for bad input."""

from __future__ import annotations

import sys

import typer

from sekisho.cli import (
    backtest,
    bar,
    bench,
    call,
    check,
    demo,
    hot_list,
    ingest,
    part,
    rate,
    replay,
    simulate,
    tune,
    up,
)
from sekisho.core.terms.errors import BadInput, SekishoError

BAD_INPUT_EXIT = 2
MOST_FAULTS = 20

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Sekisho (関所): toll-fraud control for carriers of IP telephony.",
)
app.command("up")(up.up)
app.command("part", hidden=True)(part.part)
app.command("ingest")(ingest.ingest)
app.command("rate")(rate.rate)
app.command("backtest")(backtest.backtest)
app.command("tune")(tune.tune)
app.command("replay")(replay.replay)
app.command("simulate")(simulate.simulate)
app.command("bar")(bar.bar)
app.command("hot-list")(hot_list.hot_list)
app.command("check")(check.check)
app.command("bench")(bench.bench)
app.command("demo")(demo.demo)
app.command("call")(call.call)


def fault_lines(error: SekishoError) -> list[str]:
    """What to tell the user: the error's own line, and those of the further faults found with it."""
    others: tuple[BadInput, ...] = getattr(error, "others", ())
    lines = [str(error), *(str(other) for other in others)]
    if len(lines) > MOST_FAULTS:
        lines[MOST_FAULTS:] = [f"… and {len(lines) - MOST_FAULTS} more"]
    return lines


def run() -> None:
    """The program `sekisho`."""
    try:
        app()
    except SekishoError as error:
        for line in fault_lines(error):
            print(line, file=sys.stderr)
        sys.exit(BAD_INPUT_EXIT)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


if __name__ == "__main__":
    run()
