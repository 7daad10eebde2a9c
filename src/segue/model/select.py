"""Selecting objects of an image set: everything that refers to them follows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from segue.model.connections import Connections
from segue.model.frames import remapped
from segue.model.objects import Objects
from segue.model.populations import Membership
from segue.model.rings import Ints
from segue.model.shapes import Shapes
from segue.model.study import ImageSet
from segue.model.tables import Table


def take_objects(image_set: ImageSet, rows: Ints) -> ImageSet:
    """The image set with only the given objects, in the given order. Label images stay as they are.

    Shapes, tables, memberships and extras follow their object; a connection stays if both its ends do.
    """
    objects = Objects(image_set.objects.frame[rows])
    old = pl.Series(rows.astype(np.int32))
    connections, kept = _connections(image_set.connections, old)
    return replace(
        image_set,
        objects=objects,
        shapes=_shapes(image_set.shapes, old),
        connections=connections,
        tables={name: _table(table, old, kept) for name, table in image_set.tables.items()},
        membership=Membership(remapped(image_set.membership.frame, ("object",), old)),
        extras=_following(image_set.extras, objects),
        aliases=_following(image_set.aliases, objects),
    )


def take_shapes(image_set: ImageSet, rows: Ints) -> ImageSet:
    """The image set with only some shapes; objects stay, whether they have shapes left or not."""
    return replace(image_set, shapes=image_set.shapes.take(rows))


def _shapes(shapes: Shapes, old: pl.Series) -> Shapes:
    numbered = shapes.frame.with_columns(_row=pl.int_range(pl.len()))
    frame = remapped(numbered, ("object",), old).sort("object", "_row")
    return Shapes(frame.drop("_row"), shapes.rings.take(frame["_row"].to_numpy()))


def _connections(connections: Connections, old: pl.Series) -> tuple[Connections, pl.Series]:
    numbered = connections.frame.with_columns(_row=pl.int_range(pl.len(), dtype=pl.Int32))
    frame = remapped(numbered, ("parent", "child"), old).sort("_row")
    return Connections(frame.drop("_row")), frame["_row"]


def _table(table: Table, objects: pl.Series, connections: pl.Series) -> Table:
    if table.about == "image set":
        return table
    rows = connections if table.about == "connections" else objects
    stale = remapped(table.stale.to_frame(), ("row",), rows)["row"]
    return Table(table.about, remapped(table.frame, ("row",), rows), table.columns, stale)


def _following(rows: pl.DataFrame, objects: Objects) -> pl.DataFrame:
    return rows.filter(pl.col("entity").ne_missing("object") | pl.col("id").is_in(objects.frame["id"].implode()))
