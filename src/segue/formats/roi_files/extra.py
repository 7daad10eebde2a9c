"""What ROIs hold and the model has no word for: unknown properties, drawing options, labels of overlays. One JSON text per object in extras."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import polars as pl
from numpy.typing import NDArray

from segue.codecs.roi_record import SCALE_STROKE, SPLINE, SUB_PIXEL, Rois
from segue.formats.roi_files.keys import KEYS
from segue.formats.roi_files.qupath import ID, NAME, derived
from segue.formats.roi_files.things import Things
from segue.model.study import EXTRAS, ImageSet

OWNER = "imagej"
"""What the rows in extras name as their format: the program, since its ROIs are in several."""
MOST = {"options": 0xFFFF, "label_colour": 0xFFFFFFFF, "font_size": 0x7FFF}
"""Numbers of a ROI, and the largest of each. Of the options those bits count that differ from the usual ones."""
_GEOMETRY = SPLINE | SUB_PIXEL


def usual_options(width: NDArray[np.float64]) -> NDArray[np.int32]:
    """ImageJ scales a stated line width with the picture."""
    return np.where(width > 0, SCALE_STROKE, 0).astype(np.int32)


def read_extras(rois: Rois, keys: pl.DataFrame, others: dict[int, dict[str, str]], things: Things) -> pl.DataFrame:
    """The extras of the ROIs that are the first of their objects."""
    first, objects = things.first_row.to_numpy(), things.objects.frame
    width = np.where(rois.fine_width > 0, rois.fine_width, rois.width)[first]
    options = (rois.options[first] & ~_GEOMETRY) ^ usual_options(width)
    numbers = {"options": options, "label_colour": rois.label_colour[first], "font_size": np.maximum(rois.font_size[first], 0)}
    unusual = np.any([values != 0 for values in numbers.values()], axis=0)
    foreign = [keys[name][first].is_not_null().to_numpy() for name in (ID, NAME)]
    rows = np.flatnonzero(unusual | np.isin(first, list(others)) | foreign[0] | foreign[1])
    found = []
    for thing, row in zip(rows.tolist(), first[rows].tolist(), strict=True):
        properties = others.get(row, {}) | {name: value for name in (ID, NAME) if (value := keys[name][row]) is not None}
        payload = {"properties": properties} | {name: int(values[thing]) for name, values in numbers.items()}
        found.append((OWNER, "object", objects["id"][thing], _text(payload, *objects.select("id", "name").row(thing))))
    return pl.DataFrame(found, schema=EXTRAS, orient="row").drop_nulls("payload")


def fitted_extras(s: ImageSet) -> pl.DataFrame:
    """The rows of this format about objects that are there, in the order of the objects and as they will be read back."""
    order = s.objects.frame.select("id", "name", row=pl.int_range(pl.len()))
    own = s.extras.filter((pl.col("format") == OWNER) & (pl.col("entity") == "object")).unique("id", keep="first", maintain_order=True)
    own = own.join(order, on="id").sort("row")
    texts = [_text(_parsed(text), one, name) for text, one, name in own.select("payload", "id", "name").iter_rows()]
    return own.with_columns(payload=pl.Series(texts, dtype=pl.Utf8)).drop_nulls("payload").select(list(EXTRAS))


def payloads(s: ImageSet) -> dict[int, dict[str, Any]]:
    """Row of the object -> what `fitted_extras` left."""
    if s.extras.is_empty():
        return {}
    rows = dict(zip(s.objects.frame["id"], range(len(s.objects)), strict=True))
    return {rows[one]: orjson.loads(text) for one, text in s.extras.select("id", "payload").iter_rows()}


def _parsed(text: str | None) -> Any:
    try:
        return orjson.loads(text or "null")
    except ValueError:
        return None


def _text(payload: Any, own: str, name: str | None) -> str | None:
    """The JSON text of what can be written into a ROI and is not written there anyway; None for nothing."""
    if not isinstance(payload, dict):
        return None
    stated = payload.get("properties")
    properties = stated if isinstance(stated, dict) else {}
    anyway = {ID: derived(own), NAME: name}
    taken = set(KEYS) - set(anyway)
    free = {key: value for key, value in properties.items() if isinstance(value, str) and key not in taken and anyway.get(key) != value}
    kept: dict[str, Any] = {"properties": free} if free else {}
    numbers = {key: value for key, most in MOST.items() if type(value := payload.get(key)) is int and 0 < value <= most}
    if "options" in numbers:
        numbers["options"] &= ~_GEOMETRY
    kept |= {key: value for key, value in numbers.items() if value}
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode() if kept else None
