# mypy: allow-untyped-defs, allow-untyped-calls, disable-error-code="untyped-decorator, no-any-return"
# ruff: noqa: ANN001, ANN201, ANN202
"""Several bytes of an array at once, wherever they begin; for compiled code. Nothing is checked: the place has to be inside.

Numbers are little-endian, as processors are on which segue runs.
"""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_INT = ir.IntType(64)


def _pointer(context, builder, array_type, array, at, width):
    from numba.core import cgutils

    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(cgutils.gep(builder, data, at, inbounds=False), ir.IntType(width).as_pointer())


def _peek(width):
    def typed(typing, array, at):
        def code(context, builder, signature, given):
            pointer = _pointer(context, builder, signature.args[0], given[0], given[1], width)
            value = builder.load(pointer)
            value.align = 1
            return value if width == 64 else builder.zext(value, _INT)

        return types.int64(array, types.int64), code

    return intrinsic(typed)


peek4 = _peek(32)
"""(uint8 array, place) -> four bytes as a number."""
peek8 = _peek(64)
"""(uint8 array, place) -> eight bytes as a number, which may be negative."""


@intrinsic
def poke8(typing, array, at, value):
    """Write eight bytes of a number into a uint8 array at a place."""

    def code(context, builder, signature, given):
        stored = builder.store(given[2], _pointer(context, builder, signature.args[0], given[0], given[1], 64))
        stored.align = 1
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64), code


def _zeros(behind):
    def typed(typing, value):
        def code(context, builder, signature, given):
            return (builder.cttz if behind else builder.ctlz)(given[0], ir.IntType(1)(1))

        return types.int64(types.int64), code

    return intrinsic(typed)


zeros_behind = _zeros(True)
"""Zero bits behind the lowest one of a number that is not 0."""
zeros_before = _zeros(False)
"""Zero bits before the highest one of a number that is not 0."""
