"""From the parts of a table to a study: objects, points, populations, values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from segue.errors import Incompatible
from segue.formats.table import populations
from segue.formats.table.raw import Parts
from segue.model.features import Feature
from segue.model.frames import all_different, conform
from segue.model.grid import Axis, Grid
from segue.model.objects import SCHEMA, Objects, default_ids, repeated_labels, unique_texts
from segue.model.populations import Membership
from segue.model.rings import Rings
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet, Study
from segue.model.tables import Table
from segue.notes import Kind, Note, Notes


def assembled(parts: Parts) -> tuple[Study, Notes]:
    """A study with one image set per name of an image, in the order in which they first occur."""
    notes: list[Note] = []
    members = populations.pairs(parts.roles["populations"], several=parts.several) if "populations" in parts.roles else None
    known = tuple(populations.made(name) for name in members["population"].unique(maintain_order=True)) if members is not None else ()
    sets = tuple(_image_set(parts, name, rows, members, notes) for name, rows in _groups(parts))
    return Study(sets, known), Notes(tuple(notes)).merged()


def refuse_repeated(parts: Parts, path: Path) -> None:
    """Raise Incompatible if an id, or without ids a label, occurs twice in an image set; the message names them."""
    role = "id" if "id" in parts.roles else "label"
    if role not in parts.roles:
        return
    keys = [role, *(name for name in ("image", *(("layer", "t") if role == "label" else ())) if name in parts.roles)]
    frame = pl.DataFrame({name: parts.roles[name] for name in keys}).drop_nulls(role)
    found = frame.filter(frame.is_duplicated())[role].unique(maintain_order=True).cast(pl.Utf8)
    if len(found):
        listed = ", ".join(found.head(5)) + (f" and {len(found) - 5:,} more" if len(found) > 5 else "")
        raise Incompatible(f"{path.name} has several rows for the {role} {listed}; a table that is joined has one row per object", path=path, repeated=listed)


def _groups(parts: Parts) -> list[tuple[str, np.ndarray[tuple[int], np.dtype[np.int64]] | None]]:
    """(name of an image set, its rows; None = all)."""
    names = parts.roles.get("image")
    if names is None or not parts.height:
        return [("", None)]
    frame = pl.DataFrame({"name": names.fill_null(""), "row": pl.int_range(parts.height, eager=True)})
    if frame["name"].n_unique() == 1:
        return [(frame["name"][0], None)]
    return [(str(one["name"][0]), one["row"].to_numpy()) for one in frame.partition_by("name", maintain_order=True)]


def _image_set(parts: Parts, name: str, rows: np.ndarray[tuple[int], np.dtype[np.int64]] | None, members: pl.DataFrame | None, notes: list[Note]) -> ImageSet:
    objects = _objects(parts, rows, notes)
    return ImageSet(
        name,
        _grid(parts),
        objects=objects,
        shapes=_points(parts, rows),
        tables=_tables(parts, rows, len(objects)),
        membership=_membership(members, rows, len(objects)),
    )


def _taken(column: pl.Series, rows: np.ndarray[tuple[int], np.dtype[np.int64]] | None) -> pl.Series:
    return column if rows is None else column[rows]


def _objects(parts: Parts, rows: np.ndarray[tuple[int], np.dtype[np.int64]] | None, notes: list[Note]) -> Objects:
    height = parts.height if rows is None else len(rows)
    frame = pl.DataFrame({role: _taken(parts.roles[role], rows).alias(role) for role in SCHEMA if role in parts.roles})
    frame = conform(frame if frame.width else pl.DataFrame(height=height), SCHEMA, "objects")
    if frame.height != height:
        frame = pl.DataFrame({name: pl.Series(name, [None], dtype=dtype).new_from_index(0, height) for name, dtype in SCHEMA.items()})
    if "layer" not in parts.roles:
        frame = frame.with_columns(layer=pl.when(pl.col("label").is_not_null()).then(pl.lit("labels")))
    repeated = repeated_labels(frame)
    if repeated.any():
        notes.append(Note(Kind.REPAIRED, "{count object} with a label that another one has already", Feature.OBJECT_LABEL, count=int(repeated.sum())))
        frame = frame.with_columns(label=pl.when(~repeated).then("label"))
    return Objects(frame.with_columns(_ids(frame, notes).alias("id")))


def _ids(frame: pl.DataFrame, notes: list[Note]) -> pl.Series:
    ids = frame["id"]
    if ids.null_count():
        ids = frame.select(pl.coalesce("id", pl.lit(default_ids(frame)))).to_series() if ids.null_count() < ids.len() else default_ids(frame)
    if not all_different(ids):
        count = ids.len() - ids.n_unique()
        notes.append(Note(Kind.REPAIRED, "{count object} with an id that another one has already", Feature.OBJECT_ID, count=count))
        ids = unique_texts(ids)
    return ids


def _points(parts: Parts, rows: np.ndarray[tuple[int], np.dtype[np.int64]] | None) -> Shapes:
    if "x" not in parts.roles:
        return Shapes.empty()
    frame = pl.DataFrame({role: _taken(parts.roles[role], rows).alias(role) for role in ("x", "y", "z", "c") if role in parts.roles})
    frame = frame.with_columns(object=pl.int_range(pl.len(), dtype=pl.Int32))
    if frame["x"].null_count() or frame["y"].null_count():
        frame = frame.drop_nulls(["x", "y"])
    coords = np.empty((frame.height, 2))
    coords[:, 0], coords[:, 1] = frame["x"].to_numpy(), frame["y"].to_numpy()
    ones = np.arange(frame.height + 1, dtype=np.int64)
    return Shapes(frame.drop("x", "y").with_columns(kind=pl.lit(str(ShapeKind.POINT))), Rings(coords, ones, ones, ones))


def _tables(parts: Parts, rows: np.ndarray[tuple[int], np.dtype[np.int64]] | None, height: int) -> dict[str, Table]:
    if not parts.values:
        return {}
    columns = tuple(column for column, _ in parts.values)
    series = {column.name: _taken(values, rows) for column, values in parts.values}
    frame = pl.DataFrame({"row": pl.int_range(height, dtype=pl.Int32, eager=True), **series})
    return {parts.table: Table("objects", frame, columns)}


def _membership(members: pl.DataFrame | None, rows: np.ndarray[tuple[int], np.dtype[np.int64]] | None, height: int) -> Membership:
    if members is None:
        return Membership.empty()
    if rows is None:
        return Membership.of(members)
    here = pl.DataFrame({"object": pl.Series(rows, dtype=pl.Int32), "new": pl.int_range(height, dtype=pl.Int32, eager=True)})
    mine = members.join(here, on="object", how="inner", maintain_order="left")
    return Membership.of(mine.select("population", object="new"))


def _grid(parts: Parts) -> Grid:
    if parts.pixel_size is None:
        return Grid()
    size, unit = parts.pixel_size
    return Grid((Axis("y", None, size, unit), Axis("x", None, size, unit)))
