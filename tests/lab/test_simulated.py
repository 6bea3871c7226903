"""The seal of the simulator, where a simulation lies beside the truth."""

from __future__ import annotations

import pytest

from sekisho.lab.simulated import simulator_of


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"seal": "abc", "arguments": {"seed": 7}}', "abc, seed 7"),
        ('{"seal": "abc"}', "abc"),
        ('{"seal": "abc", "arguments": [1]}', "abc"),
        ('{"calls": 3}', ""),
        ('["seal"]', ""),
        ("no JSON", ""),
        (None, ""),
    ],
)
def test_what_the_folder_says(tmp_path, text, told):
    if text is not None:
        (tmp_path / "simulation.json").write_text(text)
    assert simulator_of(str(tmp_path / "truth.csv")) == told
