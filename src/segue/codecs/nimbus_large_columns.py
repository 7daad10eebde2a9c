"""What the columns of annotations and of connections of a large NimbusImage text have in common."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path as File
from typing import Never

import numpy as np
import polars as pl

from segue.codecs import nimbus_plain
from segue.codecs import nimbus_scan_kernel as scan
from segue.codecs.json_scan_kernel import EXPECTED
from segue.codecs.json_text import loads, malformed
from segue.codecs.nimbus_documents import Ints

Bytes = np.ndarray[tuple[int], np.dtype[np.uint8]]
ROWS = 1 << 15
"""Annotations or connections at a time."""
_FAULTS = {
    **EXPECTED,
    scan.OBJECT: "an object in braces",
    scan.VERTICES_LIST: "a list of vertices with x and y",
    scan.LOCATION_OBJECT: "a location of XY, Z and Time",
}


class Escaped(Exception):
    """Names are escaped: only the plain twin understands them."""


def fault(state: Ints, path: File | str) -> Never:
    """Raise Malformed for the fault that a kernel has met."""
    malformed(path, int(state[0]), _FAULTS.get(int(state[1]), "valid JSON"), None)


def given(values: pl.Series) -> pl.Series:
    """Null where the text says so."""
    return values.set((values == "null").fill_null(value=False), None)


def others(b: Bytes, spans: Ints, which: np.ndarray[tuple[int], np.dtype[np.bool_]], known: Collection[str]) -> pl.Series:
    """Members that are not known, as the JSON text of an object; null where there are none."""
    found: list[str | None] = [None] * len(spans)
    for row in np.flatnonzero(which):
        value = loads(b[spans[row, 0] : spans[row, 1]].tobytes())
        rest = {name: one for name, one in value.items() if name not in known}
        found[row] = nimbus_plain.json_of(rest) if rest else None
    return pl.Series(found, dtype=pl.Utf8)
