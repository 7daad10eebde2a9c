"""Annotations to objects, shapes, values and memberships: columns over the whole file, in the order of its images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.json_rows import Member, columns, dense
from segue.errors import TooLarge
from segue.formats.annotation_files import Side, object_frame, sides
from segue.formats.coco.read_shapes import Drawn, read_shapes
from segue.formats.coco.read_top import Top
from segue.formats.coco.terms import AREA, CROWD, KNOWN, MOST_CELLS, VISIBILITY
from segue.model.rings import Ints, Rings

Key = int | float | str | None
Values = dict[str, Sequence[Any]]


@dataclass(frozen=True)
class Annotations:
    """Everything in the order of the images; rows of objects count over the whole file."""

    objects: pl.DataFrame
    image: Ints
    """(objects,) place of the image."""
    shapes: pl.DataFrame
    rings: Rings
    shape_image: Ints
    pairs: pl.DataFrame
    """``population``, ``object``."""
    pair_image: Ints
    top: Values
    """Member of the annotations -> decoded value per object."""
    inside: Values
    """Member of their ``attributes`` -> decoded value per object."""
    rings_left_out: int
    unfinished: int


def read_annotations(found: dict[str, Member], count: int, top: Top, path: Path) -> Annotations:
    """All annotations of a file.

    Raises
    ------
    Malformed, TooLarge
    """
    own = sides(found.get("segue"), count, path)
    image = np.array([top.image(_whole(key)) for key in dense(found.get("image_id"), count, Key, "ids of images", path)], np.int64)
    category = [top.population(_whole(key)) for key in dense(found.get("category_id"), count, Key, "ids of categories", path)]
    ids = pl.Series([None if key is None else str(_whole(key)) for key in dense(found.get("id"), count, Key, "ids", path)], dtype=pl.Utf8)
    main, object_ = _objects(own, image, ids)
    drawn = read_shapes(found, own, object_, path)
    values = _values(found, count, drawn, path)
    mine = main.tolist()
    population, owner = _pairs([own[row] for row in mine], [category[row] for row in mine], top)
    return Annotations(
        objects=object_frame([own[row] for row in mine], ids.gather(main)),
        image=image[main],
        shapes=drawn.frame,
        rings=drawn.rings,
        shape_image=image[main][drawn.frame["object"].to_numpy()] if len(main) else np.empty(0, np.int64),
        pairs=pl.DataFrame({"population": pl.Series(population, dtype=pl.Utf8), "object": pl.Series(owner, dtype=pl.Int32)}),
        pair_image=image[main][owner] if owner else np.empty(0, np.int64),
        top={key: [one[row] for row in mine] for key, one in values[0].items()},
        inside={key: [one[row] for row in mine] for key, one in values[1].items()},
        rings_left_out=drawn.left_out,
        unfinished=drawn.unfinished,
    )


def _whole(key: Key) -> int | str | None:
    return int(key) if isinstance(key, float) and key.is_integer() else key if not isinstance(key, float) else str(key)


def _objects(own: Sequence[Side], image: Ints, ids: pl.Series) -> tuple[Ints, Ints]:
    """The annotations that say what an object is, in the order of the images, and the object of every annotation."""
    further = [row for row, side in enumerate(own) if side.part > 1 and side.id is not None]
    first = np.arange(len(own))
    if further:
        parts = set(further)
        names: dict[tuple[int, str | None], int] = {}
        for row, (side, place, name) in enumerate(zip(own, image.tolist(), ids, strict=True)):
            if row not in parts:
                names.setdefault((place, name if side.id is None else side.id), row)
        for row in further:
            first[row] = names.setdefault((int(image[row]), own[row].id), row)
    main = np.flatnonzero(first == np.arange(len(own)))
    main = main[np.argsort(image[main], kind="stable")]
    place = np.empty(len(own), np.int64)
    place[main] = np.arange(len(main))
    return main, place[first]


def _pairs(own: Sequence[Side], category: Sequence[str | None], top: Top) -> tuple[list[str], list[int]]:
    """Which object is in which population: those that segue noted, if the first is still the category, else the category."""
    known = {one.id for one in top.populations}
    populations: list[str] = []
    objects: list[int] = []
    for row, (side, first) in enumerate(zip(own, category, strict=True)):
        noted = [one for one in dict.fromkeys(side.populations or ()) if one in known]
        if not noted or noted[0] != first:
            noted = ([] if first is None else [first]) + [one for one in noted[1:] if one != first]
        populations += noted
        objects += [row] * len(noted)
    return populations, objects


def _values(found: dict[str, Member], count: int, drawn: Drawn, path: Path) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """Values per annotation: of the record, and of its attributes."""
    attributes = found.get("attributes", Member())
    nested = [nth for nth, value in enumerate(attributes.values) if bytes(value)[:1] == b"{"]
    inner = columns([attributes.values[nth] for nth in nested], "attributes", path)
    rows = [attributes.rows[nth] for nth in nested]
    names = [name for name in found if name not in KNOWN]
    if (len(names) + len(inner)) * count > MOST_CELLS:
        raise TooLarge(f"{path} has {len(names) + len(inner):,} members in {count:,} annotations, too many for a table", path=path, limit=MOST_CELLS)
    top = {name: dense(found[name], count, Any, f"members {name!r}", path) for name in names}
    inside = {name: dense(Member([rows[row] for row in one.rows], one.values), count, Any, f"attributes {name!r}", path) for name, one in inner.items()}
    return {**_stated(found, count, drawn, path), **top}, inside


def _stated(found: dict[str, Member], count: int, drawn: Drawn, path: Path) -> dict[str, list[Any]]:
    """Crowds, areas that are not those of the outlines, and flags of keypoints, where there are any.

    Programs count the pixels of a polygon with or without those on its edge: that much is no difference.
    """
    made: dict[str, list[Any]] = {}
    crowd = dense(found.get(CROWD), count, int | bool | None, "members 'iscrowd'", path)
    if any(crowd):
        made[CROWD] = [None if one is None else bool(one) for one in crowd]
    given = np.array([np.nan if one is None else one for one in dense(found.get(AREA), count, float | None, "areas", path)], np.float64)
    with np.errstate(invalid="ignore"):
        other = np.abs(given - drawn.areas) > 1 + drawn.edge / 2 + drawn.areas / 100
    if other.any():
        made[AREA] = [float(area) if differs else None for area, differs in zip(given, other, strict=True)]
    if drawn.flags:
        made[VISIBILITY] = [drawn.flags.get(row) for row in range(count)]
    return made
