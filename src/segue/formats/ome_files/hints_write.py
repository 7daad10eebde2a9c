"""What segue notes about shapes that OME-XML has no words for; equal notes are written once."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.codecs.ome_points import number_texts
from segue.codecs.xml_write import escaped_texts
from segue.formats.ome_files import terms
from segue.formats.ome_files.holes import Holed
from segue.formats.ome_files.styles import families
from segue.model.shapes import PARAMETERS, RINGED, Shapes

_PLAIN = ("point", "line", "arrow", "polyline", "polygon", "rectangle", "oval", "text", "mask")
"""Kinds that their element tells."""


def shape_notes(shapes: Shapes, colour: pl.Series, holed: Holed) -> pl.Series:
    """The pairs of each shape as ``<M K="...">...</M>``; null where there is nothing to note. ``colour`` is that of the object."""
    frame, rings = shapes.frame, shapes.rings
    kind = frame["kind"].cast(pl.Utf8)
    parameters = {name: number_texts(frame[name].to_numpy()).set(frame[name].is_null(), None) for name in PARAMETERS if frame[name].null_count() < len(frame)}
    with_holes = np.zeros(len(shapes), bool)
    with_holes[holed.rows] = True
    special = ~kind.is_in(_PLAIN) | pl.Series(with_holes)
    for values in parameters.values():
        special = special | values.is_not_null()
    several = np.where(kind.is_in([str(one) for one in RINGED]).to_numpy() & ~with_holes, np.diff(rings.shape_start), 1)
    for row, mask in zip(holed.rows.tolist(), holed.masked, strict=True):
        several[row] = 1 if mask is not None else rings.shape_start[row + 1] - rings.shape_start[row]
    several = np.where((kind == "multipoint").to_numpy(), np.diff(rings.coord_start), several)
    nth = frame.select(pl.int_range(pl.len()).over("object").cast(pl.Utf8)).to_series()
    size, font = frame["font_size"], frame["font"]
    columns: dict[str, pl.Series] = {
        terms.KIND: _where(special, kind),
        terms.ROLE: _where(frame["role"] != "outline", frame["role"]),
        terms.NTH: _where(pl.Series(several > 1), nth),
        **parameters,
        terms.STROKE: _where((frame["stroke"] == colour).fill_null(value=False), pl.Series(["own"]).new_from_index(0, len(frame))),
        terms.FONT: _where((font != families(font)).fill_null(value=False), font),
        terms.FONT_SIZE: _where((size != size.floor()).fill_null(value=False), size.cast(pl.Utf8)),
        **_boxes(shapes, kind),
        **_outlines(len(shapes), holed),
    }
    pieces = [
        pl.concat_str(pl.lit(f'<M K="{name}">'), escaped_texts(pl.lit(values)), pl.lit("</M>"))
        for name, values in columns.items()
        if values.null_count() < len(values)
    ]
    if not pieces:
        return pl.Series([None], dtype=pl.Utf8).new_from_index(0, len(shapes))
    texts = pl.select(pl.concat_str(*pieces, ignore_nulls=True)).to_series()
    return pl.select(pl.when(texts != "").then(texts)).to_series()


def _where(which: pl.Series, values: pl.Series) -> pl.Series:
    return pl.select(pl.when(which).then(values)).to_series()


def _boxes(shapes: Shapes, kind: pl.Series) -> dict[str, pl.Series]:
    """Width and height of the boxes of texts."""
    rows = np.flatnonzero((kind == "text").to_numpy())
    if not len(rows):
        return {}
    mine = shapes.rings.take(rows).coords
    size = np.full((len(shapes), 2), np.nan)
    size[rows] = mine[1::2] - mine[0::2]
    there = pl.Series(~np.isnan(size[:, 0]))
    return {word: _where(there, number_texts(size[:, axis])) for axis, word in enumerate((terms.WIDE, terms.HIGH))}


def _outlines(count: int, holed: Holed) -> dict[str, pl.Series]:
    """Outlines with holes, and the checksum of what stands for them."""
    empty = pl.Series([None], dtype=pl.Utf8).new_from_index(0, count)
    if not len(holed.rows):
        return {}
    rows = pl.Series(holed.rows)
    return {terms.RINGS: empty.clone().scatter(rows, holed.rings), terms.OF: empty.clone().scatter(rows, holed.of)}
