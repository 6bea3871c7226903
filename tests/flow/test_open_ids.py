"""Call-IDs of calls in progress, short and long."""

from __future__ import annotations

import numpy as np

from sekisho.core.watch.state import CALL_ID_BYTES
from sekisho.flow.open_ids import OpenIds


def test_an_id_comes_back_whatever_its_length():
    ids, texts = OpenIds(), ["a", "x" * CALL_ID_BYTES, "y" * (CALL_ID_BYTES + 1), "いろは" * 40]
    ids.note(np.array([text.encode() for text in texts]), np.array([4, 0, 7, 3]))
    assert [ids.text(slot) for slot in (4, 0, 7, 3)] == texts
    assert set(ids.long) == {7, 3}


def test_a_slot_that_is_used_again_has_its_new_id_alone():
    ids = OpenIds()
    ids.note(np.array([b"y" * 200, b"z" * 300]), np.array([1, 2]))
    ids.note(np.array([b"short"]), np.array([1]))
    assert [ids.text(1), ids.text(2)] == ["short", "z" * 300]
    assert set(ids.long) == {2}


def test_one_long_id_makes_the_others_no_longer():
    """A switch that sends a Call-ID of a megabyte would take a megabyte of each call in progress."""
    ids = OpenIds()
    ids.note(np.array([b"a", b"y" * 1_000_000]), np.array([0, 1]))
    assert ids.short.dtype.itemsize == CALL_ID_BYTES
