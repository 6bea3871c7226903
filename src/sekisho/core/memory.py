"""What numba cannot say by itself: words and bytes at any address, cache lines, records at an address, bits of a word.

Addresses are plain integers. Nothing here keeps an array alive or checks a bound: that is the caller's duty.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.numpy_support import from_dtype

CACHE_LINE: Final = 64


@njit(cache=True)
def address_of(array: Any) -> Any:
    """Where an array begins, as a signed number: numba makes a float of what an unsigned one and a length add up to."""
    return np.int64(array.ctypes.data)


@intrinsic
def load_word(_typing: Any, address: Any) -> Any:  # noqa: ARG001 - numba reads the names
    """The eight bytes at an address, aligned or not, little end first, as uint64."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        word = context.get_value_type(types.uint64)
        load = builder.load(builder.inttoptr(arguments[0], word.as_pointer()))
        load.align = 1
        return load

    return types.uint64(types.uint64), generate


@intrinsic
def word_at(_typing: Any, address: Any) -> Any:  # noqa: ARG001 - numba reads the names
    """`load_word` for an address that is a signed number, as sums of addresses and lengths are."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        word = context.get_value_type(types.uint64)
        load = builder.load(builder.inttoptr(arguments[0], word.as_pointer()))
        load.align = 1
        return load

    return types.uint64(types.int64), generate


@intrinsic
def byte_at(_typing: Any, address: Any) -> Any:  # noqa: ARG001 - numba reads the names
    """The byte at an address, as uint8."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        byte = context.get_value_type(types.uint8)
        return builder.load(builder.inttoptr(arguments[0], byte.as_pointer()))

    return types.uint8(types.int64), generate


@intrinsic
def put_word(_typing: Any, address: Any, word: Any) -> Any:  # noqa: ARG001 - numba reads the names
    """Write a uint64 to an address, aligned or not, little end first."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        kind = context.get_value_type(types.uint64)
        store = builder.store(arguments[1], builder.inttoptr(arguments[0], kind.as_pointer()))
        store.align = 1
        return context.get_dummy_value()

    return types.none(types.int64, types.uint64), generate


def _signs(builder: Any, address: Any) -> Any:
    """The CACHE_LINE bytes at an address as one vector."""
    vector = ir.VectorType(ir.IntType(8), CACHE_LINE)
    load = builder.load(builder.inttoptr(address, vector.as_pointer()))
    load.align = 1
    return load


@intrinsic
def equal_signs(_typing: Any, address: Any, sign: Any) -> Any:  # noqa: ARG001 - numba reads the names
    """Which of the 64 bytes at an address are `sign` (a constant): bit n of the uint64 is byte n."""
    if not isinstance(sign, types.IntegerLiteral):
        return None
    wanted = sign.literal_value

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        signs = _signs(builder, arguments[0])
        same = builder.icmp_unsigned("==", signs, ir.Constant(signs.type, [wanted] * CACHE_LINE))
        return builder.bitcast(same, ir.IntType(64))

    return types.uint64(types.int64, sign), generate


@intrinsic
def high_signs(_typing: Any, address: Any) -> Any:  # noqa: ARG001 - numba reads the names
    """Which of the 64 bytes at an address are no ASCII: bit n of the uint64 is byte n."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        signs = _signs(builder, arguments[0])
        high = builder.icmp_signed("<", signs, ir.Constant(signs.type, [0] * CACHE_LINE))
        return builder.bitcast(high, ir.IntType(64))

    return types.uint64(types.int64), generate


@intrinsic
def lowest_bit(_typing: Any, word: Any) -> Any:  # noqa: ARG001 - numba reads the names
    """The place of the lowest bit that is set in a uint64; 64 where none is."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), generate


@intrinsic
def bit_count(_typing: Any, word: Any) -> Any:  # noqa: ARG001 - numba reads the names
    """How many bits of a uint64 are set."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


@intrinsic
def turned_round(_typing: Any, word: Any) -> Any:  # noqa: ARG001 - numba reads the names
    """A uint64 with its eight bytes in the opposite order."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bswap(arguments[0])

    return types.uint64(types.uint64), generate


@intrinsic
def bits_of_double(_typing: Any, number: Any) -> Any:  # noqa: ARG001 - numba reads the names
    """The 64 bits of a float64, as int64."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def double_of_bits(_typing: Any, bits: Any) -> Any:  # noqa: ARG001 - numba reads the names
    """The float64 of these 64 bits, an int64; the inverse of `bits_of_double`."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


@intrinsic
def prefetch(_typing: Any, address: Any) -> Any:  # noqa: ARG001 - numba reads the names
    """Ask for the cache line at an address, to write to it, without waiting for it. Any address is allowed."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        pointer = builder.inttoptr(arguments[0], byte)
        builder.call(function, [pointer, word(1), word(3), word(1)])  # to write; keep; data
        return context.get_dummy_value()

    return types.none(types.int64), generate


def _loader(kind: Any) -> Any:
    """An intrinsic (address) → the four bytes there as `kind`, which lie at a multiple of four."""

    @intrinsic
    def load(_typing: Any, address: Any) -> Any:  # noqa: ARG001 - numba reads the names
        def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            word = context.get_value_type(kind)
            loaded = builder.load(builder.inttoptr(arguments[0], word.as_pointer()))
            loaded.align = 4
            return loaded

        return kind(types.int64), generate

    return load


load_int32 = _loader(types.int32)
load_float32 = _loader(types.float32)


@intrinsic
def mark(_typing: Any, address: Any) -> Any:  # noqa: ARG001 - numba reads the names
    """Set the byte at an address to 1."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        byte = ir.IntType(8)
        builder.store(byte(1), builder.inttoptr(arguments[0], byte.as_pointer()))
        return context.get_dummy_value()

    return types.none(types.int64), generate


def element_reader(kind: Any) -> Any:
    """An intrinsic (address of an array of a scalar numba type `kind`, place) → the element there.

    For functions that are called once an element: an array as their argument has its references counted every time,
    which takes as long as a few cache misses.
    """

    @intrinsic
    def element_at(_typing: Any, address: Any, place: Any) -> Any:  # noqa: ARG001 - numba reads the names
        def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            pointer = builder.inttoptr(arguments[0], context.get_value_type(kind).as_pointer())
            return builder.load(builder.gep(pointer, [arguments[1]]))

        return kind(types.int64, types.int64), generate

    return element_at


def record_reader(kind: np.dtype[np.void]) -> Any:
    """An intrinsic (address of an array of `kind`, row) → the record there, as a kernel sees it: by reference."""
    record = from_dtype(kind)
    size = kind.itemsize

    @intrinsic
    def record_at(_typing: Any, address: Any, row: Any) -> Any:  # noqa: ARG001 - numba reads the names
        def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            offset = builder.mul(arguments[1], context.get_constant(types.int64, size))
            return builder.inttoptr(builder.add(arguments[0], offset), context.get_value_type(record))

        return record(types.int64, types.int64), generate

    return record_at
