"""Which shape of which object goes where in the file: one feature per shape, a nucleus beside the outline it lies in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.formats.qupath_geojson import hierarchy
from segue.model.shapes import AREAS, Shapes

Bools = npt.NDArray[np.bool_]


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
    frame = _attached(shapes)
    own = frame.filter(~pl.col("attached")).with_columns(part=pl.int_range(1, pl.len() + 1).over("object"))
    nucleus = frame.filter("attached").select(pl.col("before").alias("shape"), pl.col("shape").alias("nucleus"))
    depth = pl.Series(hierarchy.levels(parent))
    found = own.join(nucleus, on="shape", how="left", maintain_order="left").with_columns(depth=depth.gather(own["object"]))
    first = found.filter(pl.col("part") == 1)
    further = found.filter(pl.col("part") > 1).with_columns(depth=pl.lit(0, pl.Int64))
    return pl.concat([first, further]).select("object", "shape", "nucleus", "part", "depth")


def nuclei(shapes: Shapes, count: int) -> Bools:
    """(objects,) Which objects have a nucleus beside their first shape."""
    frame = _attached(shapes)
    found = np.zeros(count, np.bool_)
    found[frame.filter(pl.col("attached") & (pl.col("nth") == 1))["object"].to_numpy()] = True
    return found


def _attached(shapes: Shapes) -> pl.DataFrame:
    """Shapes ordered by object: ``object``, ``shape``, ``nth`` of the object, ``before`` (the shape before it), ``attached``."""
    area = pl.col("kind").cast(pl.Utf8).is_in([str(kind) for kind in AREAS])
    frame = shapes.frame.select("object", "role", "z", "c", area.alias("area"), pl.int_range(pl.len(), dtype=pl.Int64).alias("shape"))
    frame = frame.sort("object", maintain_order=True).with_columns(nth=pl.int_range(pl.len()).over("object"))
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in ("object", "z", "c"))
    attached = (pl.col("role") == "nucleus") & (pl.col("role").shift() == "outline") & same & pl.col("area") & pl.col("area").shift()
    return frame.select("object", "shape", "nth", pl.col("shape").shift().alias("before"), attached.fill_null(value=False).alias("attached"))
