"""Coordinates as GeoJSON text in plain Python: for few vertices, and the oracle of ``segue.codecs.geojson_write_kernel``."""

from __future__ import annotations

import numpy as np
import orjson
import polars as pl

from segue.codecs.geojson_features import Floats, Ints

LARGEST = 1e15


def number_texts(coords: Floats, decimals: int) -> list[str]:
    """The text of every number: on the grid of so many decimals as short as can be, else the shortest that reads back equal."""
    return [_number(value, decimals) for value in coords.ravel().tolist()]


def _number(value: float, decimals: int) -> str:
    scale = 10.0**decimals
    if abs(value) * scale < LARGEST:
        steps = int(abs(value) * scale + 0.5)
        if steps / scale == abs(value):
            digits = str(steps).rjust(decimals + 1, "0")
            whole, part = digits[: len(digits) - decimals], digits[len(digits) - decimals :].rstrip("0")
            return ("-" if value < 0 and steps else "") + whole + ("." + part if part else "")
    return slow_texts(np.array([value]))[:-1].decode()


def slow_texts(values: Floats) -> bytes:
    """The shortest texts that read back equal, each followed by a comma."""
    joined = orjson.dumps(np.ascontiguousarray(values), option=orjson.OPT_SERIALIZE_NUMPY)[1:-1] + b","
    return joined.replace(b".0,", b",")


def write(kinds: list[int], coords: Floats, ring_start: Ints, part_start: Ints, shape_start: Ints, before: pl.Series, after: pl.Series, decimals: int) -> bytes:
    """Shapes as text: the text before it, its coordinates, the text after it (offsets absolute)."""
    numbers = number_texts(coords, decimals)
    positions = [f"[{x},{y}]" for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
    rings, parts, shapes = ring_start.tolist(), part_start.tolist(), shape_start.tolist()
    texts = []
    for kind, first, last, head, tail in zip(kinds, shapes[:-1], shapes[1:], before, after, strict=True):
        texts += [head, _shape(kind, first, last, parts, rings, positions), tail]
    return "".join(texts).encode()


def _shape(kind: int, first: int, last: int, parts: list[int], rings: list[int], positions: list[str]) -> str:
    if kind == 0:
        return ""
    if kind == 1:
        return positions[rings[parts[first]]]
    if kind in (2, 3):
        return _list(positions[rings[parts[first]] : rings[parts[last]]])
    inside = [[_ring(positions[rings[r] : rings[r + 1]], kind) for r in range(parts[p], parts[p + 1])] for p in range(first, last)]
    return _list([_list(part) for part in inside]) if kind == 6 else _list([ring for part in inside for ring in part])


def _ring(positions: list[str], kind: int) -> str:
    return _list(positions + positions[:1] if kind > 4 else positions)


def _list(items: list[str]) -> str:
    return "[" + ",".join(items) + "]"
