"""A fitted study -> ``.roi`` or RoiSet.zip."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from segue.codecs.roi_arrange import arranged
from segue.codecs.roi_record import Rois, blank
from segue.codecs.roi_write import encode
from segue.codecs.zip_write import ZipWriter
from segue.errors import UsageError
from segue.formats.imagej_roi.labels import entry_names
from segue.formats.imagej_roi.options import WriteOptions
from segue.formats.roi_files import about
from segue.formats.roi_files.colours import to_argb
from segue.formats.roi_files.extra import payloads, usual_options
from segue.formats.roi_files.kinds import TYPES
from segue.formats.roi_files.members import stated
from segue.formats.roi_files.outlines import boxes
from segue.formats.roi_files.planes import AXES, numbers, stack_axis
from segue.formats.roi_files.texts import Facts, property_texts
from segue.model.rings import Rings
from segue.model.shapes import RINGED, Shapes
from segue.model.study import ImageSet, Study
from segue.storage.sink import Sink

_BLOCK = 8192
"""ROIs that are rendered at once."""
_NUMBERS = {str(kind): number for kind, number in TYPES.items()}
_RINGED = [str(kind) for kind in RINGED]


@dataclass(frozen=True, eq=False)
class _Columns:
    """What is known about every ROI before its bytes are rendered."""

    names: pl.Series
    properties: pl.Series
    values: dict[str, NDArray[Any]]


def write(study: Study, sink: Sink, options: WriteOptions) -> None:
    """Write the shapes of the one image set, one ROI each.

    Raises
    ------
    UsageError
        A single ``.roi`` is asked for, and there is not exactly one shape.
    """
    s = study.image_sets[0]
    text = about.render(s, study.populations)
    single = sink.name.lower().endswith(".roi")
    if single and len(s.shapes) != 1:
        raise UsageError(f"a .roi file holds exactly one ROI, and there are {len(s.shapes):,}; write a RoiSet.zip instead", path=sink.name)
    inside = single or len(text) > about.LONGEST
    columns = _columns(study, s, options, text if inside else b"")
    with sink.open() as file:
        if single:
            file.write(_encoded(s.shapes, columns, 0, 1)[0].tobytes())
            return
        entries = entry_names(columns.names, s.objects.frame["id"][s.shapes.frame["object"]])
        archive = ZipWriter(file, level=options.compression)
        for begin in range(0, len(s.shapes), _BLOCK):
            end = min(begin + _BLOCK, len(s.shapes))
            archive.add(entries[begin:end], *_encoded(s.shapes, columns, begin, end))
        archive.finish(b"" if inside else text)


def _encoded(shapes: Shapes, columns: _Columns, begin: int, end: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    rows = np.arange(begin, end)
    kinds = shapes.frame["kind"][begin:end].cast(pl.Utf8)
    boxed = ~kinds.is_in(_RINGED).to_numpy()
    rings = _part(shapes.rings, begin, end)
    line = np.zeros((len(rows), 4), np.float32)
    if boxed.any():
        line[boxed] = boxes(rings.take(np.flatnonzero(boxed)).coords.reshape(-1, 4))[1]
    per_shape = rings.part_start[rings.shape_start]
    rois: Rois = blank(
        len(rows),
        type=kinds.replace_strict(_NUMBERS, return_dtype=pl.Int32).to_numpy(),
        line=line,
        names=columns.names[begin:end].to_list(),
        properties=columns.properties[begin:end].to_list(),
        coords=rings.coords,
        ring_start=rings.ring_start,
        roi_start=per_shape,
        **{name: values[begin:end] for name, values in columns.values.items()},
    )
    return encode(arranged(_without_corners(rois, boxed)))


def _part(rings: Rings, begin: int, end: int) -> Rings:
    """Shapes that follow each other, without copying their vertices."""
    shapes = rings.shape_start[begin : end + 1]
    parts = rings.part_start[shapes[0] : shapes[-1] + 1]
    vertices = rings.ring_start[parts[0] : parts[-1] + 1]
    return Rings(rings.coords[vertices[0] : vertices[-1]], vertices - vertices[0], parts - parts[0], shapes - shapes[0])


def _without_corners(rois: Rois, boxed: NDArray[np.bool_]) -> Rois:
    """Boxes have no vertices in the file."""
    if not boxed.any():
        return rois
    keep = np.repeat(~boxed, np.diff(rois.roi_start))
    lengths = np.diff(rois.ring_start)
    coords = rois.coords[np.repeat(keep, lengths)]
    starts = (np.concatenate([[0], np.cumsum(counts)]) for counts in (lengths[keep], np.where(boxed, 0, np.diff(rois.roi_start))))
    ring_start, roi_start = starts
    return replace(rois, coords=coords, ring_start=ring_start, roi_start=roi_start)


def _columns(study: Study, s: ImageSet, options: WriteOptions, inside: bytes) -> _Columns:
    frame, of = s.shapes.frame, s.shapes.frame["object"]
    objects = s.objects.frame
    listed, groups, classes = stated(s.membership, study.populations, len(objects))
    planes = {"c": frame["c"], "z": frame["z"], "t": objects["t"][of]}
    stack = stack_axis(planes, s.grid, options.position)
    extras = payloads(s)
    stroke, colour = to_argb(frame["stroke"]), to_argb(objects["colour"][of])
    width = frame["stroke_width"].fill_null(0).to_numpy()
    facts = Facts(s, listed, classes, stack, inside, options.qupath, extras)
    values: dict[str, NDArray[Any]] = {
        "stroke": np.where(frame["stroke"].is_null().to_numpy(), colour, stroke),
        "fill": to_argb(frame["fill"]),
        "width": np.minimum(width, 0xFFFF).astype(np.int32),
        "fine_width": width.astype(np.float32),
        "group": groups[of].to_numpy(),
        **{name: (numbers(planes[name]) if stack is None else np.zeros(len(frame), np.int32)) for name in AXES},
        "position": np.zeros(len(frame), np.int32) if stack is None else numbers(planes[stack]),
        **_drawn(extras, of, width),
    }
    return _Columns(objects["name"][of], property_texts(facts), values)


def _drawn(extras: dict[int, dict[str, Any]], of: pl.Series, width: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """Drawing options and overlay labels."""
    usual = usual_options(width)
    if not extras:
        return {"options": usual}
    rows = of.to_numpy()
    per_object = {name: np.zeros(int(rows.max(initial=-1)) + 1, np.int64) for name in ("options", "label_colour", "font_size")}
    for row, payload in extras.items():
        for name, column in per_object.items():
            column[row] = payload.get(name, 0)
    found = {name: column[rows] for name, column in per_object.items()}
    return found | {"options": found["options"] ^ usual}
