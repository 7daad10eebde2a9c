"""Shapes of the file to objects, shapes, values and memberships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.json_rows import Member, columns, dense
from segue.formats.annotation_files import Side, implied_type, made_unique, object_frame, sides, tables_of
from segue.formats.description_files import Described
from segue.formats.labelme.embedded import unpacked
from segue.formats.labelme.figures import KINDS, NEEDED, exact, vertices_of
from segue.formats.labelme.terms import FLAGS, JOINT, KNOWN, UNCLASSIFIED
from segue.geometry.blocks import Blocks, joined, of_picture, traced
from segue.model.objects import Objects, unique_texts
from segue.model.populations import Membership, Population
from segue.model.rings import Rings, concat
from segue.model.shapes import Shapes
from segue.model.tables import Column, Table

RINGED = ("polygon", "freehand", "traced")
Floats = np.ndarray[Any, np.dtype[np.float64]]
Values = dict[str, list[Any]]


@dataclass(frozen=True)
class Found:
    """What the shapes of a file are."""

    objects: Objects
    shapes: Shapes
    membership: Membership
    populations: tuple[Population, ...]
    tables: dict[str, Table]
    renamed: int
    left_out: int
    unknown: int


@dataclass
class Drawn:
    """A shape of the model while it is collected."""

    object: int
    side: Side
    kind: str
    rings: list[tuple[int, Floats]] = field(default_factory=list)
    """(number, vertices)."""
    width: float | None = None
    mask: int = -1


def read_shapes(found: dict[str, Member], count: int, known: tuple[Population, ...], described: Described, path: Path) -> Found:
    """All shapes of a file.

    Raises
    ------
    Malformed, TooLarge, UnsupportedVariant
    """
    own = sides(found.get("segue"), count, path)
    labels = [one if isinstance(one, str) else "" if one is None else str(one) for one in dense(found.get("label"), count, Any, "labels", path)]
    groups = [_group(one) for one in dense(found.get("group_id"), count, int | float | str | None, "members 'group_id'", path)]
    main, object_ = _objects(own, labels, groups)
    names = dense(found.get("description"), count, str | None, "descriptions", path)
    ids = pl.Series([groups[row] for row in main], dtype=pl.Utf8)
    frame = object_frame([own[row] for row in main], ids, pl.Series([names[row] or None for row in main], dtype=pl.Utf8))
    objects, renamed = made_unique(frame)
    shapes, left_out, unknown = _shapes(found, own, object_, path)
    populations, membership = _populations([own[row] for row in main], [labels[row] for row in main], known)
    tables = _tables(found, count, main, object_, described, path)
    return Found(objects, shapes, membership, populations, tables, renamed, left_out, unknown)


def _group(value: float | str | None) -> str | None:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else None if value is None else str(value)


def _objects(own: Sequence[Side], labels: Sequence[str], groups: Sequence[str | None]) -> tuple[list[int], list[int]]:
    """The shapes that say what an object is, and the object of every shape: equal label and group are one object."""
    main: list[int] = []
    object_: list[int] = []
    known: dict[tuple[str | None, str], int] = {}
    for row, (side, label, group) in enumerate(zip(own, labels, groups, strict=True)):
        key = (None, side.id) if side.id is not None else (label, group) if group is not None else None
        joins = key in known and (side.id is None or side.part > 1 or side.ring > 1)
        if key is None or not joins:
            main.append(row)
        if key is not None and not joins:
            known.setdefault(key, len(main) - 1)
        object_.append(known[key] if joins and key is not None else len(main) - 1)
    return main, object_


def _shapes(found: dict[str, Member], own: Sequence[Side], object_: Sequence[int], path: Path) -> tuple[Shapes, int, int]:
    """The shapes in the order of their objects; how many had too few points, and how many are of an unknown type."""
    count = len(own)
    types = [one or "polygon" for one in dense(found.get("shape_type"), count, str | None, "types of shapes", path)]
    points = dense(found.get("points"), count, list[tuple[float, float]] | None, "points", path)
    pictures = dense(found.get("mask"), count, str | None, "masks", path)
    drawn: dict[tuple[int, int, int], Drawn] = {}
    masks: list[Blocks] = []
    left_out = unknown = 0
    for row, (side, kind) in enumerate(zip(own, types, strict=True)):
        xy = np.array(points[row] or [], np.float64).reshape(-1, 2)
        least, most = NEEDED.get(kind, (1, 2**40))
        if kind not in KINDS:
            unknown += 1
        elif not least <= len(xy) <= most or (kind == "mask" and not pictures[row]):
            left_out += 1
        elif kind == "polygon":
            ring = _open(xy)
            left_out += len(ring) < 3
            if len(ring) >= 3:
                drawn.setdefault((object_[row], side.part, -1), Drawn(object_[row], side, "polygon")).rings.append((side.ring, ring))
        else:
            one = drawn[object_[row], side.part, row] = Drawn(object_[row], side, KINDS[kind])
            if kind == "mask":
                one.mask = len(masks)
                masks.append(_mask(pictures[row], xy, path))
            else:
                _simple(one, kind, xy)
    order = [drawn[key] for key in sorted(drawn, key=lambda key: (key[0], key[1]))]
    return _table(order, traced(joined(masks)) if masks else Rings.empty()), left_out, unknown


def _open(xy: Floats) -> Floats:
    """Without a last point that repeats the first."""
    return xy[:-1] if len(xy) > 3 and (xy[0] == xy[-1]).all() else xy


def _mask(text: str, box: Floats, path: Path) -> Blocks:
    """The pixels of a mask, whose picture begins at the first point of its box."""
    picture = unpacked(text, path)
    colours = picture.reshape(*picture.shape[:2], -1)
    flat = np.asarray(colours[:, :, : 3 if colours.shape[2] > 2 else 1].any(axis=2))
    left, top = (int(value) for value in np.clip(np.trunc(box.min(axis=0)), -(2.0**31), 2.0**31))
    return of_picture(flat, left, top)


def _simple(one: Drawn, kind: str, xy: Floats) -> None:
    """The vertices of a kind that is one ring."""
    if kind == "rectangle":
        xy = np.stack([xy.min(axis=0), xy.max(axis=0)])
    elif kind in ("circle", "oriented_rectangle"):
        found = exact(kind, one.side.vertices, xy)
        xy = vertices_of(kind, xy) if found is None else found
        if kind == "oriented_rectangle":
            one.width = float(xy[2, 0])
            xy = xy[:2]
    one.rings.append((1, xy))


def _table(drawn: Sequence[Drawn], masks: Rings) -> Shapes:
    """Shapes with their geometry; those of masks are there already."""
    rings = [ring for one in drawn if one.mask < 0 for _, ring in sorted(one.rings, key=lambda ring: ring[0])]
    parts = [len(one.rings) for one in drawn if one.mask < 0]
    each = np.arange(len(rings) + 1, dtype=np.int64)
    vertices = np.concatenate([np.empty((0, 2)), *rings])
    plain = Rings(vertices, _offsets([len(ring) for ring in rings]), each, _offsets(parts))
    place, places = 0, []
    for one in drawn:
        places.append(place if one.mask < 0 else len(parts) + one.mask)
        place += one.mask < 0
    every = concat([plain, Rings(masks.coords, masks.ring_start, masks.part_start, masks.shape_start)]).take(np.array(places, np.int64))
    columns = {
        "object": pl.Series([one.object for one in drawn], dtype=pl.Int32),
        "role": pl.Series([one.side.role for one in drawn], dtype=pl.Utf8),
        "z": pl.Series([one.side.z for one in drawn], dtype=pl.Int32),
        "c": pl.Series([one.side.c for one in drawn], dtype=pl.Int32),
        "kind": pl.Series([_kind(one) for one in drawn], dtype=pl.Utf8),
        "width": pl.Series([one.width for one in drawn], dtype=pl.Float64),
    }
    shapes = Shapes(pl.DataFrame(columns), every)
    kept = np.flatnonzero(np.diff(every.coord_start) > 0)
    return shapes if len(kept) == len(shapes) else shapes.take(kept)


def _offsets(lengths: Sequence[int]) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.cumsum([0, *lengths], dtype=np.int64)


def _kind(one: Drawn) -> str:
    """The kind that segue noted for a polygon, as far as it still is one."""
    if one.kind != "polygon" or one.side.kind not in RINGED:
        return one.kind
    whole = all((ring == np.floor(ring)).all() for _, ring in one.rings)
    return one.side.kind if whole or one.side.kind != "traced" else "polygon"


def label_of(population: Population) -> str:
    """The label of a shape in a population."""
    return JOINT.join(population.name)


def _populations(own: Sequence[Side], labels: Sequence[str], known: tuple[Population, ...]) -> tuple[tuple[Population, ...], Membership]:
    """Populations, and which object is in which: those that segue noted, if the first still has this label, else the label."""
    by_id = {one.id: one for one in known}
    by_label: dict[str, str] = {}
    for one in known:
        by_label.setdefault(label_of(one), one.id)
    made: list[Population] = []
    populations: list[str] = []
    objects: list[int] = []
    for row, (side, label) in enumerate(zip(own, labels, strict=True)):
        noted = [one for one in dict.fromkeys(side.populations or ()) if one in by_id]
        none = side.populations == [] and label == UNCLASSIFIED
        if none or (noted and label_of(by_id[noted[0]]) == label):
            ids = noted
        else:
            if label not in by_label:
                free = str(unique_texts(pl.Series([*by_id, *(one.id for one in made), label], dtype=pl.Utf8))[-1])
                made.append(Population(free, (label,), "class", exclusive=True))
                by_label[label] = free
            ids = [by_label[label], *(one for one in noted[1:] if one != by_label[label])]
        populations += ids
        objects += [row] * len(ids)
    pairs = pl.DataFrame({"population": pl.Series(populations, dtype=pl.Utf8), "object": pl.Series(objects, dtype=pl.Int32)})
    return (*known, *made), Membership.of(pairs)


def _tables(found: dict[str, Member], count: int, main: Sequence[int], object_: Sequence[int], described: Described, path: Path) -> dict[str, Table]:
    """Values of the shapes that say what an object is; flags of all shapes of an object together."""
    top = _of_main({name: dense(found[name], count, Any, f"members {name!r}", path) for name in found if name not in KNOWN}, main)
    inside = _of_main(_nested(found.get("attributes"), count, path), main)
    flags = _flags(_nested(found.get(FLAGS), count, path), len(main), object_)
    stated = flags_table(described.get(FLAGS, []))
    rest = {name: columns for name, columns in described.items() if name != FLAGS or not stated}
    kinds = {(within, key): implied_type(values) for within, source in ((False, top), (True, inside)) for key, values in source.items()}
    tables = tables_of(rest, top, inside, KNOWN, kinds, len(main))
    if stated:
        taken = [(column, flags.pop(key, [None] * len(main))) for key, column in described[FLAGS]]
        own = {FLAGS: _booleans([column for column, _ in taken], [values for _, values in taken], len(main))}
        tables = {name: (own | tables)[name] for name in [*described, *(name for name in tables if name not in described)]}
    if flags:
        free = str(unique_texts(pl.Series([*tables, FLAGS], dtype=pl.Utf8))[-1])
        names = unique_texts(pl.Series(["row", *flags], dtype=pl.Utf8))[1:]
        tables[free] = _booleans([Column(name, "boolean") for name in names], list(flags.values()), len(main))
    return tables


def flags_table(columns: Sequence[tuple[str, Column]]) -> bool:
    """Whether the columns of a table called flags can be flags."""
    return bool(columns) and all(column.type == "boolean" for _, column in columns)


def _of_main(values: Values, main: Sequence[int]) -> Values:
    return {name: [one[row] for row in main] for name, one in values.items()}


def _nested(member: Member | None, count: int, path: Path) -> Values:
    """The members of an object inside each shape, one value per shape."""
    if member is None:
        return {}
    some = [nth for nth, value in enumerate(member.values) if bytes(memoryview(value)[:1]) == b"{"]
    inner = columns([member.values[nth] for nth in some], "members", path)
    return {name: dense(Member([member.rows[some[row]] for row in one.rows], one.values), count, Any, f"members {name!r}", path) for name, one in inner.items()}


def _flags(values: Values, count: int, object_: Sequence[int]) -> Values:
    found: Values = {}
    for name, column in values.items():
        per_object: list[Any] = [None] * count
        for row, value in enumerate(column):
            if isinstance(value, bool):
                per_object[object_[row]] = bool(per_object[object_[row]]) or value
        if any(value is not None for value in per_object):
            found[name] = per_object
    return found


def _booleans(columns: Sequence[Column], values: Sequence[Sequence[Any]], count: int) -> Table:
    series = {column.name: pl.Series(one, dtype=pl.Boolean) for column, one in zip(columns, values, strict=True)}
    return Table("objects", pl.DataFrame({"row": pl.int_range(count, dtype=pl.Int32, eager=True), **series}), tuple(columns))
