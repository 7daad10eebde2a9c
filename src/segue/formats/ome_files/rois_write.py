"""ROIs as text, some thousand at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from segue.codecs.xml_write import escaped, quoted, quoted_texts
from segue.formats.ome_files.elements_write import common, elements, joined_attributes
from segue.formats.ome_files.holes import Holed
from segue.formats.ome_files.plan import CHUNK, Part, Plan
from segue.model.rings import Ints


def roi_texts(plan: Plan) -> Iterator[str]:
    """All ROIs."""
    for part in plan.parts:
        owner = part.s.shapes.frame["object"].to_numpy()
        tags = _tags(part, plan)
        for begin in range(0, len(part.s.objects), CHUNK):
            end = min(begin + CHUNK, len(part.s.objects))
            yield _rois(part, begin, end, np.arange(*np.searchsorted(owner, [begin, end])), tags)


def _tags(part: Part, plan: Plan) -> pl.DataFrame:
    """``object``, ``tags``: the references to populations of each object that is in one."""
    tag_of = {one.id: tag for tag, one in plan.populations.items()}
    members = part.s.membership.frame.sort("object", "nth_of_object").select("object", pl.col("population").replace_strict(tag_of, return_dtype=pl.Utf8))
    texts = pl.concat_str(pl.lit('<AnnotationRef ID="'), pl.col("population"), pl.lit('"/>'))
    return members.select("object", tags=texts).group_by("object", maintain_order=True).agg(pl.col("tags").str.join(""))


def _rois(part: Part, begin: int, end: int, rows: Ints, tags: pl.DataFrame) -> str:
    s = part.s
    numbers = {name: s.objects.frame[name] for name in ("t", "locked", "colour")}
    shapes = s.shapes.take(rows)
    owner = shapes.frame["object"]
    mine = _holes_of(part.holed, rows)
    found = elements(shapes, mine)
    index = found["shape"]
    facts = common(shapes, *(values.gather(owner) for values in numbers.values()))
    notes = part.notes.gather(rows)
    reference = pl.select(pl.concat_str(pl.lit('<AnnotationRef ID="'), pl.lit(notes), pl.lit('"/>')).fill_null("")).to_series()
    style = _styles(part, begin, end).gather(owner - begin)
    frame = found.with_columns(object=owner.gather(index), facts=facts.gather(index), style=style.gather(index), reference=reference.gather(index))
    frame = frame.with_columns(number=pl.int_range(pl.len()).over("object").cast(pl.Utf8))
    roi = (pl.col("object") + part.first).cast(pl.Utf8)
    text = pl.concat_str(
        *(pl.lit("<"), "name", pl.lit(' ID="Shape:'), roi, pl.lit(":"), "number", pl.lit('"'), "facts", "style", "geometry", pl.lit(">")),
        *("before", "reference", "after", pl.lit("</"), "name", pl.lit(">")),
    )
    unions = frame.select("object", union=text).group_by("object", maintain_order=True).agg(pl.col("union").str.join(""))
    objects = pl.DataFrame({"object": pl.int_range(begin, end, dtype=pl.Int32, eager=True)})
    table = objects.join(unions, on="object", how="left", maintain_order="left").join(tags, on="object", how="left", maintain_order="left")
    named = pl.select(quoted_texts(pl.lit(s.objects.frame["name"][begin:end]))).to_series()
    names = joined_attributes({"Name": named}, end - begin)
    more, description = _rest(part, begin, end)
    number = (pl.col("object") + part.first).cast(pl.Utf8)
    whole = pl.concat_str(
        *(pl.lit('<ROI ID="ROI:'), number, pl.lit('"'), pl.lit(names), pl.lit("><Union>"), "union", pl.lit("</Union>")),
        *(pl.lit('<AnnotationRef ID="Annotation:object:'), number, pl.lit('"/>'), pl.col("tags").fill_null(""), pl.lit(more), pl.lit(description)),
        pl.lit("</ROI>"),
    )
    return str(table.select(whole.str.join("")).item() or "")


def _holes_of(found: Holed, rows: Ints) -> Holed:
    """The shapes with holes among consecutive rows, counted from the first of these."""
    if not len(rows):
        return Holed(found.rows[:0], [], [], [])
    a, b = np.searchsorted(found.rows, [rows[0], rows[-1] + 1]).tolist()
    return Holed(found.rows[a:b] - rows[0], found.masked[a:b], found.rings[a:b], found.of[a:b])


def _styles(part: Part, begin: int, end: int) -> pl.Series:
    """Attributes of shapes that the model has no column for, per object."""
    texts = [""] * (end - begin)
    for row, one in part.details.items():
        if begin <= row < end:
            texts[row - begin] = "".join(f" {name}={quoted(value)}" for name, value in one.get("style", {}).items())
    return pl.Series(texts, dtype=pl.Utf8)


def _rest(part: Part, begin: int, end: int) -> tuple[pl.Series, pl.Series]:
    """References to comments, and descriptions, per object."""
    more, description = [""] * (end - begin), [""] * (end - begin)
    for row, one in part.details.items():
        if begin <= row < end:
            count = len(one.get("annotations", []))
            more[row - begin] = "".join(f'<AnnotationRef ID="Annotation:roi:{part.first + row}:{nth}"/>' for nth in range(count))
            description[row - begin] = f"<Description>{escaped(one['description'])}</Description>" if "description" in one else ""
    return pl.Series(more, dtype=pl.Utf8), pl.Series(description, dtype=pl.Utf8)
