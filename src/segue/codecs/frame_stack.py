"""Frames and planes that lie in files of their own, as one series over time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from segue.model.image import Pixels

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Frame:
    """The pixels of one time point: (y, x) or (z, y, x)."""

    pixels: Pixels
    z: int | None = None
    """The one plane that it is of a volume; None = all planes."""


@dataclass(frozen=True)
class FrameStack:
    """Time first, then z where there are several planes, y, x. Only the files of the frames that are asked for are opened; what is in no file is 0."""

    frames: tuple[tuple[Frame, ...], ...]
    """The files of each time point: none, one, or one for each of some planes."""
    shape: tuple[int, ...]
    dtype: np.dtype[Any] = field(hash=False)

    @property
    def axes(self) -> str:
        return "tzyx" if len(self.shape) == 4 else "tyx"

    @property
    def chunks(self) -> tuple[int, ...]:
        """Size along each dimension of what has to be decoded at once."""
        one = next((frame.pixels for frames in self.frames for frame in frames), None)
        inner = tuple(getattr(one, "chunks", ()))
        return (1,) * (len(self.shape) - len(inner)) + inner

    def read(self, region: tuple[slice, ...]) -> Array:
        """The pixels of a region, as a new array.

        Raises
        ------
        Malformed, SourceChanged
        """
        times, *inner = (range(*part.indices(size)) for part, size in zip(region, self.shape, strict=True))
        out = np.zeros([len(times), *map(len, inner)], self.dtype)
        for target, t in zip(out, times, strict=True):
            for frame in self.frames[t]:
                _fill(target, frame, inner)
        return out


def _fill(target: Array, frame: Frame, wanted: list[range]) -> None:
    inside = tuple(slice(one.start, max(one.stop, one.start)) for one in wanted)
    if frame.z is None:
        target[...] = frame.pixels.read(inside[-len(frame.pixels.shape) :]).reshape(target.shape)
    elif len(wanted) == 2:
        target[...] = frame.pixels.read(inside)
    elif frame.z in wanted[0]:
        target[frame.z - wanted[0].start] = frame.pixels.read(inside[1:])
