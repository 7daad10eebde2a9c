# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return, call-arg"
# ruff: noqa: ANN001, ANN202
"""Compiled gathering of runs of pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from segue.storage.compiled import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Values = NDArray[np.generic]

STEP = 64
"""Bytes that are copied at once: behind a window, and behind the last pixel read, as many may be touched."""


@intrinsic
def _copy_step(context, to, here):
    """Copy 64 bytes from one address to another, whatever their alignment."""
    del context

    def generate(cx, builder, signature, arguments):
        del signature
        vector = ir.VectorType(ir.IntType(32), STEP // 4).as_pointer()
        target, source = (builder.inttoptr(argument, vector) for argument in arguments)
        builder.store(builder.load(source, align=1), target, align=1)
        return cx.get_dummy_value()

    return types.void(to, here), generate


@intrinsic
def _prefetch(context, here):
    """Ask for the bytes at an address, which will be read soon."""
    del context

    def generate(cx, builder, signature, arguments):
        del signature
        byte, flag = ir.IntType(8).as_pointer(), ir.IntType(32)
        function = ir.FunctionType(ir.VoidType(), [byte, flag, flag, flag])
        call = cgutils.get_or_insert_function(builder.module, function, "llvm.prefetch.p0")
        builder.call(call, [builder.inttoptr(arguments[0], byte), flag(0), flag(3), flag(1)])
        return cx.get_dummy_value()

    return types.void(here), generate


@njit(nogil=True, _nrt=False)
def announce(pixels: Values, source: Ints, length: Ints, first: int, end: int) -> None:
    """Say that the pixels of these runs will be gathered soon: segments lie across rows, which no processor foresees."""
    here = pixels.ctypes.data
    for run in range(first, end):
        _prefetch(here + source[run] * pixels.itemsize)
        _prefetch(here + (source[run] + length[run] - 1) * pixels.itemsize)


@njit(nogil=True, _nrt=False)
def gather(pixels: Values, source: Ints, length: Ints, first: int, end: int, values: Values, at: int) -> int:
    """Append the pixels of the runs from ``first`` to ``end`` to ``values``; returns how many they are. Behind ``values`` there is padding."""
    size = pixels.itemsize
    each, to, here = STEP // size, values.ctypes.data + at * size, pixels.ctypes.data
    n = 0
    for run in range(first, end):
        begin, pixel = source[run], length[run]
        if begin + pixel + each <= len(pixels):
            k = 0
            while k < pixel:  # a range of steps would divide
                _copy_step(to + (n + k) * size, here + (begin + k) * size)
                k += each
        else:
            for k in range(pixel):
                values[at + n + k] = pixels[begin + k]
        n += pixel
    return n
