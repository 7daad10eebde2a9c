"""Columns -> many ``.roi`` byte strings in one buffer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from segue.codecs.roi_bodies import put_bodies, text_body, with_body
from segue.codecs.roi_layout import HEAD, TAIL, Bytes, Ints, offsets, overlapping, spread
from segue.codecs.roi_path import rings_path
from segue.codecs.roi_record import HIGHEST, LOWEST, VERTEX_TYPES, Bools, Rois

_SIZE = 64


def encode(rois: Rois) -> tuple[Bytes, Ints]:
    """The bytes of ROIs, exactly as the columns say.

    ``roi_arrange.arranged`` fills in the columns that follow from the geometry.

    Returns
    -------
    buffer, start : uint8, (n + 1,) int64

    Raises
    ------
    ValueError
        There is a text ROI without its text.
    """
    if set(np.flatnonzero(with_body(rois.type, rois.subtype, rois.composite)[0]).tolist()) - set(rois.texts):
        raise ValueError("a text ROI has no text")
    per_roi = rois.ring_start[rois.roi_start]
    counts = np.where(np.isin(rois.type, VERTEX_TYPES) & ~rois.composite, np.diff(per_roi), 0)
    fine = rois.sub_pixel & (counts > 0)
    path, path_start = _paths(rois)
    names, name_length = _utf16(rois.names)
    properties, properties_length = _utf16(rois.properties)
    bodies = {**{row: text_body(text) for row, text in rois.texts.items()}, **rois.images}
    tail_at = _SIZE + np.where(rois.composite, 4 * np.diff(path_start), np.where(fine, 12, 4) * counts)
    tail_at[list(bodies)] = [_SIZE + len(body) for body in bodies.values()]
    name_at = tail_at + _SIZE
    properties_at = name_at + 2 * name_length
    counters_at = properties_at + 2 * properties_length
    counters = np.diff(rois.counter_start) if len(rois.counter_start) > 1 else np.zeros(len(rois), np.int64)
    start = offsets(counters_at + 4 * counters)
    buffer = np.zeros(int(start[-1]), np.uint8)
    begin = start[:-1]
    _put(buffer, begin, _heads(rois, counts, path_start, tail_at))
    _put(buffer, begin + tail_at, _tails(rois, (name_at, name_length), (properties_at, properties_length), (counters_at, counters)))
    _put_vertices(buffer, begin + _SIZE, rois, counts, fine)
    overlapping(buffer, ">f4")[spread(begin[rois.composite] + _SIZE, np.diff(path_start)[rois.composite], 4)] = path
    overlapping(buffer, ">u2")[spread(begin + name_at, name_length, 2)] = names
    overlapping(buffer, ">u2")[spread(begin + properties_at, properties_length, 2)] = properties
    overlapping(buffer, ">u4")[spread(begin + counters_at, counters, 4)] = rois.counters
    put_bodies(buffer, begin + _SIZE, bodies)
    return buffer, start


def _paths(rois: Rois) -> tuple[NDArray[np.float32], Ints]:
    """The paths of the composites, one behind the other, and (n + 1,) where each ROI's path begins (empty for others)."""
    if not rois.composite.any():
        return np.empty(0, np.float32), np.zeros(len(rois) + 1, np.int64)
    rings = np.where(rois.composite, np.diff(rois.roi_start), 0)
    wanted = np.repeat(rois.composite, np.diff(rois.roi_start))
    lengths = np.diff(rois.ring_start)
    return rings_path(rois.coords[np.repeat(wanted, lengths)], offsets(lengths[wanted]), offsets(rings))


def _heads(rois: Rois, counts: Ints, path_start: Ints, tail_at: Ints) -> NDArray[Any]:
    head = np.zeros(len(rois), HEAD)
    head["magic"], head["magic_rest"] = b"Io", b"ut"
    for name in ("version", "type", "line", "width", "stroke", "fill", "subtype", "options", "style", "position"):
        head[name] = getattr(rois, name)
    for column, name in enumerate(("left", "top", "right", "bottom")):
        head[name] = _narrowed(rois.box[:, column])
    head["count"] = np.where(counts > 0xFFFF, 0, counts)
    wide = counts > 0xFFFF
    head["line"][wide, 0] = counts[wide].astype(">i4").view(">f4")
    head["path"] = np.diff(path_start)
    head["tail"] = tail_at
    return head


def _tails(rois: Rois, name: tuple[Ints, Ints], properties: tuple[Ints, Ints], counters: tuple[Ints, Ints]) -> NDArray[Any]:
    """Each of the last three: where it is, and how long."""
    tail = np.zeros(len(rois), TAIL)
    for field in ("c", "z", "t", "label_colour", "font_size", "opacity", "image_size", "fine_width"):
        tail[field] = getattr(rois, field)
    tail["image_size"][list(rois.images)] = [len(image) for image in rois.images.values()]
    tail["group"] = np.where(rois.group > 0xFF, 0, rois.group)
    tail["wide_group"] = np.where(rois.group > 0xFF, rois.group, 0)
    for at, length, (place, count) in (("name_at", "name_length", name), ("properties_at", "properties_length", properties)):
        tail[at], tail[length] = np.where(count > 0, place, 0), count
    tail["counters_at"] = np.where(counters[1] > 0, counters[0], 0)
    return tail


def _put(buffer: Bytes, at: Ints, records: NDArray[Any]) -> None:
    if len(records):
        size = records.dtype.itemsize
        windows = np.lib.stride_tricks.sliding_window_view(buffer, size, writeable=True)
        windows[at] = records.view(np.uint8).reshape(-1, size)


def _put_vertices(buffer: Bytes, body: Ints, rois: Rois, counts: Ints, fine: Bools) -> None:
    """Integers relative to the box, then, where there are fractions, absolute floats."""
    if not counts.any():
        return
    coords = rois.coords if not rois.composite.any() else rois.coords[np.repeat(counts > 0, np.diff(rois.ring_start[rois.roi_start]))]
    for axis in (0, 1):
        values = coords[:, axis]
        origin = rois.box[:, axis].astype(np.float64)
        filled = counts > 0
        least = np.minimum.reduceat(values, offsets(counts)[:-1][filled])
        anchor = least if rois.origin is None else np.where(np.isnan(rois.origin[filled, axis]), least, rois.origin[filled, axis])
        origin[filled] = np.where(fine[filled], anchor, origin[filled])
        relative = np.floor(values - np.repeat(origin, counts) + 0.5)
        overlapping(buffer, ">i2")[spread(body + 2 * axis * counts, counts, 2)] = _narrowed(relative)
        exact = np.where(fine, counts, 0)
        overlapping(buffer, ">f4")[spread(body + 4 * (1 + axis) * counts, exact, 4)] = values[np.repeat(fine, counts)]


def _narrowed(values: NDArray[Any]) -> NDArray[np.int16]:
    """Coordinates as the 16 bits from which ImageJ reads them back; beyond its range the nearest it has."""
    kept = np.clip(np.nan_to_num(values), LOWEST, HIGHEST).astype(np.int64)
    return np.asarray(kept.astype(np.uint16).view(np.int16))


def _utf16(texts: Any) -> tuple[NDArray[Any], Ints]:
    """UTF-16 units of all texts, and (n,) how many each has."""
    filled = [text or "" for text in texts]
    joined = "".join(filled)
    units = np.frombuffer(joined.encode("utf-16-be", "replace"), ">u2")
    if len(units) == len(joined):
        lengths = [len(text) for text in filled]
    else:
        lengths = [len(text.encode("utf-16-be", "replace")) // 2 for text in filled]
    return units, np.array(lengths, np.int64).reshape(-1)
