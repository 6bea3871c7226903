"""One running system for all walks and commands: a small demonstration with its live calls and its two attacks."""

from __future__ import annotations

import pytest
from tests.e2e.demo_process import running_demo


@pytest.fixture(scope="package")
def demo(tmp_path_factory):
    """The demonstration; it is ended in order when the last test of this folder is over."""
    with running_demo(tmp_path_factory.mktemp("e2e")) as running:
        yield running
