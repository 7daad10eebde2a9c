"""Counts, fractions, densities and means, per image and population."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any

import polars as pl

from segue.codecs.delimited_write import write_delimited
from segue.errors import UsageError
from segue.model.study import ImageSet, Study
from segue.storage.sink import Sink
from segue.workflow.measuring.values import TABLE

MILLIMETRES = {"pm": 1e-9, "angstrom": 1e-7, "nm": 1e-6, "um": 1e-3, "mm": 1.0, "cm": 10.0, "m": 1000.0}
"""Millimetres in a unit of length."""

Row = dict[str, Any]


def summary_rows(study: Study, name: str) -> list[Row]:
    """What a summary says about a measured study.

    Parameters
    ----------
    study
        With the table of what was measured.
    name
        What an image set without a name is called.

    Returns
    -------
    Per image set (per layer and time point, where there are several) a row of all objects, and one of each population: ``objects``;
    ``fraction`` of all; ``per_pixel`` (per voxel) of the whole image; ``per_mm^2`` (``per_mm^3``) where the pixel size is known; ``mean COLUMN`` of
    every column of numbers, over the members that have one. A mean of none is None.
    """
    titles = {one.id: " / ".join(one.name) for one in study.populations}
    return [row for s in study.image_sets if TABLE in s.tables for row in _of_image_set(s, titles, s.name or name)]


def _of_image_set(s: ImageSet, titles: Mapping[str, str], name: str) -> Iterator[Row]:
    table = s.tables[TABLE]
    facts = s.objects.frame.select("layer", "t")[table.frame["row"]]
    frame = pl.concat([facts, table.frame], how="horizontal")
    numbers = [one.name for one in table.columns if one.type in ("number", "integer")]
    keys = [one for one in ("layer", "t") if frame[one].n_unique() > 1]
    sizes = _sizes(s, timed="t" in keys)
    for key, part in frame.group_by(keys, maintain_order=True) if keys else [((), frame)]:
        head = {"image": name, **dict(zip(keys, key, strict=True))}
        yield head | _row("", part, part.height, numbers, sizes)
        for population, title in titles.items():
            pairs = s.membership.frame
            members = part.filter(pl.col("row").is_in(pairs["object"].filter(pairs["population"] == population).implode()))
            yield head | _row(title, members, part.height, numbers, sizes)


def _row(population: str, members: pl.DataFrame, of: int, numbers: Sequence[str], sizes: Mapping[str, float]) -> Row:
    row: Row = {"population": population or None, "objects": members.height, "fraction": members.height / of if of else None}
    row |= {name: members.height / size for name, size in sizes.items()}
    return row | {f"mean {name}": members.get_column(name).cast(pl.Float64).fill_nan(None).mean() for name in numbers}


def _sizes(s: ImageSet, *, timed: bool) -> dict[str, float]:
    """What the image measures: in pixels, and in mm^2 or mm^3 where that is known. Times are added up unless rows are of one time."""
    axes = [axis for axis in s.grid.axes if axis.name in "zyx" and (axis.name != "z" or (axis.size or 1) > 1)]
    times = 1 if timed else s.grid.size("t") or 1
    if not all(axis.size for axis in axes):
        return {}
    pixels = prod(axis.size or 1 for axis in axes) * times
    found = {"per_pixel": float(pixels)}
    if all(axis.scale and axis.unit in MILLIMETRES for axis in axes):
        found[f"per_mm^{len(axes)}"] = pixels * prod((axis.scale or 0) * MILLIMETRES[axis.unit or ""] for axis in axes)
    return found


def packed(rows: Sequence[Row]) -> dict[str, Any]:
    """Rows as ``{"columns": [...], "rows": [[...], ...]}``: in a record of JSON the order of the columns stays."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return {"columns": columns, "rows": [[row.get(name) for name in columns] for row in rows]}


def unpacked(facts: Mapping[str, Any]) -> list[Row]:
    """The rows of what ``packed`` made."""
    return [dict(zip(facts["columns"], row, strict=True)) for row in facts["rows"]]


def check_summary(path: Path) -> None:
    """Raise UsageError unless the name says that it is a text table."""
    if path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        raise UsageError(f"a summary is a text table: {path.name} has to end with .csv or .tsv")


def write_summary(rows: Sequence[Row], sink: Sink) -> None:
    """Write rows as a text table, comma between cells, or tab in a ``.tsv`` or ``.txt``. What a row does not have is empty."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    head = ["image", *(name for name in ("layer", "t", "population") if name in names)]
    order = head + [name for name in names if name not in head]
    frame = pl.DataFrame({name: pl.Series([row.get(name) for row in rows], dtype=_type(name), strict=False) for name in order})
    with sink.open() as file:
        write_delimited(file, frame, delimiter="," if sink.name.lower().endswith(".csv") else "\t")


def _type(name: str) -> Any:
    return pl.Int64 if name in ("objects", "t") else pl.Utf8 if name in ("image", "layer", "population") else pl.Float64
