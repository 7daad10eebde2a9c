"""Where the objects are that a region may select: the segments of label images, and what is drawn without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from segue.formats.shape_files import centre_points
from segue.measure.segments import segments
from segue.model.image import LabelImage, size_of
from segue.model.objects import Objects, default_ids, unique_texts
from segue.model.rings import Floats, Ints
from segue.model.rules import REGIONS
from segue.model.shapes import Shapes
from segue.model.study import ImageSet

if TYPE_CHECKING:
    from segue.measure.survey import Segments
    from segue.tasks.workers import Workers

KEYS = {"layer": pl.Utf8, "t": pl.Int32, "label": pl.UInt64}


@dataclass(frozen=True, eq=False)
class Places:
    """Objects of one layer, one row each, ascending by time and label where they are segments."""

    object: Ints
    """(n,) Their rows."""
    x: Floats
    """(n,) Mean of the pixel centres, in corner coordinates; of what is drawn its centre of gravity."""
    y: Floats
    index: Ints
    """(n, 2) Column and row of the pixel that Mantis takes for the centre: the means of the columns and rows, cut off."""
    z: Ints
    """(n,) The plane nearest to the centre."""
    t: Ints
    """(n,) -1 = at all times."""
    label: np.ndarray[tuple[int], np.dtype[np.uint64]]
    """(n,) 0 where there is none."""
    pixels: Ints
    """(n,) How many; 0 where it is not known."""
    image: LabelImage | None = None


@dataclass(frozen=True, eq=False)
class Listed:
    """An image set in which every segment is an object, and where they are."""

    s: ImageSet
    places: tuple[Places, ...]


def listed(s: ImageSet, workers: Workers | None = None) -> Listed:
    """Find out where the objects of an image set are; segments that no table lists become objects, behind the others.

    Each label image is read once. Memory: about 300 bytes per object, whatever the size of the images.

    Raises
    ------
    SourceError
        A label image cannot be read.
    """
    surveyed = [(image, segments(image, workers)) for image in s.labels]
    s = replace(s, objects=with_segments(s.objects, [keys_of(image, found) for image, found in surveyed]))
    numbered = s.objects.frame.select(*KEYS, row=pl.int_range(pl.len(), dtype=pl.Int64))
    places = [_of_labels(image, found, numbered) for image, found in surveyed]
    return Listed(s, (*places, _drawn(s, np.concatenate([np.zeros(0, np.int64), *(one.object for one in places)]))))


def keys_of(image: LabelImage, found: Sequence[Segments]) -> pl.DataFrame:
    """(layer, t, label) of the segments of a label image."""
    timed = size_of(image.pixels, image.axes, "t") > 1
    frames = [
        pl.DataFrame({"t": pl.repeat(t if timed else None, len(one.label), dtype=pl.Int32, eager=True), "label": one.label}) for t, one in enumerate(found)
    ]
    return pl.concat(frames).select(layer=pl.lit(image.name, pl.Utf8), t="t", label=pl.col("label").cast(pl.UInt64))


def with_segments(objects: Objects, keys: Sequence[pl.DataFrame]) -> Objects:
    """The objects, and behind them those segments (layer, t, label) that they do not name yet; their ids are their labels, made unique."""
    frame = objects.frame
    new = [one.join(frame, on=list(KEYS), how="anti", nulls_equal=True, maintain_order="left") for one in keys if one.height]
    if not sum(one.height for one in new):
        return objects
    both = pl.concat([frame, *new], how="diagonal")
    ids = both.select(pl.coalesce(pl.col("id"), default_ids(both)))["id"]
    return Objects(both.with_columns(unique_texts(ids).alias("id")))


def _of_labels(image: LabelImage, found: Sequence[Segments], numbered: pl.DataFrame) -> Places:
    rows = keys_of(image, found).join(numbered, on=list(KEYS), how="left", nulls_equal=True, maintain_order="left")["row"].to_numpy()
    centre = np.concatenate([np.zeros((0, 3)), *(one.centroid for one in found)])
    index = np.concatenate([np.zeros((0, 2), np.int64), *((one.first // one.area[:, None] + one.low)[:, :0:-1] for one in found)])
    timed = size_of(image.pixels, image.axes, "t") > 1
    t = np.concatenate([np.zeros(0, np.int64), *(np.full(len(one.label), nth if timed else -1) for nth, one in enumerate(found))])
    label = np.concatenate([np.zeros(0, np.uint64), *(one.label for one in found)])
    pixels = np.concatenate([np.zeros(0, np.int64), *(one.area for one in found)])
    return Places(rows, centre[:, 2], centre[:, 1], index, np.floor(centre[:, 0] + 0.5).astype(np.int64), t, label, pixels, image)


def _drawn(s: ImageSet, segmented: Ints) -> Places:
    """Objects that are drawn, and have no pixels in a label image: all but the regions."""
    known = np.zeros(len(s.objects), np.bool_)
    known[segmented] = True
    known |= s.objects.frame.select(pl.col("layer").eq_missing(pl.lit(REGIONS, pl.Utf8))).to_series().to_numpy()
    kept = np.flatnonzero(~known[s.shapes.frame["object"].to_numpy()] & (s.shapes.frame["role"] == "outline").to_numpy()).astype(np.int64)
    points: Shapes = centre_points(s.shapes.take(kept))
    owner, first = np.unique(points.frame["object"].to_numpy().astype(np.int64), return_index=True)
    at = points.rings.coords[first].reshape(-1, 2)
    facts = s.objects.frame.select(pl.col("t").fill_null(-1).cast(pl.Int64), pl.col("label").fill_null(0))[owner]
    z = points.frame["z"].fill_null(-1).cast(pl.Int64).to_numpy()[first]
    none = np.zeros(len(owner), np.int64)
    finite = np.nan_to_num(at, nan=-1.0, posinf=-1.0, neginf=-1.0)
    return Places(owner, at[:, 0], at[:, 1], np.floor(np.clip(finite, -1e15, 1e15)).astype(np.int64), z, facts["t"].to_numpy(), facts["label"].to_numpy(), none)
