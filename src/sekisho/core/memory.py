"""What numba cannot say by itself: read words and numbers at an address, set a byte, ask for a line, see a record.

Addresses are plain integers. Nothing here keeps an array alive or checks a bound: that is the caller's duty.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.numpy_support import from_dtype

CACHE_LINE: Final = 64


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
