"""Shapes as well-known text in plain Python: for few vertices, and the oracle of ``segue.codecs.wkt_write_kernel``."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.codecs.python_numbers import python_numbers
from segue.model.rings import Rings

Kinds = np.ndarray[tuple[int], np.dtype[np.uint8]]


def write(kinds: Kinds, rings: Rings) -> list[str]:
    """The text of each shape; kinds as in ``segue.codecs.wkt_write``."""
    numbers = python_numbers(pl.Series(rings.coords.ravel(), dtype=pl.Float64)).to_list()
    places = [f"{x} {y}" for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
    ring, part, shape = rings.ring_start.tolist(), rings.part_start.tolist(), rings.shape_start.tolist()
    texts = []
    for kind, first, last in zip(kinds.tolist(), shape[:-1], shape[1:], strict=True):
        if kind < 2:
            inside = ", ".join(places[ring[part[first]] : ring[part[first] + 1]])
            texts.append(f"{'LINESTRING' if kind else 'POINT'} ({inside})")
            continue
        parts = [_listed([_closed(places[ring[r] : ring[r + 1]]) for r in range(part[p], part[p + 1])]) for p in range(first, last)]
        texts.append(f"POLYGON {parts[0]}" if len(parts) == 1 else f"MULTIPOLYGON {_listed(parts)}")
    return texts


def _closed(places: list[str]) -> str:
    return _listed(places + places[:1])


def _listed(items: list[str]) -> str:
    return "(" + ", ".join(items) + ")"
