"""Shapes as elements of OME-XML: which element each becomes, and its text."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from segue.codecs.ome_masks import encode_mask, pixels_of
from segue.codecs.ome_points import number_texts, points_texts
from segue.codecs.xml_write import quoted_texts
from segue.formats.ome_files.holes import Holed
from segue.formats.ome_files.styles import families, written_colours
from segue.model.rings import Floats, Ints, Rings
from segue.model.shapes import RINGED, Shapes

SCHEMA = {"shape": pl.Int64, "nth": pl.Int64, "name": pl.Utf8, "geometry": pl.Utf8, "before": pl.Utf8, "after": pl.Utf8}
"""Row of the shape, number of the element in it, name of the element, attributes, and children before and after the annotations."""


def elements(shapes: Shapes, holed: Holed) -> pl.DataFrame:
    """All elements, sorted by shape."""
    kind = shapes.frame["kind"].cast(pl.Utf8).to_numpy()
    masked = np.zeros(len(shapes), bool)
    masked[holed.rows[[one is not None for one in holed.masked]]] = True
    areas = np.isin(kind, [str(one) for one in RINGED]) & ~masked
    closed = (kind == "spline") & (shapes.frame["closed"] > 0).fill_null(value=False).to_numpy()
    groups: list[tuple[np.ndarray[tuple[int], np.dtype[np.bool_]], Callable[[Shapes, Ints], pl.DataFrame]]] = [
        (areas, _polygons),
        (closed, lambda some, rows: _paths(some, rows, "Polygon")),
        (np.isin(kind, ["polyline", "angle"]) | ((kind == "spline") & ~closed), lambda some, rows: _paths(some, rows, "Polyline")),
        (np.isin(kind, ["point", "multipoint"]), _points),
        (np.isin(kind, ["line", "arrow"]), _lines),
        (kind == "text", _labels),
        (kind == "rectangle", _rectangles),
        (kind == "oval", _ovals),
        (kind == "ellipse", _ellipses),
        (kind == "rotated rectangle", _turned_rectangles),
        (kind == "mask", _masks),
    ]
    found = [pl.DataFrame(schema=SCHEMA)]
    found += [make(shapes.take(np.flatnonzero(mine)), np.flatnonzero(mine)) for mine, make in groups if mine.any()]
    found.append(_holed_masks(holed))
    return pl.concat(found).sort("shape", "nth")


def common(shapes: Shapes, t: pl.Series, locked: pl.Series, colour: pl.Series) -> pl.Series:
    """The attributes that every kind has, one text per shape: planes, colours, fonts; ``colour`` is that of the object."""
    frame = shapes.frame
    columns = {
        "Locked": pl.select(pl.when(locked).then(pl.lit('"true"'))).to_series(),
        "TheZ": _quoted(frame["z"]),
        "TheT": _quoted(t),
        "TheC": _quoted(frame["c"]),
        "StrokeColor": _quoted(written_colours(pl.select(pl.coalesce(frame["stroke"], colour)).to_series())),
        "FillColor": _quoted(written_colours(frame["fill"])),
        "StrokeWidth": _quoted(frame["stroke_width"].cast(pl.Utf8)),
        "Text": pl.select(quoted_texts(pl.lit(frame["text"]))).to_series(),
        "FontFamily": _quoted(families(frame["font"])),
        "FontSize": _quoted(frame["font_size"].floor().cast(pl.Int64)),
    }
    return joined_attributes(columns, len(shapes))


def joined_attributes(columns: dict[str, pl.Series], count: int) -> pl.Series:
    """`` Name=value`` of all columns in a row; a null is an attribute that is not there."""
    there = {name: values for name, values in columns.items() if values.null_count() < len(values)}
    if not there:
        return pl.Series([""], dtype=pl.Utf8).new_from_index(0, count)
    parts = [pl.concat_str(pl.lit(f" {name}="), pl.lit(values)) for name, values in there.items()]
    return pl.select(pl.concat_str(*parts, ignore_nulls=True)).to_series()


def _quoted(values: pl.Series) -> pl.Series:
    """Texts that need no escaping, or numbers, with quotes."""
    return pl.select(pl.concat_str(pl.lit('"'), pl.lit(values.cast(pl.Utf8)), pl.lit('"'))).to_series()


def _made(
    rows: Ints, name: str, geometry: pl.Series, *, nth: Ints | None = None, before: pl.Series | None = None, after: pl.Series | None = None
) -> pl.DataFrame:
    number = np.zeros(len(rows), np.int64) if nth is None else nth
    frame = pl.DataFrame({"shape": rows, "nth": number, "geometry": geometry})
    extra = [pl.lit("", pl.Utf8).alias(column) if values is None else values.alias(column) for column, values in (("before", before), ("after", after))]
    return frame.with_columns(pl.lit(name).alias("name"), *extra).select(list(SCHEMA)).cast(pl.Schema(SCHEMA))


def _numbers(**columns: Floats) -> pl.Series:
    texts = {name: _quoted(number_texts(values)) for name, values in columns.items()}
    return joined_attributes(texts, len(next(iter(columns.values()))))


def _points_attribute(coords: Floats, start: Ints) -> pl.Series:
    return pl.select(pl.concat_str(pl.lit(' Points="'), pl.lit(points_texts(coords, start)), pl.lit('"'))).to_series()


def _polygons(shapes: Shapes, rows: Ints) -> pl.DataFrame:
    """A polygon per part, of its outer ring."""
    rings = shapes.rings
    parts = np.diff(rings.shape_start)
    outer = Rings.simple(rings.coords, rings.ring_start).take(rings.part_start[:-1])
    nth = np.arange(len(outer)) - np.repeat(rings.shape_start[:-1], parts)
    return _made(np.repeat(rows, parts), "Polygon", _points_attribute(outer.coords, outer.ring_start), nth=nth)


def _paths(shapes: Shapes, rows: Ints, name: str) -> pl.DataFrame:
    return _made(rows, name, _points_attribute(shapes.rings.coords, shapes.rings.coord_start))


def _points(shapes: Shapes, rows: Ints) -> pl.DataFrame:
    start = shapes.rings.coord_start
    counts = np.diff(start)
    x, y = shapes.rings.coords.T
    return _made(np.repeat(rows, counts), "Point", _numbers(X=x, Y=y), nth=np.arange(len(x)) - np.repeat(start[:-1], counts))


def _lines(shapes: Shapes, rows: Ints) -> pl.DataFrame:
    (x1, y1), (x2, y2) = shapes.rings.coords[0::2].T, shapes.rings.coords[1::2].T
    arrow, double = shapes.frame["kind"] == "arrow", (shapes.frame["double"] > 0).fill_null(value=False)
    markers = pl.select(
        pl.concat_str(
            pl.lit(_numbers(X1=x1, Y1=y1, X2=x2, Y2=y2)),
            pl.when(arrow & double).then(pl.lit(' MarkerStart="Arrow"')).otherwise(pl.lit("")),
            pl.when(arrow).then(pl.lit(' MarkerEnd="Arrow"')).otherwise(pl.lit("")),
        )
    ).to_series()
    return _made(rows, "Line", markers)


def _labels(shapes: Shapes, rows: Ints) -> pl.DataFrame:
    x, y = shapes.rings.coords[0::2].T
    return _made(rows, "Label", _numbers(X=x, Y=y))


def _rectangles(shapes: Shapes, rows: Ints) -> pl.DataFrame:
    low, high = shapes.rings.coords[0::2], shapes.rings.coords[1::2]
    size = high - low
    return _made(rows, "Rectangle", _numbers(X=low[:, 0], Y=low[:, 1], Width=size[:, 0], Height=size[:, 1]))


def _ovals(shapes: Shapes, rows: Ints) -> pl.DataFrame:
    low, high = shapes.rings.coords[0::2], shapes.rings.coords[1::2]
    middle, reach = (low + high) / 2, (high - low) / 2
    return _made(rows, "Ellipse", _numbers(X=middle[:, 0], Y=middle[:, 1], RadiusX=reach[:, 0], RadiusY=reach[:, 1]))


def _ellipses(shapes: Shapes, rows: Ints) -> pl.DataFrame:
    middle, half, turn = _turn(shapes.rings)
    ratio = shapes.frame["ratio"].to_numpy()
    return _made(rows, "Ellipse", _numbers(X=middle[:, 0], Y=middle[:, 1], RadiusX=half, RadiusY=half * ratio), before=turn)


def _turned_rectangles(shapes: Shapes, rows: Ints) -> pl.DataFrame:
    middle, half, turn = _turn(shapes.rings)
    width = shapes.frame["width"].to_numpy()
    return _made(rows, "Rectangle", _numbers(X=middle[:, 0] - half, Y=middle[:, 1] - width / 2, Width=2 * half, Height=width), before=turn)


def _turn(rings: Rings) -> tuple[Floats, Floats, pl.Series]:
    """Middle, half the length, and the transform that turns about the middle, of pairs of ends."""
    a, b = rings.coords[0::2], rings.coords[1::2]
    middle, along = (a + b) / 2, (b - a) / 2
    half = np.hypot(along[:, 0], along[:, 1])
    unit = np.where(half > 0, half, 1.0)
    cos, sin = np.where(half > 0, along[:, 0] / unit, 1.0), along[:, 1] / unit
    x, y = middle.T
    numbers = _numbers(A00=cos, A10=sin, A01=-sin, A11=cos, A02=x - cos * x + sin * y, A12=y - sin * x - cos * y)
    return middle, half, pl.select(pl.concat_str(pl.lit("<Transform"), pl.lit(numbers), pl.lit("/>"))).to_series()


def _masks(shapes: Shapes, rows: Ints) -> pl.DataFrame:
    boxes, texts = [], []
    for row in range(len(shapes)):
        coords = shapes.rings.take([row]).coords
        pixels = pixels_of(coords[:2], coords[2:])
        assert pixels is not None, "fit has made masks of whole pixels"
        boxes.append([*coords[0].tolist(), float(pixels.shape[1]), float(pixels.shape[0])])
        texts.append(encode_mask(pixels))
    return _binary(rows, boxes, texts)


def _holed_masks(holed: Holed) -> pl.DataFrame:
    made = [(row, one) for row, one in zip(holed.rows.tolist(), holed.masked, strict=True) if one is not None]
    if not made:
        return pl.DataFrame(schema=SCHEMA)
    return _binary(np.array([row for row, _ in made]), [box for _, (box, _) in made], [text for _, (_, text) in made])


def _binary(rows: Ints, boxes: list[list[float]], texts: list[str]) -> pl.DataFrame:
    x, y, width, height = np.array(boxes).T
    data = pl.Series([f'<BinData BigEndian="false" Length="{len(text)}">{text}</BinData>' for text in texts], dtype=pl.Utf8)
    return _made(rows, "Mask", _numbers(X=x, Y=y, Width=width, Height=height), after=data)
