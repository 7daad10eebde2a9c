"""Which segments of two results are the same, whatever numbers and names they have: by their pixels, by their outlines, or by what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.formats.shape_files import area_rows
from segue.measure.runs import label_runs
from segue.measure.survey import Survey
from segue.model.image import LabelImage, plane_at, size_of
from segue.model.study import ImageSet, Study

FACTS = {"image": pl.Utf8, "id": pl.Utf8, "label": pl.UInt64, "area": pl.Float64}


@dataclass(frozen=True, eq=False)
class Rows:
    """The segments of two results, paired."""

    both: int
    only_a: pl.DataFrame
    """``image`` (name of its image set), ``id``, ``label``, ``area`` (pixels; null = not known) of each that B does not have."""
    only_b: pl.DataFrame

    @property
    def equal(self) -> bool:
        return not len(self.only_a) and not len(self.only_b)


def same_segments(a: Study, b: Study) -> Rows | None:
    """Pair the segments of two results, image set by image set in order.

    Two segments are the same if they have the same pixels (the same number, box and moments of them); where there are no pixels, if their shapes have
    the same box and area; where there are none either, if all numbers that both tables hold are equal. None = there is nothing to pair by.

    Memory: about 300 bytes per segment, and a band of rows.
    """
    found = [pair for one, other in zip(a.image_sets, b.image_sets, strict=False) if (pair := _pair(one, other)) is not None]
    return Rows(sum(rows.both for rows in found), *(pl.concat([getattr(rows, side) for rows in found]) for side in ("only_a", "only_b"))) if found else None


def _pair(a: ImageSet, b: ImageSet) -> Rows | None:
    kind = next((make for has, make in _KINDS if has(a) and has(b)), None)
    if kind is None:
        return None
    one, other = kind(a, b), kind(b, a)
    keys = [name for name in one.columns if name not in FACTS or (name == "area" and kind is not _by_values)]
    if not keys:
        return None
    left, right = (side.with_columns(nth=pl.int_range(pl.len()).over(keys)) for side in (one, other))
    on = [*keys, "nth"]
    gone, new = (x.join(y, on=on, how="anti", nulls_equal=True, maintain_order="left") for x, y in ((left, right), (right, left)))
    return Rows(left.height - gone.height, gone.select(_typed(gone)), new.select(_typed(new)))


def _typed(frame: pl.DataFrame) -> list[pl.Expr]:
    return [(pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name) for name, kind in FACTS.items()]


def _by_pixels(s: ImageSet, _: ImageSet) -> pl.DataFrame:
    frames = [frame for nth, image in enumerate(s.labels) for frame in _segments(image, nth)]
    known = s.objects.frame.select("id", "label", "t", "layer").filter(pl.col("label").is_not_null())
    names = pl.DataFrame({"nth layer": range(len(s.labels)), "layer": [image.name for image in s.labels]}, schema={"nth layer": pl.Int64, "layer": pl.Utf8})
    found = pl.concat(frames).join(names, on="nth layer").join(known.unique(["label", "layer"], keep="first").drop("t"), on=["layer", "label"], how="left")
    ids = pl.coalesce("id", pl.col("label").cast(pl.Utf8))
    return found.drop("layer").with_columns(ids.alias("id"), image=pl.lit(s.name))


def _segments(image: LabelImage, nth: int) -> Iterator[pl.DataFrame]:
    """Per time point: label, box, area and moments of every segment."""
    height, depth = size_of(image.pixels, image.axes, "y"), size_of(image.pixels, image.axes, "z")
    for t in range(size_of(image.pixels, image.axes, "t")):
        survey = Survey(max(height, 1))
        for z in range(depth):
            survey.add(label_runs(plane_at(image.pixels, image.axes, {"t": t, "z": z}), z * height))
        found = survey.segments()
        columns = {f"{name} {axis}": getattr(found, name)[:, axis] for name in ("low", "high", "first", "second") for axis in range(3)}
        yield pl.DataFrame({"label": found.label, "area": found.area.astype(np.float64), **columns}).with_columns(
            pl.lit(t).alias("t"), pl.lit(nth, pl.Int64).alias("nth layer")
        )


def _by_shapes(s: ImageSet, _: ImageSet) -> pl.DataFrame:
    rings = s.shapes.rings
    coords, start = rings.coords, rings.coord_start
    object_of = np.repeat(s.shapes.frame["object"].to_numpy(), np.diff(start))
    follows = np.arange(1, len(coords) + 1)
    ends = rings.ring_start[1:][np.diff(rings.ring_start) > 0]
    follows[ends - 1] = rings.ring_start[:-1][np.diff(rings.ring_start) > 0]
    twice = coords[:, 0] * coords[follows, 1] - coords[follows, 0] * coords[:, 1] if len(coords) else np.zeros(0)
    points = pl.DataFrame({"object": object_of, "x": coords[:, 0], "y": coords[:, 1], "twice": twice})
    boxes = points.group_by("object", maintain_order=True).agg(
        pl.col("x").min().alias("left"), pl.col("x").max().alias("right"), pl.col("y").min().alias("top"), pl.col("y").max().alias("bottom"),
        (pl.col("twice").sum().abs() / 2).alias("area"),
    )  # fmt: skip
    planes = s.shapes.frame.group_by("object", maintain_order=True).agg(pl.col("z").min(), pl.len().alias("shapes"))
    return _with_facts(boxes.join(planes, on="object", maintain_order="left"), s).with_columns(pl.when(pl.col("area") > 0).then("area"))


def _by_values(s: ImageSet, other: ImageSet) -> pl.DataFrame:
    mine, theirs = _numbers(s), _numbers(other)
    common = [name for name in mine.columns if name in theirs.columns and name != "row"]
    area = next((name for name in common if name.lower() in ("area", "segment area")), None)
    found = mine.select(pl.col("row").alias("object"), *(pl.col(name).alias(f"value {name}") for name in common))
    found = _with_facts(found, s)
    return found.with_columns(area=pl.col(f"value {area}").cast(pl.Float64)) if area else found


def _numbers(s: ImageSet) -> pl.DataFrame:
    """The numbers of all tables about objects, one row per object."""
    rows = pl.DataFrame({"row": pl.int_range(len(s.objects), dtype=pl.Int32, eager=True)})
    for table in s.tables.values():
        if table.about == "objects":
            names = [column.name for column in table.columns if column.type in ("number", "integer") and column.name not in rows.columns]
            rows = rows.join(table.frame.select("row", *(pl.col(name) for name in names)), on="row", how="left", maintain_order="left")
    return rows


def _with_facts(frame: pl.DataFrame, s: ImageSet) -> pl.DataFrame:
    facts = s.objects.frame.select("id", "label").with_row_index("object")
    return (
        frame.with_columns(pl.col("object").cast(pl.UInt32)).join(facts, on="object", maintain_order="left").drop("object").with_columns(image=pl.lit(s.name))
    )


_KINDS: tuple[tuple[Callable[[ImageSet], bool], Callable[[ImageSet, ImageSet], pl.DataFrame]], ...] = (
    (lambda s: bool(s.labels), _by_pixels),
    (lambda s: len(area_rows(s.shapes)) > 0, _by_shapes),
    (lambda s: any(len(table.columns) for table in s.tables.values() if table.about == "objects"), _by_values),
    (lambda s: len(s.shapes) > 0, _by_shapes),
)
