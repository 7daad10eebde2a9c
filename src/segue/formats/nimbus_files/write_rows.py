"""Objects as annotations: one per part of a shape, in the order of the objects, with the text of everything but their vertices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from segue.codecs.json_columns import quoted
from segue.formats.nimbus_files import ids
from segue.formats.nimbus_files.choice import Choice
from segue.formats.nimbus_files.side import joined, text
from segue.formats.nimbus_files.terms import ANNOTATION, LINE, NAME, PART, POINT, POLYGON, RECTANGLE
from segue.formats.nimbus_files.write_parts import Pieces, marks, pieces_of, slits_said, tagged
from segue.geometry.figures import rectangles
from segue.geometry.tidy import replaced
from segue.model.rings import Floats, Ints
from segue.model.study import ImageSet

_SHAPES = {"point": POINT, "line": LINE, "polyline": LINE, "rectangle": RECTANGLE}
_USUAL = {POINT: "point", LINE: "polyline", POLYGON: "polygon", RECTANGLE: "rectangle"}


@dataclass(frozen=True)
class Annotations:
    """The annotations of one image set."""

    frame: pl.DataFrame
    """Per annotation: ``object`` (row), ``_id``,
    ``main`` (whether it is the object itself), ``shape``, ``c``, ``z``, ``t``, ``hole`` (0 = none), ``mark`` (a tag, or null), ``side`` (JSON text or null)."""
    coords: Floats
    start: Ints
    everywhere: str
    """Axes in which nothing of the image set is at one place."""


def native_ids(image_sets: Sequence[ImageSet]) -> list[pl.Series]:
    """Per image set the ids that its objects have in the file."""
    return _ids("annotation", [s.objects.frame["id"] for s in image_sets])


def connection_ids(image_sets: Sequence[ImageSet]) -> list[pl.Series]:
    """Per image set the ids that its connections have in the file."""
    return _ids("connection", [s.connections.frame["id"] for s in image_sets])


def _ids(kind: str, own: list[pl.Series]) -> list[pl.Series]:
    if not own:
        return []
    counts = [len(one) for one in own]
    sets = pl.Series(np.repeat(np.arange(len(own)), counts), dtype=pl.Int32)
    whole = ids.native(kind, pl.concat(own).rechunk(), sets)
    ends = np.cumsum([0, *counts])
    return [whole[int(a) : int(z)] for a, z in pairwise(ends)]


def annotations_of(s: ImageSet, own: pl.Series, taken: list[pl.Series], choice: Choice | None = None) -> Annotations:
    """The annotations of a fitted image set.

    Parameters
    ----------
    s
        Fitted.
    own
        The ids of its objects in the file.
    taken
        Ids of all annotations; those that are made here are added.
    choice
        How holes and parts are written.
    """
    rings = s.shapes.rings
    boxes = np.flatnonzero((s.shapes.frame["kind"] == "rectangle").to_numpy())
    if len(boxes):
        rings = replaced(rings, boxes, rectangles(rings.take(boxes)))
    choice = choice or Choice()
    pieces = pieces_of(rings, choice.holes)
    rings = pieces.rings
    parts = np.diff(rings.shape_start)
    shape = np.repeat(np.arange(len(parts)), parts)
    frame = s.shapes.frame[shape] if (parts != 1).any() else s.shapes.frame
    own_object = frame["object"].to_numpy()
    main = np.ones(len(own_object), np.bool_)
    main[1:] = own_object[1:] != own_object[:-1]
    name = own.gather(own_object)
    native = frame["kind"].cast(pl.Utf8).replace_strict(_SHAPES, default=POLYGON, return_dtype=pl.Utf8)
    things = s.objects.frame[own_object]
    found = pl.DataFrame({"object": frame["object"], "main": main, "shape": native, "c": frame["c"], "z": frame["z"], "t": things["t"]})
    found = found.with_columns(hole=pl.Series(pieces.hole))
    found = found.with_columns(marks(found, connect_parts=choice.connect_parts))
    everywhere = "".join(axis for axis in "tzc" if len(found) and found[axis].null_count() == len(found))
    numbers = None if main.all() else _numbers(own_object, shape, pieces)
    further = name if numbers is None else _further(name, main, numbers, taken)
    side = _side(found, frame, things, name, main, numbers, everywhere, pieces.told)
    found = found.with_columns(pl.Series("_id", further), pl.Series("side", side), *(pl.col(axis).fill_null(0).clip(0) for axis in "tzc"))
    return Annotations(found, rings.coords, rings.ring_start, everywhere)


def _numbers(owner: Ints, shape: Ints, pieces: Pieces) -> pl.DataFrame:
    """Per annotation: the number of its shape in the object, of its part in the shape, from 1, and of its hole."""
    first_shape = pl.DataFrame({"owner": owner, "shape": shape}).select(pl.col("shape").min().over("owner"))["shape"].to_numpy()
    return pl.DataFrame({"shape": (shape - first_shape + 1).astype(np.int32), "part": (pieces.part + 1).astype(np.int32), "hole": pieces.hole})


def _further(name: pl.Series, main: np.ndarray[tuple[int], np.dtype[np.bool_]], numbers: pl.DataFrame, taken: list[pl.Series]) -> pl.Series:
    """Ids of annotations that are further shapes or parts of another one."""
    rows = np.flatnonzero(~main)
    hole = pl.select(pl.when(numbers["hole"] > 0).then(pl.concat_str(pl.lit("\n"), numbers["hole"])).otherwise(pl.lit(""))).to_series()
    texts = pl.select(pl.concat_str(name, pl.lit("\n"), numbers["shape"].cast(pl.Utf8), pl.lit("\n"), numbers["part"].cast(pl.Utf8), hole)).to_series()
    made = ids.made("part", texts.gather(rows))
    every = pl.concat(taken)
    if made.is_in(every.implode()).any():
        used = set(every)
        made = pl.Series([ids.one_made("part", one, used) for one in texts.gather(rows)], dtype=pl.Utf8)
    taken.append(made)
    return name.clone().scatter(rows, made)


def _side(
    found: pl.DataFrame,
    frame: pl.DataFrame,
    things: pl.DataFrame,
    name: pl.Series,
    main: np.ndarray[tuple[int], np.dtype[np.bool_]],
    numbers: pl.DataFrame | None,
    everywhere: str,
    told: pl.DataFrame | None,
) -> pl.Series:
    return joined(_side_members(found, frame, things, name, pl.Series(main), numbers, everywhere, told), len(found))


def _side_members(
    found: pl.DataFrame,
    frame: pl.DataFrame,
    things: pl.DataFrame,
    name: pl.Series,
    main: pl.Series,
    numbers: pl.DataFrame | None,
    everywhere: str,
    told: pl.DataFrame | None,
) -> Iterator[tuple[str, pl.Series]]:
    """What is said about an annotation beyond what NimbusImage knows; facts of the object only with its first annotation."""
    if numbers is not None:
        yield "of", quoted(name).set(main, None)
        yield "shape", text(numbers["shape"].set(numbers["shape"] == 1, None))
        yield "part", text(numbers["part"].set(numbers["part"] == 1, None))
        yield "hole", text(numbers["hole"].set(numbers["hole"] == 0, None))
    if told is not None:
        yield from slits_said(told)
    yield "marked", text(found["mark"] == PART)
    yield "id", quoted(things["id"].set(things["id"].eq_missing(name) | ~main, None))
    yield "label", text(things["label"].set(~main, None))
    usual = pl.when(things["label"].is_not_null()).then(pl.lit("labels"))
    layer = pl.select(
        pl.when(pl.lit(main) & things["layer"].ne_missing(pl.select(usual).to_series())).then(quoted(things["layer"]).fill_null("null"))
    ).to_series()
    yield "layer", layer
    for axis in "tzc":
        values = found[axis]
        if axis not in everywhere:
            yield axis, pl.select(pl.when(values.is_null()).then(pl.lit("null")).when(values < 0).then(values.cast(pl.Utf8))).to_series()
    yield "track", text(things["track"].set(~main, None))
    colour = things["colour"]
    yield "colour", text(colour.set((colour % 256 == 255).fill_null(value=True) | ~main, None))
    yield "locked", text(things["locked"] & main)
    kind = frame["kind"].cast(pl.Utf8)
    yield "kind", quoted(kind.set(kind == found["shape"].replace_strict(_USUAL, return_dtype=pl.Utf8), None))
    yield "role", quoted(frame["role"].set(frame["role"] == "outline", None))


def texts(s: ImageSet, made: Annotations, tags: pl.Series, xy: int, first: int, last: int, *, z: bool) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Some annotations: text before and behind their vertices, and behind each vertex."""
    some = made.frame[first:last]
    things = s.objects.frame.select("name", "colour")[some["object"].to_numpy()]
    comma = pl.lit(",")
    numbers = [some[axis].cast(pl.Utf8) for axis in "czt"]
    head = pl.concat_str(
        pl.lit('{"_id":'),
        quoted(some["_id"]),
        pl.lit(',"shape":"'),
        some["shape"],
        pl.lit('","channel":'),
        numbers[0],
        pl.lit(f',"location":{{"XY":{xy},"Z":'),
        numbers[1],
        pl.lit(',"Time":'),
        numbers[2],
        pl.lit('},"tags":'),
        tagged(tags.gather(some["object"]), some["mark"]),
        pl.lit(',"coordinates":'),
    )
    dataset = next(iter(s.aliases["alias"]), None)
    rgb = things["colour"] // 256
    colour = pl.select(pl.concat_str(pl.lit(',"color":"#'), _hex(rgb), pl.lit('"'))).to_series() if rgb.null_count() < len(rgb) else None
    parts: list[pl.Expr | pl.Series] = [pl.lit("" if dataset is None else ',"datasetId":' + quoted(pl.Series([dataset]))[0])]
    if colour is not None:
        parts.append(colour)
    if things["name"].null_count() < len(things):
        parts.append(pl.concat_str(pl.lit(',"name":'), quoted(things["name"])))
    other = _other(s, some)
    if other is not None:
        parts += [pl.concat_str(comma, other)]
    if some["side"].null_count() < len(some):
        parts.append(pl.concat_str(pl.lit(',"segue":'), some["side"]))
    tail = pl.concat_str(*parts, pl.lit("}"), ignore_nulls=True)
    mark = pl.concat_str(pl.lit(',"z":'), numbers[1]) if z else pl.lit("")
    count = len(some)
    return tuple(_full(pl.select(one).to_series(), count) for one in (head, tail, mark))  # type: ignore[return-value]


def _full(column: pl.Series, count: int) -> pl.Series:
    return column if len(column) == count else column.new_from_index(0, count)


def _hex(rgb: pl.Series) -> pl.Series:
    """Six hexadecimal digits; null stays null."""
    distinct = rgb.drop_nulls().unique()
    return rgb.replace_strict(distinct, pl.Series([f"{value:06X}" for value in distinct], dtype=pl.Utf8), default=None, return_dtype=pl.Utf8)


def _other(s: ImageSet, some: pl.DataFrame) -> pl.Series | None:
    """Further members that came from a file, without their braces; only with the first annotation of an object."""
    rows = s.extras.filter((pl.col("format") == NAME) & (pl.col("entity") == ANNOTATION))
    if rows.is_empty():
        return None
    payload = rows.select("id", pl.col("payload").str.slice(1, pl.col("payload").str.len_chars() - 2))
    keys = s.objects.frame.select("id")[some["object"].to_numpy()]
    found = keys.join(payload, on="id", how="left", maintain_order="left")["payload"]
    return found.set(~some["main"], None)
