"""What output folders of instruments share: a table about cells, text or Parquet, that is joined to the outlines by id; the size of an image."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Literal

import polars as pl

from segue.codecs import parquet_foreign
from segue.codecs.delimited import MISSING, numbers, read_delimited
from segue.codecs.id_texts import id_texts
from segue.codecs.parquet_footer import look
from segue.errors import Malformed, SegueError
from segue.model.objects import unique_texts
from segue.model.tables import Column, Table
from segue.storage.source import Source

ID = "id"
Type = Literal["number", "integer", "text", "boolean"]


def read_cells(path: Path | None, names: Collection[str]) -> pl.DataFrame | None:
    """The table with its ids as texts in front (column ``id``); rows without an id, or with one that was there before, are left out.

    Parameters
    ----------
    path
        The file; None = there is none, and so no table.
    names
        What the column of ids may be called, the likeliest first; an empty text is a column without a name.

    Raises
    ------
    Malformed
        It has no such column, or is damaged.
    """
    if path is None:
        return None
    columns = _columns(Source(path), names)
    key = next((name for name in names if name in columns), None)
    if key is None:
        raise Malformed(f"{path} has no column {next(iter(names))}, so its rows belong to no cells; fetch or export it again", path=path)
    ids = id_texts(columns.pop(key))
    own = unique_texts(pl.Series([ID, "row", *columns], dtype=pl.Utf8))[2:].to_list()
    frame = pl.DataFrame({ID: ids} | dict(zip(own, columns.values(), strict=True)))
    return frame.filter(pl.col(ID).is_not_null()).unique(ID, keep="first", maintain_order=True)


def _columns(source: Source, texts: Collection[str]) -> dict[str, pl.Series]:
    if look(source) is not None:
        frame = parquet_foreign.table(source)
        return {name: frame[name] for name in frame.columns}
    found = read_delimited(source)
    names = unique_texts(pl.Series(found.names, dtype=pl.Utf8)).to_list()
    series = dict(zip(names, found.columns.get_columns(), strict=True))
    return {name: values if name in texts else numbers(values, found.dialect.decimal, MISSING) for name, values in series.items()}


def cell_table(frame: pl.DataFrame, objects: pl.Series, unit: Callable[[str], str | None]) -> Table:
    """The values as a table about the objects of the given ids, which hold all ids of the table; ``unit`` of each column by its name."""
    rows = pl.DataFrame({ID: objects.alias(""), "row": pl.int_range(len(objects), dtype=pl.Int32, eager=True)})
    found = frame.select(ID).join(rows, on=ID, how="left", maintain_order="left")["row"]
    made = {name: _plain(frame[name]) for name in frame.columns if name != ID}
    columns = tuple(Column(name, kind, unit=unit(name)) for name, (kind, _) in made.items())
    return Table("objects", pl.DataFrame({"row": found} | {name: values for name, (_, values) in made.items()}), columns)


def image_size(candidates: Iterable[Path]) -> dict[str, int]:
    """Sizes of y and x of the first image that is there; empty where there is none that can be read. No pixel is read."""
    from segue.codecs.tiff import describe
    from segue.storage import handles

    for path in candidates:
        if not path.is_file():
            continue
        try:
            found = describe(Source(path))
        except SegueError:
            continue
        finally:
            handles.close(path)
        if found and {"y", "x"} <= set(found[0].axes):
            return {name: found[0].shape[found[0].axes.index(name)] for name in "yx"}
    return {}


def _plain(values: pl.Series) -> tuple[Type, pl.Series]:
    values = values.alias("")
    if values.dtype == pl.Boolean:
        return "boolean", values
    if values.dtype.is_integer():
        whole = values.cast(pl.Int64, strict=False)
        return ("integer", whole) if whole.null_count() == values.null_count() else ("text", values.cast(pl.Utf8))
    if values.dtype.is_numeric():
        return "number", values.cast(pl.Float64)
    return "text", values.cast(pl.Utf8, strict=False)
