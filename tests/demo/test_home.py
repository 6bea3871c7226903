"""The demonstration's own file: made once, for its owner only; a second start goes on with it."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from sekisho.core.terms.errors import BadSetting, InUse
from sekisho.demo.cast import make_cast
from sekisho.demo.home import FILE, clear_home, default_home, mark_loaded, open_home, refuse_running, write_gate_file
from sekisho.wiring.embedded import hold_role
from sekisho.wiring.gate_file import read_gate_file, source_of_token
from sekisho.wiring.settings import read_settings

CAST = make_cast(40)
SIZE = {"seed": 1, "lines": 40, "days": 60}


def test_a_new_home_has_a_secret_of_its_own(tmp_path):
    one = open_home(tmp_path / "a", CAST, **SIZE, now_ms=5)
    other = open_home(tmp_path / "b", CAST, **SIZE, now_ms=5)
    assert one.until_ms == 5
    assert not one.loaded
    assert one.password != other.password
    assert len(one.password) >= 12
    assert set(one.tokens) == {"east", "west"}
    assert one.tokens["east"] != one.tokens["west"]
    mode = (tmp_path / "a" / FILE).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_a_second_start_goes_on(tmp_path):
    first = open_home(tmp_path, CAST, **SIZE, now_ms=5)
    mark_loaded(tmp_path, first)
    second = open_home(tmp_path, CAST, **SIZE, now_ms=99)
    assert second.loaded
    assert (second.until_ms, second.password, second.tokens) == (5, first.password, first.tokens)


def test_a_demonstration_of_another_size_is_refused(tmp_path):
    open_home(tmp_path, CAST, **SIZE, now_ms=5)
    with pytest.raises(BadSetting, match="--seed 1 --lines 40 --days 60"):
        open_home(tmp_path, CAST, **{**SIZE, "seed": 2}, now_ms=5)


def test_somebody_elses_folder_is_left_alone(tmp_path):
    (tmp_path / "log.sqlite").write_bytes(b"a real installation's")
    with pytest.raises(BadSetting, match="no demonstration's home"):
        open_home(tmp_path, CAST, **SIZE, now_ms=5)
    assert [path.name for path in tmp_path.iterdir()] == ["log.sqlite"]


@pytest.mark.parametrize("text", ["", "{}", "[]", "nonsense"])
def test_a_damaged_file_is_told(tmp_path, text):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(BadSetting, match="cannot be read"):
        open_home(tmp_path, CAST, **SIZE, now_ms=5)


def test_the_gate_knows_the_switches_and_not_their_tokens(tmp_path):
    home = open_home(tmp_path, CAST, **SIZE, now_ms=5)
    write_gate_file(tmp_path, CAST, home.tokens)
    gates = read_gate_file(tmp_path)
    assert [(peer.address, peer.company, peer.go_on) for peer in gates.peers] == [
        ("127.0.0.2", "east", 302),
        ("127.0.0.3", "west", 302),
    ]
    for company in CAST:
        source = source_of_token(gates.sources, home.tokens[company.key])
        assert (source.name, source.company, source.charging) == (company.source, company.key, True)
        assert source.token_sha256 == hashlib.sha256(home.tokens[company.key].encode()).hexdigest()
    text = (tmp_path / "gate.toml").read_text()
    assert not any(token in text for token in home.tokens.values())


def test_by_default_it_lies_among_the_users_data(tmp_path):
    assert default_home({"XDG_DATA_HOME": str(tmp_path)}) == tmp_path / "sekisho-demo"
    assert default_home({}) == Path.home() / ".local" / "share" / "sekisho-demo"


def settings(folder):
    return read_settings({"SEKISHO_HOME": str(folder)})


def test_clearing_leaves_nothing_and_the_next_one_is_new(tmp_path):
    first = open_home(tmp_path, CAST, **SIZE, now_ms=5)
    (tmp_path / "lake" / "date=2026-11-23").mkdir(parents=True)
    (tmp_path / "log.sqlite").write_bytes(b"journal")
    clear_home(settings(tmp_path))
    assert list(tmp_path.iterdir()) == []
    assert open_home(tmp_path, CAST, **SIZE, now_ms=6).password != first.password


def test_clearing_touches_no_other_folder(tmp_path):
    (tmp_path / "log.sqlite").write_bytes(b"a real installation's")
    with pytest.raises(BadSetting, match="nothing in it was touched"):
        clear_home(settings(tmp_path))
    assert (tmp_path / "log.sqlite").exists()


def test_clearing_waits_for_the_parts_to_stop(tmp_path):
    open_home(tmp_path, CAST, **SIZE, now_ms=5)
    release = hold_role(settings(tmp_path), "up")
    with pytest.raises(InUse):
        clear_home(settings(tmp_path))
    with pytest.raises(InUse):
        refuse_running(settings(tmp_path))
    release()
    refuse_running(settings(tmp_path))
    assert (tmp_path / FILE).exists()


def test_an_empty_or_absent_home_is_cleared_already(tmp_path):
    clear_home(settings(tmp_path))
    clear_home(settings(tmp_path / "absent"))
    refuse_running(settings(tmp_path / "absent"))
    assert list(tmp_path.iterdir()) == []
