"""Observations taken apart, whoever wrote them; and from the parts to image sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.formats.anndata.flat import MISSING
from segue.model.connections import Connections
from segue.model.features import Feature
from segue.model.frames import conform
from segue.model.objects import SCHEMA, Objects, default_ids, repeated_labels, unique_texts
from segue.model.populations import Membership
from segue.model.rings import Rings
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet
from segue.model.tables import TYPES, Column, Table
from segue.notes import Kind, Note

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Value:
    """A column of values about all observations."""

    table: str
    column: Column
    series: pl.Series
    images: frozenset[int] | None = None
    """Places of the image sets that have it; None = all."""


@dataclass
class Parts:
    """Observations taken apart."""

    height: int
    roles: dict[str, pl.Series] = field(default_factory=dict)
    """Columns of objects, and z."""
    image: pl.Series | None = None
    """The category of the image set of every observation; None = there is one image set."""
    images: Mapping[str, ImageSet] = field(default_factory=dict)
    """Category -> image set without objects."""
    points: npt.NDArray[np.float64] | None = None
    """(x, y); NaN = not known."""
    values: list[Value] = field(default_factory=list)
    populations: list[tuple[str, Ints]] = field(default_factory=list)
    """(id, rows of the members)."""
    connections: pl.DataFrame | None = None
    """As the model has them; parent and child are rows of the observations."""
    weights: list[Value] = field(default_factory=list)
    """Columns of values about all connections."""


def as_model(values: npt.NDArray[np.generic] | pl.Series, kind: str) -> pl.Series:
    """Numbers of a column of X as the model has them: marked NaN is missing."""
    array = values.to_numpy() if isinstance(values, pl.Series) else np.ascontiguousarray(values)
    missing = None
    if array.dtype in MISSING:
        undefined = np.isnan(array)
        if undefined.any():
            missing = undefined if kind != "number" else array.view(MISSING[array.dtype].dtype) == MISSING[array.dtype]
    filled = array if missing is None else np.where(missing, 0, array)
    if kind == "integer" and filled.dtype.kind == "f":
        filled = np.clip(np.rint(filled), -(2.0**63), float(2**63 - 1024)).astype(np.int64)
    found = pl.Series(filled).cast(TYPES[kind])
    return found if missing is None or not missing.any() else found.set(pl.Series(missing), None)


def image_sets(parts: Parts, notes: list[Note]) -> list[ImageSet]:
    """The image sets that the file names, in its order, then those of other categories."""
    groups = _groups(parts)
    place = np.full(parts.height, -1, np.int64)
    nth = np.full(parts.height, -1, np.int64)
    for number, (_, rows) in enumerate(groups):
        place[rows], nth[rows] = number, np.arange(len(rows))
    if parts.connections is not None:
        ends = [place[parts.connections[end].to_numpy()] for end in ("parent", "child")]
        across = int((ends[0] != ends[1]).sum())
        notes += [Note(Kind.SKIPPED, "{count connection} from one image to another", count=across)] if across else []
    return [_image_set(parts, number, s, rows, place, nth, notes) for number, (s, rows) in enumerate(groups)]


def _groups(parts: Parts) -> list[tuple[ImageSet, Ints]]:
    """(image set, its observations)."""
    everything = np.arange(parts.height)
    if parts.image is None:
        if parts.images or not parts.height:
            return [(s, everything if not number else everything[:0]) for number, s in enumerate(parts.images.values())]
        return [(ImageSet(""), everything)]
    rows = pl.DataFrame({"title": parts.image.fill_null(""), "row": everything}).partition_by("title", as_dict=True, maintain_order=True)
    found = {str(title[0]): frame["row"].to_numpy() for title, frame in rows.items()}
    known = [(s, found.pop(title, everything[:0])) for title, s in parts.images.items()]
    return known + [(ImageSet(title), one) for title, one in found.items()]


def _image_set(parts: Parts, number: int, s: ImageSet, rows: Ints, place: Ints, nth: Ints, notes: list[Note]) -> ImageSet:
    objects = _objects(parts, rows, notes)
    members = [(name, nth[inside[place[inside] == number]]) for name, inside in parts.populations]
    s = replace(s, objects=objects, shapes=_points(parts, rows), membership=_membership(members))
    tables = _tables([one for one in parts.values if one.images is None or number in one.images], rows)
    if parts.connections is None:
        return replace(s, tables=tables)
    ends = [parts.connections[end].to_numpy() for end in ("parent", "child")]
    kept = np.flatnonzero((place[ends[0]] == number) & (place[ends[1]] == number))
    frame = parts.connections[kept].with_columns(pl.Series(name, nth[end[kept]].astype(np.int32)) for name, end in zip(("parent", "child"), ends, strict=True))
    weights = [replace(one, table=_free(one.table, tables)) for one in parts.weights if one.images is None or number in one.images]
    return replace(s, connections=Connections(frame), tables=tables | _tables(weights, kept, "connections"))


def _objects(parts: Parts, rows: Ints, notes: list[Note]) -> Objects:
    given = {name: parts.roles[name].gather(rows).alias(name) for name in SCHEMA if name in parts.roles}
    blank = pl.DataFrame({"id": pl.Series([None], dtype=pl.Utf8).new_from_index(0, len(rows))})
    frame = conform(pl.DataFrame(given) if given else blank, SCHEMA, "objects")
    repeated = repeated_labels(frame)
    if repeated.any():
        notes.append(Note(Kind.REPAIRED, "{count observation} with a label that another one has already", Feature.OBJECT_LABEL, count=int(repeated.sum())))
        frame = frame.with_columns(label=pl.when(~repeated).then("label"))
    if "layer" not in parts.roles:
        frame = frame.with_columns(layer=pl.when(pl.col("label").is_not_null()).then(pl.lit("labels")))
    ids = frame["id"] if frame["id"].null_count() == 0 else frame.select(pl.coalesce("id", pl.lit(default_ids(frame))))["id"]
    if ids.n_unique() < len(ids):
        notes.append(Note(Kind.REPAIRED, "{count observation} with a name that another one has already", Feature.OBJECT_ID, count=len(ids) - ids.n_unique()))
        ids = unique_texts(ids)
    return Objects(frame.with_columns(ids.alias("id")))


def _points(parts: Parts, rows: Ints) -> Shapes:
    if parts.points is None:
        return Shapes.empty()
    coords = parts.points[rows]
    there = np.flatnonzero(np.isfinite(coords).all(axis=1))
    ones = np.arange(len(there) + 1, dtype=np.int64)
    columns = {"object": pl.Series(there.astype(np.int32)), "kind": pl.Series([str(ShapeKind.POINT)]).new_from_index(0, len(there))}
    if "z" in parts.roles:
        columns["z"] = parts.roles["z"].gather(rows).gather(there).cast(pl.Int32)
    return Shapes(pl.DataFrame(columns), Rings(np.ascontiguousarray(coords[there]), ones, ones, ones))


def _tables(values: list[Value], rows: Ints, about: Literal["objects", "connections"] = "objects") -> dict[str, Table]:
    row = pl.int_range(len(rows), dtype=pl.Int32, eager=True)
    found: dict[str, list[Value]] = {}
    for value in values:
        found.setdefault(value.table, []).append(value)
    return {
        name: Table(about, pl.DataFrame({"row": row, **{one.column.name: one.series.gather(rows) for one in many}}), tuple(one.column for one in many))
        for name, many in found.items()
    }


def _free(name: str, tables: Mapping[str, Table]) -> str:
    return str(unique_texts(pl.Series([*tables, name]))[-1])


def _membership(members: list[tuple[str, Ints]]) -> Membership:
    frames = [
        pl.DataFrame({"population": pl.Series([one]).new_from_index(0, len(rows)), "object": rows.astype(np.int32)}) for one, rows in members if len(rows)
    ]
    return Membership.of(pl.concat(frames)) if frames else Membership.empty()
