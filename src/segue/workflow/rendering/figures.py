"""Regions and drawings of a picture: shapes as areas and lines, with the colours that they are painted in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from segue.formats.shape_files import area_rings, area_rows, simplified
from segue.model.display import Display
from segue.model.image import LabelImage
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ImageSet
from segue.render.colours import rgba, segment_colours
from segue.render.drawn import Areas, Paths
from segue.render.paint import WIDEST, coats
from segue.render.scene import Figures, figures_of
from segue.workflow.rendering.place import Place
from segue.workflow.rendering.segments import rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Colours = NDArray[np.uint32]

LAYER = "regions"
ARM = 4.0
"""Pixels of each of the four arms of the cross that marks a point."""
FAR = 1e9
"""Pixels from the corner beyond which, or at what is no number, a shape is passed over."""
HEAD = 10.0
"""Pixels of the head of an arrow that does not say how long it is."""
_K = ShapeKind
_LINES = (_K.LINE, _K.POLYLINE, _K.ANGLE, _K.ARROW, _K.POINT)


@dataclass(frozen=True)
class Drawn:
    """What is drawn of the shapes of an image set."""

    figures: tuple[Figures, ...]
    """Regions, then drawings."""
    texts: tuple[tuple[float, float, str], ...]
    """x, y of the top-left corner, and what is written there."""
    left_out: int
    """Shapes that are pictures, which are not drawn."""


def drawn_shapes(s: ImageSet, display: Display, layers: tuple[LabelImage, ...], member: Colours, region: Colours, place: Place) -> Drawn:
    """The shapes that are drawn: regions, and those of objects without a segment on the picture, on the plane that is shown.

    Parameters
    ----------
    s, display, place
        What is shown.
    layers
        The label images whose segments are on the picture.
    member, region : (objects,) uint32
        Colours of populations: that objects are in, and that regions select for.
    """
    shapes = s.shapes.take(shown_rows(s, layers, place))
    is_region = (s.objects.frame["layer"] == LAYER).fill_null(value=False).to_numpy()[shapes.frame["object"].to_numpy()]
    found, texts, left_out = [], [], 0
    if display.regions and is_region.any():
        mine = shapes.take(np.flatnonzero(is_region))
        line = _either(region[mine.frame["object"].to_numpy()], _own(s, mine))
        found += _figures(mine, line, np.full(len(mine), display.region_opacity), line, display)
    if display.drawings and not is_region.all():
        mine = shapes.take(np.flatnonzero(~is_region))
        left_out = int((mine.frame["kind"].cast(pl.Utf8) == str(_K.IMAGE)).sum())
        texts = _texts(mine)
        found += _drawings(s, mine, member[mine.frame["object"].to_numpy()], display)
    return Drawn(tuple(found), tuple(texts), left_out)


def shown_rows(s: ImageSet, layers: tuple[LabelImage, ...], place: Place) -> NDArray[np.int64]:
    """(n,) rows of the shapes on the plane that is shown; those of segments on the picture left out, and those that lie nowhere near."""
    segmented = np.zeros(len(s.objects), np.bool_)
    for layer in layers:
        segmented[rows_of(s, layer, place)] = True
    time = s.objects.frame["t"].gather(s.shapes.frame["object"])
    on_plane = s.shapes.frame.select(
        (pl.col("z").is_null() | (pl.col("z") == place.at("z"))) & (time.is_null() | (time == place.at("t"))),
    ).to_series()
    rings = s.shapes.rings
    far = np.repeat(np.arange(len(rings)), np.diff(rings.coord_start))[~(np.abs(rings.coords) <= FAR).all(axis=1)]
    near = np.ones(len(rings), np.bool_)
    near[far] = False
    return np.flatnonzero(on_plane.to_numpy() & near & ~segmented[s.shapes.frame["object"].to_numpy()])


def _own(s: ImageSet, shapes: Shapes) -> Colours:
    """The colour of the line of each shape: as it says, else as its object does, else by the number of that."""
    rows = shapes.frame["object"].to_numpy()
    objects = s.objects.frame[rows]
    number = objects["label"].to_numpy() if not objects["label"].null_count() else rows.astype(np.uint64) + 1
    plain = segment_colours(number).astype(np.uint32)
    packed = plain[:, 0] << 24 | plain[:, 1] << 16 | plain[:, 2] << 8 | 255
    stated = pl.select(pl.coalesce(shapes.frame["stroke"], objects["colour"], pl.Series(packed, dtype=pl.UInt32))).to_series()
    return stated.to_numpy().astype(np.uint32)


def _either(first: Colours, second: Colours) -> Colours:
    chosen: Colours = np.where(first != 0, first, second).astype(np.uint32)
    return chosen


def _drawings(s: ImageSet, shapes: Shapes, member: Colours, display: Display) -> list[Figures]:
    """Drawings, as segments are painted, but for the colours that they state."""
    own = _own(s, shapes)
    line = own if display.outline_colour is None else np.full(len(own), display.outline_colour, np.uint32)
    line = _either(member, line) if display.population_outlines else line
    stated = shapes.frame["fill"].fill_null(0).to_numpy().astype(np.uint32)
    inside = (member != 0) & (display.population_opacity > 0)
    fill = np.where(inside, member, np.where(stated != 0, stated, own)).astype(np.uint32)
    opacity = np.where(inside, display.population_opacity, np.where(stated != 0, 1.0, display.label_opacity))
    return _figures(shapes, fill, opacity, line, display)


def _figures(shapes: Shapes, fill: Colours, opacity: NDArray[np.float64], line: Colours, display: Display) -> list[Figures]:
    shapes = shapes.with_columns(role=pl.lit("outline"))
    areas = area_rows(shapes)
    width = np.clip(shapes.frame["stroke_width"].fill_nan(None).fill_null(display.outline_width).to_numpy(), 1.0, WIDEST)
    strokes, inks = rgba(line), rgba(fill)
    rings = area_rings(shapes.take(areas))
    fills = coats(inks[areas, :3], opacity[areas] * inks[areas, 3])
    painted = Areas(rings, fills, coats(strokes[areas, :3], strokes[areas, 3]), width[areas])
    others = np.setdiff1d(np.arange(len(shapes)), areas)
    numbered = shapes.take(others).with_columns(object=pl.Series(others.astype(np.int32)))
    lines = simplified(numbered, _LINES)
    rows = lines.frame["object"].to_numpy()
    pieces, start = _pieces(lines)
    thick = np.maximum(lines.frame["width"].fill_nan(None).fill_null(0.0).to_numpy(), width[rows]) if len(lines) else np.zeros(0)
    return [figures_of(painted, Paths(pieces, start, thick, coats(strokes[rows, :3], strokes[rows, 3])))]


def _pieces(lines: Shapes) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(m, 4) straight pieces of lines, points as crosses, arrows with two strokes for each head; and (n + 1,) where those of each begin."""
    kind, coords = lines.frame["kind"].cast(pl.Utf8), lines.rings.coords
    owner = np.repeat(np.arange(len(lines)), np.diff(lines.rings.coord_start))
    point = (kind == str(_K.POINT)).to_numpy()
    inner = np.flatnonzero((owner[1:] == owner[:-1]) & ~point[owner[1:]])
    straight = np.hstack([coords[inner], coords[inner + 1]])
    crosses, of_crosses = _crosses(coords[point[owner]]), np.tile(owner[point[owner]], 2)
    arrows = np.flatnonzero((kind == str(_K.ARROW)).to_numpy() & (np.diff(lines.rings.coord_start) >= 2))
    heads, of_heads = _heads(lines, arrows)
    found, whose = np.vstack([straight, crosses, heads]), np.concatenate([owner[inner], of_crosses, of_heads])
    order = np.argsort(whose, kind="stable")
    return found[order], np.searchsorted(whose[order], np.arange(len(lines) + 1)).astype(np.int64)


def _crosses(at: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = at[:, 0], at[:, 1]
    return np.vstack([np.stack([x - ARM, y, x + ARM, y], axis=1), np.stack([x, y - ARM, x, y + ARM], axis=1)])


def _heads(lines: Shapes, arrows: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Two strokes at the tip of each arrow, and at both ends of a double one."""
    begin, end = lines.rings.coords[lines.rings.coord_start[arrows]], lines.rings.coords[lines.rings.coord_start[arrows + 1] - 1]
    size = lines.frame["head_size"].gather(arrows).fill_null(HEAD).to_numpy()
    double = np.flatnonzero((lines.frame["double"].gather(arrows).fill_null(0.0) > 0).to_numpy())
    tip, other = np.vstack([end, begin[double]]), np.vstack([begin, end[double]])
    along = other - tip
    length = np.hypot(along[:, 0], along[:, 1])
    along = along * (np.concatenate([size, size[double]]) / np.where(length > 0, length, 1))[:, None]
    strokes = []
    for turn in (0.5, -0.5):
        cosine, sine = np.cos(turn), np.sin(turn)
        side = np.stack([along[:, 0] * cosine - along[:, 1] * sine, along[:, 0] * sine + along[:, 1] * cosine], axis=1)
        strokes.append(np.hstack([tip, tip + side]))
    return np.vstack(strokes), np.tile(np.concatenate([arrows, arrows[double]]), 2)


def _texts(shapes: Shapes) -> list[tuple[float, float, str]]:
    rows = np.flatnonzero((shapes.frame["kind"].cast(pl.Utf8) == str(_K.TEXT)).to_numpy() & (np.diff(shapes.rings.coord_start) == 2))
    corners = shapes.rings.coords[shapes.rings.coord_start[rows]] if len(rows) else np.zeros((0, 2))
    texts = shapes.frame["text"].gather(rows).fill_null("").to_list()
    return [(float(x), float(y), text) for (x, y), text in zip(corners, texts, strict=True) if text]
