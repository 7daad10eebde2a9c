"""Writing ``.h5ad``: AnnData's on-disk format (encoding versions of anndata 0.8 and later), by h5py. No clock: the same content makes the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.h5ad import INDEX, Annotated, Array, Frame, Sparse
from segue.errors import Incompatible

MOST_COLUMNS = 4000
"""The list of columns is an attribute, and HDF5 holds 64 KB of them."""
_NONE = "none"


def write_h5ad(path: Path, content: Annotated, compression: str = _NONE) -> None:
    """Write a new file.

    Parameters
    ----------
    path
        Does not exist yet.
    content
        All of it. Names of columns and entries hold neither ``/`` nor NUL, texts no NUL.
    compression
        Of arrays: ``none`` or ``gzip``.

    Raises
    ------
    Incompatible
        A frame has more columns than can be listed.
    """
    import h5py

    with h5py.File(path, "w", libver=("v108", "v110")) as file:
        writer = _Writer(None if compression == _NONE else compression)
        writer.mark(file, "anndata", "0.1.0")
        if content.matrix is not None:
            writer.item(file, "X", content.matrix)
        writer.frame(file, "obs", content.obs)
        writer.frame(file, "var", content.var)
        for name, entries in (("obsm", content.obsm), ("obsp", content.obsp), ("uns", content.uns), ("layers", {}), ("varm", {}), ("varp", {})):
            writer.mapping(file, name, entries)


class _Writer:
    """Writes values of each kind with the marks of its encoding."""

    def __init__(self, compression: str | None) -> None:
        self.compression = compression

    def mark(self, item: Any, encoding: str, version: str) -> None:
        item.attrs["encoding-type"] = encoding
        item.attrs["encoding-version"] = version

    def mapping(self, parent: Any, name: str, entries: Mapping[str, Any]) -> None:
        group = parent.create_group(name)
        self.mark(group, "dict", "0.1.0")
        for key, value in entries.items():
            self.item(group, key, value)

    def item(self, parent: Any, name: str, value: Any) -> None:
        if isinstance(value, Mapping):
            self.mapping(parent, name, value)
        elif isinstance(value, Frame):
            self.frame(parent, name, value)
        elif isinstance(value, Sparse):
            self.sparse(parent, name, value)
        elif isinstance(value, str):
            self.text(parent, name, value)
        elif isinstance(value, list):
            self.texts(parent, name, value)
        else:
            self.array(parent, name, value)

    def array(self, parent: Any, name: str, value: Array) -> None:
        more = {"compression": self.compression, "chunks": True} if self.compression and value.size else {}
        self.mark(parent.create_dataset(name, data=value, track_times=False, **more), "array", "0.2.0")

    def text(self, parent: Any, name: str, value: str) -> None:
        import h5py

        self.mark(parent.create_dataset(name, data=value, dtype=h5py.string_dtype(), track_times=False), "string", "0.2.0")

    def texts(self, parent: Any, name: str, value: list[str]) -> None:
        import h5py

        data = np.array(value, object) if value else np.empty(0, object)
        self.mark(parent.create_dataset(name, data=data, dtype=h5py.string_dtype(), track_times=False), "string-array", "0.2.0")

    def sparse(self, parent: Any, name: str, value: Sparse) -> None:
        group = parent.create_group(name)
        self.mark(group, "csr_matrix", "0.1.0")
        group.attrs["shape"] = np.array(value.shape, np.int64)
        small = np.int32 if max(*value.shape, len(value.data)) < 2**31 else np.int64
        for key, data in (("data", value.data), ("indices", value.indices.astype(small)), ("indptr", value.starts.astype(small))):
            more = {"compression": self.compression, "chunks": True} if self.compression and data.size else {}
            group.create_dataset(key, data=data, track_times=False, **more)

    def frame(self, parent: Any, name: str, value: Frame) -> None:
        import h5py

        if len(value.columns) > MOST_COLUMNS:
            raise Incompatible(f"{name} of AnnData lists {MOST_COLUMNS:,} columns at most, and these are {len(value.columns):,}; write Parquet instead")
        group = parent.create_group(name)
        self.mark(group, "dataframe", "0.2.0")
        group.attrs[INDEX] = INDEX
        group.attrs.create("column-order", list(value.columns), dtype=h5py.string_dtype()) if value.columns else group.attrs.create(
            "column-order", np.empty(0, np.float64)
        )
        self.texts(group, INDEX, value.index.to_list())
        for key, series in value.columns.items():
            self.column(group, key, series, value.levels.get(key))

    def column(self, group: Any, name: str, series: pl.Series, levels: list[str] | None) -> None:
        if levels is not None or (series.dtype == pl.Utf8 and series.null_count()):
            self.categories(group, name, series, sorted(series.drop_nulls().unique().to_list()) if levels is None else levels)
        elif series.dtype == pl.Utf8:
            self.texts(group, name, series.to_list())
        elif series.null_count() and not series.dtype.is_float():
            self.nullable(group, name, series)
        else:
            self.array(group, name, series.to_numpy())

    def categories(self, parent: Any, name: str, series: pl.Series, levels: list[str]) -> None:
        group = parent.create_group(name)
        self.mark(group, "categorical", "0.2.0")
        group.attrs["ordered"] = np.bool_(False)
        numbers = pl.DataFrame({"text": pl.Series(levels, dtype=pl.Utf8), "code": pl.int_range(len(levels), dtype=pl.Int64, eager=True)})
        codes = series.to_frame("text").join(numbers, on="text", how="left", maintain_order="left")["code"].fill_null(-1).to_numpy()
        dtype = next(kind for kind in (np.int8, np.int16, np.int32, np.int64) if len(levels) <= np.iinfo(kind).max)
        self.array(group, "codes", codes.astype(dtype))
        self.texts(group, "categories", levels)

    def nullable(self, parent: Any, name: str, series: pl.Series) -> None:
        group = parent.create_group(name)
        boolean = series.dtype == pl.Boolean
        self.mark(group, "nullable-boolean" if boolean else "nullable-integer", "0.1.0")
        self.array(group, "values", series.fill_null(False if boolean else 0).to_numpy())
        self.array(group, "mask", series.is_null().to_numpy())
