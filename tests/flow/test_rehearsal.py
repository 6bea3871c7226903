"""The rehearsal leaves no kernel to be compiled later."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

DRIVER = Path(__file__).with_name("rehearsal_driver.py")


def test_after_it_nothing_is_compiled_any_more():
    done = subprocess.run([sys.executable, DRIVER], check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == []
