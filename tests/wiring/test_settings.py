"""Settings: a default for each, typed, refused at start when wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from sekisho.core.terms.errors import BadSetting
from sekisho.wiring.settings import read_settings


def test_without_any_variable_every_setting_has_its_default():
    settings = read_settings({})
    assert settings.home == Path.home() / ".local" / "share" / "sekisho"
    assert (settings.company, settings.batch_rows, settings.busy_s) == ("default", 10_000, 30)
    assert (settings.judge_entries, settings.snapshot_entries, settings.archive_rows) == (32, 300, 500_000)
    assert (settings.gate_host, settings.gate_sip_port, settings.gate_http_port) == ("127.0.0.1", 5066, 8066)
    assert (settings.intake_http_port, settings.web_host, settings.web_port) == (8067, "127.0.0.1", 8080)
    assert (settings.database_url, settings.secret_key_file) == ("", settings.home / "secret-key")


def test_variables_beat_defaults():
    settings = read_settings({"SEKISHO_HOME": "/srv/sekisho", "SEKISHO_COMPANY": "east", "SEKISHO_BATCH_ROWS": "2000"})
    assert (settings.home, settings.company, settings.batch_rows) == (Path("/srv/sekisho"), "east", 2_000)


def test_variables_of_doors_and_office():
    told = read_settings(
        {
            "SEKISHO_GATE_HOST": "sbc.example.jp",
            "SEKISHO_GATE_SIP_PORT": "0",
            "SEKISHO_WEB_HOST": "::1",
            "SEKISHO_WEB_PORT": "65535",
            "SEKISHO_DATABASE_URL": "postgresql://office@db/sekisho",
            "SEKISHO_SECRET_KEY_FILE": "/run/keys/sekisho",
        }
    )
    assert (told.gate_host, told.gate_sip_port) == ("sbc.example.jp", 0)
    assert (told.web_host, told.web_port) == ("::1", 65_535)
    assert told.database_url == "postgresql://office@db/sekisho"
    assert told.secret_key_file == Path("/run/keys/sekisho")


def test_shadow_policies_have_names_and_files():
    told = read_settings({"SEKISHO_SHADOWS": "night=/srv/night.toml, strict-2 = strict.json,plain=none"})
    strict = str(Path("strict.json").absolute())
    assert told.shadows == (("night", "/srv/night.toml"), ("strict-2", strict), ("plain", "none"))
    assert (read_settings({}).shadows, told.shadow_start) == ((), "now")
    assert hash(told)
    assert read_settings({"SEKISHO_SHADOW_START": "beginning"}).shadow_start == "beginning"


def test_the_profile_is_a_word_or_a_file():
    assert read_settings({}).profile == "factory"
    assert read_settings({"SEKISHO_PROFILE": "none"}).profile == "none"
    assert read_settings({"SEKISHO_PROFILE": "west.json"}).profile == str(Path("west.json").absolute())
    assert read_settings({"SEKISHO_PROFILE": "./none"}).profile == str(Path("none").absolute())


def test_the_key_lies_in_the_home_that_was_asked_for(tmp_path):
    assert read_settings({"SEKISHO_HOME": str(tmp_path)}).secret_key_file == tmp_path / "secret-key"


def test_a_password_is_not_shown_again():
    with pytest.raises(BadSetting, match="SEKISHO_DATABASE_URL is no address like") as refused:
        read_settings({"SEKISHO_DATABASE_URL": "mysql://office:hunter2@db/sekisho"})
    assert "hunter2" not in str(refused.value)


def test_the_default_home_follows_xdg():
    assert read_settings({"XDG_DATA_HOME": "/data"}).home == Path("/data/sekisho")


def test_a_home_is_made_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read_settings({"SEKISHO_HOME": "var"}).home == tmp_path / "var"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SEKISHO_BATCH_ROWS", "0", "from 1 to 1000000"),
        ("SEKISHO_BATCH_ROWS", "1000001", "from 1 to 1000000"),
        ("SEKISHO_BATCH_ROWS", "2k", "SEKISHO_BATCH_ROWS is '2k'; give a whole number"),
        ("SEKISHO_BATCH_ROWS", "２０００", "give a whole number"),
        ("SEKISHO_BATCH_ROWS", "-5", "give a whole number"),
        ("SEKISHO_SNAPSHOT_ENTRIES", "", "SEKISHO_SNAPSHOT_ENTRIES is empty"),
        ("SEKISHO_COMPANY", " ", "SEKISHO_COMPANY is empty"),
        ("SEKISHO_COMPANY", "ea\nst", "no plain word"),
        ("SEKISHO_HOME", "/dev/null", "/dev/null is not a folder"),
        ("SEKISHO_GATE_SIP_PORT", "65536", "from 0 to 65535"),
        ("SEKISHO_GATE_HOST", "http://x", "SEKISHO_GATE_HOST is 'http://x'; give an address like 127.0.0.1"),
        ("SEKISHO_WEB_HOST", "a b", "give an address like 127.0.0.1"),
        ("SEKISHO_SECRET_KEY_FILE", "/dev", "/dev is a folder; name a file"),
        ("SEKISHO_SHADOWS", "night", "'night' is no name=profile"),
        ("SEKISHO_SHADOWS", "Night=/a", "'Night=/a' is no name=profile"),
        ("SEKISHO_SHADOWS", "night=/a,night=/b", "each once"),
        ("SEKISHO_SHADOWS", "a-name-of-more-than-twenty=/a", "at most 20"),
        ("SEKISHO_SHADOW_START", "later", "give one of now, beginning"),
        (
            "SEKISHO_BATCHROWS",
            "5",
            "SEKISHO_BATCHROWS is no setting; known are SEKISHO_ARCHIVE_ROWS, SEKISHO_BATCH_ROWS",
        ),
    ],
)
def test_a_wrong_setting_is_refused(name, value, says):
    with pytest.raises(BadSetting, match=says):
        read_settings({name: value})


def test_other_programs_variables_do_not_matter():
    assert read_settings({"SEKISHO_CRASH_AT": "append:1", "PATH": ""}) == read_settings({})
