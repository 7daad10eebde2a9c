"""Parameters, line widths and texts of shapes, as ROIs hold them."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from segue.codecs import roi_record as roi
from segue.codecs.roi_record import Rois, Text
from segue.formats.roi_files.kinds import POINTS, is_line
from segue.model.rings import Ints
from segue.model.shapes import PARAMETERS, ShapeKind

K = ShapeKind
HEADS, HEAD_SIZE, FONT, FONT_SIZE = 4, 10, "SansSerif", 18
"""The last arrow style, and what ImageJ takes where nothing is said."""
_MOST_ARC, _MOST_SIZE = 0x7FFF, 0x7FFF
_NAMES = ("arc", "head", "head_size", "double", "hollow", "ratio", "width", "closed", "freehand", "angle", "opacity", "text", "font", "font_size")


def read_parameters(rois: Rois, rows: Ints, kind: pl.Series) -> dict[str, pl.Series]:
    """Columns of the parameters that ROIs state as such, and of texts; line widths aside."""
    count = len(rows)
    style, options, number = rois.style[rows].astype(np.int64), rois.options[rows], rois.parameter[rows].astype(np.float64)
    of = {one: (kind == str(one)).to_numpy() for one in (K.RECTANGLE, K.ARROW, K.ELLIPSE, K.ROTATED_RECTANGLE, K.SPLINE, K.POLYLINE, K.TEXT, K.IMAGE)}
    values: dict[str, tuple[NDArray[Any], Any]] = {
        "arc": (of[K.RECTANGLE] & (style & 0xFFFF > 0), style & 0xFFFF),
        "head": (of[K.ARROW], np.where(style >> 24 > HEADS, 0, style >> 24)),
        "head_size": (of[K.ARROW], style >> 16 & 0xFF),
        "double": (of[K.ARROW] & (options & roi.DOUBLE_HEADED > 0), 1),
        "hollow": (of[K.ARROW] & (options & roi.OUTLINE > 0), 1),
        "ratio": (of[K.ELLIPSE], np.clip(np.nan_to_num(number, nan=1.0), 0, 1)),
        "width": (of[K.ROTATED_RECTANGLE], np.clip(np.nan_to_num(number), 0, None)),
        "closed": (of[K.SPLINE] & np.isin(rois.type[rows], (roi.POLYGON, roi.FREEHAND, roi.TRACED)), 1),
        "freehand": ((of[K.SPLINE] | of[K.POLYLINE]) & np.isin(rois.type[rows], (roi.FREELINE, roi.FREEHAND)), 1),
        "opacity": (of[K.IMAGE], rois.opacity[rows] / 2.55),
    }
    columns = {name: _where(wanted, np.broadcast_to(value, count)) for name, (wanted, value) in values.items() if wanted.any()}
    return columns | (_read_texts(rois, rows) if of[K.TEXT].any() else {})


def _where(wanted: NDArray[Any], values: NDArray[Any]) -> pl.Series:
    return pl.Series(values.astype(np.float64)).set(pl.Series(~wanted), None)


def _read_texts(rois: Rois, rows: Ints) -> dict[str, pl.Series]:
    texts = [rois.texts.get(row) for row in rows.tolist()]
    return {
        "text": pl.Series([None if one is None or one.text is None else one.text.removesuffix("\n") for one in texts], dtype=pl.Utf8),
        "font": pl.Series([None if one is None else one.font or FONT for one in texts], dtype=pl.Utf8),
        "font_size": pl.Series([None if one is None else float(_size(one.size)) for one in texts], dtype=pl.Float64),
        "angle": pl.Series([None if one is None else _angle(one.angle) for one in texts], dtype=pl.Float64),
    }


def _size(points: int) -> int:
    return points if 0 < points <= _MOST_SIZE else FONT_SIZE


def _angle(degrees: float) -> float | None:
    """0 is no angle, -0 is the angle 0."""
    if degrees == 0:
        return 0.0 if np.signbit(degrees) else None
    return degrees if np.isfinite(degrees) else None


def text_of(row: dict[str, Any], style: int) -> Text:
    """The body of a text ROI; ``row`` of a fitted shape."""
    shown, angle = row["text"], row["angle"]
    return Text(None if shown is None else shown + "\n", row["font"], int(row["font_size"]), style, 0.0 if angle is None else angle or -0.0)


def style_numbers(frame: pl.DataFrame, kind: pl.Series) -> NDArray[np.uint32]:
    """Bytes 52 to 55 of the ROIs of fitted shapes; points aside."""
    arc, head, size = (frame[name].fill_null(0).to_numpy().astype(np.uint32) for name in ("arc", "head", "head_size"))
    number = frame["width"].zip_with(kind == str(K.ROTATED_RECTANGLE), frame["ratio"])
    figure = kind.is_in([str(K.ELLIPSE), str(K.ROTATED_RECTANGLE)]).to_numpy()
    plain = arc | head << np.uint32(24) | size << np.uint32(16)
    found: NDArray[np.uint32] = np.where(figure, number.fill_null(0).to_numpy().astype(np.float32).view(np.uint32), plain)
    return found


def fitted_parameters(frame: pl.DataFrame) -> list[pl.Expr]:
    """Every parameter and text column as it will be read back; what its kind does not have is null. ``whole`` is for others to say."""
    kind = pl.col("kind").cast(pl.Utf8)
    if not any(frame[name].null_count() < len(frame) for name in _NAMES) and not kind_needs(frame):
        return [pl.lit(None, dtype=pl.Float64).alias(name) for name in PARAMETERS]
    lines = pl.Series(is_line(frame))
    spline, arrow, text = (kind == str(one) for one in (K.SPLINE, K.ARROW, K.TEXT))
    single = pl.col("width").cast(pl.Float32, strict=False).cast(pl.Float64)
    own: dict[str, list[tuple[Any, pl.Expr]]] = {
        "arc": [(kind == str(K.RECTANGLE), _positive(pl.col("arc").round(), _MOST_ARC))],
        "head": [(arrow, _number("head", 0, HEADS).round())],
        "head_size": [(arrow, _number("head_size", HEAD_SIZE, 255).round())],
        "double": [(arrow, _flag("double"))],
        "hollow": [(arrow, _flag("hollow"))],
        "ratio": [(kind == str(K.ELLIPSE), _number("ratio", 1, 1).cast(pl.Float32).cast(pl.Float64))],
        "width": [
            (kind == str(K.ROTATED_RECTANGLE), pl.when(single.is_finite() & (single > 0)).then(single).otherwise(0.0)),
            (pl.lit(lines) | spline, pl.when(single.is_finite() & (single > 0)).then(single)),
        ],
        "closed": [(spline, _flag("closed"))],
        "freehand": [(spline | (kind == str(K.POLYLINE)), _flag("freehand"))],
        "angle": [(text, _finite(pl.col("angle").cast(pl.Float32, strict=False).cast(pl.Float64)))],
        "opacity": [(kind == str(K.IMAGE), (_number("opacity", 100, 100) * 2.55).round() / 2.55)],
        "text": [(text, pl.col("text"))],
        "font": [(text, pl.when(pl.col("font") != "").then("font").otherwise(pl.lit(FONT)))],
        "font_size": [(text, _positive(pl.col("font_size").round(), _MOST_SIZE).fill_null(float(FONT_SIZE)))],
        "whole": [],
    }
    return [_chosen(cases).alias(name) for name, cases in own.items()]


def kind_needs(frame: pl.DataFrame) -> bool:
    """Whether there are kinds that always have parameters."""
    return bool(frame["kind"].cast(pl.Utf8).is_in([str(one) for one in (K.ARROW, K.ELLIPSE, K.ROTATED_RECTANGLE, K.TEXT, K.IMAGE)]).any())


def _chosen(cases: list[tuple[Any, pl.Expr]]) -> pl.Expr:
    found: Any = pl.lit(None, dtype=pl.Float64) if not cases else pl.lit(None)
    for wanted, value in reversed(cases):
        found = pl.when(wanted).then(value).otherwise(found)
    return found  # type: ignore[no-any-return]


def _flag(name: str) -> pl.Expr:
    return pl.when(pl.col(name) > 0).then(1.0)


def _number(name: str, usual: float, most: float) -> pl.Expr:
    return pl.when(pl.col(name).is_finite()).then(pl.col(name).clip(0, most)).otherwise(float(usual))


def _positive(value: pl.Expr, most: float) -> pl.Expr:
    return pl.when(value.is_finite() & (value > 0)).then(value.clip(1, most))


def _finite(value: pl.Expr) -> pl.Expr:
    return pl.when(value.is_finite()).then(value)


def read_widths(rois: Rois, rows: Ints, frame: pl.DataFrame, stated: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Width (of lines) and width that they are drawn with; ``stated`` is the property ``segue.line``."""
    found = line_widths(rois)[rows]
    width = pl.Series(found).set(pl.Series(found == 0), None)
    lines = pl.Series(is_line(frame))
    own, drawn = width.set(~lines, None), width.set(lines, None)
    if stated.null_count() == len(stated):
        return own, drawn
    parts = [stated.str.extract(r"^([^,]+),([^,]+)$", nth).cast(pl.Float64, strict=False) for nth in (1, 2)]
    implied = _stored(parts[0].set(~lines, None), parts[1])
    points = frame["kind"].cast(pl.Utf8).is_in(POINTS)
    holds = stated.is_not_null() & (points | implied.fill_null(0.0).eq(width.fill_null(0.0)))
    return own.zip_with(~holds, parts[0]), drawn.zip_with(~holds, parts[1])


def line_widths(rois: Rois) -> NDArray[np.float64]:
    """(n,) The line width of each ROI; 0 = none. Points have none: its place holds the size of their symbol."""
    width = np.where(rois.fine_width > 0, rois.fine_width, rois.width).astype(np.float64)
    return np.where((width > 0) & np.isfinite(width) & (rois.type != roi.POINT), width, 0.0)


def written_widths(frame: pl.DataFrame) -> tuple[NDArray[np.float64], pl.Series]:
    """The line width of each fitted shape's ROI, 0 = none, and what the property ``segue.line`` says besides."""
    lines, points = pl.Series(is_line(frame)), frame["kind"].cast(pl.Utf8).is_in(POINTS)
    own = frame["width"].set(frame["kind"].cast(pl.Utf8) == str(K.ROTATED_RECTANGLE), None)
    drawn = frame["stroke_width"]
    stored = _stored(own.set(~lines, None), drawn).set(points, None)
    plain_own, plain_drawn = stored.set(~lines, None), stored.set(lines, None)
    said = plain_own.eq_missing(own) & plain_drawn.eq_missing(drawn)
    if said.all():
        return stored.fill_null(0.0).to_numpy(), pl.Series([None], dtype=pl.Utf8).new_from_index(0, len(frame))
    both = pl.select(pl.concat_str(pl.lit(own).cast(pl.Utf8).fill_null("-"), pl.lit(","), pl.lit(drawn).cast(pl.Utf8).fill_null("-"))).to_series()
    return stored.fill_null(0.0).to_numpy(), both.set(said, None)


def _stored(own: pl.Series, drawn: pl.Series) -> pl.Series:
    """A line's own width, else the width that it is drawn with."""
    return pl.select(pl.coalesce(pl.lit(own), pl.lit(drawn))).to_series()
