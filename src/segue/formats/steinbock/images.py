"""``images.csv``: the images, their sizes, and what else is known about each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import polars as pl

from segue.errors import Malformed
from segue.formats.cell_files import CellTable, as_read, read_cells, typed, usable, write_cells
from segue.formats.steinbock.layout import CHANNELS, HEIGHT, IMAGE, IMAGE_KEYS, IMAGES_CSV, OWN_NAME, WIDTH, file_names
from segue.model.grid import Axis, Grid
from segue.model.tables import Column, Table
from segue.notes import Notes
from segue.storage.source import Source

TABLE = "images"
_LARGEST = 2**31


@dataclass(frozen=True)
class Listed:
    """One row of images.csv."""

    name: str
    """What the image set is called: its file, unless segue wrote another name."""
    grid: Grid = field(default_factory=Grid)
    channels: int = 0
    tables: dict[str, Table] = field(default_factory=dict)


def read_images(root: Path) -> tuple[dict[str, Listed], Notes]:
    """File name without suffix -> row; empty without the file.

    Raises
    ------
    SourceError
        The file is no table of images.
    """
    path = root / IMAGES_CSV
    if not path.is_file():
        return {}, Notes()
    source = Source(path)
    found = read_cells(source, IMAGE_KEYS, IMAGE, texts=(IMAGE, OWN_NAME))
    files = [stem(name) for name in found.keys[IMAGE].fill_null("")]
    if len(set(files)) != len(files):
        raise Malformed(f"{path} names an image twice", path=path, position="column image")
    own = found.keys.get(OWN_NAME, pl.Series([None] * len(files), dtype=pl.Utf8)).to_list()
    sizes = {key: _whole(found, key, source) for key in (WIDTH, HEIGHT, CHANNELS)}
    tables = tables_of(found.values, len(files))
    rows = {
        file: Listed(file if own[nth] is None else own[nth], grid_of(sizes[HEIGHT][nth], sizes[WIDTH][nth]), sizes[CHANNELS][nth] or 0, tables[nth])
        for nth, file in enumerate(files)
    }
    return rows, found.notes


def stem(name: str) -> str:
    """The name of an image file without ``.tiff``."""
    return name[:-5] if name.lower().endswith(".tiff") else name[:-4] if name.lower().endswith(".tif") else name


def grid_of(height: int | None, width: int | None) -> Grid:
    return Grid((Axis("y", height), Axis("x", width)))


def tables_of(values: Sequence[pl.Series], count: int) -> list[dict[str, Table]]:
    """The values of each image as a table about it."""
    if not values:
        return [{} for _ in range(count)]
    columns: tuple[Column, ...] = tuple(typed(column) for column in values)
    return [{TABLE: Table("image set", pl.DataFrame([column[nth : nth + 1] for column in values]), columns)} for nth in range(count)]


def _whole(found: CellTable, key: str, source: Source) -> list[int | None]:
    column = found.keys.get(key)
    if column is None:
        return [None] * len(found.keys[IMAGE])
    number = column.cast(pl.Float64, strict=False) if column.dtype.is_numeric() else None
    if number is None or not ((number >= 0) & (number < _LARGEST) & (number == number.floor())).all():
        raise Malformed(f"{source.path}: column {key} holds something else than sizes in pixels", path=source.path, position=f"column {key}")
    return number.cast(pl.Int64).to_list()


def united(tables: Sequence[dict[str, Table]]) -> list[pl.Series]:
    """The values about all images, a row each, as they come back: a column of several types is text."""
    rows = [_row(one) for one in tables]
    names = list(dict.fromkeys(name for row in rows for name in row))
    found = []
    for name in names:
        cells = [row.get(name) for row in rows]
        kinds = {cell.dtype for cell in cells if cell is not None and not cell.null_count()}
        dtype = kinds.pop() if len(kinds) == 1 else pl.Utf8 if kinds else pl.Float64
        parts = [pl.Series(name, [None], dtype=dtype) if cell is None or cell.null_count() else cell.cast(dtype) for cell in cells]
        found.append(as_read(pl.concat(parts)))
    return found


def _row(tables: dict[str, Table]) -> dict[str, pl.Series]:
    columns = [table.frame[column.name] for table in tables.values() if table.about == "image set" and len(table) for column in table.columns]
    names = usable([column.name for column in columns], IMAGE_KEYS)
    return {name: column[:1].alias(name) for name, column in zip(names, columns, strict=True)}


def write_images(file: BinaryIO, names: Sequence[str], grids: Sequence[Grid], values: Sequence[pl.Series]) -> None:
    """Write images.csv; ``num_channels`` is 0, because no images are written."""
    files = file_names(names)
    sizes = {key: pl.Series(key, [grid.size(axis) for grid in grids], dtype=pl.Int64) for key, axis in ((WIDTH, "x"), (HEIGHT, "y"))}
    columns = [pl.Series(IMAGE, [f"{one}.tiff" for one in files], dtype=pl.Utf8), *sizes.values(), pl.Series(CHANNELS, [0] * len(files), dtype=pl.Int64)]
    own = pl.Series(OWN_NAME, [None if name == one else name for name, one in zip(names, files, strict=True)], dtype=pl.Utf8)
    columns += [own] if own.null_count() < len(own) else []
    write_cells(file, [column.name for column in (*columns, *values)], [*columns, *values])
