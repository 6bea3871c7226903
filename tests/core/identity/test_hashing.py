"""The hash of call ids: the same bytes the same, any other bytes another, wherever in memory they lie."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.identity.hashing import hash_bytes, mix

TEXTS = 100_000
SEED = 7


def hashed(buffer: np.ndarray, first: int, last: int, seed: int = SEED) -> tuple[int, int]:
    one, two = hash_bytes(np.uint64(buffer.ctypes.data), first, last, np.uint64(seed))
    return int(one), int(two)


def hash_of(text: bytes, seed: int = SEED) -> tuple[int, int]:
    return hashed(np.frombuffer(text or b"\0", np.uint8), 0, len(text), seed)


def random_texts(count: int, longest: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Random bytes and where each text ends; text i is data[ends[i]:ends[i + 1]]."""
    chance = np.random.default_rng(20_261_123)
    ends = np.concatenate([[0], np.cumsum(chance.integers(1, longest + 1, count))])
    return chance.integers(0, 256, int(ends[-1]), np.uint8), ends


def flipped_bits(a: int, b: int) -> int:
    return (a ^ b).bit_count()


def test_equal_bytes_have_equal_hashes_at_any_address():
    data, ends = random_texts(2_000)
    for at in range(ends.size - 1):
        text = data[ends[at] : ends[at + 1]].tobytes()
        first = at % 13 + 1
        elsewhere = np.frombuffer(b"\xff" * first + text + b"\xff" * 9, np.uint8)
        assert hashed(elsewhere, first, first + len(text)) == hash_of(text)


def test_random_texts_differ_in_both_lanes():
    data, ends = random_texts(TEXTS)
    texts = {data[ends[at] : ends[at + 1]].tobytes() for at in range(TEXTS)}
    assert len(texts) > 0.9 * TEXTS
    lanes = [hash_of(text) for text in texts]
    assert len(set(lanes)) == len(texts)
    long = [pair for pair, text in zip(lanes, texts, strict=True) if len(text) > 2]
    assert len({one for one, _ in long}) == len({two for _, two in long}) == len(long)


def test_one_bit_changes_both_lanes_thoroughly():
    data, ends = random_texts(TEXTS)
    bits = np.random.default_rng(5).integers(0, 1 << 30, TEXTS)
    flips = np.zeros((TEXTS, 2), np.int64)
    for at in range(TEXTS):
        text = data[ends[at] : ends[at + 1]].copy()
        bit = int(bits[at]) % (8 * text.size)
        before = hashed(text, 0, text.size)
        text[bit // 8] ^= np.uint8(1 << bit % 8)
        after = hashed(text, 0, text.size)
        flips[at] = [flipped_bits(*lane) for lane in zip(before, after, strict=True)]
    assert flips.min() >= 4
    assert np.abs(flips.mean(axis=0) - 32).max() < 1


def test_a_shorter_text_and_trailing_bytes_make_another_hash():
    data, ends = random_texts(TEXTS, longest=17)
    for at in range(TEXTS):
        first, last = int(ends[at]), int(ends[at + 1])
        whole = hashed(data, first, last)
        assert hashed(data, first, last - 1) != whole
        if last < data.size:
            assert hashed(data, first, last + 1) != whole


@pytest.mark.parametrize("byte", [b"\0", b"a", b"\xff"])
def test_runs_of_one_byte_differ_by_their_length(byte):
    assert len({hash_of(byte * length) for length in range(200)}) == 200


def test_a_zero_byte_before_behind_or_alone_is_seen():
    texts = [b"", b"\0", b"a", b"a\0", b"\0a", b"12345678", b"12345678\0", b"\00012345678", b"12345678\0\0\0\0\0\0\0\0"]
    assert len({hash_of(text) for text in texts}) == len(texts)


@given(st.binary(max_size=64), st.binary(max_size=64))
def test_two_texts_have_one_hash_only_if_they_are_one(a, b):
    assert (hash_of(a) == hash_of(b)) == (a == b)


@given(st.binary(max_size=40), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_the_seed_counts(text, a, b):
    assert (hash_of(text, a) == hash_of(text, b)) == (a == b)


@given(st.lists(st.text(max_size=30), max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_texts_at_any_offset_of_a_sliced_column_hash_like_themselves(texts, skip, length):
    column = pa.array(texts, pa.string()).slice(min(skip, len(texts)), length)
    offsets = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]
    body = np.frombuffer(column.buffers()[2] or b"\0", np.uint8)
    body = body if body.size else np.zeros(1, np.uint8)
    found = [hashed(body, int(first), int(last)) for first, last in pairwise(offsets)]
    assert found == [hash_of(text.encode()) for text in column.to_pylist()]


def test_a_round_of_a_lane_loses_nothing():
    chance = np.random.default_rng(3)
    words = chance.integers(0, 1 << 63, 10_000).astype(np.uint64)
    odd = np.uint64(0x9E3779B97F4A7C15)
    rounds = {int(mix(np.uint64(1), word, odd)) for word in words}
    assert len(rounds) == len(set(words.tolist()))
