"""Objects to draw: with labels that are really in the label images, and outlines that follow them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from hypothesis import strategies as st

from segue.model.features import Feature as F
from segue.model.objects import SCHEMA, Objects
from segue.model.shapes import ShapeKind, Shapes
from segue.testing.allowed import Allowed
from segue.testing.drawings import OUTER, ShapeList, described, shape
from segue.testing.pictures import LABEL_DTYPES, Frame, Segment
from segue.testing.scalars import colours, integers, maybe, texts


@dataclass(frozen=True)
class Layer:
    """A label image to come: its name, its number type, and the segments to paint."""

    name: str
    dtype: np.dtype[Any]
    segments: list[Segment]


def layers(draw: st.DrawFn, allowed: Allowed) -> list[Layer]:
    """Up to two label images, still without segments."""
    if F.LABELS not in allowed:
        return []
    limit = allowed.limit(F.LABELS)
    count: int = draw(st.integers(int(F.LABELS in allowed.needed), allowed.at_most(F.LABELS, 2)))
    names = _names(draw, allowed, count)
    return [Layer(name, np.dtype(draw(st.sampled_from(limit.dtypes or LABEL_DTYPES))), []) for name in names]


def _names(draw: st.DrawFn, allowed: Allowed, count: int) -> list[str]:
    if F.LAYER not in allowed:
        return [f"labels{nth + 1 if nth else ''}" for nth in range(count)]
    return draw(st.lists(texts(allowed.limit(F.LAYER)), min_size=count, max_size=count, unique=True))


def objects(draw: st.DrawFn, allowed: Allowed, count: int, sizes: Frame, pictures: list[Layer]) -> tuple[Objects, dict[int, Segment]]:
    """The table of objects, and the segments of those that have one; the segments are added to the layers too."""
    rows: list[dict[str, Any]] = []
    segments: dict[int, Segment] = {}
    ids = draw(st.lists(texts(allowed.limit(F.OBJECT_ID)), min_size=count, max_size=count, unique=True))
    for thing, name in enumerate(ids):
        row = {"id": name, **_facts(draw, allowed)}
        if pictures and draw(st.integers(0, 4)) > 0:
            layer = draw(st.sampled_from(pictures))
            segment = _segment(draw, allowed, thing, sizes, layer)
            segments[thing] = segment
            row |= {"layer": layer.name, "label": segment.label, "t": segment.t}
        elif not pictures:
            row |= _free_label(draw, allowed, rows)
        rows.append(row)
    return Objects(pl.DataFrame(rows, schema=SCHEMA)), segments


def _facts(draw: st.DrawFn, allowed: Allowed) -> dict[str, Any]:
    return {
        "t": maybe(draw, allowed, F.OBJECT_TIME, integers(allowed.limit(F.OBJECT_TIME), low=0, high=2)),
        "track": maybe(draw, allowed, F.TRACK, integers(allowed.limit(F.TRACK), low=-(2**63), high=2**63 - 1)),
        "name": maybe(draw, allowed, F.OBJECT_NAME, texts(allowed.limit(F.OBJECT_NAME))),
        "colour": maybe(draw, allowed, F.OBJECT_COLOUR, colours(allowed.limit(F.OBJECT_COLOUR).choices)),
        "locked": bool(maybe(draw, allowed, F.OBJECT_LOCKED, st.booleans())),
    }


def _segment(draw: st.DrawFn, allowed: Allowed, tile: int, sizes: Frame, layer: Layer) -> Segment:
    times = sizes.size("t") > 1 and F.OBJECT_TIME in allowed and draw(st.booleans())
    used = {segment.label for segment in layer.segments}
    label = draw(_labels(allowed, layer.dtype).filter(lambda value: value not in used))
    outer = draw(st.integers(0, len(OUTER) - 1))
    segment = Segment(
        tile=tile,
        label=label,
        outer=outer,
        hole=outer == 0 and draw(st.booleans()),
        t=draw(st.integers(0, sizes.size("t") - 1)) if times else None,
        z=draw(st.integers(0, sizes.size("z") - 1)),
    )
    layer.segments.append(segment)
    return segment


def stray_segments(draw: st.DrawFn, allowed: Allowed, tiles: range, sizes: Frame, pictures: list[Layer]) -> None:
    """Segments without an object, in squares that are still empty."""
    for layer, tile in zip(pictures, tiles, strict=False):
        if draw(st.booleans()):
            _segment(draw, allowed, tile, sizes, layer)


def _labels(allowed: Allowed, dtype: np.dtype[Any]) -> st.SearchStrategy[int]:
    return integers(allowed.limit(F.LABELS), low=1, high=int(np.iinfo(dtype).max))


def _free_label(draw: st.DrawFn, allowed: Allowed, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A label and a layer for an object of a file that has no label image."""
    used = {row.get("label") for row in rows}
    numbers = integers(allowed.limit(F.OBJECT_LABEL), low=1, high=2**64 - 1)
    label: int | None
    if "always" in allowed.limit(F.OBJECT_LABEL).choices:
        label = draw(numbers.filter(lambda number: number not in used))
    else:
        label = maybe(draw, allowed, F.OBJECT_LABEL, numbers)
    if label in used:
        label = None
    neutral = None if label is None else "labels"
    if F.LAYER not in allowed:
        return {"label": label, "layer": neutral}
    return {"label": label, "layer": draw(st.sampled_from((neutral, "cells", "Nuclei 2")) if not allowed.limit(F.LAYER).choices else st.just(neutral))}


def shapes(draw: st.DrawFn, allowed: Allowed, count: int, segments: dict[int, Segment]) -> Shapes:
    """Shapes of the objects: an outline along the segment where there is one, else any kind."""
    kinds = [kind for kind in ShapeKind if kind.feature in allowed]
    found = ShapeList()
    for thing in range(count):
        for nth, kind in enumerate(_kinds_of(draw, allowed, kinds, traced=thing in segments)):
            role = _role(draw, allowed, nth)
            if kind is ShapeKind.TRACED and thing in segments and role == "outline":
                found.add(described(draw, allowed, thing, kind, role), segments[thing].parts)
            else:
                found.add(*shape(draw, allowed, thing, kind, role=role))
    return found.table()


def _kinds_of(draw: st.DrawFn, allowed: Allowed, kinds: list[ShapeKind], *, traced: bool) -> list[ShapeKind]:
    limit = allowed.limit(F.OBJECTS)
    if not kinds:
        return []
    fewest = int(limit.lowest or 0)
    found = draw(st.lists(st.sampled_from(kinds), min_size=fewest, max_size=max(fewest, allowed.at_most(F.OBJECTS, 2))))
    return [ShapeKind.TRACED, *found[1:]] if traced and found and ShapeKind.TRACED in kinds else found


def _role(draw: st.DrawFn, allowed: Allowed, nth: int) -> str:
    choices = allowed.limit(F.SHAPE_ROLE).choices or ("outline", "nucleus", "centre")
    return str(draw(st.sampled_from(choices))) if nth and F.SHAPE_ROLE in allowed else "outline"
