"""Profiles survive being written and read; what is not a profile, or was changed, is refused with one line."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.core.terms.errors import BadSetting
from sekisho.core.watch.policy import MODEL, Policy
from sekisho.core.watch.profile import Profile, from_plain, from_text, to_plain, to_text
from sekisho.core.watch.scorecard import AT_ONCE, NODES, PLACES, Scorecard, in_grains, new_trees, with_floors

NAMES = ("gap", "yen", "calls")
TOLD = {"calls": 1_200, "files": [{"name": "4月.csv", "sha256": "ab"}], "budget": {"asks": 1000, "holds": 100}}


def a_card(seed, count):
    rng = np.random.default_rng(seed)
    trees = new_trees(count)
    trees["feature"] = rng.integers(0, len(NAMES), (count, NODES))
    trees["threshold"] = rng.normal(0, 10.0 ** rng.integers(-6, 7), (count, NODES))
    trees["threshold"][rng.random((count, NODES)) < 0.3] = np.inf
    trees["value"] = in_grains(rng.normal(0, 3, (count, PLACES)))
    floors = rng.normal(0, 3, count // AT_ONCE).astype(np.float32)
    floors[rng.random(floors.size) < 0.3] = -np.inf
    return Scorecard(NAMES, with_floors(trees, floors))


def a_profile(card=None):
    policy = Policy(honest_rate=(0.1, 0.2, 0.3, 0.1 + 0.2), new_country_doubt=0.7, scorecard=card)
    return Profile("east", "2026-06-01T00:00:00Z", policy, TOLD)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.integers(0, 20))
def test_what_is_written_is_read_to_the_last_bit(seed, count):
    written = a_profile(a_card(seed, count))
    read = from_text(to_text(written), "p.json", NAMES)
    assert read.policy.scorecard.trees.tobytes() == written.policy.scorecard.trees.tobytes()
    assert read.policy.version == written.policy.version
    assert (read.name, read.made, read.told) == (written.name, written.made, TOLD)
    assert to_text(read) == to_text(written)


def test_without_a_scorecard_too():
    read = from_text(to_text(a_profile()), "p.json", NAMES)
    assert read.policy == a_profile().policy


def test_the_text_is_the_plain_data_and_begins_with_what_people_read():
    profile = a_profile(a_card(1, 2))
    text = to_text(profile)
    assert json.loads(text) == to_plain(profile)
    assert text.splitlines()[1:4] == [' "profile": 2,', ' "name": "east",', ' "made": "2026-06-01T00:00:00Z",']
    assert "4月.csv" in text
    assert to_plain(profile)["model"] == MODEL


def test_every_number_of_a_policy_is_in_it():
    kept = set(to_plain(a_profile())["policy"])
    assert kept == {each.name for each in fields(Policy)} - {"scorecard"}


def changed(where, value):
    """The plain profile with one thing changed and its version made right again, so that only the fault is seen."""
    profile = a_profile(a_card(2, 2 * AT_ONCE))
    plain = json.loads(to_text(profile))
    place = plain
    for key in where[:-1]:
        place = place[key]
    place[where[-1]] = value
    return plain


@pytest.mark.parametrize(
    ("where", "value", "says"),
    [
        (("profile",), 1, "no profile of form 2"),
        (("model",), "other-9", "tune again"),
        (("name",), "west", "its version is not that of what it holds"),
        (("policy", "new_country_doubt"), 0.8, "its version is not that of what it holds"),
        (("told", "calls"), 0, "its version is not that of what it holds"),
    ],
)
def test_what_was_changed_by_hand_is_refused(where, value, says):
    with pytest.raises(BadSetting, match=says):
        from_plain(changed(where, value), "p.json", NAMES)


@pytest.mark.parametrize(
    ("where", "value", "says"),
    [
        (("name",), 3, "name, made or told"),
        (("policy", "new_country_doubt"), "much", "policy.new_country_doubt is 'much'; use a value like 1.0"),
        (("policy", "new_country_doubt"), None, "new_country_doubt"),
        (("policy", "honest_rate"), [1.0, 2.0], "honest_rate"),
        (("policy", "automatic_hold"), 1, "automatic_hold"),
        (("policy", "month_floor"), 1.5, "month_floor"),
        (("policy", "colour"), 1, "'colour' too many"),
        (("policy",), [], "no policy"),
        (("scorecard", "names"), ["a"], "other features"),
        (("scorecard", "trees"), None, "no trees"),
        (("scorecard", "floors"), None, "floors of its scorecard are not one for every 8 trees"),
        (("scorecard", "floors"), [0.5], "floors"),
        (("scorecard", "floors"), [0.5, "low"], "floors"),
        (("scorecard", "trees", 1, 0, 3), 3, "tree 2 of its scorecard is none"),
        (("scorecard", "trees", 0, 0, 3), 1.5, "tree 1 of its scorecard is none"),
        (("scorecard", "trees", 0, 1, 3), "x", "tree 1"),
        (("scorecard", "trees", 0, 2), [0.0], "tree 1"),
        (("scorecard", "trees", 0), 5, "tree 1"),
    ],
)
def test_what_cannot_be_is_refused_even_with_a_right_version(monkeypatch, where, value, says):
    plain = changed(where, value)
    monkeypatch.setattr("sekisho.core.watch.profile._version", lambda _plain: plain["version"])
    with pytest.raises(BadSetting, match=says):
        from_plain(plain, "p.json", NAMES)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"profile": 2}', "\x00"])
def test_other_texts_are_no_profiles(text):
    with pytest.raises(BadSetting, match=r"^p\.json: "):
        from_text(text, "p.json", NAMES)


def test_a_missing_number_is_named(monkeypatch):
    plain = to_plain(a_profile())
    del plain["policy"]["forget_days"]
    monkeypatch.setattr("sekisho.core.watch.profile._version", lambda _plain: plain["version"])
    with pytest.raises(BadSetting, match="'forget_days' too few"):
        from_plain(plain, "p.json", NAMES)


def test_a_profile_of_another_scorecard_is_another_policy():
    one, other = a_profile(a_card(1, 2)).policy, a_profile(a_card(2, 2)).policy
    assert one.version != other.version
    assert replace(one, scorecard=None).version == a_profile().policy.version
