"""One image of a steinbock folder as an image set: what reading gives, and what ``fit`` promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from segue.formats.cell_files import table_of, typed
from segue.formats.steinbock.images import Listed
from segue.formats.steinbock.layout import INTENSITIES
from segue.formats.steinbock.neighbours import SCHEMA, connected
from segue.formats.steinbock.panel import Panel, as_extras
from segue.model.grid import Grid
from segue.model.image import Image, LabelImage
from segue.model.objects import Objects
from segue.model.study import ImageSet
from segue.model.tables import Column, Table

_LENGTHS = "centroid-0 centroid-1 major_axis_length minor_axis_length axis_major_length axis_minor_length perimeter equivalent_diameter"
_UNITS = {"area": "pixel^2", **dict.fromkeys(_LENGTHS.split(), "pixel")}


@dataclass(frozen=True)
class Parts:
    """What the files say about one image."""

    listed: Listed
    grid: Grid
    values: Mapping[str, tuple[pl.Series, Sequence[pl.Series]]] = field(default_factory=dict)
    """Folder -> (object numbers, columns)."""
    pairs: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SCHEMA))
    labels: tuple[LabelImage, ...] = ()
    images: tuple[Image, ...] = ()


def assembled(parts: Parts, panel: Panel | None) -> ImageSet:
    """The image set. Objects are those of the tables, in the order in which they occur, then those that only neighbours name."""
    named = [cells for cells, _ in parts.values.values()] + [parts.pairs["Object"], parts.pairs["Neighbor"]]
    cells = pl.concat(one.rename("label") for one in named).unique(maintain_order=True)
    objects = Objects(pl.DataFrame({"id": cells.cast(pl.Utf8), "label": cells}).with_columns(layer=pl.lit("labels")))
    connections, distances = connected(parts.pairs, objects)
    return ImageSet(
        parts.listed.name,
        grid=parts.grid,
        images=parts.images,
        labels=parts.labels,
        objects=objects,
        connections=connections,
        tables={**_tables(parts, objects), **parts.listed.tables, **distances},
        extras=as_extras(panel),
    )


def _tables(parts: Parts, objects: Objects) -> dict[str, Table]:
    place = objects.frame.select("label", row=pl.int_range(pl.len(), dtype=pl.Int32))
    found = {}
    for folder, (cells, values) in parts.values.items():
        if values:
            rows = cells.alias("label").to_frame().join(place, on="label", how="left", maintain_order="left")["row"].to_numpy()
            found[folder] = table_of(rows, values, [_column(folder, column) for column in values])
    return found


def _column(folder: str, column: pl.Series) -> Column:
    """Its channel, for intensities; its unit, for properties of scikit-image that have one."""
    if folder == INTENSITIES and column.dtype.is_numeric():
        return typed(column, channel=column.name)
    return typed(column, unit=_UNITS[column.name]) if column.name in _UNITS else typed(column)
