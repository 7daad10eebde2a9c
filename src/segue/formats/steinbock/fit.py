"""What a folder of steinbock can hold of a study."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from segue.codecs.pixels import bounds
from segue.formats.cell_files import numbered, usable, values_of
from segue.formats.options import Options
from segue.formats.steinbock.assemble import Parts, assembled
from segue.formats.steinbock.images import Listed, grid_of, tables_of, united
from segue.formats.steinbock.layout import INTENSITIES, OBJECT, REGIONPROPS, RESERVED
from segue.formats.steinbock.neighbours import pairs_of
from segue.formats.steinbock.panel import stated
from segue.formats.steinbock.spec import FORMAT
from segue.model.grid import Grid
from segue.model.image import LabelImage, size_of
from segue.model.keep import keep
from segue.model.study import ImageSet, Study
from segue.storage.names import safe_names

_LARGEST = 2**32


def fit(study: Study, options: Options) -> Study:
    """Every image set under a name of its own: one mask, numbered objects, their values and neighbours."""
    kept = keep(study, FORMAT.keeps)
    sets = [replace(s, objects=s.objects.with_columns(label=numbered(s.objects))) for s in kept.image_sets]
    folders = _folders(sets)
    listed = tables_of(united([dict(s.tables) for s in sets]), len(sets))
    panel = stated(sets)
    parts = [_parts(s, Listed(s.name, tables=tables), folders) for s, tables in zip(sets, listed, strict=True)]
    return replace(kept, image_sets=tuple(assembled(one, panel) for one in parts))


def _folders(sets: list[ImageSet]) -> dict[str, str]:
    """Name of a table about objects -> its folder: the usual ones under their names, others by the names of their tables."""
    names = dict.fromkeys(name for s in sets for name, table in s.tables.items() if table.about == "objects")
    usual = [name for name in (INTENSITIES, REGIONPROPS) if name in names]
    others = sorted(set(names) - set(usual))
    safe = safe_names([*RESERVED, INTENSITIES, REGIONPROPS, *(name.lstrip(".") or "values" for name in others)])[5:]
    order = dict(zip(others, safe, strict=True))
    return {**{name: name for name in usual}, **{name: order[name] for name in sorted(others, key=lambda name: order[name])}}


def _parts(s: ImageSet, listed: Listed, folders: dict[str, str]) -> Parts:
    labels = tuple(image for image in s.labels if _fits(image))[:1]
    label = s.objects.frame["label"]
    values: dict[str, tuple[pl.Series, list[pl.Series]]] = {}
    for name, folder in folders.items():
        table = s.tables.get(name)
        columns = values_of(s, {name: table}) if table is not None and table.about == "objects" else []
        if columns:
            values[folder] = (label, [column.alias(name) for column, name in zip(columns, usable([one.name for one in columns], (OBJECT,)), strict=True)])
    if len(label) and not values:
        values[REGIONPROPS] = (label, [])
    return Parts(listed, _grid(s.grid, labels), values, pairs_of(s), tuple(replace(image, name="labels", persists=True) for image in labels))


def _fits(image: LabelImage) -> bool:
    """Whether steinbock can have it as a mask."""
    if any(size_of(image.pixels, image.axes, name) > 1 for name in "tz"):
        return False
    lowest, highest = bounds(image.pixels)
    return lowest >= 0 and highest < _LARGEST


def _grid(grid: Grid, labels: tuple[LabelImage, ...]) -> Grid:
    if labels:
        return grid_of(*(size_of(labels[0].pixels, labels[0].axes, name) for name in "yx"))
    return grid_of(grid.size("y"), grid.size("x"))
