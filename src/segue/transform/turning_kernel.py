# mypy: allow-untyped-defs, allow-untyped-calls
# mypy: disable-error-code="untyped-decorator, no-any-return, call-arg"
# ruff: noqa: ANN001, ANN201, ANN202
"""Axes in another order, compiled. The plain twin is an assignment of numpy, which goes through memory with long steps.

Both kernels take flat arrays, the steps along five axes in each of them, and the sizes. The last axis but one has the step 1 in ``out``, the last one has
it in ``block``: small squares of these two are read along one and written along the other.
"""

from __future__ import annotations

import sys

from segue.storage.compiled import njit
from segue.storage.peek_kernel import peek8, poke8

EDGE = 8
"""Of a square."""
STRIP = 64
"""Numbers of the last axis that are turned before the next square along the other axis: those of one line of the caches."""
EIGHT_AT_ONCE = sys.byteorder == "little"


@njit(nogil=True)
def turn(block, steps, out, first, out_steps, sizes):
    """Numbers of any size."""
    for i in range(sizes[0]):
        for j in range(sizes[1]):
            for k in range(sizes[2]):
                here = i * steps[0] + j * steps[1] + k * steps[2]
                there = first + i * out_steps[0] + j * out_steps[1] + k * out_steps[2]
                for b in range(0, sizes[3], EDGE):
                    for a in range(0, sizes[4], EDGE):
                        _square(block, here, steps[3], out, there, out_steps[4], b, min(b + EDGE, sizes[3]), a, min(a + EDGE, sizes[4]))


@njit(nogil=True)
def turn_bytes(block, steps, out, first, out_steps, sizes):
    """Numbers of one byte: squares of eight by eight at once."""
    whole_b = sizes[3] // EDGE * EDGE if EIGHT_AT_ONCE else 0
    whole_a = sizes[4] // EDGE * EDGE
    for i in range(sizes[0]):
        for j in range(sizes[1]):
            for k in range(sizes[2]):
                here = i * steps[0] + j * steps[1] + k * steps[2]
                there = first + i * out_steps[0] + j * out_steps[1] + k * out_steps[2]
                for strip in range(0, whole_a, STRIP):
                    for b in range(0, whole_b, EDGE):
                        for a in range(strip, min(strip + STRIP, whole_a), EDGE):
                            _eight(block, here + b * steps[3] + a, steps[3], out, there + a * out_steps[4] + b, out_steps[4])
                _square(block, here, steps[3], out, there, out_steps[4], whole_b, sizes[3], 0, sizes[4])
                _square(block, here, steps[3], out, there, out_steps[4], 0, whole_b, whole_a, sizes[4])


@njit(nogil=True)
def _square(block, here, step, out, there, out_step, b, end_b, a, end_a):
    for at in range(a, end_a):
        for row in range(b, end_b):
            out[there + at * out_step + row] = block[here + row * step + at]


@njit(nogil=True)
def _eight(block, here, step, out, there, out_step):
    """A square of bytes: halves, then quarters, then eighths of its rows change places."""
    a, b, c, d = peek8(block, here), peek8(block, here + step), peek8(block, here + 2 * step), peek8(block, here + 3 * step)
    here += 4 * step
    e, f, g, h = peek8(block, here), peek8(block, here + step), peek8(block, here + 2 * step), peek8(block, here + 3 * step)
    a, b = _swapped(a, b, 0x00FF00FF00FF00FF, 8)
    c, d = _swapped(c, d, 0x00FF00FF00FF00FF, 8)
    e, f = _swapped(e, f, 0x00FF00FF00FF00FF, 8)
    g, h = _swapped(g, h, 0x00FF00FF00FF00FF, 8)
    a, c = _swapped(a, c, 0x0000FFFF0000FFFF, 16)
    b, d = _swapped(b, d, 0x0000FFFF0000FFFF, 16)
    e, g = _swapped(e, g, 0x0000FFFF0000FFFF, 16)
    f, h = _swapped(f, h, 0x0000FFFF0000FFFF, 16)
    a, e = _swapped(a, e, 0x00000000FFFFFFFF, 32)
    b, f = _swapped(b, f, 0x00000000FFFFFFFF, 32)
    c, g = _swapped(c, g, 0x00000000FFFFFFFF, 32)
    d, h = _swapped(d, h, 0x00000000FFFFFFFF, 32)
    poke8(out, there, a)
    poke8(out, there + out_step, b)
    poke8(out, there + 2 * out_step, c)
    poke8(out, there + 3 * out_step, d)
    there += 4 * out_step
    poke8(out, there, e)
    poke8(out, there + out_step, f)
    poke8(out, there + 2 * out_step, g)
    poke8(out, there + 3 * out_step, h)


@njit(nogil=True)
def _swapped(one, two, mask, shift):
    """Bits of the first behind ``shift`` change places with those of the second that ``mask`` names."""
    other = ((one >> shift) ^ two) & mask
    return one ^ (other << shift), two ^ other
