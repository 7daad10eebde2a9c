"""A fitted image set -> the bytes of ROIs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from segue.codecs import roi_record as roi
from segue.codecs.roi_arrange import arranged
from segue.codecs.roi_record import Text, blank
from segue.codecs.roi_write import encode
from segue.formats.roi_files.colours import to_argb
from segue.formats.roi_files.extra import OLD, SIZE, payloads, picture
from segue.formats.roi_files.kinds import POINTS, types
from segue.formats.roi_files.members import stated
from segue.formats.roi_files.parameters import style_numbers, text_of, written_widths
from segue.formats.roi_files.planes import AXES, Stack, numbers
from segue.formats.roi_files.points import gathered
from segue.formats.roi_files.ring_order import in_places
from segue.formats.roi_files.switches import switches
from segue.formats.roi_files.texts import Facts, property_texts
from segue.formats.roi_files.vertices import roi_vertices
from segue.model.rings import Ints, Rings
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet, Study

BLOCK = 8192
"""ROIs that should be rendered at once."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """Everything about every ROI before its bytes are rendered."""

    shapes: Shapes
    """One per ROI."""
    names: pl.Series
    ids: pl.Series
    """Of the object of each ROI."""
    active: NDArray[np.int64]
    """Per ROI: the number of ACTIVE, 0 = none."""
    properties: pl.Series
    values: dict[str, NDArray[Any]]
    texts: dict[int, Text]
    images: dict[int, bytes]
    counters: NDArray[np.uint32]
    counter_start: Ints

    def __len__(self) -> int:
        return len(self.shapes)

    def encoded(self, begin: int, end: int) -> tuple[NDArray[np.uint8], Ints]:
        """The bytes of some ROIs in a row, and where each begins: (n + 1,)."""
        end = min(end, len(self))
        frame = self.shapes.frame[begin:end]
        line, rings = roi_vertices(_part(self.shapes.rings, begin, end), frame)
        kind, subtype = types(frame)
        first, last = self.counter_start[begin], self.counter_start[end]
        rois = blank(
            end - begin,
            type=kind,
            subtype=subtype,
            line=line,
            names=self.names[begin:end].to_list(),
            properties=self.properties[begin:end].to_list(),
            coords=rings.coords,
            ring_start=rings.ring_start,
            roi_start=rings.part_start[rings.shape_start],
            texts={row - begin: text for row, text in self.texts.items() if begin <= row < end},
            images={row - begin: image for row, image in self.images.items() if begin <= row < end},
            counters=self.counters[first:last],
            counter_start=self.counter_start[begin : end + 1] - first,
            **{name: values[begin:end] for name, values in self.values.items()},
        )
        return encode(arranged(rois))


def _part(rings: Rings, begin: int, end: int) -> Rings:
    """Shapes that follow each other, without copying their vertices."""
    shapes = rings.shape_start[begin : end + 1]
    parts = rings.part_start[shapes[0] : shapes[-1] + 1]
    vertices = rings.ring_start[parts[0] : parts[-1] + 1]
    return Rings(rings.coords[vertices[0] : vertices[-1]], vertices - vertices[0], parts - parts[0], shapes - shapes[0])


def prepared(study: Study, s: ImageSet, stack_of: Any, stack: Stack = Stack(), *, about: bytes = b"", qupath: bool = False) -> Prepared:  # noqa: B008  (frozen)
    """The ROIs of a fitted image set.

    Parameters
    ----------
    study, s
        The populations, and what was fitted.
    stack_of
        Planes (c, z, t -> column per ROI) -> the axis whose planes are written as plane number, None = as channel, slice and frame.
    stack
        What the places of points in a stack count.
    about
        What the first ROI says about the image.
    qupath
        Whether every ROI gets a name and an id that QuPath takes over.
    """
    details = payloads(s)
    listed = {row: payload["counters"] for row, payload in details.items() if payload.get("by_point")}
    shapes, merged = gathered(s.shapes, listed, stack)
    orders = {row: payload["rings"] for row, payload in details.items() if "rings" in payload}
    shapes = in_places(shapes, dict(zip(_first(shapes, list(orders)), orders.values(), strict=True)))
    frame, of, objects = shapes.frame, shapes.frame["object"], s.objects.frame
    lists, groups, classes = stated(s.membership, study.populations, len(objects))
    planes = {"c": frame["c"], "z": frame["z"], "t": objects["t"][of].set(pl.Series(merged), None)}
    axis = stack_of(planes)
    width, lines = written_widths(frame)
    facts = Facts(s, shapes, lists, classes, axis, merged, lines, about, qupath, details)
    stroke, colour = to_argb(frame["stroke"]), to_argb(objects["colour"][of])
    per_roi = {name: (numbers(planes[name]) if axis is None else np.zeros(len(frame), np.int32)) for name in AXES}
    values: dict[str, NDArray[Any]] = {
        "stroke": np.where(frame["stroke"].is_null().to_numpy(), colour, stroke),
        "fill": to_argb(frame["fill"]),
        "fine_width": width.astype(np.float32),
        "group": groups[of].to_numpy(),
        "opacity": np.rint(frame["opacity"].fill_null(0).to_numpy() * 2.55).astype(np.int32),
        **per_roi,
        "position": np.zeros(len(frame), np.int32) if axis is None else numbers(planes[axis]),
        **_drawn(shapes, details, width),
    }
    counters, counter_start = _counters(shapes, details)
    active = np.zeros(len(objects), np.int64)
    for row, payload in details.items():
        active[row] = payload.get("active", 0)
    bodies = _texts(frame, details), _images(frame, details)
    return Prepared(shapes, objects["name"][of], objects["id"][of], active[of.to_numpy()], property_texts(facts), values, *bodies, counters, counter_start)


def _first(shapes: Shapes, objects: list[int]) -> list[int]:
    """The first shape of each object."""
    found: list[int] = np.searchsorted(shapes.frame["object"].to_numpy(), objects).tolist() if objects else []
    return found


def _drawn(shapes: Shapes, details: dict[int, dict[str, Any]], width: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """Drawing options, overlay labels, symbols of points, versions."""
    frame = shapes.frame
    kind = frame["kind"].cast(pl.Utf8)
    usual, free = switches(shapes, width)
    rows = frame["object"].to_numpy()
    stated = {"options": 0, "label_colour": 0, "font_size": 0, "point_type": 0, "point_size": SIZE, "version": 0}
    found = {name: np.full(int(rows.max(initial=-1)) + 1, value, np.int64) for name, value in stated.items()}
    for row, payload in details.items():
        for name, column in found.items():
            column[row] = payload.get(name, column[row])
    found = {name: column[rows] for name, column in found.items()}
    old, points = found["version"] == OLD, kind.is_in(POINTS).to_numpy()
    options = usual ^ (found["options"] & free)
    size = np.where(points, found["point_size"], np.minimum(width, 0xFFFF)).astype(np.int32)
    return {
        "options": np.where(old & (width > 0), options & ~roi.SCALE_STROKE, options),
        "label_colour": found["label_colour"],
        "font_size": found["font_size"],
        "style": np.where(points, (found["point_type"] << 24).astype(np.uint32), style_numbers(frame, kind)),
        "width": size,
        "version": np.where(old, OLD, roi.SCALING),
    }


def _counters(shapes: Shapes, details: dict[int, dict[str, Any]]) -> tuple[NDArray[np.uint32], Ints]:
    """A number for every point, 0 where nothing else is known; none where the file had none."""
    kind = shapes.frame["kind"].cast(pl.Utf8)
    lengths = np.where(kind.is_in(POINTS).to_numpy(), np.diff(shapes.rings.coord_start), 0)
    listed = {row: payload["counters"] for row, payload in details.items() if "counters" in payload}
    first = dict(zip(listed, _first(shapes, list(listed)), strict=True))
    for row, number in first.items():
        lengths[number] = len(listed[row])
    start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    found = np.zeros(int(start[-1]), np.uint32)
    for row, number in first.items():
        found[start[number] : start[number + 1]] = listed[row]
    return found, start


def _texts(frame: pl.DataFrame, details: dict[int, dict[str, Any]]) -> dict[int, Text]:
    rows = (frame["kind"] == str(ShapeKind.TEXT)).arg_true().to_list()
    columns = frame.select("object", "text", "font", "font_size", "angle")
    return {row: text_of(one, details.get(one["object"], {}).get("text_style", 0)) for row in rows for one in [columns.row(row, named=True)]}


def _images(frame: pl.DataFrame, details: dict[int, dict[str, Any]]) -> dict[int, bytes]:
    rows = (frame["kind"] == str(ShapeKind.IMAGE)).arg_true().to_list()
    return {row: picture(details[frame["object"][row]]) for row in rows}
