"""Many bytes of a text at once, for kernels: unaligned machine words, and which of the next bytes are digits.

What numba has no words for, as LLVM instructions (vectors of 32 bytes; LLVM makes of them what the machine has).
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

import sys
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

REACH = 48
"""Bytes that must follow a place at which `other_than_digits` is asked and words within its answer are read."""
LITTLE_ENDIAN = sys.byteorder == "little"
"""Whether the first byte of a word is its lowest; kernels go byte by byte elsewhere."""
LANES = 32
"""How many bytes are looked at together."""


@intrinsic
def word_at(context: Any, array: Any, index: Any) -> Any:
    """uint64 of the 8 bytes at ``index`` (int64) of ``array`` (n,) uint8. Nothing is checked."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _load(context, builder, signature, arguments, ir.IntType(64))

    return types.uint64(array, types.int64), generate


@intrinsic
def other_than_digits(context: Any, array: Any, index: Any) -> Any:
    """uint64 whose bit k says that byte ``index`` + k of ``array`` is no digit, for the next 32 bytes. Nothing is checked."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte = ir.IntType(8)
        vector = ir.VectorType(byte, LANES)
        text = _load(context, builder, signature, arguments, vector)
        zero, nine = (ir.Constant(vector, [ir.Constant(byte, value)] * LANES) for value in (48, 9))
        other = builder.icmp_unsigned(">", builder.sub(text, zero), nine)
        return builder.zext(builder.bitcast(other, ir.IntType(LANES)), ir.IntType(64))

    return types.uint64(array, types.int64), generate


@intrinsic
def other_than_text(context: Any, array: Any, index: Any) -> Any:
    """uint64 whose bit k says that byte ``index`` + k of ``array`` cannot stand in a JSON text as it is, for the next 32 bytes. Nothing is checked."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte = ir.IntType(8)
        vector = ir.VectorType(byte, LANES)
        text = _load(context, builder, signature, arguments, vector)
        space, quote, backslash = (ir.Constant(vector, [ir.Constant(byte, ord(one))] * LANES) for one in ' "\\')
        other = builder.icmp_unsigned("<", text, space)
        for one in (quote, backslash):
            other = builder.or_(other, builder.icmp_unsigned("==", text, one))
        return builder.zext(builder.bitcast(other, ir.IntType(LANES)), ir.IntType(64))

    return types.uint64(array, types.int64), generate


@intrinsic
def trailing_zeros(context: Any, word: Any) -> Any:
    """How many of the lowest bits of a uint64 are zero; 64 for zero."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


def _load(context: Any, builder: Any, signature: Any, arguments: Any, what: Any) -> Any:
    data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
    loaded = builder.load(builder.bitcast(builder.gep(data, [arguments[1]]), what.as_pointer()))
    loaded.align = 1
    return loaded
