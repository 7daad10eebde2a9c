"""Files about several datasets: a first column says which; positions count within each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from segue.formats.nimbus_files.positions import implied, positions
from segue.formats.nimbus_files.tables.flat import Flat
from segue.formats.nimbus_files.tables.headings import DATASET
from segue.model.objects import unique_texts
from segue.model.study import ImageSet

UNNAMED = "dataset"


def with_datasets(flat: Flat, image_sets: Sequence[ImageSet], counts: Sequence[int]) -> Flat:
    """The table with a column that says of which dataset each row is.

    Parameters
    ----------
    flat
        With the rows of all image sets, one behind the other.
    image_sets
        Those of one group are a dataset; one without a group is a dataset of its own, called as it is.
    counts
        How many rows each has.
    """
    found: dict[str | int, list[int]] = {}
    for nth, s in enumerate(image_sets):
        found.setdefault(nth if s.group is None else s.group, []).append(nth)
    titles = unique_texts(pl.Series([image_sets[many[0]].group or image_sets[many[0]].name or UNNAMED for many in found.values()], dtype=pl.Utf8))
    names, xy = [""] * len(image_sets), np.zeros(len(image_sets), np.int64)
    for title, many in zip(titles, found.values(), strict=True):
        for nth, at in zip(many, positions([image_sets[nth] for nth in many]), strict=True):
            names[nth], xy[nth] = title, at + 1
    owner = np.repeat(np.arange(len(image_sets)), counts)
    columns = [
        pl.Series(xy[owner]) if name == "XY" and nth < flat.fixed else column for nth, (name, column) in enumerate(zip(flat.names, flat.columns, strict=True))
    ]
    return Flat([DATASET, *flat.names], [pl.Series(names, dtype=pl.Utf8).gather(owner), *columns], flat.fixed + 1)


def by_position(frame: pl.DataFrame) -> list[tuple[pl.DataFrame, ImageSet]]:
    """The rows of each image set, and what is known of it.

    Parameters
    ----------
    frame
        With ``xy`` from 0, and ``dataset`` where the file is about several.
    """
    if "dataset" in frame.columns:
        parts = frame.partition_by("dataset", maintain_order=True)
        return [one for part in parts for one in _of_dataset(part)] or [(frame, ImageSet(""))]
    every = frame["xy"].unique(maintain_order=True).to_list()
    if not every:
        return [(frame, ImageSet(""))]
    alone = len(every) == 1
    return [(frame if alone else frame.filter(pl.col("xy") == xy), implied(xy, alone=alone, dataset=None)) for xy in every]


def _of_dataset(frame: pl.DataFrame) -> list[tuple[pl.DataFrame, ImageSet]]:
    name = frame["dataset"][0]
    parts = frame.partition_by("xy", maintain_order=True)
    if len(parts) == 1 and parts[0]["xy"][0] == 0:
        return [(frame, ImageSet(name))]
    return [(part, implied(part["xy"][0], alone=False, dataset=name)) for part in parts]
