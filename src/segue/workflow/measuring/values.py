"""From measured numbers to a table of the image set: rows by layer, time and label, never by order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from segue.measure.measuring import Measured
from segue.model.image import LabelImage, size_of
from segue.model.objects import Objects
from segue.model.study import ImageSet
from segue.model.tables import TYPES, Column, Table
from segue.workflow.derive import with_new_objects

TABLE = "measurements"
"""The table that holds what was measured."""


@dataclass(frozen=True, eq=False)
class Layer:
    """What was measured of the segments of one layer."""

    layer: str
    label: np.ndarray[tuple[int], np.dtype[np.uint64]]
    t: np.ndarray[tuple[int], np.dtype[np.int32]] | None
    """None = the labels have no time axis."""
    columns: tuple[tuple[Column, pl.Series], ...]
    """One value per segment, in the order of ``label``."""

    @property
    def keys(self) -> pl.DataFrame:
        """(layer, t, label) of the segments."""
        t = pl.lit(None, pl.Int32) if self.t is None else pl.Series(self.t)
        return pl.DataFrame({"label": self.label}).select(layer=pl.lit(self.layer, pl.Utf8), t=t, label=pl.col("label").cast(pl.UInt64))


def times(image: LabelImage, measured: Measured) -> np.ndarray[tuple[int], np.dtype[np.int32]] | None:
    """The time points of the segments; None where the labels have only one."""
    return measured.t if size_of(image.pixels, image.axes, "t") > 1 else None


def column_of(column: Column, values: np.ndarray[tuple[int], np.dtype[np.generic]], *, whole: bool) -> tuple[Column, pl.Series]:
    """A column with its values; whole numbers where ``whole`` says that it counts, and they are."""
    if whole and (values.dtype.kind in "bui" or bool((np.isfinite(values) & (np.abs(values) < 2**53) & (values == np.rint(values))).all())):
        return replace(column, type="integer"), pl.Series(column.name, values.astype(np.int64))
    return replace(column, type="number"), pl.Series(column.name, values.astype(np.float64))


def with_values(s: ImageSet, layers: Sequence[Layer]) -> ImageSet:
    """The image set with an object per segment, and the table of what was measured.

    What the table held already stays, unless a column of the same name was made anew.
    """
    objects = s.objects
    for one in layers:
        objects = with_new_objects(objects, one.keys)
    columns = _columns(layers)
    frames = [_frame(one, objects) for one in layers]
    new = pl.concat(frames, how="diagonal_relaxed").sort("row") if frames else pl.DataFrame(schema={"row": pl.Int32})
    held = s.tables.get(TABLE)
    if held is not None and held.about == "objects":
        new, columns = _merged(held, new, columns)
    frame = pl.DataFrame({"row": new["row"], **{one.name: new.get_column(one.name).cast(TYPES[one.type]) for one in columns}})
    return replace(s, objects=objects, tables={**s.tables, TABLE: Table("objects", frame, columns)})


def _frame(layer: Layer, objects: Objects) -> pl.DataFrame:
    numbered = objects.frame.select("layer", "t", "label", row=pl.int_range(pl.len(), dtype=pl.Int32))
    rows = layer.keys.join(numbered, on=["layer", "t", "label"], how="left", nulls_equal=True, maintain_order="left")["row"]
    return pl.DataFrame([rows.alias("row"), *(values for _, values in layer.columns)])


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


def _merged(held: Table, new: pl.DataFrame, columns: tuple[Column, ...]) -> tuple[pl.DataFrame, tuple[Column, ...]]:
    made = {one.name for one in columns}
    kept = tuple(one for one in held.columns if one.name not in made)
    old = pl.DataFrame([held.frame["row"], *(held.frame.get_column(one.name) for one in kept)])
    frame = old.join(new, on="row", how="full", coalesce=True, maintain_order="left_right").sort("row")
    return frame, kept + columns
