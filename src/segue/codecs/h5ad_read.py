"""Reading ``.h5ad``: AnnData's on-disk format, of anndata 0.7 (categories apart) to 0.13, by h5py.

Nothing outside the file is followed, and sizes are checked before anything is allocated. Memory: what is asked for, once; a sparse matrix twice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from segue.codecs.h5ad import INDEX, Annotated, Array, Frame, Sparse
from segue.codecs.hdf5_safe import attribute, inner, is_data, is_group, names, numbers, opened, shape, text, texts
from segue.errors import InvalidOption, TooLarge, UnsupportedVariant
from segue.storage.source import Source

MOST_CELLS = 400_000_000
"""Numbers of a matrix that are read at once: 3.2 GB."""
MOST_DEEP = 8


def read_h5ad(source: Source, matrix: str | None = "X") -> Annotated:
    """Everything that segue has a use for.

    Parameters
    ----------
    source
        The file.
    matrix
        ``X``, the name of a layer, or None for none.

    Raises
    ------
    NotFound, Malformed
    UnsupportedVariant
        It is HDF5, but not of anndata 0.7 or later.
    TooLarge
        The matrix is larger than what can be read at once.
    InvalidOption
        There is no such layer.
    """
    with opened(source) as file:
        for name in ("obs", "var"):
            item = inner(file, name)
            if item is None or not is_group(item):
                old = "it was written before anndata 0.7; open it with a current anndata and save it again" if is_data(item) else f"it has no {name}"
                raise UnsupportedVariant(f"{source.path} is no AnnData file that segue reads: {old}", path=source.path)
        obs, var = _frame(file["obs"]), _frame(file["var"])
        size = (len(obs.index), len(var.index))
        found = _matrix(file, matrix, size, source)
        obsm, strange = _arrays(file, len(obs.index))
        obsp = {name: one for name in _within(file, "obsp") if (one := _square(file["obsp"], name, len(obs.index))) is not None}
        uns = inner(file, "uns")
        others = [f"layer {name}" for name in _within(file, "layers") if name != matrix]
        others += [name for name in ("raw", "varm", "varp") if _within(file, name)] + strange
        return Annotated(obs, var, found, obsm, obsp, {} if uns is None or not is_group(uns) else _mapping(uns), tuple(others))


def _within(file: Any, name: str) -> list[str]:
    group = inner(file, name)
    return names(group) if group is not None and is_group(group) else []


def _matrix(file: Any, wanted: str | None, size: tuple[int, int], source: Source) -> Array | Sparse | None:
    if wanted is None:
        return None
    layers = _within(file, "layers")
    item = inner(file, "X") if wanted == "X" else inner(file["layers"], wanted) if wanted in layers else None
    if item is None:
        if wanted == "X":
            return None
        listed = ", ".join(["X", *layers[:10], "none"])
        raise InvalidOption(f"matrix={wanted}: {source.path} has no such layer; there are {listed}", option="matrix", given=wanted, allowed=listed)
    if size[0] * size[1] > MOST_CELLS:
        sentence = f"{source.path}: {size[0]:,} x {size[1]:,} values are more than the {MOST_CELLS:,} that segue reads at once; keep fewer variables"
        raise TooLarge(f"{sentence} (adata[:, names]), or leave the values out with --set matrix=none", path=source.path, limit=MOST_CELLS)
    if is_group(item):
        return _sparse(item, size)
    found = numbers(item)
    if found.shape != size:
        raise ValueError(f"{wanted} is of shape {found.shape}, not {size}")
    return found


def _sparse(group: Any, size: tuple[int, int]) -> Sparse:
    """A sparse matrix row by row, whichever way it is stored."""
    kind = attribute(group, "encoding-type") or f"{attribute(group, 'h5sparse_format')}_matrix"
    stated = attribute(group, "shape") or attribute(group, "h5sparse_shape")
    if kind not in ("csr_matrix", "csc_matrix") or tuple(map(int, stated)) != size:
        raise ValueError(f"a matrix of kind {kind} and shape {stated}")
    parts = [_part(group, name) for name in ("data", "indices", "indptr")]
    data, minor, starts = parts[0], parts[1].astype(np.int64), parts[2].astype(np.int64)
    major, other = size if kind == "csr_matrix" else size[::-1]
    if len(starts) != major + 1 or starts[0] != 0 or starts[-1] != len(data) or len(minor) != len(data) or (np.diff(starts) < 0).any():
        raise ValueError("a sparse matrix whose parts do not fit")
    if len(minor) and (minor.min() < 0 or minor.max() >= other):
        raise ValueError("a sparse matrix with entries outside of it")
    if kind == "csr_matrix":
        return Sparse(data, minor, starts, size)
    rows, columns = minor, np.repeat(np.arange(major, dtype=np.int64), np.diff(starts))
    order = np.lexsort((columns, rows))
    by_row = np.zeros(size[0] + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=size[0]), out=by_row[1:])
    return Sparse(data[order], columns[order], by_row, size)


def _part(group: Any, name: str) -> Array:
    found = numbers(inner(group, name))
    if found.ndim != 1:
        raise ValueError(f"{name} of a sparse matrix has {found.ndim} axes")
    return found


def _arrays(file: Any, rows: int) -> tuple[dict[str, Array], list[str]]:
    """Arrays about observations, and the names of those that are something else."""
    found, others = {}, []
    for name in _within(file, "obsm"):
        item = inner(file["obsm"], name)
        if is_data(item) and item.dtype.kind in "fiu" and len(shape(item)) == 2 and item.shape[0] == rows:
            found[name] = numbers(item)
        else:
            others.append(f"obsm {name}")
    return found, others


def _square(group: Any, name: str, size: int) -> Sparse | None:
    item = inner(group, name)
    if is_group(item):
        return _sparse(item, (size, size))
    found = numbers(item)
    if found.shape != (size, size):
        raise ValueError(f"{name} is no matrix of observations")
    rows, columns = np.nonzero(found)
    starts = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=size), out=starts[1:])
    return Sparse(found[rows, columns], columns, starts, (size, size))


def _frame(group: Any) -> Frame:
    index_name = attribute(group, INDEX) or INDEX
    index = _column(group, str(index_name))[0]
    order = attribute(group, "column-order")
    listed = [str(name) for name in order] if isinstance(order, list) else [name for name in names(group) if name not in (index_name, "__categories")]
    columns, levels = {}, {}
    for name in dict.fromkeys(listed):
        series, known = _column(group, name)
        if len(series) != len(index):
            raise ValueError(f"column {name} has {len(series)} rows, not {len(index)}")
        columns[name] = series
        if known is not None:
            levels[name] = known
    return Frame(index.cast(pl.Utf8), columns, levels)


def _column(group: Any, name: str) -> tuple[pl.Series, list[str] | None]:
    """A column, and its categories if it has them."""
    item = inner(group, name)
    if item is None:
        raise ValueError(f"{group.name} has no column {name}")
    if is_group(item):
        kind = attribute(item, "encoding-type")
        if kind == "categorical":
            return _categorical(numbers(inner(item, "codes")), inner(item, "categories"))
        values, mask = inner(item, "values"), inner(item, "mask")
        if values is None or mask is None or not str(kind).startswith("nullable-"):
            raise ValueError(f"a column of kind {kind}")
        series = _plain(values)
        missing = numbers(mask).astype(bool)
        return series.set(pl.Series(missing), None) if len(missing) == len(series) and missing.any() else series, None
    apart = inner(group, "__categories")
    old = inner(apart, name) if apart is not None and is_group(apart) else None
    return _categorical(numbers(item), old) if old is not None else (_plain(item), None)


def _categorical(codes: Array, categories: Any) -> tuple[pl.Series, list[str]]:
    found = _plain(categories)
    levels = _shown(found)
    if codes.ndim != 1 or codes.dtype.kind not in "iu" or len(set(levels)) < len(levels):
        raise ValueError("categories that cannot be")
    wide = codes.astype(np.int64)
    if len(wide) and (wide.max() >= len(levels) or wide.min() < -1):
        raise ValueError("a category that is not there")
    places = pl.Series(np.where(wide < 0, 0, wide)).set(pl.Series(wide < 0), None)
    return pl.Series(levels, dtype=pl.Utf8).gather(places) if levels else pl.Series([None], dtype=pl.Utf8).new_from_index(0, len(wide)), levels


def _shown(series: pl.Series) -> list[str]:
    """Categories as texts; whole numbers without a decimal point."""
    if series.dtype.is_float() and bool((series == series.round()).all()) and series.is_finite().all():
        series = series.cast(pl.Int64)
    return series.cast(pl.Utf8).to_list()


def _plain(data: Any) -> pl.Series:
    """An array with one axis as a column."""
    import h5py

    if not is_data(data) or len(shape(data)) != 1:
        raise ValueError("a column that is no array with one axis")
    if h5py.check_string_dtype(data.dtype) is not None:
        return pl.Series(texts(data), dtype=pl.Utf8)
    found = numbers(data)
    return pl.Series(found.astype(np.float32) if found.dtype == np.float16 else found)


def _mapping(group: Any, deep: int = 0) -> dict[str, Any]:
    """Texts, numbers, lists and frames; what is something else is left out."""
    found = {name: _value(inner(group, name), deep) for name in names(group)} if deep < MOST_DEEP else {}
    return {name: value for name, value in found.items() if value is not None}


def _value(item: Any, deep: int) -> Any:
    import h5py

    if is_group(item):
        if attribute(item, "encoding-type") == "dataframe":
            return _frame(item)
        return _mapping(item, deep + 1) if attribute(item, "encoding-type") in ("dict", None) else None
    if not is_data(item) or item.shape is None:
        return None
    if h5py.check_string_dtype(item.dtype) is None:
        return numbers(item) if item.dtype.kind in "fiub" else None
    if len(shape(item)) == 1:
        return texts(item)
    return text(item) if item.shape == () else None
