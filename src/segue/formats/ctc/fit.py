"""What a folder of the Cell Tracking Challenge can hold of a study."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import polars as pl

from segue.codecs.pixel_views import Added
from segue.errors import Incompatible
from segue.formats.ctc.assemble import with_objects
from segue.formats.ctc.masks import present_in
from segue.formats.ctc.numbers import numbered
from segue.formats.ctc.options import WriteOptions
from segue.formats.ctc.renumbered import renumbered
from segue.formats.ctc.spec import HIGHEST, KEPT
from segue.formats.ctc.tracklets import LINKS, Ints, tracklets
from segue.formats.options import Options
from segue.formats.pixel_files import fitted, picture_of
from segue.model.image import LabelImage, size_of
from segue.model.study import ImageSet, Study


def fit(study: Study, options: Options) -> Study:
    """One label image whose labels are tracks, an object for each track in each frame, one parent for each track.

    Every pixel is looked at once. Memory: some 16 MB, and 500 bytes for each label in each frame.

    Raises
    ------
    Incompatible
        There is no label image, or its labels or tracks do not fit into 16 bits.
    """
    chosen = cast("WriteOptions", options)
    image = cast("LabelImage", picture_of(study, "labels", chosen.layer))
    s = study.image_sets[0]
    present = present_in(image.pixels, image.axes)
    if image.persists and not chosen.renumber:
        _check(present)
    plain = _plain_links(s, chosen.links)
    known = _known(s, image, present, plain=plain)
    joined = tracklets(known.select("t", "label", "key"), _links(s, known, plain=plain))
    number = numbered(joined.of, known["wanted"], renumber=chosen.renumber)
    new = known.select("t", "label", new=pl.Series(number, dtype=pl.UInt64))
    tracked = LabelImage(renumbered(image.pixels, image.axes, new), image.axes, "labels")
    tracked = tracked if "t" in image.axes else _in_time(tracked)
    kept = fitted(replace(study, image_sets=(replace(s, history=()),)), tracked, KEPT).image_sets[0]
    seen = new.select("t", label="new").sort("t", "label")
    parents = joined.parents.select(track=pl.Series(number).gather(joined.parents["tracklet"]), parent=pl.Series(number).gather(joined.parents["parent"]))
    return Study((with_objects(kept, kept.labels[0], seen, parents),))


def _check(present: pl.DataFrame) -> None:
    highest = cast("int", present["label"].max()) if present.height else 0
    if highest > HIGHEST:
        raise Incompatible(
            f"the label {highest:,} does not fit into the masks of the Cell Tracking Challenge, which have 16 bits (up to {HIGHEST:,}); "
            "say --set renumber=true to number the tracks anew, or write TIFF"
        )


def _plain_links(s: ImageSet, which: str) -> bool:
    """Whether plain links make tracks."""
    return which == "all" or (which == "auto" and not (s.connections.frame["kind"] == "track").any())


def _known(s: ImageSet, image: LabelImage, present: pl.DataFrame, *, plain: bool) -> pl.DataFrame:
    """``present`` with the row of the object (null = none), the key of its track (-1 = none), and the number that the track wants (null = any)."""
    objects = s.objects.frame.with_row_index("object").filter((pl.col("layer") == image.name) & pl.col("label").is_not_null())
    objects = objects.select(pl.col("object").cast(pl.Int64), "t", "label", "track")
    once = objects.filter(pl.col("t").is_not_null()).unique(["t", "label"], keep="first", maintain_order=True)
    always = objects.filter(pl.col("t").is_null()).unique("label", keep="first", maintain_order=True).drop("t")
    found = present.join(once, on=["t", "label"], how="left", maintain_order="left").join(
        always, on="label", how="left", maintain_order="left", suffix="_always"
    )
    found = found.select("t", "label", object=pl.coalesce("object", "object_always"), track=pl.coalesce("track", "track_always"))
    label = pl.col("label").cast(pl.Int64, strict=False) if image.persists else pl.lit(None, pl.Int64)
    found = found.with_columns(wanted=pl.coalesce("track", label))
    if plain and len(s.connections):  # a label in one frame only says nothing about tracks, which are in the links
        label = pl.when(pl.len().over("label") > 1).then(label)
    named = pl.when(pl.col("track").is_not_null()).then(pl.struct(kind=pl.lit(0), number="track")).when(label.is_not_null())
    return found.with_columns(key=_codes(found.select(named.then(pl.struct(kind=pl.lit(1), number=label)).alias("named"))["named"]))


def _codes(named: pl.Series) -> pl.Series:
    """A running number for each different value; -1 for null."""
    missing = named.is_null() | named.struct.field("number").is_null()
    return named.to_frame().select(pl.col("named").rank("dense").cast(pl.Int64)).to_series().set(missing, -1)


def _links(s: ImageSet, known: pl.DataFrame, *, plain: bool) -> pl.DataFrame:
    """Connections that make tracks between labels in the masks, from an earlier to a later frame."""
    place = np.full(len(s.objects) + 1, -1, np.int64)
    rows = known.with_row_index("node").drop_nulls("object").unique("object", keep="none")
    place[rows["object"].to_numpy()] = rows["node"].to_numpy()
    kinds = ["track", "link"] if plain else ["track"]
    frame = s.connections.frame.filter(pl.col("kind").cast(pl.Utf8).is_in(kinds) & pl.col("parent").is_not_null() & pl.col("child").is_not_null())
    parent, child = (place[frame[name].to_numpy()] for name in ("parent", "child"))
    time = known["t"].to_numpy()
    good: Ints = np.flatnonzero((parent >= 0) & (child >= 0))
    good = good[time[parent[good]] < time[child[good]]]
    return pl.DataFrame({"parent": parent[good], "child": child[good]}, schema=LINKS).unique(maintain_order=True)


def _in_time(image: LabelImage) -> LabelImage:
    """The only frame of a series."""
    assert size_of(image.pixels, image.axes, "t") == 1
    return replace(image, pixels=Added(image.pixels), axes=f"t{image.axes}")
