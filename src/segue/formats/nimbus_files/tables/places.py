"""Shape, channel and slice of objects: from their first shape, else from what a table said of them."""

from __future__ import annotations

import polars as pl

from segue.formats.nimbus_files.terms import ANNOTATION, LINE, NAME, POINT, POLYGON, RECTANGLE
from segue.model.frames import all_different
from segue.model.study import EXTRAS, ImageSet

_KINDS = {"point": POINT, "multipoint": POINT, "line": LINE, "polyline": LINE, "angle": LINE, "arrow": LINE, "rectangle": RECTANGLE}
_SAID = r'^\{"channel":(-?[0-9]{1,10}),"location":\{"Z":(-?[0-9]{1,10})\},"shape":"([^"\\]*)"\}$'
SCHEMA = {"shape": pl.Utf8, "c": pl.Int64, "z": pl.Int64}


def places(s: ImageSet) -> pl.DataFrame:
    """(objects,) As ``SCHEMA``: NimbusImage's word for the shape (empty = none), channel and slice from 0 (0 = not known)."""
    drawn = s.shapes.frame.select("object", "kind", "closed", "c", "z").unique("object", keep="first", maintain_order=True)
    kind = pl.col("kind").cast(pl.Utf8)
    kind = pl.when((kind == "spline") & ~(pl.col("closed") > 0).fill_null(value=False)).then(pl.lit("polyline")).otherwise(kind)
    drawn = drawn.select(
        "object", kind.replace_strict(_KINDS, default=POLYGON, return_dtype=pl.Utf8).alias("shape"), *(pl.col(axis).cast(pl.Int64) for axis in "cz")
    )
    numbered = s.objects.frame.select("id", object=pl.int_range(pl.len(), dtype=pl.Int32))
    found = numbered.join(drawn, on="object", how="left", maintain_order="left")
    found = found.join(_said(s), on="id", how="left", maintain_order="left")
    has = pl.col("shape").is_not_null()
    return found.select(
        pl.coalesce("shape", "said_shape").fill_null("").alias("shape"),
        *(pl.when(has).then(axis).otherwise(f"said_{axis}").fill_null(0).clip(lower_bound=0).alias(axis) for axis in "cz"),
    ).cast(SCHEMA)  # type: ignore[arg-type]


def _said(s: ImageSet) -> pl.DataFrame:
    rows = s.extras.filter((pl.col("format") == NAME) & (pl.col("entity") == ANNOTATION)).select("id", "payload")
    part = pl.col("payload").str.extract
    distinct = rows.select(pl.col("payload").unique()).filter(pl.col("payload").str.contains(_SAID))  # there are few
    words = distinct.with_columns(
        part(_SAID, 1).cast(pl.Int64).alias("said_c"), part(_SAID, 2).cast(pl.Int64).alias("said_z"), part(_SAID, 3).alias("said_shape")
    )
    found = rows.join(words, on="payload", how="inner", maintain_order="left").drop("payload")
    return found if all_different(found["id"]) else found.unique("id", keep="last")


def extras_of(ids: pl.Series, shape: pl.Series, c: pl.Series, z: pl.Series) -> pl.DataFrame:
    """What is said of objects that have no shape, so that it has no place in the model."""
    payload = pl.concat_str(pl.lit('{"channel":'), c.cast(pl.Utf8), pl.lit(',"location":{"Z":'), z.cast(pl.Utf8), pl.lit('},"shape":"'), shape, pl.lit('"}'))
    frame = pl.DataFrame({"id": ids}).select(format=pl.lit(NAME), entity=pl.lit(ANNOTATION), id="id", payload=payload)
    return frame.cast(pl.Schema(EXTRAS))
