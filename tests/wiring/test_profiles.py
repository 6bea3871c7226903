"""Profiles in files: read whole, or refused with one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from sekisho.core.terms.errors import BadSetting
from sekisho.core.watch.policy import Policy, dials
from sekisho.core.watch.profile import Profile, to_text
from sekisho.wiring import profiles
from sekisho.wiring.profiles import MOST_BYTES, SHIPPED, chosen_policy, load_policy, read_profile


def test_a_file_gives_its_policy_and_no_file_the_default(tmp_path):
    policy = Policy(new_country_doubt=0.5)
    (tmp_path / "p.json").write_text(to_text(Profile("west", "2026-06-01T00:00:00Z", policy, {})), encoding="utf-8")
    assert load_policy(str(tmp_path / "p.json")) == policy
    assert read_profile(str(tmp_path / "p.json")).name == "west"
    assert load_policy(None) == Policy()


def test_the_factory_profile_is_the_one_beside_the_module():
    shipped = Path(profiles.__file__).parent / SHIPPED
    expected = load_policy(shipped) if shipped.exists() else Policy()
    assert chosen_policy("factory").version == chosen_policy("").version == expected.version


def test_the_factory_profile_has_seen_no_hot_list_and_no_signal_so_both_count_beside_it():
    record = dials(chosen_policy("factory"))[0]
    assert (record["untaught_hot"], record["untaught_signal"]) == (1.0, 1.0)


def test_a_shipped_profile_is_read_where_there_is_one(tmp_path, monkeypatch):
    policy = Policy(new_country_doubt=0.5)
    (tmp_path / SHIPPED).write_text(to_text(Profile("f", "2026-06-01T00:00:00Z", policy, {})), encoding="utf-8")
    for folder, expected in ((tmp_path, policy), (tmp_path / "empty", Policy())):
        monkeypatch.setattr(profiles, "files", lambda _package, folder=folder: folder)
        profiles._factory.cache_clear()
        assert chosen_policy("factory") == expected
    profiles._factory.cache_clear()


def test_none_is_label_free_and_anything_else_a_file(tmp_path):
    assert chosen_policy("none") == Policy()
    assert chosen_policy(str(written(tmp_path, "alert_nats = 12"))).alert_nats == 12.0
    with pytest.raises(BadSetting, match="cannot be read"):
        chosen_policy(str(tmp_path / "factory"))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"{}", "no profile"),
        (b" " * (MOST_BYTES + 1), "larger"),
    ],
)
def test_other_files_are_refused(tmp_path, data, says):
    path = tmp_path / "p.json"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(BadSetting, match=says):
        read_profile(str(path))


def written(tmp_path, text: str, name: str = "night.toml"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def test_what_is_told_is_set_and_the_rest_is_the_default(tmp_path):
    text = (
        "# stricter\nalert_nats = 12\nautomatic_hold = false\nmonth_floor = 1_000\nhonest_rate = [0.1, 0.2, 0.3, 0.4]\n"
    )
    policy = load_policy(written(tmp_path, text))
    assert (policy.alert_nats, policy.automatic_hold, policy.month_floor) == (12.0, False, 1_000)
    assert policy.honest_rate == (0.1, 0.2, 0.3, 0.4)
    assert policy.hold_nats == Policy().hold_nats
    assert policy.version != Policy().version


def test_an_empty_file_is_the_default(tmp_path):
    assert load_policy(written(tmp_path, "")) == Policy()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("alert_nat = 1.0", r"unknown field 'alert_nat'; known are honest_rate, honest_rate_hours"),
        ("alert_nats = 'much'", r"alert_nats is 'much'; give a number from 0"),
        ("alert_nats = true", r"give a number from 0"),
        ("alert_nats = -1.0", r"give a number from 0"),
        ("alert_nats = nan", r"give a number from 0"),
        ("month_floor = 1.5", r"give a whole number from 0"),
        ("automatic_hold = 1", r"automatic_hold is 1; give true or false"),
        ("honest_rate = [1.0]", r"honest_rate is \[1.0\]; give 4 numbers"),
        ("alert_nats", r"not TOML"),
    ],
)
def test_what_is_wrong_is_one_line(tmp_path, text, says):
    with pytest.raises(BadSetting, match=says) as refused:
        load_policy(written(tmp_path, text))
    assert "\n" not in str(refused.value)
    assert "night.toml" in str(refused.value)
