"""Many image sets as one set of columns: a small image costs as little as its annotations do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.codecs.json_text import dumps
from segue.formats.annotation_files import Placed
from segue.model.rings import Ints, concat
from segue.model.shapes import Shapes
from segue.model.study import ImageSet


@dataclass(frozen=True)
class Batch:
    """Neighbouring image sets with the same tables; rows of objects count over all of them."""

    objects: pl.DataFrame
    shapes: Shapes
    """In the order of the objects."""
    membership: pl.DataFrame
    tables: dict[str, pl.DataFrame]
    columns: list[Placed]
    image: pl.Series
    """(objects,) JSON text: the id of the image."""
    size: Ints
    """(objects, 2) height and width of the image."""


def batches(image_sets: Sequence[ImageSet], columns: Sequence[list[Placed]], ids: Sequence[int | str], sizes: Sequence[tuple[int, int]]) -> list[Batch]:
    """The image sets in as few batches as their tables allow."""
    cuts = [nth for nth in range(len(image_sets)) if nth == 0 or columns[nth] != columns[nth - 1]]
    ends = [*cuts[1:], len(image_sets)] if cuts else []
    return [_batch(image_sets[a:z], columns[a], ids[a:z], sizes[a:z]) for a, z in zip(cuts, ends, strict=True)]


def _batch(many: Sequence[ImageSet], columns: list[Placed], ids: Sequence[int | str], sizes: Sequence[tuple[int, int]]) -> Batch:
    counts = np.array([len(s.objects) for s in many], np.int64)
    first = np.cumsum(counts) - counts
    names = list(dict.fromkeys(one.table for one in columns))
    frames = _moved([s.shapes.frame for s in many], first)
    rings = many[0].shapes.rings if len(many) == 1 else concat([s.shapes.rings for s in many])
    return Batch(
        objects=pl.concat([s.objects.frame for s in many]),
        shapes=Shapes(frames, rings),
        membership=_moved([s.membership.frame for s in many], first),
        tables={name: pl.concat([s.tables[name].frame for s in many]) for name in names},
        columns=columns,
        image=pl.Series([dumps(key).decode() for key in ids], dtype=pl.Utf8).gather(np.repeat(np.arange(len(many)), counts)),
        size=np.repeat(np.array(sizes, np.int64), counts, axis=0),
    )


def _moved(frames: list[pl.DataFrame], first: Ints) -> pl.DataFrame:
    """One frame below the other, their objects counted on."""
    if len(frames) == 1:
        return frames[0]
    offset = np.repeat(first, [frame.height for frame in frames])
    whole = pl.concat(frames)
    return whole.with_columns(object=pl.Series(whole["object"].to_numpy() + offset, dtype=pl.Int32))
