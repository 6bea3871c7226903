"""Profiles in files: read whole, or refused with one line."""

from __future__ import annotations

import pytest

from sekisho.core.terms.errors import BadSetting
from sekisho.core.watch.policy import Policy
from sekisho.core.watch.profile import Profile, to_text
from sekisho.wiring.profiles import MOST_BYTES, load_policy, read_profile


def test_a_file_gives_its_policy_and_no_file_the_default(tmp_path):
    policy = Policy(new_country_doubt=0.5)
    (tmp_path / "p.json").write_text(to_text(Profile("west", "2026-06-01T00:00:00Z", policy, {})), encoding="utf-8")
    assert load_policy(str(tmp_path / "p.json")) == policy
    assert read_profile(str(tmp_path / "p.json")).name == "west"
    assert load_policy(None) == Policy()


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
