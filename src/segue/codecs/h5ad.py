"""What an ``.h5ad`` file holds, as arrays and columns (AnnData's on-disk format, anndata 0.8 to 0.13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Array = npt.NDArray[Any]
INDEX = "_index"


@dataclass(frozen=True)
class Frame:
    """A data frame: names of the rows, and columns of the same length.

    Texts are Utf8, categories ``pl.Categorical``-free Utf8 with their order in ``levels``; whole numbers, numbers and truth values as they are; null = missing.
    """

    index: pl.Series
    columns: Mapping[str, pl.Series] = field(default_factory=dict)
    levels: Mapping[str, list[str]] = field(default_factory=dict)
    """Of columns that are categorical: their categories, in order."""


@dataclass(frozen=True)
class Sparse:
    """A sparse matrix, row by row (CSR)."""

    data: Array
    indices: Array
    starts: Array
    """Where each row begins in ``data``, and where the last one ends."""
    shape: tuple[int, int]

    def rows(self) -> Array:
        """The row of every stored number."""
        return np.repeat(np.arange(self.shape[0], dtype=np.int64), np.diff(self.starts))

    def dense(self) -> Array:
        found = np.zeros(self.shape, self.data.dtype if self.data.dtype.kind == "f" else np.float64)
        np.add.at(found, (self.rows(), self.indices), self.data)
        return found


@dataclass(frozen=True)
class Annotated:
    """The file."""

    obs: Frame
    var: Frame
    matrix: Array | Sparse | None = None
    """(obs, var)."""
    obsm: Mapping[str, Array] = field(default_factory=dict)
    obsp: Mapping[str, Sparse] = field(default_factory=dict)
    uns: Mapping[str, Any] = field(default_factory=dict)
    """Texts, lists of texts, numbers, frames, and such mappings."""
    others: tuple[str, ...] = ()
    """What was left aside: layers, further arrays."""


def sparse(rows: Array, columns: Array, data: Array, size: int) -> Sparse:
    """A square matrix from its entries; of entries at the same place the first counts."""
    order = np.lexsort((columns, rows))
    rows, columns, data = rows[order], columns[order], data[order]
    first = np.ones(len(rows), bool)
    first[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
    starts = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(rows[first], minlength=size), out=starts[1:])
    return Sparse(data[first], columns[first].astype(np.int64), starts, (size, size))
