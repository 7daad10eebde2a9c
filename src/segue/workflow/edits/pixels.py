"""Finding the pixels of objects in label images, band by band: memory does not grow with the image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.pixels import rows_of
from segue.geometry.runs import row_runs
from segue.model.edited_pixels import RUNS
from segue.model.image import LabelImage, size_of
from segue.model.objects import Objects, default_ids
from segue.model.study import ImageSet

BAND_BYTES = 64 << 20
"""Pixels that are looked at at a time."""
CHUNK = 512
"""Rows that lie in one chunk of most files: bands are multiples of it where they can be."""


def bands(image: LabelImage) -> Iterator[tuple[int, int, int, np.ndarray[Any, Any]]]:
    """(t, z, first row, pixels (rows, x)) of the whole image."""
    sizes = {name: size_of(image.pixels, image.axes, name) for name in "tzyx"}
    rows = rows_of(image.pixels, image.axes)
    step = max(1, BAND_BYTES // max(1, sizes["x"] * image.pixels.dtype.itemsize))
    step = step // CHUNK * CHUNK or step
    for t in range(sizes["t"]):
        for z in range(sizes["z"]):
            for start in range(0, sizes["y"], step):
                yield t, z, start, rows({"t": t, "z": z}, start, min(start + step, sizes["y"]))


def runs_of(image: LabelImage, wanted: pl.DataFrame) -> pl.DataFrame:
    """The pixels of some labels.

    Parameters
    ----------
    image
        Where to look.
    wanted
        Columns ``label`` and ``t`` (null = at every time).

    Returns
    -------
    Columns as in ``edited_pixels.RUNS``, in raster order; ``old`` is the label, ``new`` is 0.
    """
    depth = size_of(image.pixels, image.axes, "z")
    at: dict[int, np.ndarray[Any, Any]] = {}
    found = []
    limit = np.iinfo(np.uint8 if image.pixels.dtype.kind == "b" else image.pixels.dtype).max
    fitting = wanted.filter(pl.col("label") <= limit)
    for t, z, start, part in bands(image) if fitting.height else ():
        if t not in at:
            here = fitting.filter(pl.col("t").is_null() | (pl.col("t") == t))["label"].unique().sort()
            at[t] = here.to_numpy().astype(part.dtype)
        if len(at[t]):
            y, x0, x1, value = row_runs(part, at[t])
            columns = {"plane": np.full(len(y), t * depth + z), "y": y + start, "x0": x0, "x1": x1, "old": value.astype(np.uint64), "new": 0}
            found.append(pl.DataFrame(columns, schema_overrides=RUNS).select(*RUNS))
    return pl.concat(found) if found else pl.DataFrame(schema=RUNS)


def labels_in(image: LabelImage) -> pl.DataFrame:
    """Every label of an image: columns ``t`` (null where the image has one time point) and ``label``, ascending."""
    several = size_of(image.pixels, image.axes, "t") > 1
    found: dict[int | None, list[np.ndarray[Any, Any]]] = {}
    for t, _, _, part in bands(image):
        value = row_runs(part)[3]
        found.setdefault(t if several else None, []).append(np.unique(value[value > 0] if value.dtype.kind == "i" else value))
    schema = {"t": pl.Int32, "label": pl.UInt64}
    frames = [
        pl.DataFrame({"label": np.unique(np.concatenate(values)).astype(np.uint64)}).with_columns(t=pl.lit(t, pl.Int32)).select("t", "label")
        for t, values in found.items()
    ]
    return pl.concat(frames).cast(schema) if frames else pl.DataFrame(schema=schema)  # type: ignore[arg-type]


def implied_objects(s: ImageSet) -> Objects:
    """The objects of an image set: those of its table, or where it has none those that its label images stand for."""
    if len(s.objects) or not s.labels:
        return s.objects
    frame = pl.concat([labels_in(image).with_columns(layer=pl.lit(image.name)) for image in s.labels]).select("layer", "label", "t")
    return Objects(frame.with_columns(default_ids(frame)))
