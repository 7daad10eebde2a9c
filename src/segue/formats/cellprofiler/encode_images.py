"""The table of images of a study."""

from __future__ import annotations

import polars as pl

from segue.formats.cellprofiler.sheets import Texts, as_text, unique
from segue.formats.cellprofiler.terms import COUNT, GROUP, HEIGHT, IMAGE, IMAGE_NUMBER, NAME, POSITION, WIDTH
from segue.model.study import ImageSet, Study


def image_numbers(study: Study) -> list[int]:
    """``ImageNumber`` of every image set: what a value about it says, where that is one number for each; else counted from 1."""
    said = [_stated(s) for s in study.image_sets]
    good = [number for number in said if number is not None]
    return good if len(set(good)) == len(study.image_sets) else list(range(1, len(said) + 1))


def _stated(s: ImageSet) -> int | None:
    for table in s.tables.values():
        if table.about == "image set" and len(table) and any(column.name == IMAGE_NUMBER and column.type == "integer" for column in table.columns):
            number = table.frame[IMAGE_NUMBER][0]
            return number if number is not None and 0 <= number < 10**18 else None
    return None


def images_table(study: Study, numbers: list[int], counts: dict[str, list[int]], undefined: str | None) -> Texts:
    """One row per image set."""
    sets = study.image_sets
    columns = {IMAGE_NUMBER: pl.Series([str(number) for number in numbers], dtype=pl.Utf8), NAME: pl.Series([s.name for s in sets], dtype=pl.Utf8)}
    if any(s.group is not None for s in sets):
        columns[GROUP] = pl.Series([s.group for s in sets], dtype=pl.Utf8)
    for axis in dict.fromkeys(axis for s in sets for axis, _ in s.position):
        columns[POSITION + axis] = pl.Series([next((str(place) for name, place in s.position if name == axis), None) for s in sets], dtype=pl.Utf8)
    for axis, start in (("y", HEIGHT), ("x", WIDTH)):
        sizes = [s.grid.size(axis) for s in sets]
        if any(size is not None for size in sizes):
            columns[start + IMAGE] = pl.Series([None if size is None else str(size) for size in sizes], dtype=pl.Utf8)
    columns |= {COUNT + name: pl.Series([str(count) for count in many], dtype=pl.Utf8) for name, many in counts.items()}
    columns |= _values(study, columns, undefined)
    return pl.DataFrame([values.alias(name) for name, values in columns.items()])


def _values(study: Study, taken: dict[str, pl.Series], undefined: str | None) -> dict[str, pl.Series]:
    """The values about image sets, one column for each of a table."""
    counted = image_numbers(study) == list(range(1, len(study.image_sets) + 1))
    cells: dict[tuple[str, str], list[pl.Series | None]] = {}
    for nth, s in enumerate(study.image_sets):
        for title, table in s.tables.items():
            if table.about == "image set":
                for column in table.columns:
                    if column.name != IMAGE_NUMBER or column.type != "integer" or counted:
                        cells.setdefault((title, column.name), [None] * len(study.image_sets))[nth] = as_text(
                            table.frame[column.name].alias("").head(1), undefined
                        )
    names = unique((name or "unnamed" for _, name in cells), taken)
    texts = [[one[0] if one is not None and len(one) else None for one in many] for many in cells.values()]
    return {name: pl.Series(values, dtype=pl.Utf8) for name, values in zip(names, texts, strict=True)}
