"""Vertices of annotations as text in plain Python: for few of them, and the oracle of ``segue.codecs.nimbus_write_kernel``."""

from __future__ import annotations

import polars as pl

from segue.codecs.geojson_features import Floats, Ints
from segue.codecs.geojson_write_plain import number_texts


def write(coords: Floats, start: Ints, before: pl.Series, after: pl.Series, mark: pl.Series, decimals: int) -> bytes:
    """For every annotation the text before, its vertices, the text after; ``mark`` stands behind the y of each vertex."""
    numbers = number_texts(coords, decimals)
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    places = start.tolist()
    texts = []
    for first, last, head, tail, behind in zip(places[:-1], places[1:], before, after, mark, strict=True):
        vertices = ",".join(f'{{"x":{x},"y":{y}{behind}}}' for x, y in pairs[first:last])
        texts += [head, "[", vertices, "]", tail]
    return "".join(texts).encode()
