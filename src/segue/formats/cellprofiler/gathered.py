"""All objects of a study in one table, in the order in which they are written: what the tables of an export are cut from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from segue.formats.cellprofiler.terms import EXPERIMENT, FARTHEST, IMAGE, NO_LAYER, RELATIONSHIPS
from segue.formats.shape_files import centre_points
from segue.model.shapes import joined
from segue.model.study import Study
from segue.storage.names import safe_names

Ints = np.ndarray[Any, np.dtype[np.int64]]
_DIGITS = 10**18


@dataclass(frozen=True)
class Gathered:
    """The objects of all image sets. ``thing`` counts them through the study, as it lists them."""

    facts: pl.DataFrame
    """``image`` (place of the image set), ``thing``, ``sheet`` (its table), ``object`` (``ObjectNumber``), ``default`` (the id it has by itself), and the
    facts of objects; by image set and table."""
    first: Ints
    """(image sets + 1,) the first thing of each."""


def gathered(study: Study) -> Gathered:
    """The objects of a study by image set and table."""
    first = np.concatenate([[0], np.cumsum([len(s.objects) for s in study.image_sets])]).astype(np.int64)
    frames = [s.objects.frame for s in study.image_sets if len(s.objects)]
    frame = (
        pl.concat(frames)
        if frames
        else pl.DataFrame(schema={"id": pl.Utf8, "layer": pl.Utf8, "label": pl.UInt64, "t": pl.Int32, "track": pl.Int64, "name": pl.Utf8})
    )
    image = np.repeat(np.arange(len(first) - 1), np.diff(first))
    frame = frame.with_columns(image=pl.Series(image, dtype=pl.Int64), thing=pl.int_range(pl.len(), dtype=pl.Int64))
    frame = frame.join(_sheets(frame["layer"]), on="layer", how="left", nulls_equal=True, maintain_order="left").sort("image", "sheet", maintain_order=True)
    table, label = ["image", "sheet"], pl.col("label")
    usable = (label.is_not_null() & (label > 0) & (label < _DIGITS)).all().over(table) & (label.n_unique() == pl.len()).over(table)
    counted = pl.int_range(1, pl.len() + 1, dtype=pl.UInt64).over(table)
    return Gathered(frame.with_columns(object=pl.when(usable).then(label).otherwise(counted), default=default_ids_by_image()), first)


def default_ids_by_image() -> pl.Expr:
    """``default_ids`` of each image set, as an expression over the column ``image``; repeated ones stay repeated."""
    labelled, label = pl.col("label").is_not_null(), pl.col("label").cast(pl.Utf8)
    layers = pl.col("layer").filter(labelled).n_unique().over("image")
    times = pl.col("t").filter(labelled).n_unique().over("image")
    label = pl.when(layers > 1).then(pl.concat_str(pl.col("layer").fill_null(""), pl.lit("/"), label)).otherwise(label)
    label = pl.when(times > 1).then(pl.concat_str(pl.lit("t"), pl.col("t").cast(pl.Utf8).fill_null(""), pl.lit("/"), label)).otherwise(label)
    row = pl.concat_str(pl.lit("#"), (pl.int_range(pl.len()).over("image") + 1).cast(pl.Utf8))
    return pl.when(labelled).then(label).otherwise(row)


def _sheets(layers: pl.Series) -> pl.DataFrame:
    """``layer`` and the name of its table: safe as a file name, all different."""
    found = layers.unique(maintain_order=True)
    reserved = [IMAGE, EXPERIMENT, RELATIONSHIPS]
    wanted = [f"_{layer}" if layer and layer.startswith(".") else layer or NO_LAYER for layer in found]
    return pl.DataFrame({"layer": found, "sheet": pl.Series(safe_names([*reserved, *wanted])[len(reserved) :], dtype=pl.Utf8)})


def centres(study: Study, first: Ints) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(things, 2) the first point of each object, or its centre, from the corner of the first pixel; NaN where there is none."""
    found = np.full((int(first[-1]), 2), np.nan)
    drawn = [s.shapes.with_columns(object=s.shapes.frame["object"] + int(start)) for s, start in zip(study.image_sets, first, strict=False) if len(s.shapes)]
    if drawn:
        shapes = centre_points(joined(drawn))
        found[shapes.frame["object"].to_numpy()[::-1]] = shapes.rings.coords[::-1]
    found[~(np.abs(found) < FARTHEST).all(axis=1)] = np.nan
    return found
