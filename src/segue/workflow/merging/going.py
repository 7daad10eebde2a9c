"""Which objects of a study go when others come."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.model.rings import Ints
from segue.model.study import ImageSet
from segue.workflow.merging.rows import Rows
from segue.workflow.merging.wish import Overwrite


def going(target: ImageSet, s: ImageSet, rows: Rows, overwrite: Overwrite | None) -> Ints:
    """Rows of the study's objects that go. Segments of label images stay: they are edited, not overwritten.

    Parameters
    ----------
    target, s
        The image set of the study, and what is imported.
    rows
        Which object is which: those that come again do not go.
    overwrite
        What the user allowed.
    """
    if overwrite in (None, "ids"):
        return np.zeros(0, np.int64)
    found = {"all": _all, "tags": _tagged, "planes": _on_planes}[overwrite](target, s)
    segments = target.objects.frame["layer"].is_in([image.name for image in target.labels]) & target.objects.frame["label"].is_not_null()
    kept = np.union1d(np.flatnonzero(segments.to_numpy()), rows.partner[rows.partner >= 0])
    return np.setdiff1d(found, kept).astype(np.int64)


def _all(target: ImageSet, _s: ImageSet) -> Ints:
    return np.arange(len(target.objects), dtype=np.int64)


def _tagged(target: ImageSet, s: ImageSet) -> Ints:
    """Objects in a population that an imported object is in."""
    coming = s.membership.frame["population"].unique()
    return target.membership.frame.filter(pl.col("population").is_in(coming.implode()))["object"].unique().to_numpy().astype(np.int64)


def _on_planes(target: ImageSet, s: ImageSet) -> Ints:
    """Objects with a shape on a plane (t, c, z) on which an imported shape lies."""
    ours, theirs = _planes(target), _planes(s)
    found = ours.join(theirs.select("t", "c", "z").unique(), on=["t", "c", "z"], how="semi", nulls_equal=True)
    return found["object"].unique().to_numpy().astype(np.int64)


def _planes(s: ImageSet) -> pl.DataFrame:
    shapes = s.shapes.frame.select("object", "c", "z")
    return shapes.with_columns(t=s.objects.frame["t"].gather(shapes["object"]))
