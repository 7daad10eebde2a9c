"""Annotations of a large NimbusImage text, by kernels: one thread finds what lies where, others make columns of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path as File
from typing import Any

import numpy as np
import polars as pl

from segue.codecs import json_scan_kernel, nimbus_plain
from segue.codecs import nimbus_scan_kernel as scan
from segue.codecs.json_spans import few_texts, floats, texts
from segue.codecs.json_text import DEEPEST
from segue.codecs.mapped_text import Mapped
from segue.codecs.nimbus_documents import ANNOTATIONS, Floats, Ints
from segue.codecs.nimbus_large_columns import ROWS, Bytes, Escaped, fault, given, others
from segue.tasks.workers import Threads

VERTICES = 1 << 20
"""Vertices at a time; more where one annotation has more."""
SHORTEST = len('{"x":1,"y":1},')
"""Bytes of a vertex that is one."""
MAKERS = 2
"""Threads that make columns: one that scans does not keep more of them busy, and each has windows waiting, which take memory."""
_SPANS = {"shape": scan.SHAPE, "tags": scan.TAGS, "dataset": scan.DATASET, "colour": scan.COLOUR}


@dataclass
class Annotations:
    """What is found, piece by piece."""

    frames: list[pl.DataFrame] = field(default_factory=list)
    coords: list[Floats] = field(default_factory=list)
    """Their vertices, nearly always in one array."""
    counts: list[Ints] = field(default_factory=list)
    """Vertices of each annotation."""
    end: int = 0
    """Behind the list."""


@dataclass(frozen=True)
class _Window:
    """Annotations that follow each other: what the kernel says of them."""

    begin: int
    end: int
    spans: Ints
    places: Floats
    flags: Bytes
    starts: Ints
    coords: Floats


@dataclass(frozen=True)
class _Piece:
    """What becomes of a window."""

    frame: pl.DataFrame
    counts: Ints
    end: int


def read_annotations(text: Mapped, begin: int, path: File | str) -> Annotations:
    """Read the list of annotations at ``begin``.

    Memory: what is found, and some 100 MB.

    Raises
    ------
    Malformed
    Escaped
    """
    found = Annotations()
    for piece in Threads(MAKERS).run(partial(_piece, text), _windows(text.b, begin, found.coords, path)):
        found.frames.append(piece.frame)
        found.counts.append(piece.counts)
        found.end = piece.end
    return found


def _windows(b: Bytes, begin: int, filled: list[Floats], path: File | str) -> Iterator[_Window]:
    """Find what lies where; the vertices are in ``filled`` at the end.

    They come to lie where they stay, in room for as many as so much text can hold: memory that nothing is written to is none.
    """
    most, at = VERTICES, int(json_scan_kernel.skip_space(b, begin + 1))
    room, used = np.empty((b.size // SHORTEST + 1, 2)), 0
    state, stack = np.zeros(8, np.int64), np.zeros(DEEPEST, np.uint8)
    while not state[scan.DONE]:
        spans, places, flags = np.empty((ROWS, 9, 2), np.int64), np.empty((ROWS, 4)), np.empty(ROWS, np.uint8)
        starts, coords = np.empty(ROWS + 1, np.int64), room[used : used + most]
        end = int(scan.read_annotations(b, at, spans, places, flags, starts, coords, stack, state))
        if end < 0:
            fault(state, path)
        if state[scan.ESCAPED]:
            raise Escaped
        rows, count = int(state[scan.ROWS]), int(state[scan.VERTICES])
        if state[scan.FULL] and not rows:
            filled.append(room[:used])
            most *= 2
            room, used = np.empty((max(most, (b.size - at) // SHORTEST), 2)), 0
            continue
        yield _Window(at, end, spans[:rows], places[:rows], flags[:rows], starts[: rows + 1], coords[:count])
        at, used = end, used + count
    filled.append(room[:used])


def _piece(text: Mapped, window: _Window) -> _Piece:
    """Columns of a window; the text is not needed afterwards."""
    _add_slow(text.b, window.coords)
    frame = _frame(text.b, window.spans, window.places, window.flags)
    text.forget(window.begin, window.end)
    return _Piece(frame, np.diff(window.starts), window.end)


def _add_slow(b: Bytes, coords: Floats) -> None:
    """Read the numbers that the kernel left."""
    late: np.ndarray[tuple[int, int], np.dtype[np.bool_]] = np.isnan(coords)
    if late.any():
        begin = (coords.view(np.uint64)[late] & np.uint64((1 << 51) - 1)).astype(np.int64)
        numbers = np.full(len(begin), np.nan)
        numbers[begin > 0] = floats(b, begin[begin > 0])
        coords[late] = numbers


def _frame(b: Bytes, spans: Ints, places: Floats, flags: Bytes) -> pl.DataFrame:
    columns: dict[str, Any] = {name: given(few_texts(b, spans[:, at])) for name, at in _SPANS.items()}
    new = given(texts(b, spans[:, scan.NEW_ID]))
    columns["id"] = new if not new.null_count() else pl.select(pl.coalesce(new, given(texts(b, spans[:, scan.OLD_ID]))).alias("id"))["id"]
    columns |= {"name": given(texts(b, spans[:, scan.NAME])), "side": given(texts(b, spans[:, scan.SIDE]))}
    columns |= {name: places[:, at] for name, at in (("xy", scan.XY), ("z", scan.Z), ("t", scan.TIME), ("c", scan.CHANNEL))}
    columns["account"] = (flags & scan.ACCOUNT) != 0
    columns["other"] = others(b, spans[:, scan.SELF], (flags & scan.OTHER) != 0, nimbus_plain.KNOWN_OF_ANNOTATIONS)
    return pl.DataFrame({name: columns[name] for name in ANNOTATIONS}, schema=ANNOTATIONS)
