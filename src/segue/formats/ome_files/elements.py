"""The shapes of a document as columns: attributes, transforms, and the hints that segue left for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from segue.codecs.ome_document import Document
from segue.errors import Malformed
from segue.formats.ome_files import terms
from segue.model.rings import Bools, Floats, Ints

_LARGEST_INDEX = 2**31 - 1


@dataclass(frozen=True)
class Elements:
    """All shapes of a document, in its order."""

    document: Document
    path: Path | str

    def __len__(self) -> int:
        return len(self.document.shapes)

    @cached_property
    def names(self) -> frozenset[str]:
        """Attributes that any shape has."""
        return frozenset().union(*self.document.shapes)

    @cached_property
    def kinds(self) -> pl.Series:
        """Names of the elements; the closed polylines of older schemas are polygons."""
        kinds = pl.Series(self.document.shape_kind, dtype=pl.Utf8)
        closed = self.texts("Closed")
        return pl.select(pl.when((kinds == "Polyline") & closed.is_in(["true", "1"])).then(pl.lit("Polygon")).otherwise(kinds)).to_series()

    @cached_property
    def rois(self) -> Ints:
        return np.array(self.document.shape_roi, np.int64)

    def of_kind(self, kind: str) -> Ints:
        return np.flatnonzero((self.kinds == kind).to_numpy()).astype(np.int64)

    def texts(self, name: str, rows: Ints | None = None) -> pl.Series:
        """An attribute of the given shapes; null where one does not have it."""
        shapes: Sequence[dict[str, str]] = self.document.shapes
        if rows is not None:
            shapes = [shapes[row] for row in rows.tolist()]
        if name not in self.names:
            return pl.Series([None], dtype=pl.Utf8).new_from_index(0, len(shapes))
        return pl.Series([one.get(name) for one in shapes], dtype=pl.Utf8)

    def numbers(self, names: tuple[str, ...], rows: Ints) -> Floats:
        """(rows, names) finite numbers that every one of the shapes has.

        Raises
        ------
        Malformed
        """
        columns = [self.texts(name, rows).cast(pl.Float64, strict=False).to_numpy() for name in names]
        found = np.stack(columns, axis=1) if len(rows) else np.empty((0, len(names)))
        bad = ~np.isfinite(found)
        if bad.any():
            row, column = np.argwhere(bad)[0].tolist()
            raise self.malformed(int(rows[row]), f"a number as {names[column]}")
        return found

    def planes(self, name: str) -> pl.Series:
        """Int32 indexes of planes; null = all.

        Raises
        ------
        Malformed
        """
        given = self.texts(name)
        index = given.cast(pl.Int64, strict=False)
        bad = (given.is_not_null() & ~index.is_between(0, _LARGEST_INDEX).fill_null(value=False)).to_numpy()
        if bad.any():
            raise self.malformed(int(bad.argmax()), f"a plane counted from 0 as {name}")
        return index.cast(pl.Int32)

    @cached_property
    def transforms(self) -> Floats:
        """(shapes, 2, 3): what maps (x, y, 1) to the place in the image."""
        found = np.tile(np.array([[1.0, 0, 0], [0, 1, 0]]), (len(self), 1, 1))
        for row, given in self.document.transforms.items():
            try:
                numbers = [float(given[name]) for name in ("A00", "A01", "A02", "A10", "A11", "A12")]
            except (KeyError, ValueError) as error:
                raise self.malformed(row, "a transform of six numbers") from error
            found[row] = np.reshape(numbers, (2, 3))
        if not np.isfinite(found).all():
            raise self.malformed(int(np.argwhere(~np.isfinite(found))[0, 0]), "a transform of six finite numbers")
        return found

    @cached_property
    def transformed(self) -> Bools:
        """(shapes,) Which ones have a transform that moves anything."""
        found: Bools = (self.transforms != np.array([[1.0, 0, 0], [0, 1, 0]])).any(axis=(1, 2))
        return found

    @cached_property
    def hints(self) -> pl.DataFrame:
        """Per shape what segue noted about it: one column per word of ``terms``, numbers and texts."""
        known: dict[str, int] = {}
        maps: list[dict[str, str]] = []
        of_shape = np.full(len(self), -1, np.int64)
        for shape, name in self.document.shape_annotations:
            if name not in known:
                annotation = self.document.annotations.get(name)
                ours = annotation is not None and annotation.attributes.get("Namespace") == terms.SHAPE
                known[name] = len(maps) if ours else -1
                if annotation is not None and ours:
                    maps.append(dict(annotation.pairs))
            if of_shape[shape] < 0:
                of_shape[shape] = known[name]
        index = pl.Series(of_shape).set(pl.Series(of_shape < 0), None)
        words = {word: pl.Series([one.get(word) for one in maps], dtype=pl.Utf8) for word in (*terms.TEXTS, *terms.NUMBERS)}
        columns = {word: values.cast(pl.Float64, strict=False) if word in terms.NUMBERS else values for word, values in words.items()}
        return pl.DataFrame({word: values.gather(index) for word, values in columns.items()})

    def malformed(self, row: int, expected: str) -> Malformed:
        kind, name = self.document.shape_kind[row], self.document.shapes[row].get("ID", f"number {row + 1}")
        return Malformed(f"{self.path} has a {kind} ({name}) without {expected}", path=self.path, position=name, expected=expected)


def applied(transforms: Floats, points: Floats) -> Floats:
    """Points (n, 2) moved by a transform each (n, 2, 3)."""
    moved: Floats = (transforms[:, :, :2] * points[:, None, :]).sum(axis=2) + transforms[:, :, 2]
    return moved
