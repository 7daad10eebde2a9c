"""A row as JSON text, byte for byte as Mantis writes it: compact, its members in the order of Mantis, numbers as JavaScript writes them."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import polars as pl

from segue.codecs.javascript_numbers import javascript_texts
from segue.codecs.json_text import dumps
from segue.formats.mantis_files.rows import Row
from segue.formats.mantis_files.side import plain_side
from segue.formats.mantis_files.terms import SIDE

Schema = Literal["D", "E"]


def row_text(row: Row, schema: Schema) -> str:
    """The text of a population.

    Parameters
    ----------
    row
        With ``outline`` (schema D) or ``pixels`` (schema E) if it is a region.
    schema
        ``D`` = files of v1.0; ``E`` = the column ``selection_json`` of ``.mantisDb`` (v1.1 and later). No colour is written where there is none.
    """
    order = [] if row.order is None else [("renderOrder", str(row.order))]
    name, visible = ("name", _json(row.name)), ("visible", "true" if row.visible else "false")
    colour = [] if row.colour is None else [("color", str(row.colour))]
    segments = ("selectedSegments", _numbers(row.members))
    if schema == "D":
        region = "null" if row.outline is None else _numbers(row.outline.reshape(-1))
        members = [("id", _json(row.id)), *order, ("selectedRegion", region), segments, name, *colour, visible]
    else:
        pixels = [] if row.pixels is None else [("pixelIndexes", _numbers(row.pixels))]
        members = [("id", _json(row.id)), *order, name, *colour, visible, *pixels, segments]
    members += [(key, _json(value)) for key, value in row.other.items()]
    side = plain_side(row.side)
    members += [(SIDE, _json(side))] if side else []
    return "{" + ",".join(f"{_json(key)}:{text}" for key, text in members) + "}"


def _json(value: Any) -> str:
    return dumps(value).decode()


def _numbers(values: np.ndarray[Any, Any]) -> str:
    return "[" + str(javascript_texts(pl.Series(values)).str.join(",").item() if len(values) else "") + "]"
