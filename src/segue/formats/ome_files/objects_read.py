"""From ROIs to objects: who they are, and which shape is of which object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from segue.formats.ome_files import terms
from segue.formats.ome_files.elements import Elements
from segue.model.objects import SCHEMA
from segue.model.rings import Ints


@dataclass(frozen=True)
class Things:
    """The objects of all images of a document."""

    frame: pl.DataFrame
    """The columns of objects (ids may repeat), and ``roi``."""
    of_shape: Ints
    """(shapes,) The object of each shape."""
    split: int
    """ROIs that are several objects, one per time point."""


def read_things(elements: Elements, noted: pl.DataFrame) -> Things:
    """A ROI is an object; one with shapes at several time points is a track of objects.

    Parameters
    ----------
    elements
        The shapes.
    noted
        ``roi``, ``key``, ``value``: what segue noted about ROIs, the first value of each key.
    """
    document = elements.document
    shapes = pl.DataFrame({"roi": elements.rois, "t": elements.planes("TheT"), "locked": elements.texts("Locked").is_in(["true", "1"]).fill_null(value=False)})
    lives = shapes.group_by("roi", "t", maintain_order=True).agg(pl.col("locked").all()).sort("roi", maintain_order=True)
    without = pl.DataFrame({"roi": np.arange(len(document.rois))}).join(lives, on="roi", how="anti", maintain_order="left")
    lives = pl.concat([lives, without.with_columns(t=pl.lit(None, pl.Int32), locked=pl.lit(False))]).sort("roi", maintain_order=True)
    lives = lives.with_row_index("object").with_columns(several=pl.len().over("roi") > 1)
    of_shape = shapes.join(lives, on=["roi", "t"], how="left", nulls_equal=True, maintain_order="left")["object"].to_numpy().astype(np.int64)
    rows = lives["roi"]
    given = {key: _values(noted, key, len(document.rois)).gather(rows) for key in (terms.ID, terms.LABEL, terms.LAYER, terms.TRACK, terms.COLOUR)}
    label = given[terms.LABEL].cast(pl.UInt64, strict=False)
    own = pl.coalesce(given[terms.ID], pl.Series([one.get("ID", "") for one in document.rois], dtype=pl.Utf8).gather(rows))
    nth = lives.select(pl.int_range(1, pl.len() + 1).over("roi")).to_series()
    columns: dict[str, Any] = {
        "id": pl.when(nth > 1).then(pl.concat_str(own, pl.lit("-"), nth.cast(pl.Utf8))).otherwise(own),
        "layer": given[terms.LAYER],
        "label": label,
        "t": lives["t"],
        "track": pl.coalesce(given[terms.TRACK].cast(pl.Int64, strict=False), pl.when(lives["several"]).then(rows.cast(pl.Int64))),
        "name": pl.Series([one.get("Name") for one in document.rois], dtype=pl.Utf8).gather(rows),
        "colour": given[terms.COLOUR].str.strip_prefix("#").str.to_integer(base=16, strict=False, dtype=pl.UInt32),
        "locked": lives["locked"],
    }
    frame = pl.select(**columns).cast(pl.Schema(SCHEMA)).with_columns(roi=rows)
    return Things(frame, of_shape, int(lives.filter("several")["roi"].n_unique()))


def _values(noted: pl.DataFrame, key: str, count: int) -> pl.Series:
    """One value per ROI."""
    mine = noted.filter(pl.col("key") == pl.lit(key))
    return pl.DataFrame({"roi": np.arange(count)}).join(mine, on="roi", how="left", maintain_order="left")["value"]
