"""Which object a row is about: by the column Label, by the number of the row, or by nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from segue.errors import Incompatible
from segue.formats.imagej_results.labels import Named
from segue.formats.imagej_results.options import ReadOptions
from segue.formats.imagej_results.sheet import Sheet
from segue.model.objects import SCHEMA, Objects, unique_texts
from segue.notes import Kind, Note

Rows = np.ndarray[tuple[int], np.dtype[np.int64]]
Part = tuple[str, Objects, Rows | None]
_NUMBERED = r"^(?:t([0-9]{1,9})/)?([1-9][0-9]{0,17})$"
LAYER = "labels"


def identified(sheet: Sheet, named: Named, times: pl.Series | None, options: ReadOptions, path: str, notes: list[Note]) -> list[Part]:
    """(title of an image, its objects, their rows; None = all) for each image of a table.

    Raises
    ------
    Incompatible
        The table is joined, and nothing says which row belongs to which object.
    """
    if named.ids is None and sheet.height and options.numbers == "auto" and options.repeated == "error":
        raise Incompatible(
            f"{path} only numbers its rows, so nothing says which object a row is about; if they are numbered like the labels (as Analyze Particles "
            "numbers its count masks, in the same run), say so with --set numbers=labels",
            path=path,
        )
    groups = list(_groups(named.titles))
    labels = [] if named.ids is not None else _row_labels(sheet, groups, options)
    if labels:
        notes.append(Note(Kind.ASSUMED, "the numbers of the rows are the labels of the objects"))
    return [(title, _objects(sheet, named, times, rows, labels[nth] if labels else None), rows) for nth, (title, rows) in enumerate(groups)]


def _groups(titles: pl.Series | None) -> Iterator[tuple[str, Rows | None]]:
    if titles is None or not len(titles):
        yield "", None
        return
    frame = pl.DataFrame({"title": titles.fill_null(""), "row": pl.int_range(len(titles), eager=True)})
    for one in frame.partition_by("title", maintain_order=True):
        yield str(one["title"][0]), None if len(one) == len(frame) else one["row"].to_numpy()


def _row_labels(sheet: Sheet, groups: list[tuple[str, Rows | None]], options: ReadOptions) -> list[pl.Series]:
    """Per image the labels that the numbers of its rows are; none if they are no labels."""
    if not sheet.height or options.numbers == "rows" or (options.numbers == "auto" and (len(groups) > 1 or sheet.numbers is None)):
        return []
    if len(groups) == 1 and sheet.numbers is not None:
        stated = sheet.numbers.cast(pl.UInt64, strict=False)
        if not stated.null_count() and stated.min() != 0 and not stated.is_duplicated().any():
            return [stated]
    return [pl.int_range(1, (sheet.height if rows is None else len(rows)) + 1, dtype=pl.UInt64, eager=True) for _, rows in groups]


def _objects(sheet: Sheet, named: Named, times: pl.Series | None, rows: Rows | None, label: pl.Series | None) -> Objects:
    height = sheet.height if rows is None else len(rows)
    frame = pl.DataFrame({name: pl.Series(name, [None], dtype=dtype).new_from_index(0, height) for name, dtype in SCHEMA.items()})
    if times is not None:
        frame = frame.with_columns((times if rows is None else times.gather(rows)).alias("t"))
    ids = None if named.ids is None else named.ids if rows is None else named.ids.gather(rows)
    if ids is not None:
        label = _labels_in(ids, frame["t"])
    if label is not None:
        frame = frame.with_columns(label=label, layer=pl.lit(LAYER))
    default = "#" + pl.int_range(1, height + 1, eager=True).cast(pl.Utf8) if label is None else label.cast(pl.Utf8)
    return Objects(frame.with_columns(id=default if ids is None else _filled(ids, default)))


def _filled(ids: pl.Series, default: pl.Series) -> pl.Series:
    return unique_texts(ids.fill_null(default)) if ids.null_count() else ids


def _labels_in(ids: pl.Series, times: pl.Series) -> pl.Series | None:
    """Labels, where all ids are such: ``7``, or ``t2/7`` at time point 2."""
    if ids.null_count() or not len(ids):
        return None
    parts = ids.str.extract_groups(_NUMBERED).struct.rename_fields(["t", "label"]).struct.unnest()
    if parts["label"].null_count() or not parts["t"].cast(pl.Int32, strict=False).eq_missing(pl.Series(times).set(parts["t"].is_null(), None)).all():
        return None
    found = parts["label"].cast(pl.UInt64)
    return None if pl.DataFrame({"label": found, "t": times}).is_duplicated().any() else found
