"""Well-known text as vertices and offsets, without a kernel: for few texts and for odd ones, and the oracle of ``segue.codecs.wkt_read_kernel``."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.model.rings import Ints

_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_PAIR = rf"{_NUMBER} {_NUMBER}"
_LIST = rf"\({_PAIR}(?:,{_PAIR})*\)"
_POLYGON = rf"\({_LIST}(?:,{_LIST})*\)"
_WHOLE = rf"^(?:POINT\({_PAIR}\)|LINESTRING{_LIST}|POLYGON{_POLYGON}|MULTIPOLYGON\({_POLYGON}(?:,{_POLYGON})*\))$"
NAMES = ("POINT", "LINESTRING", "POLYGON", "MULTIPOLYGON")
Kinds = np.ndarray[tuple[int], np.dtype[np.uint8]]


def read(texts: pl.Series) -> tuple[Kinds, np.ndarray[tuple[int, int], np.dtype[np.float64]], Ints, Ints, Ints] | None:
    """What each text is (its place in ``NAMES``), the vertices, and where rings, parts and shapes begin; None if one is no shape."""
    tight = _tight(texts)
    if not tight.str.contains(_WHOLE).all():
        return None
    kinds = tight.str.extract(r"^([A-Z]+)").replace_strict(dict(zip(NAMES, range(4), strict=True)), return_dtype=pl.UInt8).to_numpy()
    body = tight.str.strip_prefix("MULTI").str.replace(r"^[A-Z]+\(+", "").str.strip_chars_end(")")
    part, part_count = _split(body, ")),((")
    ring, ring_count = _split(part, "),(")
    place, place_count = _split(ring, ",")
    halves = place.str.split_exact(" ", 1).struct.unnest()
    coords = np.column_stack([halves[name].cast(pl.Float64).to_numpy() for name in halves.columns]) if len(place) else np.empty((0, 2))
    return kinds, coords, _offsets(place_count), _offsets(ring_count), _offsets(part_count)


def _tight(texts: pl.Series) -> pl.Series:
    """Without spaces beside brackets and commas."""
    return texts.str.strip_chars().str.replace_all(r"\s*([(),])\s*", "$1").str.replace_all(r"\s+", " ").str.to_uppercase()


def _split(texts: pl.Series, mark: str) -> tuple[pl.Series, pl.Series]:
    found = texts.str.split(mark)
    return found.explode(), found.list.len()


def _offsets(counts: pl.Series) -> Ints:
    return np.concatenate([[0], np.cumsum(counts.to_numpy())]).astype(np.int64)
