"""Measuring one layer of an image set: the segments of a label image, or shapes that were drawn without one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from segue.codecs.pixel_views import OnePlace
from segue.errors import Incompatible
from segue.formats.shape_files import area_rings, area_rows
from segue.measure.measuring import Channel, Measured, measure
from segue.measure.preset import PresetColumn, shown
from segue.model.image import LabelImage, size_of
from segue.model.rings import Rings
from segue.model.study import ImageSet
from segue.model.tables import Column
from segue.workflow.measuring.channels import Named
from segue.workflow.measuring.choice import Choice, wanted
from segue.workflow.measuring.units import named, physical_size, unit_of
from segue.workflow.measuring.values import Layer, column_of

if TYPE_CHECKING:
    from segue.measure.units import Size
    from segue.tasks.workers import Workers

_COUNTS = frozenset("area left top front right bottom back width height depth box_area zeros missing euler neighbours".split())
"""Measurements that are whole numbers whatever the image."""
_VALUES = frozenset({"min", "max", "mode", "median_imagej", "sum"})
"""Measurements that are whole numbers of an image of whole numbers."""


@dataclass(frozen=True)
class Frame:
    """What the layers of an image set have in common."""

    channels: tuple[Named, ...]
    choice: Choice
    physical: bool
    workers: Workers | None
    where: str


class _Scale(NamedTuple):
    """In what lengths are."""

    size: Size | None
    """None = pixels."""
    unit: str | None
    dimensions: int


def of_labels(s: ImageSet, image: LabelImage, frame: Frame, more: Sequence[PresetColumn] = ()) -> Layer:
    """Measure the segments of a label image; ``more`` are columns beside those that were chosen."""
    scale = _scale(s, dimensions(image), frame)
    asked = _asked(frame, scale, more)
    places = ("x", "y", "z", "front", "depth") if scale.dimensions == 3 else ("x", "y")
    found = measure(image, [one.channel for one in frame.channels], wanted((*(one.measurement for one in asked), *places)), frame.workers, scale.size)
    t = found.t if size_of(image.pixels, image.axes, "t") > 1 else None
    keys = pl.DataFrame({"label": found.label}).select(
        layer=pl.lit(image.name, pl.Utf8), t=pl.lit(None, pl.Int32) if t is None else pl.Series(t), label=pl.col("label").cast(pl.UInt64)
    )
    return Layer(keys, _columns(asked, found, frame, image.name, scale), _centres(found, scale))


def of_shapes(s: ImageSet, frame: Frame) -> list[Layer]:
    """Measure the areas that are drawn, each object on its own pixels, whatever other shapes cover them too.

    Lines and points are passed over. An object lies on one plane; one at all times, or on all planes, only where there is one.

    Raises
    ------
    Incompatible
        The size of the image is not known, or an object is on several planes of a stack.
    """
    scale = _scale(s, 2, frame)
    size = s.grid.size("y"), s.grid.size("x")
    if size[0] is None or size[1] is None:
        raise Incompatible(f"nothing says how large the image is that the shapes of {frame.where} belong to; measure them on it")
    areas = s.shapes.take(area_rows(s.shapes))
    places = areas.frame.select("object", z=_plane(s, areas.frame["z"], "z"), t=_plane(s, s.objects.frame["t"].gather(areas.frame["object"]), "t"))
    _refuse_volumes(places, frame.where)
    asked = _asked(frame, scale, ())
    layers = []
    for (t, z), rows in sorted(places.with_row_index("shape").group_by("t", "z"), key=lambda one: one[0]):
        owners, rings = _together(
            areas.take(rows["shape"].to_numpy().astype(np.int64)).frame["object"], area_rings(areas.take(rows["shape"].to_numpy().astype(np.int64)))
        )
        layers.append(_of_plane(owners, rings, {"t": t, "z": z}, (size[0], size[1]), asked, frame, scale))
    return layers


def _of_plane(
    owners: np.ndarray[tuple[int], np.dtype[np.int64]],
    rings: Rings,
    place: dict[str, int],
    size: tuple[int, int],
    asked: Sequence[PresetColumn],
    frame: Frame,
    scale: _Scale,
) -> Layer:
    from segue.measure.rois import measure_rois

    names = wanted((*(one.measurement for one in asked), "x", "y"))
    found = measure_rois(rings, [on_plane(one.channel, place) for one in frame.channels], names, size, frame.workers, scale.size)
    objects = pl.DataFrame({"object": owners[found.label.astype(np.int64) - 1].astype(np.int32)})
    return Layer(objects, _columns(asked, found, frame, None, scale), _centres(found, scale))


def on_plane(channel: Channel, place: dict[str, int]) -> Channel:
    """The channel at one time and on one plane."""
    image = channel.image
    for axis in ("t", "z"):
        if axis in image.axes:
            at = image.axes.index(axis)
            image = replace(image, pixels=OnePlace(image.pixels, at, place[axis]), axes=image.axes.replace(axis, ""))
    return Channel(image, channel.index)


def _plane(s: ImageSet, values: pl.Series, axis: str) -> pl.Series:
    """The place of each shape along an axis; 0 where there is one plane, -1 for all of several."""
    return values.fill_null(0 if (s.grid.size(axis) or 1) == 1 else -1).alias(axis)


def _refuse_volumes(places: pl.DataFrame, where: str) -> None:
    several = places.group_by("object").agg(pl.struct("z", "t").n_unique().alias("n"))
    if (places["z"] < 0).any() or (places["t"] < 0).any() or (several["n"] > 1).any():
        raise Incompatible(f"some shapes of {where} are on several planes of a stack; make a label image of them first, with segue convert, and measure that")


def _together(owners: pl.Series, rings: Rings) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Rings]:
    """The areas of each object as one."""
    owner = owners.to_numpy().astype(np.int64)
    order = np.argsort(owner, kind="stable").astype(np.int64)
    begin = np.flatnonzero(np.diff(owner[order], prepend=-1)).astype(np.int64)
    taken = rings.take(order)
    return owner[order][begin], Rings(taken.coords, taken.ring_start, taken.part_start, taken.shape_start[np.append(begin, len(order))])


def dimensions(image: LabelImage) -> int:
    """3 where there are several planes."""
    return 3 if size_of(image.pixels, image.axes, "z") > 1 else 2


def _scale(s: ImageSet, dims: int, frame: Frame) -> _Scale:
    size, unit = physical_size(s.grid, dims, frame.where) if frame.physical and not frame.choice.pixels_only else (None, None)
    return _Scale(size, unit, dims)


def _asked(frame: Frame, scale: _Scale, more: Iterable[PresetColumn]) -> tuple[PresetColumn, ...]:
    asked = frame.choice.columns([one.name for one in frame.channels], scale.dimensions)
    names = {one.name for one in asked}
    return (*asked, *(one for one in more if one.name not in names))


def _columns(asked: Sequence[PresetColumn], found: Measured, frame: Frame, layer: str | None, scale: _Scale) -> tuple[tuple[Column, pl.Series], ...]:
    known = [one for one in asked if (one.measurement, one.channel) in found.columns]
    return tuple(_column(one, found, frame, layer, scale) for one in known)


def _column(asked: PresetColumn, found: Measured, frame: Frame, layer: str | None, scale: _Scale) -> tuple[Column, pl.Series]:
    channel = None if asked.channel is None else frame.channels[asked.channel]
    dtype = None if channel is None else channel.channel.image.pixels.dtype
    values = shown(found.columns[asked.measurement, asked.channel], asked.convention, dtype)
    whole = asked.measurement in _COUNTS or (asked.measurement in _VALUES and channel is not None and channel.whole)
    unit = "degrees" if asked.convention == "degrees" else unit_of(asked.measurement, scale.unit, scale.dimensions)
    name = asked.name if frame.choice.preset else named(asked, scale.unit, unit)
    column = Column(name, unit=unit, measurement=asked.measurement, channel=(channel.name or None) if channel else None, layer=layer)
    in_pixels = scale.unit is None or unit in (None, "px")
    return column_of(column, values, whole=(whole and in_pixels) or asked.convention == "truncated index")


def _centres(found: Measured, scale: _Scale) -> pl.DataFrame:
    """(x, y, z) in pixels; z is the plane, null where a segment is on several, or there is one only."""
    z, y, x = scale.size or (1.0, 1.0, 1.0)
    frame = pl.DataFrame({"x": found.columns["x", None].astype(np.float64) / x, "y": found.columns["y", None].astype(np.float64) / y})
    if scale.dimensions == 2:
        return frame.with_columns(z=pl.lit(None, pl.Int32))
    depth, front = (np.rint(found.columns[name, None].astype(np.float64) / z).astype(np.int32) for name in ("depth", "front"))
    return frame.with_columns(z=pl.select(pl.when(pl.Series(depth == 1)).then(pl.Series(front))).to_series())
