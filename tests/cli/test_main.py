"""How the program ends: help with an example, one clear line a fault, no traceback into a closed pipe."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from sekisho.cli.main import MOST_FAULTS, app, fault_lines, run
from sekisho.core.terms.errors import BadSetting, BadTariff

INCIDENT = Path(__file__).parents[1] / "data" / "pbx-incident"
COMMANDS = [command.name for command in app.registered_commands]
PROGRAM = [sys.executable, "-c", "from sekisho.cli.main import run; run()"]


def test_the_program_is_installed_under_its_name():
    (script,) = entry_points(group="console_scripts", name="sekisho")
    assert script.load() is run


def test_help_names_every_command(sekisho):
    code, out, err = sekisho("--help")
    assert (code, err) == (0, "")
    assert {"ingest", "rate", "backtest", "replay", "bench"} <= set(COMMANDS)
    shown = [command.name for command in app.registered_commands if not command.hidden]
    assert all(f"\n  {command} " in out for command in shown)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_holds_an_example(sekisho, command):
    code, out, err = sekisho(command, "--help")
    assert (code, err) == (0, "")
    assert f"Example: sekisho {command} " in out


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["rat"], "No such command 'rat'."),
        (["rate"], "Missing argument 'CALLS'."),
        (["rate", "calls.csv"], "Missing option '--out'."),
        (["rate", "calls.csv", "--uot", "x.csv"], "No such option: --uot"),
        (["backtest", "calls.csv", "--daily-limit", "many"], "Invalid value for '--daily-limit'"),
        (["backtest", "calls.csv", "--monthly-limit", "-1"], "Invalid value for '--monthly-limit'"),
        (["bench", "pipeline", "--calls", "0"], "Invalid value for '--calls'"),
    ],
)
def test_a_wrong_command_line_says_what_is_wrong_with_it(sekisho, arguments, fault):
    code, out, err = sekisho(*arguments)
    assert (code, out) == (2, "")
    last = err.splitlines()[-1]
    assert last.startswith("Error: ")
    assert fault.lower() in last.lower()


def test_an_error_is_one_line():
    assert fault_lines(BadSetting("--feed both: there is no such feed")) == ["--feed both: there is no such feed"]


def test_faults_found_together_are_told_together_up_to_a_number():
    def error(count):
        first, *others = (BadTariff("t.csv", row, "wrong", "right") for row in range(2, count + 2))
        return BadTariff(first.file, first.line, first.wrong, first.right, others)

    assert fault_lines(error(2)) == ["t.csv:2: wrong; right", "t.csv:3: wrong; right"]
    assert len(fault_lines(error(MOST_FAULTS))) == MOST_FAULTS
    many = fault_lines(error(MOST_FAULTS + 7))
    assert (len(many), many[-1]) == (MOST_FAULTS + 1, "… and 7 more")


def test_bad_input_ends_the_real_program_with_one_line_and_no_traceback(tmp_path):
    command = [*PROGRAM, "rate", "none.csv", "--out", "rated.csv"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "none.csv: cannot be read (No such file or directory); give a file of calls\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [["replay"], ["rate", str(INCIDENT / "kamailio_acc.log"), "--out", "rated.csv"]],
    ids=lambda each: each[0],
)
def test_a_reader_who_leaves_early_meets_no_traceback(tmp_path, arguments):
    """As `| head` does, but at once: whatever is written meets a closed pipe."""
    with subprocess.Popen(
        [*PROGRAM, *arguments], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


def test_help_loads_no_kernels():
    program = "import sys; import sekisho.cli.main; print(sorted({'numba', 'pyarrow', 'duckdb'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
