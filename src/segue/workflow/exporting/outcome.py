"""What an export makes of a picture: pixels that are computed when they are read, on the grid to which they were cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from segue.errors import Incompatible, InvalidOption, SegueError
from segue.formats.holds import Holds, problems
from segue.model.grid import Axis, Grid
from segue.model.image import Image
from segue.model.study import ImageSet
from segue.transform.change import Change
from segue.transform.pixels import Changed
from segue.workflow.exporting.choice import Exporting
from segue.workflow.exporting.cutout import pixels_of
from segue.workflow.exporting.source import Chosen


@dataclass(frozen=True)
class Outcome:
    """The result for one picture."""

    pixels: Changed
    image_set: ImageSet
    """One image with these pixels, and the grid."""
    window: Mapping[str, tuple[int, int]]
    """Start and stop of the cut-out along every axis of the source."""
    said: tuple[str, ...] = ()
    """What was assumed."""
    errors: tuple[SegueError, ...] = ()
    """Everything that keeps it from being written."""

    @property
    def axes(self) -> str:
        return self.pixels.axes

    @property
    def shape(self) -> tuple[int, ...]:
        return self.pixels.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.pixels.dtype

    @property
    def bytes(self) -> int:
        """Of the pixels, before any compression."""
        return int(np.prod([int(size) for size in self.shape], dtype=object)) * self.dtype.itemsize


def outcome(chosen: Chosen, how: Exporting, *, sequence: bool) -> Outcome:
    """What becomes of a picture; what does not fit is among its errors, and left out of it."""
    errors: list[SegueError] = []
    cutout, said = _cutout(chosen, how, errors)
    errors += _of_labels(chosen, how)
    change = Change(cutout, None if chosen.labels else how.renormalise, how.number_type, None, "clip" if chosen.labels else how.rule)
    holds = how.container.holds
    pixels = Changed(chosen.picture.pixels, chosen.axes, change)
    asked = how.axes or pixels.axes
    wanted = _ordered(holds, asked, dict(zip(pixels.axes, pixels.shape, strict=True)), how.step, sequence=sequence)
    if how.axes is not None and wanted != asked:
        said.append(f"{how.container.record.title} stores the axes in its own order, so they are {wanted} and not {asked}")
    try:
        pixels = replace(pixels, change=replace(change, axes=_without_singles(holds, wanted, pixels, how.step if sequence else None)))
    except SegueError as error:
        errors.append(error)
    window = {name: (0, size) for name, size in zip(chosen.axes, chosen.shape, strict=True)} | {name: (start, stop) for name, start, stop in cutout}
    said += _pitfalls(chosen, how)
    return Outcome(pixels, _image_set(chosen, pixels, how, window), window, tuple(said), tuple(errors))


def misfits(holds: Holds, title: str, shape: tuple[int, ...], dtype: np.dtype[Any], axes: str) -> list[SegueError]:
    """What of pixels a container cannot hold."""
    found = problems(holds, shape, dtype, axes)
    hint = f"; {holds.instead}" if holds.instead else ""
    return [Incompatible(f"{title} cannot hold this: {one}{hint}") for one in found]


def _cutout(chosen: Chosen, how: Exporting, errors: list[SegueError]) -> tuple[tuple[tuple[str, int, int], ...], list[str]]:
    try:
        return pixels_of(how.cuts, chosen.axes, chosen.shape, chosen.image_set.grid)
    except SegueError as error:
        errors.append(error)
        return (), []


def _of_labels(chosen: Chosen, how: Exporting) -> list[SegueError]:
    """Labels are numbers of objects: they are never scaled, and not squeezed into fractions."""
    if not chosen.labels:
        return []
    found: list[SegueError] = []
    if how.renormalise is not None:
        found.append(
            InvalidOption(
                f"{chosen.picture.name} is a label image: its numbers name objects, so they are never renormalised; leave out --renormalize, "
                "or say --set role=image if these are intensities",
                option="renormalize",
            )
        )
    return found


def _ordered(holds: Holds, axes: str, sizes: Mapping[str, int], step: str | None, *, sequence: bool) -> str:
    """The axes, if the container stores them in this order; else in the first of its orders that has all that are larger than 1.

    The axis of a sequence stays in front; a slice from the side keeps its order.
    """
    large = [name for name in axes if sizes.get(name, 1) > 1]
    ahead = (step or next(iter(large), "")) if sequence else ""
    inside = "".join(name for name in large if name != ahead)
    if (ahead and ahead in "yx") or any(inside == "".join(name for name in order if name in inside) for order in holds.axes):
        return axes
    order = next((one for one in holds.axes if set(inside) <= set(one)), None)
    if order is None:
        return axes
    rest = [name for name in order if name in axes and name != ahead]
    return ahead + "".join(rest) + "".join(name for name in axes if name not in order and name != ahead)


def _without_singles(holds: Holds, axes: str, pixels: Changed, step: str | None) -> str:
    """Pictures have no axes of size 1 besides y and x."""
    if holds.most_axes is None or holds.most_axes > 2:
        return axes
    sizes = dict(zip(pixels.axes, pixels.shape, strict=True))
    return "".join(name for name in axes if name in "yx" or name == step or sizes.get(name, 1) > 1)


def _pitfalls(chosen: Chosen, how: Exporting) -> list[str]:
    """What people regret afterwards."""
    dtype, wanted = chosen.picture.pixels.dtype, how.number_type
    if wanted is None or wanted.kind == "f" or dtype.kind != "f" or how.renormalise is not None or chosen.labels:
        return []
    span = chosen.data_range
    if span is None or span[1] - span[0] > 1:
        return []
    return [f"values from {span[0]:g} to {span[1]:g} become whole numbers without being scaled; --renormalize {span[0]:g}:{span[1]:g}->0:255 scales them"]


def _image_set(chosen: Chosen, pixels: Changed, how: Exporting, window: Mapping[str, tuple[int, int]]) -> ImageSet:
    s, picture = chosen.image_set, chosen.picture
    channels = chosen.channels[slice(*window["c"])] if chosen.channels and "c" in window else chosen.channels
    image = Image(pixels, pixels.axes, picture.name, channels, _range(chosen, how), isinstance(picture, Image) and picture.inverted)
    return ImageSet(s.name, _grid(s.grid, pixels, window), images=(image,), extras=s.extras)


def _range(chosen: Chosen, how: Exporting) -> tuple[float, float] | None:
    """The range of values to display, in the new values."""
    span, to, dtype = chosen.data_range, how.renormalise, how.number_type
    if chosen.labels:
        return span
    if to is not None:
        return (min(to.new_low, to.new_high), max(to.new_low, to.new_high))
    if span is None or dtype is None or dtype.kind == "f":
        return span
    info = np.iinfo(dtype)
    low, high = (float(min(max(end, info.min), info.max)) for end in span)
    return (low, high) if low < high else None


def _grid(grid: Grid, pixels: Changed, window: Mapping[str, tuple[int, int]]) -> Grid:
    sizes = dict(zip(pixels.axes, pixels.shape, strict=True))
    axes = []
    for name in "tzyx":
        if name in sizes or name in "yx":
            axis, start = grid.axis(name) or Axis(name), window.get(name, (0, 1))[0]
            axes.append(replace(axis, size=sizes.get(name, 1), translation=axis.translation + start * (axis.scale or 1.0)))
    return Grid(tuple(axes), _moved(grid.world, window))


def _moved(world: tuple[tuple[float, ...], ...] | None, window: Mapping[str, tuple[int, int]]) -> tuple[tuple[float, ...], ...] | None:
    """The matrix from pixels to the world, of pixels that are counted from the cut-out's corner."""
    if world is None:
        return None
    x, y = (window.get(name, (0, 1))[0] for name in "xy")
    return tuple((*row[:2], row[2] + row[0] * x + row[1] * y, *row[3:]) for row in world)
