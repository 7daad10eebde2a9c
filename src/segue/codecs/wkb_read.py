"""Well-known binary (WKB) to flat geometry, without an object per geometry. Every length is checked against the bytes that are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.codecs.parquet_lists import flat
from segue.codecs.wkb_walk import COLLECTION, DAMAGED, EMPTY, MULTIPOLYGON, OTHER, PART, POLYGON, RING, SHAPE, walk
from segue.model.rings import Floats, Ints, Rings

SMALL = 200_000
"""Up to this many values that are no plain areas, Python is as fast as loading the kernel."""
_RUN = {"at": np.int64, "count": np.int64, "forms": np.uint8, "begins": np.uint8, "row": np.int32}
_PLAIN = {POLYGON: b"\1\3\0\0\0\1\0\0\0", MULTIPOLYGON: b"\1\6\0\0\0\1\0\0\0\1\3\0\0\0\1\0\0\0"}
"""How areas of one ring begin."""
_CHUNK = 1 << 22
"""Vertices that are gathered at a time."""
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Geometries:
    """What many values hold."""

    rings: Rings
    """One shape per geometry, several for several lines. Areas are open rings of three vertices and more, parts with holes; all points of
    a multipoint are one ring."""
    kind: Bytes
    """(shapes,) POINT, LINE, POLYGON, MULTIPOINT, MULTILINE or MULTIPOLYGON of ``wkb_walk``."""
    row: Ints
    """(shapes,) the value each is of, ascending."""
    code: Bytes
    """(values,) what each value is; null is ``EMPTY``."""
    degenerate: int
    """Rings of fewer than three different vertices, which are left out with their holes."""
    deep: bool
    """Whether vertices have more than x and y; these are left out."""

    def count(self, code: int) -> int:
        """How many values are of a code."""
        return int((self.code == code).sum())

    @property
    def unreadable(self) -> dict[str, int]:
        """What has no shape for another reason than being empty: reason -> number of values."""
        reasons = {"collections of several geometries": COLLECTION, "curves and surfaces": OTHER, "damaged geometries": DAMAGED}
        return {reason: self.count(code) for reason, code in reasons.items() if self.count(code)}


def read_wkb(column: pl.Series) -> Geometries:
    """The geometries of a column of binary values.

    Memory: the bytes twice, 40 bytes per run of vertices, and the vertices.
    """
    column = column.alias("")  # polars takes a name such as ^a$ for a pattern
    there = column.is_not_null().to_numpy()
    data, start = flat(column.drop_nulls().cast(pl.List(pl.UInt8)))
    data = np.ascontiguousarray(data, np.uint8)
    runs = _runs(data, start, np.zeros(len(start) - 1, np.uint8))
    rows = np.flatnonzero(there)
    code = np.full(len(column), EMPTY, np.uint8)
    code[rows] = runs["code"]
    flat_rings, shape = _arranged(data, runs)
    owner = rows[runs["row"][shape]]
    kind = runs["code"][runs["row"][shape]]
    return sound(flat_rings, kind, owner.astype(np.int64), code, deep=bool(((runs["forms"] & 7) > 2).any()))


def _runs(data: Bytes, start: Ints, code: Bytes) -> dict[str, Any]:
    """The runs of vertices as columns: those of plain areas at once, all others by walking through them."""
    plain = _plain_areas(data, start, code)
    others = np.flatnonzero(code == EMPTY)
    if not len(others):
        return plain | {"code": code}
    walked = _walked(*_selected(data, start, others)) if len(others) < len(code) else _walked(data, start)
    code[others] = walked.pop("code")
    walked["row"] = others[walked["row"]].astype(np.int32)
    if len(others) < len(code):
        bytes_before = start[:-1][others] - np.concatenate([[0], np.cumsum(np.diff(start)[others])[:-1]])
        place = np.searchsorted(others, walked["row"])
        walked["at"] = walked["at"] + bytes_before[place]
    joined = {name: np.concatenate([plain[name], walked[name]]) for name in _RUN}
    order = np.argsort(joined["row"], kind="stable")
    return {name: values[order] for name, values in joined.items()} | {"code": code}


def _selected(data: Bytes, start: Ints, rows: Ints) -> tuple[Bytes, Ints]:
    """Some of the values, one behind the other."""
    length = np.diff(start)[rows]
    offsets = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
    place = np.arange(offsets[-1], dtype=np.int64) + np.repeat(start[:-1][rows] - offsets[:-1], length)
    return data[place], offsets


def _plain_areas(data: Bytes, start: Ints, code: Bytes) -> dict[str, Any]:
    """Areas of one little-endian ring without holes, nearly all there are in most files; their codes are written."""
    size = np.diff(start)
    found = []
    for number, head in _PLAIN.items():
        rows = np.flatnonzero((size > len(head) + 4) & (code == EMPTY))
        bytes_ = data[start[:-1][rows, None] + np.arange(len(head) + 4)] if len(rows) else np.empty((0, len(head) + 4), np.uint8)
        count = np.ascontiguousarray(bytes_[:, len(head) :]).view("<u4")[:, 0].astype(np.int64)
        fits = (bytes_[:, : len(head)] == np.frombuffer(head, np.uint8)).all(axis=1) & (count > 0) & (len(head) + 4 + 16 * count == size[rows])
        rows, count = rows[fits], count[fits]
        code[rows] = number
        whole = {"at": start[:-1][rows] + len(head) + 4, "count": count, "row": rows.astype(np.int32)}
        found.append(whole | {"forms": np.full(len(rows), 2, np.uint8), "begins": np.full(len(rows), RING | PART | SHAPE, np.uint8)})
    order = np.argsort(np.concatenate([one["row"] for one in found]), kind="stable")
    return {name: np.concatenate([one[name] for one in found])[order] for name in _RUN}


def _walked(data: Bytes, start: Ints) -> dict[str, Any]:
    code = np.zeros(len(start) - 1, np.uint8)
    if len(code) <= SMALL:
        walker, given = walk, data.tobytes()
    else:
        from segue.codecs.wkb_kernel import walk as walker

        given = data.view(np.int8)  # type: ignore[assignment]
    number = walker(given, start, code, *(np.empty(0, dtype) for dtype in _RUN.values()))
    found: dict[str, Any] = {name: np.empty(number, dtype) for name, dtype in _RUN.items()}
    if number:
        walker(given, start, code, *found.values())
    return found | {"code": code}


def _arranged(data: Bytes, runs: dict[str, Any]) -> tuple[Rings, Ints]:
    """The vertices of all runs, and the run that each shape begins with."""
    begins, count = runs["begins"], runs["count"]
    coords = np.empty((int(count.sum()), 2))
    vertex = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    first = 0
    while first < len(count):
        last = max(first + 1, int(np.searchsorted(vertex, vertex[first] + _CHUNK)) - 1)
        coords[vertex[first] : vertex[last]] = _vertices(data, runs["at"][first:last], count[first:last], runs["forms"][first:last])
        first = last
    ring, part, shape = (np.flatnonzero(begins & bit) for bit in (RING, PART, SHAPE))
    ends = [np.append(one, len(begins)).astype(np.int64) for one in (ring, part, shape)]
    ring_start = vertex[ends[0]]
    part_start, shape_start = np.searchsorted(ring, ends[1]).astype(np.int64), np.searchsorted(part, ends[2]).astype(np.int64)
    return Rings(coords, ring_start, part_start, shape_start), shape.astype(np.int64)


def _vertices(data: Bytes, at: Ints, count: Ints, form: Bytes) -> Floats:
    """(vertices, 2) x and y: taken as float64 from each of the eight places that a run may begin at."""
    out = np.empty((int(count.sum()), 2))
    group = (at & 7) | form.astype(np.int64) << 3
    target = np.concatenate([[0], np.cumsum(count)[:-1]])
    for one in np.unique(group).tolist():
        mine = np.flatnonzero(group == one)
        shift, dims, big = one & 7, one >> 3 & 7, one >> 6
        view = data[shift : shift + (len(data) - shift) // 8 * 8].view(">f8" if big else "<f8")
        many = count[mine]
        within = np.arange(int(many.sum()), dtype=np.int64) - np.repeat(np.cumsum(many) - many, many)
        source = np.repeat(at[mine] >> 3, many) + within * dims
        place = np.repeat(target[mine], many) + within
        out[place, 0], out[place, 1] = view[source], view[source + 1]
    return out


def sound(rings: Rings, kind: Bytes, row: Ints, code: Bytes, *, deep: bool) -> Geometries:
    """Open rings; without areas that enclose nothing, and points that are nowhere."""
    area = (kind == POLYGON) | (kind == POLYGON + 3)
    part_area = np.repeat(area, np.diff(rings.shape_start))
    ring_area = np.repeat(part_area, np.diff(rings.part_start))
    rings = _opened(rings, ring_area)
    short = ring_area & (np.diff(rings.ring_start) < 3)
    point = np.repeat(np.repeat((kind == 1) | (kind == 4), np.diff(rings.shape_start)), np.diff(rings.part_start))
    nowhere = np.zeros(len(short), bool)
    if point.any():
        lost = np.isnan(rings.coords).any(axis=1)
        nowhere = point & (np.add.reduceat(np.append(lost, False), rings.ring_start[:-1]) > 0) if lost.any() else nowhere
    if not (short.any() or nowhere.any()):
        return Geometries(rings, kind, row, code, 0, deep)
    kept, shapes = _without(rings, short | nowhere)
    return Geometries(kept.take(shapes), kind[shapes], row[shapes], code, int(short.sum()), deep)


def _opened(rings: Rings, closed: npt.NDArray[np.bool_]) -> Rings:
    """Rings of areas without the last vertex where it repeats the first."""
    long = closed & (np.diff(rings.ring_start) > 1)
    last = rings.ring_start[1:][long] - 1
    same = (rings.coords[rings.ring_start[:-1][long]] == rings.coords[last]).all(axis=1)
    if not same.any():
        return rings
    kept = np.ones(len(rings.coords), bool)
    kept[last[same]] = False
    length = np.diff(rings.ring_start)
    length[np.flatnonzero(long)[same]] -= 1
    return Rings(rings.coords[kept], np.concatenate([[0], np.cumsum(length)]), rings.part_start, rings.shape_start)


def _without(rings: Rings, bad: npt.NDArray[np.bool_]) -> tuple[Rings, Ints]:
    """Without some rings; a part loses all its rings with the first. Also which shapes have any left."""
    first = np.zeros(len(bad), bool)
    first[rings.part_start[:-1][np.diff(rings.part_start) > 0]] = True
    owner = np.repeat(np.arange(len(rings.part_start) - 1), np.diff(rings.part_start))
    hollow = np.zeros(len(rings.part_start) - 1, bool)
    hollow[owner[bad & first]] = True
    kept = ~(bad | hollow[owner])
    ring_length = np.diff(rings.ring_start)
    coords = rings.coords[np.repeat(kept, ring_length)]
    part_length = np.bincount(owner[kept], minlength=len(hollow))
    shape_owner = np.repeat(np.arange(len(rings)), np.diff(rings.shape_start))
    shape_length = np.bincount(shape_owner[~hollow], minlength=len(rings))
    ends = [np.concatenate([[0], np.cumsum(one)]).astype(np.int64) for one in (ring_length[kept], part_length[~hollow], shape_length)]
    return Rings(coords, *ends), np.flatnonzero(shape_length > 0).astype(np.int64)
