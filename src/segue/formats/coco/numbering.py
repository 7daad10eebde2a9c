"""Whole numbers for annotations and categories: their own where they have one that is free, else the first free ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.formats.coco.batches import Batch
from segue.formats.coco.terms import KEYPOINTS
from segue.model.rings import Ints
from segue.model.shapes import AREAS, Shapes
from segue.model.study import Study

LARGEST = 2**53 - 1
"""Beyond it JavaScript and JSON readers of other languages cannot tell whole numbers apart."""


@dataclass(frozen=True)
class Numbers:
    """The ids in the file."""

    annotation: list[Ints]
    """Per batch (annotations,)."""
    category: dict[str, int]
    """Id of a population -> id of its category."""
    unclassified: int | None
    """The category of objects without a population; None if there are none."""


def numbered(study: Study, written: list[Batch]) -> Numbers:
    """The ids of everything in a fitted study."""
    category = _categories(study)
    bare = any(one.membership["object"].n_unique() < one.objects.height for one in written)
    return Numbers(_annotations(written), category, max([0, *category.values()]) + 1 if bare else None)


def _categories(study: Study) -> dict[str, int]:
    found: dict[str, int] = {}
    taken: set[int] = set()
    for one in study.populations:
        if one.number is not None and 0 <= one.number <= LARGEST and one.number not in taken:
            found[one.id] = one.number
            taken.add(one.number)
    free = 0
    for one in study.populations:
        if one.id not in found:
            free += 1
            while free in taken:
                free += 1
            found[one.id] = free
    return found


def beside(shapes: Shapes) -> Ints:
    """(shapes,) int64: 1 for keypoints that stand in the annotation of the area before them, else 0."""
    frame = shapes.frame
    kind = frame["kind"].cast(pl.Utf8)
    area = kind.is_in([str(one) for one in AREAS]).to_numpy()
    points = ((kind == "multipoint") & (frame["role"] == KEYPOINTS)).to_numpy()
    owner, z, c = (frame[name].fill_null(-(2**31)).to_numpy() for name in ("object", "z", "c"))
    missing = [frame[name].is_null().to_numpy() for name in ("z", "c")]
    found = np.zeros(len(shapes), np.int64)
    same = (owner[1:] == owner[:-1]) & (z[1:] == z[:-1]) & (c[1:] == c[:-1])
    for one in missing:
        same &= one[1:] == one[:-1]
    found[1:] = points[1:] & area[:-1] & same
    return found


def _annotations(written: list[Batch]) -> list[Ints]:
    """An object whose id is a whole number that no earlier object has keeps it for its first annotation."""
    texts, firsts, counts = [], [], []
    for s in written:
        owner = s.shapes.frame["object"].to_numpy()[beside(s.shapes) == 0]
        first = np.ones(len(owner), np.bool_)
        first[1:] = owner[1:] != owner[:-1]
        texts.append(s.objects["id"].gather(owner).alias("id"))
        firsts.append(first)
        counts.append(len(owner))
    if not counts:
        return []
    text, first = pl.concat(texts), np.concatenate(firsts)
    plain = text.str.contains(r"^(0|[1-9][0-9]{0,14})$") & pl.Series(first)
    own = pl.select(pl.when(plain).then(text).cast(pl.Int64)).to_series()
    own = own.to_frame("own").select(pl.when(pl.col("own").is_first_distinct()).then("own")).to_series()
    numbers = own.fill_null(-1).to_numpy().copy()
    without = np.flatnonzero(numbers < 0)
    free = np.setdiff1d(np.arange(1, len(numbers) + 1), numbers)
    numbers[without] = free[: len(without)]
    return np.split(numbers, np.cumsum(counts)[:-1])
