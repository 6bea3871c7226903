"""The embedded default: one folder, one process a role."""

from __future__ import annotations

import pytest

from sekisho.core.terms.errors import BadSource, InUse
from sekisho.ports import Message
from sekisho.wiring.embedded import open_embedded
from sekisho.wiring.settings import read_settings


@pytest.fixture
def settings(tmp_path):
    return read_settings({"SEKISHO_HOME": str(tmp_path / "home")})


def test_everything_lies_below_home(settings):
    home = open_embedded(settings)
    home.log.append({"journal": [Message("tick", "1", b"")]})
    assert (home.lake.offset(), home.feed.waiting(), home.snapshots.load()) == (0, [], None)
    home.close()
    assert {path.name for path in settings.home.iterdir()} == {"log.sqlite", "lake", "feed", "snapshots", "locks"}
    again = open_embedded(settings)
    assert again.log.last("journal") == 1
    again.close()


def test_a_role_is_played_once(settings):
    first = open_embedded(settings, ["judge"])
    with pytest.raises(InUse, match="judge"):
        open_embedded(settings, ["intake", "judge"])
    others = open_embedded(settings, ["intake", "archive"])
    reader = open_embedded(settings, [])
    for home in (first, others, reader):
        home.close()
    open_embedded(settings).close()


def test_only_the_archive_writes_the_lake(settings):
    home = open_embedded(settings, ["intake", "judge"])
    with pytest.raises(TypeError):
        home.lake.write([], 1, 1)
    home.close()


def test_what_cannot_be_opened_holds_no_role(settings):
    sources = settings.home / "sources"
    sources.mkdir(parents=True)
    (sources / "pbx.toml").write_text("")
    with pytest.raises(BadSource):
        open_embedded(settings)
    (sources / "pbx.toml").unlink()
    open_embedded(settings).close()
