"""Annotations as rows: ids as texts, whole numbers as such, shapes of which nothing is known guessed; with what had to be repaired."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import polars as pl

from segue.codecs.json_columns import unquoted
from segue.codecs.nimbus_documents import Documents
from segue.codecs.nimbus_plain import json_of
from segue.errors import Malformed
from segue.formats.nimbus_files.terms import LINE, POINT, POLYGON, RECTANGLE, SHAPES
from segue.model.features import Feature
from segue.model.rings import Floats, Ints
from segue.notes import Kind, Note

_LARGEST = 2**31


@dataclass(frozen=True)
class Rows:
    """What is common to all image sets."""

    frame: pl.DataFrame
    """Per annotation: id (null = none), xy, z, t, c (int32), shape (one of the four)."""
    coords: Floats
    start: Ints
    """Vertices without those that are no numbers, polygons without a repeated last one."""
    notes: tuple[Note, ...]


def plain_ids(values: pl.Series) -> pl.Series:
    """JSON texts of ids as texts: a text, a number, or ``{"$oid": text}``; null for null."""
    found = unquoted(values)
    odd = (values.is_not_null() & ~values.str.starts_with('"')).fill_null(value=False)
    if not odd.any():
        return found
    return found.scatter(odd.arg_true(), pl.Series([_odd_id(one) for one in values.filter(odd)], dtype=pl.Utf8))


def _odd_id(text: str) -> str | None:
    value = msgspec.json.decode(text)
    if isinstance(value, dict) and isinstance(value.get("$oid"), str):
        return str(value["$oid"])
    return None if value is None else json_of(value)


def rows_of(documents: Documents, path: Path | str) -> Rows:
    """The rows of all annotations.

    Raises
    ------
    Malformed
        A place is no whole number that can be one.
    """
    given = documents.annotations
    places = [_whole(given[name].to_numpy(), path) for name in ("xy", "z", "t", "c")]
    coords, start, broken = _finite(documents.coords, documents.start)
    shape = unquoted(given["shape"]).str.to_lowercase()
    counts = np.diff(start)
    kinds, guessed = _kinds(shape, counts)
    coords, start = _opened(coords, start, kinds == POLYGON)
    counts = np.diff(start)
    ids = plain_ids(given["id"])
    notes = [
        _note(Kind.REPAIRED, broken, ids, "vertices that are no numbers are left out; the first is of {}"),
        _note(Kind.ASSUMED, guessed, ids, "shapes that NimbusImage does not have are taken for what their number of vertices says; the first is {}"),
    ]
    kinds, odd = _fewer(kinds, counts)
    notes.append(_note(Kind.REPAIRED, odd, ids, "lines and areas with too few vertices are points or lines; the first is {}"))
    frame = pl.DataFrame(
        [ids.alias("id"), *(pl.Series(name, values) for name, values in zip(("xy", "z", "t", "c"), places, strict=True)), kinds.alias("shape")]
    )
    return Rows(frame, coords, start, tuple(note for note in notes if note is not None))


def _note(kind: Kind, which: np.ndarray[tuple[int], np.dtype[np.bool_]], ids: pl.Series, what: str) -> Note | None:
    count = int(which.sum())
    return Note(kind, what.format(ids[int(which.argmax())] or "without an id"), Feature.OBJECTS, count=count) if count else None


def _whole(values: Floats, path: Path | str) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Whole numbers; 0 where there is none."""
    found = np.nan_to_num(values, nan=0.0)
    if not ((found == np.floor(found)) & (np.abs(found) < _LARGEST)).all():
        raise Malformed(f"{path} is damaged: expected whole numbers for channel, XY, Z and Time", path=path, position="location", expected="whole numbers")
    return found.astype(np.int32)


def _finite(coords: Floats, start: Ints) -> tuple[Floats, Ints, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Only vertices that are numbers, and which annotations had others."""
    finite = np.isfinite(coords)
    if finite.all():
        return coords, start, np.zeros(len(start) - 1, np.bool_)
    good = finite.all(axis=1)
    kept = np.concatenate([[0], np.cumsum(good)])[start]
    return coords[good], kept, np.diff(kept) < np.diff(start)


def _kinds(shape: pl.Series, counts: Ints) -> tuple[pl.Series, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """The shape of each, and which are guessed."""
    known = shape.is_in(list(SHAPES)).fill_null(value=False)
    if known.all():
        return shape, np.zeros(len(shape), np.bool_)
    few = np.select([counts <= 1, counts == 2], [POINT, LINE], POLYGON)
    guessed = ~known & ~shape.is_in(["circle", "ellipse"]).fill_null(value=False)
    return pl.select(pl.when(known).then(shape).otherwise(pl.Series(few.astype(str), dtype=pl.Utf8)).alias("shape"))["shape"], guessed.to_numpy()


def _opened(coords: Floats, start: Ints, areas: pl.Series) -> tuple[Floats, Ints]:
    """Without the vertex of an area that only repeats its first one."""
    rows = np.flatnonzero(areas.to_numpy() & (np.diff(start) > 1))
    closed = rows[(coords[start[rows]] == coords[start[rows + 1] - 1]).all(axis=1)]
    if not len(closed):
        return coords, start
    kept = np.ones(len(coords), np.bool_)
    kept[start[closed + 1] - 1] = False
    return coords[kept], np.concatenate([[0], np.cumsum(kept)])[start]


def _fewer(kinds: pl.Series, counts: Ints) -> tuple[pl.Series, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Areas of one or two vertices as points or lines, lines of one as points; and which they are."""
    line, area = (kinds == LINE).to_numpy(), kinds.is_in([POLYGON, RECTANGLE]).to_numpy()
    odd = ((line | area) & (counts == 1)) | (area & (counts == 2) & (kinds != RECTANGLE).to_numpy())
    if not odd.any():
        return kinds, odd
    names = pl.Series(np.where(counts == 1, POINT, LINE).astype(str), dtype=pl.Utf8)
    return pl.select(pl.when(pl.Series(odd)).then(names).otherwise(kinds).alias("shape"))["shape"], odd
