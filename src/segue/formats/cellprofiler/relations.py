"""Relationships between objects: CellProfiler's, and the model's connections."""

from __future__ import annotations

import polars as pl

from segue.formats.cellprofiler.sheets import Texts
from segue.formats.cellprofiler.terms import RELATION_COLUMNS
from segue.model.connections import SCHEMA

_WRITTEN = {
    "track": ("TrackObjects", "Parent"),
    "part-of": ("RelateObjects", "Parent"),
    "contains": ("RelateObjects", "Contains"),
    "touches": ("MeasureObjectNeighbors", "Neighbors"),
    "link": ("", "Link"),
}
"""Kind of a connection -> module and relationship in the file."""
_TURNED = ("part-of",)
"""Kinds whose second object comes first in the file: the parent of CellProfiler is what the model's object is a part of."""


def kinds(relations: Texts) -> pl.DataFrame:
    """Per row of a table of relationships: ``kind``, whether it is ``turned``, and ``label``."""
    module, what = relations["Module"].fill_null(""), relations["Relationship"].fill_null("")
    same = relations["First Object Name"].eq_missing(relations["Second Object Name"])
    frame = pl.DataFrame({"module": module, "what": what, "same": same})
    parent = pl.col("what") == "Parent"
    seeds = parent & pl.col("module").str.starts_with("IdentifySecondary")  # a seed lies in what has grown from it
    kind = (
        pl.when(parent & (pl.col("module").str.starts_with("Track") | pl.col("same")))
        .then(pl.lit("track"))
        .when(seeds | (parent & (pl.col("module") == "RelateObjects")))
        .then(pl.lit("part-of"))
        .when(pl.col("what") == "Neighbors")
        .then(pl.lit("touches"))
        .when(pl.col("what") == "Contains")
        .then(pl.lit("contains"))
        .otherwise(pl.lit("link"))
    )
    turned = (kind == "part-of") & ~seeds
    label = pl.when((kind == "link") & (pl.col("what") != "Link")).then("what")
    return frame.select(kind=kind, turned=turned, label=label)


def connections(rows: pl.DataFrame) -> pl.DataFrame:
    """The frame of connections of one image set from ``kind``, ``turned``, ``label`` and the rows ``first`` and ``second`` of objects."""
    one, other = pl.col("first"), pl.col("second")
    frame = rows.select(
        "kind",
        "label",
        parent=pl.when("turned").then(other).otherwise(one).cast(pl.Int32),
        child=pl.when("turned").then(one).otherwise(other).cast(pl.Int32),
    )
    ids = pl.Series([str(nth + 1) for nth in range(frame.height)], dtype=pl.Utf8)
    return frame.with_columns(id=ids, tags=pl.lit(None, pl.List(pl.Utf8))).select(list(SCHEMA))


def written(connected: pl.DataFrame, names: pl.Series, images: pl.Series, numbers: pl.Series) -> Texts:
    """Rows of the table of relationships; ``names``, ``images``, ``numbers``: type, image number and object number of every object."""
    kind = connected["kind"].cast(pl.Utf8)
    turned = kind.is_in(list(_TURNED))
    first = connected.select(pl.when(turned).then("child").otherwise("parent")).to_series()
    second = connected.select(pl.when(turned).then("parent").otherwise("child")).to_series()
    module = kind.replace_strict({own: said[0] for own, said in _WRITTEN.items()}, return_dtype=pl.Utf8)
    what = kind.replace_strict({own: said[1] for own, said in _WRITTEN.items()}, return_dtype=pl.Utf8)
    free = kind == "link"
    what = pl.select(pl.when(free & connected["label"].is_not_null()).then(connected["label"]).otherwise(what)).to_series()
    columns = [module, pl.Series(["0"], dtype=pl.Utf8).new_from_index(0, len(kind)), what]
    for end in (first, second):
        columns += [names.gather(end), images.gather(end).cast(pl.Utf8), numbers.gather(end).cast(pl.Utf8)]
    return pl.DataFrame([values.alias(name) for name, values in zip(RELATION_COLUMNS, columns, strict=True)])


def none() -> Texts:
    """A table without a row."""
    return pl.DataFrame(schema=dict.fromkeys(RELATION_COLUMNS, pl.Utf8))
