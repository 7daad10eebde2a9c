"""The lines of the text file against each other and against the masks: what does not fit is mended where the masks tell how, and noted."""

from __future__ import annotations

import polars as pl

from segue.codecs.track_lines import COLUMNS
from segue.formats.ctc.assemble import PARENTS
from segue.formats.ctc.masks import PRESENT
from segue.model.features import Feature
from segue.notes import Kind, Note, Notes


class Remarks:
    """Notes about one file, in the order in which they are made."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.made: list[Note] = []

    def add(self, kind: Kind, what: str, count: int, feature: Feature | None = None) -> None:
        """One more, unless there is nothing to say; ``what`` begins with ``{count ...}``."""
        if count:
            self.made.append(Note(kind, what, feature, self.where, count))

    @property
    def notes(self) -> Notes:
        return Notes(tuple(self.made))


def checked_lines(lines: pl.DataFrame, remarks: Remarks) -> pl.DataFrame:
    """The lines without those that cannot be about a track, and one for each track; columns as in ``COLUMNS``."""
    numbered = lines.filter(pl.col("track") > 0)
    remarks.add(Kind.SKIPPED, "{count line} about a track without a number above 0", lines.height - numbered.height)
    once = numbered.unique(maintain_order=True)
    remarks.add(Kind.REPAIRED, "{count line} standing there twice", numbered.height - once.height)
    first = once.unique("track", keep="first", maintain_order=True)
    remarks.add(Kind.SKIPPED, "{count line} about a track that an earlier line describes differently", once.height - first.height)
    backwards = first["end"] < first["begin"]
    remarks.add(Kind.REPAIRED, "{count track} with the end before the beginning: the two frames were exchanged", int(backwards.sum()))
    first = first.with_columns(begin=pl.min_horizontal("begin", "end"), end=pl.max_horizontal("begin", "end"))
    negative = int((first["parent"] < 0).sum())
    remarks.add(Kind.REPAIRED, "{count track} with a parent below 0: taken for none", negative)
    return first.with_columns(parent=pl.col("parent").clip(lower_bound=0)).select(*COLUMNS)


def told(lines: pl.DataFrame, frames: int, remarks: Remarks) -> pl.DataFrame:
    """What is in each frame if the text is believed; columns as in ``PRESENT``."""
    inside = lines.with_columns(pl.col("begin", "end").clip(0, frames - 1)).filter((lines["begin"] < frames) & (lines["end"] >= 0))
    cut = int(((lines["begin"] < 0) | (lines["end"] >= frames)).sum())
    remarks.add(Kind.REPAIRED, "{count track} beginning or ending where no mask is: cut to the frames that are there", cut)
    spans = inside.select(t=pl.int_ranges("begin", pl.col("end") + 1, dtype=pl.Int32), label=pl.col("track").cast(pl.UInt64))
    return (
        (spans.explode("t") if spans.height else pl.DataFrame(schema=PRESENT))
        .select(pl.col(name).cast(dtype) for name, dtype in PRESENT.items())
        .sort("t", "label")
    )


def compare(lines: pl.DataFrame, present: pl.DataFrame, remarks: Remarks) -> None:
    """Say where the masks and the text disagree: the masks count."""
    spans = spans_of(present)
    both = lines.join(spans, on="track", how="full", coalesce=True)
    remarks.add(Kind.SKIPPED, "{count track} of the text in no mask", int(both["first"].is_null().sum()), Feature.TRACK)
    remarks.add(Kind.REPAIRED, "{count label} in the masks that the text does not name: tracks without a parent", int(both["begin"].is_null().sum()))
    other = both.filter((pl.col("first") != pl.col("begin")) | (pl.col("last") != pl.col("end"))).height
    remarks.add(Kind.REPAIRED, "{count track} beginning or ending in the text at another frame than in the masks: the masks count", other)
    gaps = spans.filter(pl.col("last") - pl.col("first") + 1 > pl.col("count")).height
    remarks.add(Kind.ASSUMED, "{count track} with frames in between without a pixel: going on behind the gap", gaps)


def spans_of(present: pl.DataFrame) -> pl.DataFrame:
    """Track, first and last frame, and number of frames with a pixel of it."""
    return present.group_by(track=pl.col("label").cast(pl.Int64, strict=False), maintain_order=True).agg(
        first=pl.col("t").min().cast(pl.Int64), last=pl.col("t").max().cast(pl.Int64), count=pl.len().cast(pl.Int64)
    )


def parents_in(lines: pl.DataFrame, present: pl.DataFrame, remarks: Remarks) -> pl.DataFrame:
    """The parents that can be: other tracks that are seen before their children; columns as in ``PARENTS``."""
    spans = spans_of(present).select("track", "first", "last")
    asked = lines.select("track", "parent").filter(pl.col("parent") > 0).join(spans, on="track", how="inner")
    itself = asked["parent"] == asked["track"]
    remarks.add(Kind.SKIPPED, "{count track} with itself as parent", int(itself.sum()), Feature.CONNECTIONS)
    asked = asked.filter(~itself).join(spans.select(parent="track", born="first", died="last"), on="parent", how="left")
    remarks.add(Kind.SKIPPED, "{count track} with a parent in no mask", int(asked["born"].is_null().sum()), Feature.CONNECTIONS)
    asked = asked.drop_nulls("born")
    later = asked["born"] >= asked["first"]
    remarks.add(Kind.SKIPPED, "{count track} with a parent not seen before", int(later.sum()), Feature.CONNECTIONS)
    asked = asked.filter(~later)
    lives = int((asked["died"] >= asked["first"]).sum())
    remarks.add(Kind.ASSUMED, "{count track} with a parent that lives on: connected with the last time it is seen before", lives)
    gaps = int((asked["died"] < asked["first"] - 1).sum())
    remarks.add(Kind.ASSUMED, "{count track} with a parent that ends earlier than in the frame before: a division, or the same cell behind a gap", gaps)
    return asked.select(*PARENTS)
