"""The segments of a picture: the label images that are shown, and in which colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from segue.errors import InvalidOption
from segue.model.display import Display
from segue.model.image import LabelImage, size_of
from segue.model.study import ImageSet
from segue.render.plane import Plane
from segue.render.scene import Segments
from segue.render.styles import Styles
from segue.workflow.rendering.place import Place

if TYPE_CHECKING:
    from numpy.typing import NDArray


def shown_layers(s: ImageSet, display: Display, where: str) -> tuple[LabelImage, ...]:
    """The label images that a display shows.

    Raises
    ------
    InvalidOption
        There is none of a name.
    """
    if display.label_layers is None:
        return s.labels
    known = {one.name: one for one in s.labels}
    wrong = next((name for name in display.label_layers if name not in known), None)
    if wrong is not None:
        raise InvalidOption(f"{where} has no label image {wrong!r}; there are {', '.join(known) or 'none'}", option="label-layers", given=wrong)
    return tuple(known[name] for name in display.label_layers)


def segments_of(s: ImageSet, layer: LabelImage, display: Display, member: NDArray[np.uint32], place: Place) -> Segments:
    """The segments of a label image on the plane that is shown; ``member`` (objects,) are the colours of populations."""
    rows = rows_of(s, layer, place)
    frame = s.objects.frame[rows].select("label", own=pl.col("colour").fill_null(0)).with_columns(member=pl.Series(member[rows]))
    frame = frame.filter((pl.col("own") != 0) | (pl.col("member") != 0)).sort("label")
    lined = (display.label_outlines and display.outline_opacity > 0) or (display.population_outlines and bool((frame["member"] != 0).any()))
    styles = Styles(
        display.label_opacity,
        display.label_outlines,
        display.outline_colour,
        display.outline_opacity,
        display.outline_width if lined else 0.0,
        display.population_opacity,
        display.population_outlines,
        frame["label"].to_numpy(),
        frame["own"].to_numpy(),
        frame["member"].to_numpy(),
    )
    return Segments(Plane(layer.pixels, layer.axes, place.planes), styles)


def rows_of(s: ImageSet, layer: LabelImage, place: Place) -> NDArray[np.int64]:
    """(n,) rows of the objects that are segments of a label image at the time that is shown."""
    mine = (pl.col("layer") == pl.lit(layer.name)) & pl.col("label").is_not_null()
    if size_of(layer.pixels, layer.axes, "t") > 1:
        mine &= pl.col("t").is_null() | (pl.col("t") == place.at("t"))
    rows: NDArray[np.int64] = s.objects.frame.with_row_index("row").filter(mine)["row"].to_numpy().astype(np.int64)
    return rows
