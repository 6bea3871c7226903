"""Bars: versions, owners beside each other, snapshots."""

from __future__ import annotations

import json

from sekisho.core.restrict.restrictions import Bar, Restrictions

LINE = 0x9234567
EAST = "east"


def bar(name="b1", version=1, owner="customer", since_ms=1_000) -> Bar:
    return Bar(name, version, owner, "international", since_ms, None)


def told(*bars: tuple[Bar, bool]) -> Restrictions:
    restrictions = Restrictions()
    for each, in_force in bars:
        restrictions.tell(EAST, LINE, each, in_force=in_force)
    return restrictions


def test_a_bar_is_in_force_once_it_was_told():
    restrictions = told()
    assert restrictions.bar_of(EAST, LINE) is None
    restrictions.tell(EAST, LINE, bar(since_ms=1 << 60), in_force=True)
    assert restrictions.bar_of(EAST, LINE) == bar(since_ms=1 << 60)


def test_a_bar_belongs_to_one_line_of_one_company():
    restrictions = told((bar(), True))
    assert restrictions.bar_of("west", LINE) is None
    assert restrictions.bar_of(EAST, LINE + 1) is None


def test_an_old_version_changes_nothing():
    restrictions = told((bar(version=2), False))
    assert not restrictions.tell(EAST, LINE, bar(version=1), in_force=True)
    assert restrictions.bar_of(EAST, LINE) is None


def test_the_same_version_again_changes_nothing():
    restrictions = told((bar(), True), (bar(version=2), False))
    assert not restrictions.tell(EAST, LINE, bar(version=2), in_force=True)
    assert restrictions.bar_of(EAST, LINE) is None


def test_lifting_one_owners_bar_leaves_the_others():
    carrier = bar("b2", owner="emergency", since_ms=1_500)
    restrictions = told((bar(), True), (carrier, True), (bar(version=2), False))
    assert restrictions.bar_of(EAST, LINE) == carrier


def test_the_oldest_of_several_bars_is_named():
    older = bar("b0", since_ms=500)
    assert told((bar(), True), (older, True)).bar_of(EAST, LINE) == older


def test_a_snapshot_keeps_bars_and_versions():
    restrictions = told((bar(), True), (bar("b2", version=3), False))
    again = Restrictions()
    again.put(json.loads(json.dumps(restrictions.take_changed(whole=True))))
    assert again.bar_of(EAST, LINE) == bar()
    assert not again.tell(EAST, LINE, bar("b2", version=3), in_force=True)
    assert again.take_changed(whole=True) == restrictions.take_changed(whole=True)


def test_only_what_was_told_since_the_last_time_is_taken():
    restrictions = told((bar(), True), (bar("b2"), True))
    assert [each[3] for each in restrictions.take_changed()] == ["b1", "b2"]
    restrictions.tell(EAST, LINE, bar(version=2), in_force=False)
    restrictions.tell(EAST, LINE, bar(version=3), in_force=True)
    assert [each[3:5] for each in restrictions.take_changed()] == [("b1", 3)]
    assert restrictions.take_changed() == []
    assert len(restrictions.take_changed(whole=True)) == 2
