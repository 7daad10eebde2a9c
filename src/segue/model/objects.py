"""Objects: the things that were segmented or drawn, one row each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl

from segue.model.frames import all_different, conform, replaced

SCHEMA = {
    "id": pl.Utf8,
    "layer": pl.Utf8,
    "label": pl.UInt64,
    "t": pl.Int32,
    "track": pl.Int64,
    "name": pl.Utf8,
    "colour": pl.UInt32,
    "locked": pl.Boolean,
}

COLUMNS = {
    "id": "text, unique in the image set: the id its source gave it, else the text of its label",
    "layer": "the label image or drawing layer it belongs to; null = none",
    "label": "its number in that label image, from 1; unique per layer and time; null = none",
    "t": "the time point it lives at, from 0; null = all",
    "track": "the number of the track it is on; null = none",
    "name": "what people call it; null = no name",
    "colour": "RGBA as 0xRRGGBBAA; null = none",
    "locked": "whether tools should refuse to move it",
}


@dataclass(frozen=True, eq=False)
class Objects:
    """One row per object; the row number is how everything else in an image set refers to it."""

    frame: pl.DataFrame

    def __post_init__(self) -> None:
        frame = conform(self.frame, SCHEMA, "objects")
        if frame["locked"].null_count():
            frame = frame.with_columns(pl.col("locked").fill_null(False))
        object.__setattr__(self, "frame", frame)
        if frame["id"].null_count() or not all_different(frame["id"]):
            raise ValueError("ids of objects are present and unique")
        if frame["label"].null_count() < frame.height and repeated_labels(frame).any():
            raise ValueError("labels of objects are unique per layer and time")

    def __len__(self) -> int:
        return self.frame.height

    @classmethod
    @cache
    def empty(cls) -> Objects:
        return cls(pl.DataFrame(schema=SCHEMA))

    def with_columns(self, **columns: Any) -> Objects:
        """The same objects with some columns replaced (a polars expression, a series, or one value for all; None = null)."""
        return Objects(replaced(self.frame, columns))


def repeated_labels(frame: pl.DataFrame) -> pl.Series:
    """Per object whether its label was there before: in the same layer and at the same time."""
    label = frame["label"]
    if not label.null_count() and bool((label.slice(1) > label.head(max(frame.height - 1, 0))).all()):
        return pl.repeat(value=False, n=frame.height, eager=True).alias("label")
    keys = [name for name in ("layer", "t") if frame[name].n_unique() > 1]
    return frame.select(pl.col("label").is_not_null() & ~(pl.struct("label", *keys) if keys else pl.col("label")).is_first_distinct()).to_series()


def default_ids(frame: pl.DataFrame) -> pl.Series:
    """The id an object has when its source gave it none: its label as text.

    With several layers ``layer/label``, with time points ``t/label``; without a label its row from 1 behind ``#``. Made unique by
    ``-2``, ``-3`` in the order of the rows where that is not enough.
    """
    label = pl.col("label").cast(pl.Utf8)
    labelled = frame.filter(pl.col("label").is_not_null())
    if labelled["layer"].n_unique() > 1:
        label = pl.concat_str(pl.col("layer").fill_null(""), pl.lit("/"), label)
    if labelled["t"].n_unique() > 1:
        label = pl.concat_str(pl.lit("t"), pl.col("t").cast(pl.Utf8).fill_null(""), pl.lit("/"), label)
    row = pl.concat_str(pl.lit("#"), (pl.int_range(pl.len()) + 1).cast(pl.Utf8))
    return unique_texts(frame.select((pl.coalesce(label, row) if frame["label"].null_count() else label).alias("id"))["id"])


def unique_texts(texts: pl.Series) -> pl.Series:
    """The same texts, repeated ones made unique by ``-2``, ``-3``, ... in order."""
    name = texts.name
    while not all_different(texts):
        frame = texts.to_frame("text").with_columns(nth=pl.int_range(pl.len()).over("text") + 1)
        suffixed = pl.concat_str("text", pl.lit("-"), pl.col("nth").cast(pl.Utf8))
        texts = frame.select(pl.when(pl.col("nth") > 1).then(suffixed).otherwise("text").alias("text"))["text"]
    return texts.alias(name)
