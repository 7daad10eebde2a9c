"""Many ``.roi`` byte strings in one buffer -> columns. Quirks are ImageJ's own: see ``RoiDecoder`` of 1.54u7."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.codecs.roi_bodies import read_counters, read_images, read_texts, with_body
from segue.codecs.roi_layout import HEAD, TAIL, Bytes, Ints, blocks, offsets, overlapping, spread
from segue.codecs.roi_path import path_rings
from segue.codecs.roi_record import LOWEST, POINT, SUB_PIXEL, VERTEX_TYPES, Bools, Rois
from segue.errors import Malformed

_SIZE = 64


def decode(buffer: Bytes, start: Ints, labels: Sequence[str] | None = None) -> Rois:
    """Decode ROIs of every kind.

    Parameters
    ----------
    buffer
        (bytes,) uint8.
    start
        (n + 1,) int64: ROI i is ``buffer[start[i]:start[i + 1]]``.
    labels
        What to call them in errors: the names of the entries of a ZIP file.

    Raises
    ------
    Malformed
        A ROI is cut off, is none, or announces more vertices than its bytes hold. Fields ``row``, ``position``.
    """
    try:
        return _decode(buffer, np.asarray(start, np.int64))
    except Malformed as error:
        row = int(error.fields.get("row", 0))
        label = repr(labels[row]) if labels is not None else f"number {row + 1}"
        message = f"the ROI {label} cannot be read: {error.message}; save it again in ImageJ, or remove it"
        raise Malformed(message, row=row, position=f"ROI {label}", expected=error.fields.get("expected")) from error


def _decode(buffer: Bytes, start: Ints) -> Rois:
    size = np.diff(start)
    _refuse(size < _SIZE, "it is cut off", "a header of 64 bytes")
    head = _records(buffer, start[:-1], HEAD)
    _refuse(head["magic"] != b"Io", "it does not begin as a ROI", "Iout")
    tail = _tails(buffer, start[:-1], head["tail"].astype(np.int64), size)
    version, options, kind = (head[name].astype(np.int32) for name in ("version", "options", "type"))
    composite = head["path"] > 0
    counts = _counts(head, kind, composite)
    fine = ((options & SUB_PIXEL) != 0) & (version >= 222)
    needed = np.where(composite, 4 * head["path"].astype(np.int64), np.where(fine, 12, 4) * counts)
    _refuse(_SIZE + needed > size, "it announces more vertices than its bytes hold", "vertices")
    box = np.stack([_widened(head[name]) for name in ("left", "top", "right", "bottom")], 1)
    coords, ring_start, roi_start, curved = _geometry(buffer, start[:-1] + _SIZE, head, counts, fine, composite, box)
    texts, images = with_body(kind, head["subtype"], composite)
    points = np.where((kind == POINT) & (version >= 227), counts, 0)
    counters, counter_start = read_counters(buffer, start, np.where(points > 0, tail["counters_at"], 0).astype(np.int64), points)
    group = np.where((version >= 229) & (tail["group"] == 0), tail["wide_group"], tail["group"]).astype(np.int32)
    return Rois(
        version=version,
        type=kind,
        subtype=head["subtype"].astype(np.int32),
        options=options,
        composite=composite,
        box=box,
        line=head["line"].astype(np.float32),
        width=head["width"].astype(np.int32),
        fine_width=tail["fine_width"].astype(np.float32),
        stroke=head["stroke"].astype(np.uint32),
        fill=head["fill"].astype(np.uint32),
        style=head["style"].astype(np.uint32),
        position=head["position"].astype(np.int32),
        c=tail["c"].astype(np.int32),
        z=tail["z"].astype(np.int32),
        t=tail["t"].astype(np.int32),
        font_size=tail["font_size"].astype(np.int32),
        opacity=tail["opacity"].astype(np.int32),
        image_size=tail["image_size"].astype(np.int32),
        label_colour=tail["label_colour"].astype(np.uint32),
        group=group,
        names=_texts(buffer, start, tail["name_at"], tail["name_length"]),
        properties=_texts(buffer, start, tail["properties_at"], tail["properties_length"]),
        coords=coords,
        ring_start=ring_start,
        roi_start=roi_start,
        curved=curved,
        counters=counters,
        counter_start=counter_start,
        texts=read_texts(buffer, start, texts & (version >= 218), version),
        images=read_images(buffer, start, images & (version >= 221), tail["image_size"].astype(np.int64)),
    )


def _records(buffer: Bytes, at: Ints, dtype: np.dtype[Any]) -> NDArray[Any]:
    if not len(at):
        return np.empty(0, dtype)
    found: NDArray[Any] = np.lib.stride_tricks.sliding_window_view(buffer, dtype.itemsize)[at].view(dtype)[:, 0]
    return found


def _tails(buffer: Bytes, begin: Ints, at: Ints, size: Ints) -> NDArray[Any]:
    """The second headers; zeros for ROIs without one."""
    has = at > 0
    _refuse(has & ((at < _SIZE) | (at + _SIZE > size)), "its second header is cut off", "a second header of 64 bytes")
    tail = np.zeros(len(at), TAIL)
    tail[has] = _records(buffer, (begin + at)[has], TAIL)
    return tail


def _counts(head: NDArray[Any], kind: NDArray[np.int32], composite: Bools) -> Ints:
    """Vertices of vertex types; where the 16-bit count is 0 a 32-bit one stands in the place of x1."""
    wide = np.ascontiguousarray(head["line"][:, 0]).view(">i4").astype(np.int64)
    counts = np.where(head["count"] > 0, head["count"].astype(np.int64), wide)
    counts[~np.isin(kind, VERTEX_TYPES) | composite] = 0
    _refuse(counts < 0, "its number of vertices is negative", "vertices")
    return counts


def _widened(values: NDArray[Any]) -> NDArray[np.int32]:
    """16-bit coordinates as ImageJ reads them: below -5000 they are unsigned."""
    wide = values.astype(np.int32)
    wide[wide < LOWEST] += 0x10000
    return wide


def _geometry(
    buffer: Bytes, body: Ints, head: NDArray[Any], counts: Ints, fine: Bools, composite: Bools, box: NDArray[np.int32]
) -> tuple[NDArray[np.float64], Ints, Ints, Bools]:
    """coords, ring_start, roi_start, curved of all ROIs."""
    curved = np.zeros(len(body), np.bool_)
    rings = (counts > 0).astype(np.int64)
    if not composite.any():
        return _vertices(buffer, body, counts, fine, box), offsets(counts[counts > 0]), offsets(rings), curved
    rows = np.flatnonzero(composite)
    path_start = offsets(head["path"][rows].astype(np.int64))
    path = overlapping(buffer, ">f4")[spread(body[rows], np.diff(path_start), 4)].astype(np.float32)
    try:
        path_coords, path_ring_start, path_roi_start, curved[rows] = path_rings(path, path_start)
    except Malformed as error:
        raise Malformed(error.message, row=int(rows[error.fields["row"]]), expected=error.fields["expected"]) from error
    rings[rows] = np.diff(path_roi_start)
    roi_start = offsets(rings)
    lengths = np.empty(int(roi_start[-1]), np.int64)
    of_path = np.repeat(composite, rings)
    lengths[of_path], lengths[~of_path] = np.diff(path_ring_start), counts[counts > 0]
    coords = np.empty((int(lengths.sum()), 2))
    vertex_of_path = np.repeat(of_path, lengths)
    coords[vertex_of_path], coords[~vertex_of_path] = path_coords, _vertices(buffer, body, counts, fine, box)
    return coords, offsets(lengths), roi_start, curved


def _vertices(buffer: Bytes, body: Ints, counts: Ints, fine: Bools, box: NDArray[np.int32]) -> NDArray[np.float64]:
    """Absolute vertices of vertex types, integer or sub-pixel."""
    coords = np.empty((int(counts.sum()), 2))
    done = 0
    for a, b in blocks(counts):
        n, precise, corner = counts[a:b], fine[a:b], box[a:b, :2]
        for axis in (0, 1):
            column = coords[done : done + int(n.sum()), axis]
            whole = np.where(precise, 0, n)
            if whole.any():
                relative = _widened(overlapping(buffer, ">i2")[spread(body[a:b] + 2 * axis * n, whole, 2)])
                column[np.repeat(~precise, n)] = np.repeat(corner[:, axis], whole) + np.maximum(relative, 0)
            exact = np.where(precise, n, 0)
            if exact.any():
                column[np.repeat(precise, n)] = overlapping(buffer, ">f4")[spread(body[a:b] + 4 * (1 + axis) * n, exact, 4)]
        done += int(n.sum())
    return coords


def _texts(buffer: Bytes, start: Ints, at: NDArray[Any], length: NDArray[Any]) -> list[str | None]:
    """UTF-16 texts; None where there is none. Lengths count UTF-16 units."""
    begin, units = at.astype(np.int64), length.astype(np.int64)
    has = (begin > 0) & (units > 0)
    _refuse(has & (begin + 2 * units > np.diff(start)), "its name or its properties are cut off", "text")
    texts: list[str | None] = [None] * len(begin)
    view, first = buffer.data, (start[:-1] + begin)
    for row, a, b in zip(np.flatnonzero(has).tolist(), first[has].tolist(), (first + 2 * units)[has].tolist(), strict=True):
        texts[row] = codecs.utf_16_be_decode(view[a:b], "replace")[0]
    return texts


def _refuse(wrong: Any, what: str, expected: str) -> None:
    if wrong.any():
        raise Malformed(what, row=int(np.flatnonzero(wrong)[0]), expected=expected)
