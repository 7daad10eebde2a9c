"""Areas as annotations, which have one ring: parts, holes, rings with slits; and what keeps them together for people who look at them in NimbusImage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.codecs.json_columns import quoted
from segue.formats.nimbus_files import ids
from segue.formats.nimbus_files.choice import Choice, Holes
from segue.formats.nimbus_files.terms import HOLE, PART
from segue.geometry.slits import LENGTHS, STARTS, rings_as_parts, slit_rings
from segue.model.rings import Ints, Rings


@dataclass(frozen=True)
class Pieces:
    """Shapes in pieces of one ring each: one row per annotation."""

    rings: Rings
    part: Ints
    """The number of the part in its shape, from 0."""
    hole: Ints
    """The number of the hole in its part, from 1; 0 = it is none."""
    told: pl.DataFrame | None = None
    """`slits.STARTS` and `LENGTHS` where slits were made."""


def pieces_of(rings: Rings, holes: Holes) -> Pieces:
    """One ring for each annotation; ``holes`` are there only if there is a way to write them."""
    if holes == "parts":
        return Pieces(*rings_as_parts(rings))
    told = None
    if holes == "keyhole":
        rings, told = slit_rings(rings)
    shape = np.repeat(np.arange(len(rings)), np.diff(rings.shape_start))
    part = np.arange(len(shape)) - rings.shape_start[:-1][shape]
    return Pieces(rings, part, np.zeros(len(shape), np.int64), told)


def marks(frame: pl.DataFrame, *, connect_parts: bool) -> pl.Series:
    """Per annotation the tag that says what it is: a hole, or one of several parts or shapes of an object (``connect_parts``); null = neither."""
    several = pl.lit(connect_parts) & (~pl.col("main") & (pl.col("hole") == 0)).any().over("object")
    mark = pl.when(pl.col("hole") > 0).then(pl.lit(HOLE)).when(several).then(pl.lit(PART))
    return frame.select(mark.alias("mark"))["mark"]


def tagged(tags: pl.Series, mark: pl.Series) -> pl.Series:
    """Lists of tags (JSON texts) with the marks: a hole has no other tag, or NimbusImage would count it among the objects."""
    if mark.null_count() == len(mark):
        return tags
    frame = pl.DataFrame({"tags": tags, "mark": mark})
    more = pl.concat_str(pl.col("tags").str.strip_suffix("]"), pl.when(pl.col("tags") == "[]").then(pl.lit("")).otherwise(pl.lit(",")), pl.lit(f'"{PART}"]'))
    chosen = pl.when(pl.col("mark") == HOLE).then(pl.lit(f'["{HOLE}"]')).when(pl.col("mark") == PART).then(more).otherwise("tags")
    return frame.select(chosen.alias("tags"))["tags"]


def slits_said(told: pl.DataFrame) -> Iterator[tuple[str, pl.Series]]:
    """Where the rings are, as members ``segue``."""
    for name in (STARTS, LENGTHS):
        inside = told[name].list.eval(pl.element().cast(pl.Utf8)).list.join(",")
        yield name, pl.select(pl.concat_str(pl.lit("["), inside, pl.lit("]"))).to_series()


def joints(frame: pl.DataFrame, own: pl.Series, choice: Choice) -> pl.DataFrame:
    """Connections of holes, and of further parts, with the first annotation of their object: ``parent``, ``child``, ``mark``."""
    if not choice.connections or frame["mark"].null_count() == frame.height:
        return pl.DataFrame(schema={"parent": pl.Utf8, "child": pl.Utf8, "mark": pl.Utf8})
    some = frame.filter(pl.col("mark").is_not_null() & ~pl.col("main"))
    return pl.DataFrame({"parent": own.gather(some["object"]), "child": some["_id"], "mark": some["mark"]})


def joint_lines(found: pl.DataFrame, taken: list[pl.Series], dataset: str | None) -> pl.Series:
    """The documents of such connections; ids that are made here are added to ``taken``."""
    made = ids.made("joint", found["child"])
    used = set(pl.concat(taken)) if taken else set()
    if used.intersection(made):
        made = pl.Series([ids.one_made("joint", one, used) for one in found["child"]], dtype=pl.Utf8)
    taken.append(made)
    of = "" if dataset is None else ',"datasetId":' + quoted(pl.Series([dataset]))[0]
    line = pl.concat_str(
        pl.concat_str(pl.lit('{"_id":'), quoted(made), pl.lit(',"parentId":'), quoted(found["parent"]), pl.lit(',"childId":'), quoted(found["child"])),
        pl.concat_str(pl.lit(',"tags":["'), found["mark"], pl.lit('"]'), pl.lit(of), pl.lit(',"segue":{"made":true}}')),
    )
    return pl.select(line).to_series()
