"""A study as the cells of a results table. Memory: the texts of all cells."""

from __future__ import annotations

import polars as pl

from segue.codecs.delimited_numbers import numbers
from segue.errors import Incompatible
from segue.formats.imagej_results.fractions import fractions_in
from segue.formats.imagej_results.headings import NUMBER, place
from segue.formats.imagej_results.labels import put_together
from segue.formats.imagej_results.options import WriteOptions
from segue.formats.imagej_results.sheet import Sheet
from segue.formats.imagej_results.values import texts, typed_columns
from segue.model.study import ImageSet, Study


def rendered(study: Study, options: WriteOptions) -> Sheet:
    """The cells of a table about all objects of a study.

    Raises
    ------
    Incompatible
        The options leave out what tells rows, or image sets, apart.
    """
    sets = [s for s in study.image_sets if len(s.objects)] or list(study.image_sets[:1])
    height = sum(len(s.objects) for s in sets)
    if not height and not options.headers:
        return Sheet(0)
    columns = sorted(typed_columns(sets, options), key=lambda column: place(column.name))
    row_numbers = pl.Series(NUMBER, range(1, height + 1), dtype=pl.Int64).cast(pl.Utf8) if options.row_numbers else None
    cells = tuple(texts(columns, fractions_in(sets), options))
    sheet = Sheet(height, tuple(column.name for column in columns), cells, _labels(sets, options), row_numbers)
    _check(sheet, options)
    return sheet


def _labels(sets: list[ImageSet], options: WriteOptions) -> pl.Series | None:
    if options.label_column == "never" and len(sets) > 1:
        raise Incompatible(f"the study holds {len(sets)} image sets, which the column Label tells apart; leave out label_column=never")
    if not sets or options.label_column == "never" or (options.label_column == "auto" and len(sets) == 1 and _numbered(sets[0], options)):
        return None
    titled = options.label_column == "always" or len(sets) > 1
    ids = [s.objects.frame["id"] for s in sets]
    return put_together([s.name if titled else "" for s in sets], ids, comma=options.separator == "comma", plain=options.headers)


def _numbered(s: ImageSet, options: WriteOptions) -> bool:
    """Whether the numbers of the rows say all that the labels would; or nothing can be said."""
    if not options.row_numbers:
        return not options.headers
    frame = s.objects.frame.select("id", "label").with_columns(row=pl.int_range(1, pl.len() + 1, dtype=pl.UInt64))
    return bool(frame.select((pl.col("label").eq_missing(pl.col("row")) & (pl.col("id") == pl.col("row").cast(pl.Utf8))).all(ignore_nulls=False)).item())


def _check(sheet: Sheet, options: WriteOptions) -> None:
    if sheet.numbers is not None or not sheet.height:
        return
    if sheet.labels is None and _has_gaps(sheet):
        raise Incompatible("without the numbers of the rows and the column Label, rows without values would be lost; leave out row_numbers=false")
    if not options.headers and (sheet.labels is not None or _misleads(sheet)):
        raise Incompatible("without headings and the numbers of the rows, values would be taken for them; leave out headers=false or row_numbers=false")


def _has_gaps(sheet: Sheet) -> bool:
    """Whether rows are empty."""
    return not sheet.columns or bool(pl.DataFrame(_places(sheet)).select(pl.all_horizontal(pl.all().is_null()).any()).item())


def _misleads(sheet: Sheet) -> bool:
    """Whether the first row looks like headings, or the first column like numbers of rows."""
    counting = sheet.columns[0].equals(pl.int_range(1, sheet.height + 1, eager=True).cast(pl.Utf8))
    return counting or any(numbers(column.head(1)).dtype == pl.Utf8 for column in sheet.columns)


def _places(sheet: Sheet) -> list[pl.Series]:
    return [column.alias(str(nth)) for nth, column in enumerate(sheet.columns)]
