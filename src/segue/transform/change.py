"""What becomes of pixels on their way into a file: records, checked against the pixels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from segue.errors import Incompatible, InvalidOption

TYPES = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float32", "float64")
"""The number types that pixels can be exported as."""


@dataclass(frozen=True)
class Range:
    """A linear change of values: ``low`` becomes ``new_low``, ``high`` becomes ``new_high``."""

    low: float
    high: float
    new_low: float
    new_high: float

    def __post_init__(self) -> None:
        numbers = (self.low, self.high, self.new_low, self.new_high)
        if not all(abs(one) < float("inf") for one in numbers):
            raise InvalidOption(f"a range has two ends that are numbers, not {numbers}", option="renormalize")
        if not self.low < self.high:
            raise InvalidOption(f"the range {self.low:g}:{self.high:g} is empty; its first number has to be the smaller one", option="renormalize")


@dataclass(frozen=True)
class Change:
    """What is done to pixels, in this order: cut out, renormalised, cast, axes reordered."""

    cutout: tuple[tuple[str, int, int], ...] = ()
    """(axis, first, behind the last) of the axes that are cut; from 0."""
    renormalise: Range | None = None
    dtype: np.dtype[Any] | None = field(default=None, hash=False)
    """None = as it is."""
    axes: str | None = None
    """Order of the axes of the result, letters of ``t c z y x``: an axis that is not there is added with the size 1, one of the size 1 may be left out.
    None = as they are."""
    rule: Literal["clip", "ilastik"] = "clip"
    """What happens to values that the new type does not hold: ``clip`` = they become its nearest, fractions are rounded half to even, NaN becomes 0;
    ``ilastik`` = its arithmetic (version 1.4.2), in which they wrap around."""


def cut(change: Change, axes: str, shape: tuple[int, ...]) -> tuple[slice, ...]:
    """The region of the pixels that is cut out.

    Raises
    ------
    Incompatible
        An axis is not there, is named twice, or the cut-out is empty or reaches outside.
    """
    wanted = {name: (first, end) for name, first, end in change.cutout}
    if len(wanted) < len(change.cutout):
        raise Incompatible("the cut-out names an axis twice")
    for name, (first, end) in wanted.items():
        if name not in axes:
            raise Incompatible(f"the cut-out names the axis {name}, but the image has {', '.join(axes)}", axis=name)
        size = shape[axes.index(name)]
        if not 0 <= first < end <= size:
            raise Incompatible(f"the cut-out {name}={first}:{end} is not inside the image, which has {name}=0:{size}", axis=name, size=size)
    return tuple(slice(*wanted.get(name, (0, size))) for name, size in zip(axes, shape, strict=True))


def reordered(change: Change, axes: str, shape: tuple[int, ...]) -> str:
    """The axes of the result.

    Raises
    ------
    Incompatible
        An axis larger than 1 would be left out; a letter is no axis, or stands twice.
    """
    wanted = axes if change.axes is None else change.axes
    if set(wanted) - set("tczyx") or len(set(wanted)) < len(wanted) or not wanted:
        raise Incompatible(f"{wanted!r} is no order of axes; use each of t c z y x once at most, such as tzyxc", axes=wanted)
    gone = [f"{name} ({size})" for name, size in zip(axes, shape, strict=True) if name not in wanted and size > 1]
    if gone:
        raise Incompatible(f"the axis {', '.join(gone)} would be left out of {wanted}; cut it to one plane, or name it", axes=wanted)
    return wanted
