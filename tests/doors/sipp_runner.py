"""Runs real SIPp with one of our scenarios against a gate on loopback."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

SCENARIOS = Path(__file__).parents[1] / "data" / "sipp"


class Result(NamedTuple):
    """Whether every call went as its scenario says, and what SIPp said of it."""

    ok: bool
    out: str


def run_sipp(
    scenario: str,
    port: int,
    *,
    source: str = "127.0.0.2",
    service: str = "0106112345678",
    line: str = "+81312345678",
    calls: int = 1,
    deadline_s: float = 20.0,
    uri: str = "",
) -> Result:
    """Run `tests/data/sipp/<scenario>.xml` against 127.0.0.1:`port`, from `source`, a call after the other.

    The request URI is `uri`, or `sip:<service>@127.0.0.1:<port>;user=phone`; the P-Asserted-Identity holds `line`.
    """
    uri = uri or f"sip:{service}@127.0.0.1:{port};user=phone"
    with tempfile.TemporaryDirectory(prefix="sipp-") as folder:
        command = ["sipp", f"127.0.0.1:{port}", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", source]
        command += ["-key", "uri", uri, "-key", "line", line, "-m", str(calls), "-r", "50", "-nostdin", "-skip_rlimit"]
        command += ["-timeout", f"{deadline_s:.0f}s", "-timeout_error", "-trace_err", "-error_file", "errors.log"]
        done = subprocess.run(
            command,
            check=False,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=deadline_s + 10,
            stdin=subprocess.DEVNULL,
        )
        errors = Path(folder, "errors.log")
        said = errors.read_text("utf-8", "replace") if errors.exists() else ""
    return Result(done.returncode == 0, f"{said}\n{done.stdout[-3_000:]}\n{done.stderr[-1_000:]}")
