"""From measured numbers to a table of the image set: rows by layer, time and label, never by order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from segue.model.objects import Objects
from segue.model.study import ImageSet
from segue.model.tables import TYPES, Column, Table
from segue.workflow.derive import with_new_objects

TABLE = "measurements"
"""The table that holds what was measured."""
CENTRES = {"x": pl.Float64, "y": pl.Float64, "z": pl.Int32, "id": pl.Utf8}


@dataclass(frozen=True, eq=False)
class Layer:
    """What was measured of the segments of one layer."""

    keys: pl.DataFrame
    """Whose values they are: (layer, t, label) of segments, or (object), the rows of objects."""
    columns: tuple[tuple[Column, pl.Series], ...]
    """One value per row of ``keys``."""
    centres: pl.DataFrame
    """(x, y, z) per row of ``keys``."""


def column_of(column: Column, values: np.ndarray[tuple[int], np.dtype[np.generic]], *, whole: bool) -> tuple[Column, pl.Series]:
    """A column with its values; whole numbers where ``whole`` says that it counts, and they are."""
    if whole and (values.dtype.kind in "bui" or bool((np.isfinite(values) & (np.abs(values) < 2**53) & (values == np.rint(values))).all())):
        return replace(column, type="integer"), pl.Series(column.name, values.astype(np.int64))
    return replace(column, type="number"), pl.Series(column.name, values.astype(np.float64))


def with_values(s: ImageSet, layers: Sequence[Layer]) -> tuple[ImageSet, pl.DataFrame]:
    """The image set with an object per segment, and the table of what was measured; (id, x, y, z) of what was measured.

    What tables held already stays, unless a column of the same name was made anew: the old one is gone then, whatever table it was in.
    """
    new_keys = [one.keys for one in layers if "object" not in one.keys.columns]
    objects = with_new_objects(s.objects, pl.concat(new_keys)) if new_keys else s.objects
    rows = [_rows(one.keys, objects) for one in layers]
    columns = _columns(layers)
    frames = [pl.DataFrame([row, *(values for _, values in one.columns)]) for one, row in zip(layers, rows, strict=True)]
    new = pl.concat(frames, how="diagonal_relaxed").sort("row") if frames else pl.DataFrame(schema={"row": pl.Int32})
    held, stale = s.tables.get(TABLE), None
    if held is not None and held.about == "objects":
        new, columns, stale = _merged(held, new, columns)
    frame = pl.DataFrame({"row": new["row"], **{one.name: new.get_column(one.name).cast(TYPES[one.type]) for one in columns}})
    table = Table("objects", frame, columns) if stale is None else Table("objects", frame, columns, stale)
    centres = [one.centres.with_columns(id=objects.frame["id"].gather(row)) for one, row in zip(layers, rows, strict=True)]
    aside = {f"{TABLE}: {held.about}": held} if held is not None and held.about != "objects" else {}
    others = {name: kept for name, one in s.tables.items() if (kept := one if name == TABLE else _without(one, columns)) is not None}
    return replace(s, objects=objects, tables={**others, **aside, TABLE: table}), pl.concat(centres) if centres else pl.DataFrame(schema=CENTRES)


def _without(table: Table, made: Sequence[Column]) -> Table | None:
    """Another table about objects without the columns that were made anew; None if it has no others."""
    names = {one.name for one in made}
    kept = tuple(one for one in table.columns if one.name not in names)
    if table.about != "objects" or len(kept) == len(table.columns):
        return table
    return Table("objects", pl.DataFrame([table.frame[name] for name in ("row", *(one.name for one in kept))]), kept, table.stale) if kept else None


def _rows(keys: pl.DataFrame, objects: Objects) -> pl.Series:
    if "object" in keys.columns:
        return keys["object"].alias("row")
    numbered = objects.frame.select("layer", "t", "label", row=pl.int_range(pl.len(), dtype=pl.Int32))
    return keys.join(numbered, on=["layer", "t", "label"], how="left", nulls_equal=True, maintain_order="left")["row"]


def _columns(layers: Sequence[Layer]) -> tuple[Column, ...]:
    """The columns of all layers; one that several layers have belongs to none."""
    found: dict[str, Column] = {}
    for layer in layers:
        for column, _ in layer.columns:
            known = found.get(column.name)
            if known is None:
                found[column.name] = column
            else:
                kind = column.type if column.type == known.type else "number"
                found[column.name] = replace(known, type=kind, layer=known.layer if known.layer == column.layer else None)
    return tuple(found.values())


def _merged(held: Table, new: pl.DataFrame, columns: tuple[Column, ...]) -> tuple[pl.DataFrame, tuple[Column, ...], pl.Series | None]:
    """Old and new columns, those made anew in their old place, and the rows that are still stale: those of old columns that were not made anew."""
    made = {one.name: one for one in columns}
    kept = [one for one in held.columns if one.name not in made]
    old = pl.DataFrame([held.frame["row"], *(held.frame.get_column(one.name) for one in kept)])
    frame = old.join(new, on="row", how="full", coalesce=True, maintain_order="left_right").sort("row")
    order = dict.fromkeys([*(one.name for one in held.columns), *made])
    known = made | {one.name: one for one in kept}
    return frame, tuple(known[name] for name in order), held.stale if kept and len(held.stale) else None
