"""The seal changes with every file of the simulator, and with nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import sekisho.lab.simulator.seal as sealing
from sekisho.lab.simulator.seal import seal, seal_of

FOLDER = Path(sealing.__file__).parent


def test_the_seal_is_that_of_the_folder():
    assert seal() == seal_of(FOLDER)
    assert len(seal()) == 64


def test_one_byte_more_is_another_seal(tmp_path):
    copy = tmp_path / "simulator"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__"))
    assert seal_of(copy) == seal()
    for name in ("world.py", "attacks/floods.py", "countries.csv"):
        before = seal_of(copy)
        with (copy / name).open("a") as file:
            file.write("#")
        assert seal_of(copy) != before


def test_what_python_leaves_behind_does_not_count(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n")
    before = seal_of(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"x")
    assert seal_of(tmp_path) == before
