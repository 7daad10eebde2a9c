"""Which shape of which object goes where in the file: one feature per shape, a nucleus beside the outline it lies in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.formats.qupath_geojson import hierarchy
from segue.model.shapes import AREAS, Shapes

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def features(shapes: Shapes, parent: npt.NDArray[np.int64]) -> pl.DataFrame:
    """The features in the order of the file.

    Parameters
    ----------
    shapes
        Of objects in the order of the hierarchy, each with at least one.
    parent
        (objects,) int64: the object that each lies in, or -1.

    Returns
    -------
    ``object``, ``shape``, ``nucleus`` (rows of shapes; null = none), ``part`` (1 = the object itself, then further shapes of it, all at the
    end of the file), ``depth``.
    """
    order, owner, attached = _attached(shapes)
    own = np.flatnonzero(~attached)
    nucleus = np.full(len(order), -1, np.int64)
    inside = np.flatnonzero(attached)
    nucleus[inside - 1] = order[inside]
    part = _nth(owner[own]) + 1
    depth = np.where(part == 1, hierarchy.levels(parent)[owner[own]], 0)
    frame = pl.DataFrame({"object": owner[own], "shape": order[own], "nucleus": nucleus[own], "part": part, "depth": depth})
    frame = frame.with_columns(nucleus=pl.when(pl.col("nucleus") >= 0).then("nucleus"))
    return frame if (part == 1).all() else pl.concat([frame.filter(pl.col("part") == 1), frame.filter(pl.col("part") > 1)])


def nuclei(shapes: Shapes, count: int) -> Bools:
    """(objects,) Which objects have a nucleus beside their first shape."""
    _, owner, attached = _attached(shapes)
    found = np.zeros(count, np.bool_)
    found[owner[attached & (_nth(owner) == 1)]] = True
    return found


def _attached(shapes: Shapes) -> tuple[Ints, Ints, Bools]:
    """Shapes ordered by object: their rows, their objects, and which are the nucleus of the shape before them."""
    frame = shapes.frame
    owner = frame["object"].to_numpy().astype(np.int64)
    order = np.arange(len(owner)) if (np.diff(owner) >= 0).all() else np.argsort(owner, kind="stable")
    owner = owner[order]
    attached = (frame["role"] == "nucleus").to_numpy()[order]
    if not attached.any():
        return order, owner, np.zeros(len(owner), np.bool_)
    area = frame["kind"].cast(pl.Utf8).is_in([str(kind) for kind in AREAS]).to_numpy()[order]
    outline = (frame["role"] == "outline").to_numpy()[order]
    z, c = (frame[axis].fill_null(-1).to_numpy()[order] for axis in "zc")
    same = (np.diff(owner) == 0) & (np.diff(z) == 0) & (np.diff(c) == 0) & area[1:] & area[:-1] & outline[:-1]
    attached[0] = False
    attached[1:] &= same
    return order, owner, attached


def _nth(owner: Ints) -> Ints:
    """Place of each row among those of the same owner, which stand together."""
    first = np.concatenate([[True], np.diff(owner) != 0])[: len(owner)]
    place = np.arange(len(owner))
    return place - np.maximum.accumulate(np.where(first, place, 0))
