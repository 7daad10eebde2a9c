"""A block put into an array in which its axes follow each other in another order."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

SMALL = 200_000
"""Pixels below which plain numpy does it: loading compiled code would take longer."""


def put(block: Array, out: Array, target: Array) -> None:
    """``target[...] = block``, at the speed of memory.

    Parameters
    ----------
    block
        Of at most five axes.
    out
        Of the same number type, contiguous.
    target
        A part of ``out`` with the axes of the block, in its order.
    """
    axes = [axis for axis, size in enumerate(block.shape) if size > 1]
    fits = block.dtype == out.dtype and block.dtype.itemsize in (1, 2, 4, 8) and block.flags.c_contiguous
    if not fits or block.size < SMALL or not 2 <= len(axes) <= 5:
        target[...] = block
        return
    near, far = axes[-1], min(axes, key=lambda axis: target.strides[axis])
    if near == far or target.strides[far] != block.dtype.itemsize:
        target[...] = block
        return
    _compiled(block, out, target, [*(axis for axis in axes if axis not in (near, far)), far, near])


def _compiled(block: Array, out: Array, target: Array, order: list[int]) -> None:
    from segue.transform.turning_kernel import turn, turn_bytes

    size, missing = block.dtype.itemsize, 5 - len(order)
    sizes = (*(1,) * missing, *(block.shape[axis] for axis in order))
    steps = (*(0,) * missing, *(block.strides[axis] // size for axis in order))
    out_steps = (*(0,) * missing, *(target.strides[axis] // size for axis in order))
    first = (target.__array_interface__["data"][0] - out.__array_interface__["data"][0]) // size
    kind = f"u{size}"
    kernel: Any = turn_bytes if size == 1 else turn
    kernel(block.reshape(-1).view(kind), steps, out.reshape(-1).view(kind), first, out_steps, sizes)
