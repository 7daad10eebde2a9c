"""The text of annotations, as columns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.codecs import coco_rle
from segue.codecs.json_columns import numbers, quoted
from segue.codecs.json_text import dumps, loads
from segue.errors import Malformed
from segue.formats.annotation_files import RECORD, cells, entries, in_braces, shape_members, side_members
from segue.formats.coco.batches import Batch
from segue.formats.coco.numbering import Numbers, beside
from segue.formats.coco.options import WriteOptions
from segue.formats.coco.read_shapes import POINTS
from segue.formats.coco.terms import CROWD, VISIBILITY
from segue.formats.outline_files import is_kind
from segue.geometry.blocks import blocks_of
from segue.geometry.rings import Rings as Measured
from segue.geometry.tidy import has_holes
from segue.model.rings import Ints, Rings, concat
from segue.model.shapes import RINGED, ShapeKind, Shapes

ANNOTATIONS = 20_000
"""How many are turned into text at a time."""
_MARK = "\x01"
"""Between texts of different annotations: it cannot stand in JSON."""


def pieces(batch: Batch, ids: Ints, known: Numbers, options: WriteOptions) -> Iterator[bytes]:
    """The annotations of a batch, joined by commas, some thousand at a time."""
    extra = beside(batch.shapes)
    rows = np.flatnonzero(extra == 0)
    objects = _objects(batch, known)
    owner = batch.shapes.frame["object"].to_numpy()[rows].astype(np.int64)
    part = np.arange(len(rows)) - np.searchsorted(owner, owner) + 1
    for first in range(0, len(rows), ANNOTATIONS):
        chosen = slice(first, first + ANNOTATIONS)
        mine = rows[chosen]
        points = np.where((mine + 1 < len(extra)) & (extra[np.minimum(mine + 1, len(extra) - 1)] == 1), mine + 1, -1)
        yield _annotations(batch, mine, points, part[chosen], objects, ids[chosen], options)


def _objects(batch: Batch, known: Numbers) -> pl.DataFrame:
    """Per object: number of its category, texts of its members of the record and of its attributes, list of populations, flags of keypoints."""
    count = batch.objects.height
    values = [(one, cells(batch.tables[one.table][one.column.name], one.column)) for one in batch.columns]
    outer, inner = ([(one.key, text) for one, text in values if one.inside == inside] for inside in (False, True))
    none = pl.Series([None], dtype=pl.Utf8).new_from_index(0, count)
    grouped = batch.membership.sort("object", "nth_of_object").group_by("object", maintain_order=True).agg("population")
    lists = grouped["population"].to_list()
    category = np.full(count, known.unclassified if known.unclassified is not None else -1, np.int64)
    category[grouped["object"].to_numpy()] = [known.category[one[0]] for one in lists]
    several = [dumps(one).decode() if len(one) > 1 else None for one in lists]
    crowd = _column(batch, CROWD, "boolean")
    return pl.DataFrame(
        {
            "category": category,
            "outer": entries(outer) if outer else none,
            "inner": entries(inner) if inner else none,
            "populations": none.clone().scatter(grouped["object"], pl.Series(several, dtype=pl.Utf8)),
            "crowd": pl.Series([0]).new_from_index(0, count) if crowd is None else crowd.fill_null(value=False).cast(pl.Int64),
            "flags": none if (flags := _column(batch, VISIBILITY, "json")) is None else flags,
        }
    )


def _column(batch: Batch, name: str, kind: str) -> pl.Series | None:
    there = any((one.table, one.column.name, one.column.type) == (RECORD, name, kind) for one in batch.columns)
    return batch.tables[RECORD][name].alias("") if there else None


def _annotations(batch: Batch, rows: Ints, points: Ints, part: Ints, objects: pl.DataFrame, ids: Ints, options: WriteOptions) -> bytes:
    shapes = batch.shapes.take(rows)
    owner = shapes.frame["object"].to_numpy()
    main = pl.Series(part == 1)
    mine = objects[owner]
    area, segmentation, usual = _segmentations(shapes, batch.size[owner], options)
    number = pl.Series(ids)
    implied = number.cast(pl.Utf8).set(~main, None)
    side = [(key, values if key == "id" else values.set(~main, None)) for key, values in side_members(batch.objects[owner], implied)]
    side += [*shape_members(shapes.frame, usual, pl.Series(part)), ("populations", mine["populations"].set(~main, None))]
    parts = [
        ("id", number.cast(pl.Utf8)),
        ("image_id", batch.image.gather(owner)),
        ("category_id", mine["category"].cast(pl.Utf8)),
        ("segmentation", segmentation),
        ("area", numbers(pl.Series(area))),
        ("bbox", _boxes(shapes.rings)),
        ("iscrowd", mine["crowd"].cast(pl.Utf8)),
        *_keypoints(batch.shapes, shapes, rows, points, mine["flags"]),
    ]
    last = [("attributes", in_braces(mine["inner"]).set(~main, None)), ("segue", in_braces(entries(side)))]
    texts = [entries(parts), mine["outer"].set(~main, None), entries(last)]
    joined = pl.select(pl.concat_str(pl.lit("{"), pl.concat_list(texts).list.drop_nulls().list.join(","), pl.lit("}"))).to_series()
    return ",\n".join(joined.to_list()).encode("utf-8")


def _segmentations(shapes: Shapes, size: Ints, options: WriteOptions) -> tuple[npt.NDArray[np.float64], pl.Series, pl.Series]:
    """Area, text and usual kind of every shape."""
    ringed, boxed = is_kind(shapes, RINGED), is_kind(shapes, (ShapeKind.RECTANGLE,))
    run = ringed & (has_holes(shapes.rings) if options.segmentation == "auto" else np.full(len(shapes), options.segmentation == "rle"))
    drawn = np.flatnonzero((ringed & ~run) | boxed)
    rings = _corners(shapes.rings, boxed)
    area = Measured.of(rings).areas()
    bare = ~ringed & ~boxed
    box = Measured.of(shapes.rings).bounds()
    area[bare] = ((box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1]))[bare]
    text = pl.Series(["[]"]).new_from_index(0, len(shapes)).clone()
    text = text.scatter(drawn, _polygons(rings.take(drawn)))
    text = text.scatter(np.flatnonzero(run), _masks(rings.take(np.flatnonzero(run)), size[run], options))
    usual = pl.Series(np.select([run, bare], ["traced", "multipoint"], "polygon"))
    usual = usual.set(pl.Series(bare), "")
    return area, text, usual


def _corners(rings: Rings, boxed: npt.NDArray[np.bool_]) -> Rings:
    """The shapes, rectangles as rings of four corners."""
    rows = np.flatnonzero(boxed)
    if not len(rows):
        return rings
    box = Measured.of(rings.take(rows)).bounds()
    corners = Rings.simple(box[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2), np.arange(len(rows) + 1) * 4)
    order = np.arange(len(rings))
    order[rows] = len(rings) + np.arange(len(rows))
    return concat([rings, corners]).take(order)


def _polygons(rings: Rings) -> pl.Series:
    """``[[x,y,...],[...]]`` of every shape."""
    if not len(rings):
        return pl.Series([], dtype=pl.Utf8)
    behind = np.zeros(2 * len(rings.coords), np.int64)
    behind[2 * rings.ring_start[1:] - 1] = 1
    behind[2 * rings.coord_start[1:] - 1] = 2
    joints = pl.Series([",", "],[", f"]]{_MARK}[["]).gather(behind)
    return _split(pl.concat_str(numbers(pl.Series(rings.coords.ravel())), joints), "[[", f"{_MARK}[[")


def _split(texts: pl.Expr, before: str, after: str) -> pl.Series:
    """Texts joined and cut at the marks; ``after``: what stands behind the last one."""
    whole = pl.select(texts.str.join("")).to_series()[0]
    return pl.Series([before + whole.removesuffix(after)]).str.split(_MARK).explode()


def _masks(rings: Rings, size: Ints, options: WriteOptions) -> pl.Series:
    """The run-length masks of outlines along pixel edges."""
    if not len(rings):
        return pl.Series([], dtype=pl.Utf8)
    counts = coco_rle.of_blocks(blocks_of(rings), size[:, 0].copy(), size[:, 1].copy())
    if options.counts == "list":
        behind = np.zeros(len(counts.counts), np.int64)
        behind[counts.start[1:] - 1] = 1
        texts = _split(pl.concat_str(pl.Series(counts.counts).cast(pl.Utf8), pl.Series([",", f"]{_MARK}["]).gather(behind)), "[", f"{_MARK}[")
    else:
        text, start = coco_rle.to_text(counts)
        whole = text.tobytes().decode("ascii")
        texts = quoted(pl.Series([whole[begin:end] for begin, end in pairwise(start.tolist())], dtype=pl.Utf8))
    return pl.select(
        pl.concat_str(pl.lit('{"size":['), pl.Series(size[:, 0]), pl.lit(","), pl.Series(size[:, 1]), pl.lit('],"counts":'), texts, pl.lit("}"))
    ).to_series()


def _boxes(rings: Rings) -> pl.Series:
    """``[x,y,width,height]`` around every shape."""
    box = Measured.of(rings).bounds()
    box[:, 2:] -= box[:, :2]
    texts = [numbers(pl.Series(np.ascontiguousarray(box[:, column]))) for column in range(4)]
    joined = pl.concat_str(*texts, separator=",")
    return pl.select(pl.concat_str(pl.lit("["), joined, pl.lit("]"))).to_series()


def _keypoints(every: Shapes, shapes: Shapes, rows: Ints, points: Ints, flags: pl.Series) -> list[tuple[str, pl.Series]]:
    """Keypoints of points, and of outlines that have some beside them."""
    bare = shapes.frame["kind"].cast(pl.Utf8).is_in(POINTS).to_numpy()
    source = np.where(bare, rows, points)
    some = np.flatnonzero(source >= 0)
    if not len(some):
        return []
    none = pl.Series([None], dtype=pl.Utf8).new_from_index(0, len(rows))
    texts, counts = [], []
    for row in some.tolist():
        shape = source[row]
        xy = every.rings.coords[every.rings.coord_start[shape] : every.rings.coord_start[shape + 1]]
        triples = _triples(xy, None if bare[row] else flags[row])
        texts.append(dumps([int(one) if one.is_integer() else one for one in triples.ravel().tolist()]).decode())
        counts.append(str(int((triples[:, 2] > 0).sum())))
    return [(name, none.clone().scatter(some, pl.Series(found))) for name, found in (("keypoints", texts), ("num_keypoints", counts))]


def _triples(xy: npt.NDArray[np.float64], flags: str | None) -> npt.NDArray[np.float64]:
    """x, y, flag of every keypoint; those that are not labelled are put back where the flags say so."""
    stated = _flags(flags)
    labelled = np.flatnonzero(stated)
    if len(labelled) != len(xy) or not len(stated):
        return np.column_stack([xy, np.full(len(xy), 2.0)])
    triples = np.zeros((len(stated), 3))
    triples[:, 2] = stated
    triples[labelled, :2] = xy
    return triples


def _flags(text: str | None) -> npt.NDArray[np.int64]:
    try:
        value = loads((text or "[]").encode())
    except Malformed:
        return np.empty(0, np.int64)
    good = isinstance(value, list) and all(isinstance(one, int) and 0 <= one <= 2 for one in value)
    return np.array(value if good else [], np.int64)
