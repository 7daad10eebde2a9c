"""From events taken apart to image sets: objects, points, values, memberships."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.formats.fcs.events import Parts, Value
from segue.model.features import Feature
from segue.model.frames import conform, taken
from segue.model.objects import SCHEMA, Objects, default_ids, repeated_labels, unique_texts
from segue.model.populations import Membership
from segue.model.rings import Rings
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet
from segue.model.tables import Table
from segue.notes import Kind, Note

Rows = npt.NDArray[np.int64] | None
"""Numbers of events; None = all."""


def named(sample: str) -> dict[int, ImageSet]:
    """What is known of the image set of a file that says no more than the name of its sample; its number does not matter."""
    return {0: ImageSet(sample)} if sample else {}


def image_sets(parts: Parts, known: Mapping[int, ImageSet], count: int, notes: list[Note]) -> list[ImageSet]:
    """The image sets that a file names, in its order, then those of other numbers.

    Parameters
    ----------
    parts
        The events.
    known
        Number -> an image set without objects; may be empty.
    count
        How many events there are.
    notes
        What was assumed or repaired is added.
    """
    return [_image_set(parts, index, s, rows, count if rows is None else len(rows), notes) for index, s, rows in _groups(parts, known, notes)]


def _groups(parts: Parts, known: Mapping[int, ImageSet], notes: list[Note]) -> Iterator[tuple[int, ImageSet, Rows]]:
    numbers = parts.image
    if numbers is None:
        if len(known) > 1:
            notes.append(Note(Kind.ASSUMED, "nothing says which event is of which image set, so they are one image set"))
        index, s = next(iter(known.items())) if len(known) == 1 else (0, ImageSet(""))
        yield index, s, None
        return
    order = np.argsort(numbers, kind="stable")
    found, start = np.unique(numbers[order], return_index=True)
    ends = np.append(start, len(numbers))[1:]
    rows = {int(number): order[first:last] for number, first, last in zip(found, start, ends, strict=True)}
    others = sorted(set(rows) - set(known))
    if others and known:
        notes.append(Note(Kind.ASSUMED, "{count image} known only by its number, which is its name here", count=len(others)))
    for index, s in known.items():
        yield index, s, rows.get(index, np.empty(0, np.int64))
    for index in others:
        yield index, ImageSet(str(index)), rows[index]


def _image_set(parts: Parts, index: int, s: ImageSet, rows: Rows, height: int, notes: list[Note]) -> ImageSet:
    members = [(one, np.flatnonzero((inside if rows is None else inside[rows]) > 0)) for one, inside in parts.populations]
    return replace(
        s,
        objects=_objects(parts, rows, height, notes),
        shapes=_points(parts, rows),
        tables=_tables([value for value in parts.values if value.images is None or index in value.images], rows, height),
        membership=_membership(members),
    )


def _taken(column: pl.Series, rows: Rows) -> pl.Series:
    return column if rows is None else taken(column, rows)


def _objects(parts: Parts, rows: Rows, height: int, notes: list[Note]) -> Objects:
    columns = {role: _taken(parts.roles[role], rows).alias(role) for role in SCHEMA if role in parts.roles}
    blank = pl.DataFrame({"id": pl.Series([None], dtype=pl.Utf8).new_from_index(0, height)})
    frame = conform(pl.DataFrame(columns) if columns else blank, SCHEMA, "objects")
    repeated = repeated_labels(frame)
    if repeated.any():
        notes.append(Note(Kind.REPAIRED, "{count event} with a label that another one has already", Feature.OBJECT_LABEL, count=int(repeated.sum())))
        frame = frame.with_columns(label=pl.when(~repeated).then("label"))
    if "layer" not in parts.roles:
        frame = frame.with_columns(layer=pl.when(pl.col("label").is_not_null()).then(pl.lit("labels")))
    return Objects(frame.with_columns(_ids(frame, parts).alias("id")))


def _ids(frame: pl.DataFrame, parts: Parts) -> pl.Series:
    """What the file states, else the label, else the usual id."""
    if "id" not in parts.roles:
        return default_ids(frame)
    ids = frame.select(pl.coalesce("id", pl.col("label").cast(pl.Utf8)))["id"]
    return unique_texts(frame.select(pl.coalesce(pl.lit(ids), pl.lit(default_ids(frame))).alias("id"))["id"] if ids.null_count() else ids)


def _points(parts: Parts, rows: Rows) -> Shapes:
    if parts.points is None:
        return Shapes.empty()
    coords = parts.points if rows is None else parts.points[rows]
    there = np.flatnonzero(~np.isnan(coords[:, 0]))
    ones = np.arange(len(there) + 1, dtype=np.int64)
    frame: dict[str, Any] = {"object": there.astype(np.int32), "kind": pl.Series([str(ShapeKind.POINT)]).new_from_index(0, len(there))}
    if "z" in parts.roles:
        frame["z"] = _taken(parts.roles["z"], rows).gather(there).cast(pl.Int32)
    return Shapes(pl.DataFrame(frame), Rings(np.ascontiguousarray(coords[there]), ones, ones, ones))


def _tables(values: list[Value], rows: Rows, height: int) -> dict[str, Table]:
    row = pl.int_range(height, dtype=pl.Int32, eager=True)
    found: dict[str, list[Value]] = {}
    for value in values:
        found.setdefault(value.table, []).append(value)
    return {
        name: Table("objects", pl.DataFrame({"row": row, **{one.column.name: _taken(one.series, rows) for one in many}}), tuple(one.column for one in many))
        for name, many in found.items()
    }


def _membership(members: list[tuple[str, npt.NDArray[np.int64]]]) -> Membership:
    frames = [
        pl.DataFrame({"population": pl.Series([one]).new_from_index(0, len(rows)), "object": rows.astype(np.int32)}) for one, rows in members if len(rows)
    ]
    return Membership.of(pl.concat(frames)) if frames else Membership.empty()
