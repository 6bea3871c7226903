"""One fixture for this folder: the program `sekisho`, run in this process, as its entry point runs it."""

from __future__ import annotations

import sys

import pytest

from sekisho.cli.main import run


@pytest.fixture
def sekisho(monkeypatch, capsys):
    """Give it arguments; it gives back the exit code, and what was printed on stdout and on stderr.

    It is not run in a terminal, whatever the environment of the tests says, and help is 80 columns wide.
    """
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")

    def program(*arguments):
        monkeypatch.setattr(sys, "argv", ["sekisho", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            run()
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return program
