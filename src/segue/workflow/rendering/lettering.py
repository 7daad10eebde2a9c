"""What is written on a picture: labels or names of objects, legend, scale bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from segue.codecs.pixel_views import OnePlace
from segue.errors import Incompatible
from segue.formats.shape_files import centre_points
from segue.model.display import Display
from segue.model.image import LabelImage, Pixels
from segue.model.study import ImageSet
from segue.render.drawn import Writing
from segue.render.lettering import written
from segue.render.stamps import Entry, Stamp, legend, scale_bar
from segue.workflow.exporting.cutout import LENGTHS
from segue.workflow.rendering.channels import Lit
from segue.workflow.rendering.figures import LAYER, Drawn, shown_rows
from segue.workflow.rendering.members import Shown, present
from segue.workflow.rendering.place import Place
from segue.workflow.rendering.segments import rows_of

if TYPE_CHECKING:
    from segue.tasks.workers import Workers

LABEL_SIZE = 10
"""Pixels of the labels of objects, where nobody says otherwise."""
_SMALLEST, _SHARE = 12, 60
"""Letters of legend and scale bar: at least so many pixels, and this part of the longer side of the picture."""


def size_for(display: Display, place: Place) -> int:
    """Pixels of the letters of legend and scale bar."""
    if display.text_size is not None:
        return max(round(display.text_size), 4)
    return max(_SMALLEST, round(max(place.height, place.width) / _SHARE))


def names_of_objects(s: ImageSet, display: Display, layers: tuple[LabelImage, ...], drawn: Drawn, place: Place, workers: Workers | None) -> tuple[Writing, ...]:
    """Names, else labels, at the centres of segments and shapes; and texts that were drawn."""
    size = LABEL_SIZE if display.text_size is None else max(round(display.text_size), 4)
    found = []
    if display.label_text:
        found += [_of_segments(s, layer, place, size, workers) for layer in layers]
        found.append(_of_shapes(s, display, layers, place, size))
    if drawn.texts:
        found.append(written([text for *_, text in drawn.texts], np.array([(x, y) for x, y, _ in drawn.texts]) * place.zoom, size, centred=False))
    return tuple(one for one in found if len(one))


def _of_segments(s: ImageSet, layer: LabelImage, place: Place, size: int, workers: Workers | None) -> Writing:
    from segue.measure.measuring import Wanted, measure

    pixels, axes = _plane_pixels(layer.pixels, layer.axes, place)
    found = measure(LabelImage(pixels, axes), [], Wanted(("x", "y")), workers)
    names = s.objects.frame[rows_of(s, layer, place)].select("label", "name")
    text = pl.DataFrame({"label": found.label}).join(names, on="label", how="left", maintain_order="left")
    texts = text.select(pl.coalesce(pl.when(pl.col("name") != pl.lit("")).then("name"), pl.col("label").cast(pl.Utf8))).to_series()
    at = np.stack([found.columns["x", None].astype(np.float64), found.columns["y", None].astype(np.float64)], axis=1)
    return written(texts, at * place.zoom, size, centred=True)


def _plane_pixels(pixels: Pixels, axes: str, place: Place) -> tuple[Pixels, str]:
    for axis in "tz":
        if axis in axes:
            pixels, axes = OnePlace(pixels, axes.index(axis), place.at(axis)), axes.replace(axis, "")
    return pixels, axes


def _of_shapes(s: ImageSet, display: Display, layers: tuple[LabelImage, ...], place: Place, size: int) -> Writing:
    rows = shown_rows(s, layers, place)
    is_region = (s.objects.frame["layer"] == LAYER).fill_null(value=False).to_numpy()[s.shapes.frame["object"].to_numpy()[rows]]
    points = centre_points(s.shapes.take(rows[np.where(is_region, display.regions, display.drawings)]))
    objects = s.objects.frame[points.frame["object"].to_numpy()]
    texts = objects.select(pl.coalesce(pl.when(pl.col("name") != pl.lit("")).then("name"), pl.col("label").cast(pl.Utf8), "id")).to_series()
    return written(texts, points.rings.coords * place.zoom, size, centred=True)


def stamps_of(s: ImageSet, display: Display, channels: Sequence[Lit], shown: tuple[Shown, ...], place: Place, where: str) -> tuple[Stamp, ...]:
    """Legend and scale bar, as far as they are wanted.

    Raises
    ------
    Incompatible
        Nothing says how large a pixel is.
    """
    size = size_for(display, place)
    found = []
    if display.legend:
        entries = [Entry(display.name)] if "title" in display.legend_parts and display.name else []
        entries += [Entry(one.display.channel, one.display.colour | 255) for one in channels] if "channels" in display.legend_parts else []
        entries += [Entry(one.title, one.colour) for one in present(s, shown, display)] if "populations" in display.legend_parts else []
        found += [legend(entries, size)] if entries else []
    if display.scale_bar:
        pixels, text = _scale(s, display, place, where)
        found.append(scale_bar(pixels * place.zoom, text, size, place.height, place.width))
    return tuple(found)


def _scale(s: ImageSet, display: Display, place: Place, where: str) -> tuple[float, str]:
    """(pixels of the bar, what it says)."""
    axis, unit, length = s.grid.axis("x"), display.scale_bar_unit, display.scale_bar_length
    if unit == "pixel":
        return _checked(length or _round(place.window.width / 5), place), f"{length or _round(place.window.width / 5):g} pixels"
    own = None if axis is None else axis.unit
    if axis is None or not axis.scale or own not in LENGTHS:
        raise Incompatible(
            f"nothing says how large a pixel of {where} is, so a scale bar has no length; say it (--pixel-size 0.5um), give the bar a length in pixels "
            "(--scale-bar 50px), or leave it out",
            where=where,
        )
    unit = unit or own
    step = abs(axis.scale) * LENGTHS[own] / LENGTHS[unit]
    length = length or _round(place.window.width * step / 5)
    return _checked(length / step, place), f"{length:g} {_SIGNS.get(unit, unit)}"


_SIGNS = {"um": "µm", "angstrom": "Å"}


def _checked(pixels: float, place: Place) -> float:
    if pixels > place.window.width:
        raise Incompatible(f"the scale bar would be {pixels:,.0f} pixels long, and the picture is {place.window.width:,} wide; choose a shorter one")
    return pixels


def _round(length: float) -> float:
    """The largest of 1, 2, 5, 10, 20, ... that is not longer."""
    power: float = 10.0 ** math.floor(math.log10(length))
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= length * (1 + 1e-9))
