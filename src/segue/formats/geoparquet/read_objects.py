"""Which object each row of a table is about, and what the columns say about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.id_texts import id_texts
from segue.errors import InvalidOption
from segue.formats.geoparquet.layout import KIND, OBJECT, PANDAS, SHAPE
from segue.formats.geoparquet.options import ReadOptions
from segue.model.features import Feature
from segue.model.objects import SCHEMA, Objects, default_ids, repeated_labels, unique_texts
from segue.notes import Kind, Note, Notes


@dataclass(frozen=True)
class Found:
    """Objects, and how rows belong to them."""

    objects: Objects
    row_object: pl.Series
    """(rows,) Int32: the object that each row is about."""
    first: pl.Series
    """(objects,) the row that says what each object is."""
    used: frozenset[str]
    """Columns that were understood."""
    notes: Notes


def read_objects(frame: pl.DataFrame, metadata: dict[str, str], values: list[str], options: ReadOptions, path: Path, *, own: bool) -> Found:
    """The objects of a table.

    Parameters
    ----------
    frame
        The table without its geometry.
    metadata
        Of the file; pandas says there which column is the index.
    values
        Columns that cannot be about the object, because they are values.
    options
        Which columns hold ids and labels.
    path
        For messages.
    own
        Whether segue wrote the file: rows of the same id are then one object.

    Raises
    ------
    InvalidOption
        A column that is asked for is not there.
    """
    name = asked(frame, options.id, "id", path) or ("id" if "id" in frame.columns and "id" not in values else None)
    index = None if name else _index(frame, metadata)
    given = frame[name] if name else index
    name = name or ("" if index is None else index.name)
    given = None if given is None else given.alias("")  # polars takes a name such as ^a$ for a pattern
    repeated, ids, first, notes = _rows(given, frame, own=own)
    columns = {one: _column(frame, one, first) for one in OBJECT if one in frame.columns and one not in values and one not in ("id", "label")}
    label_name = asked(frame, options.label, "label", path) or ("label" if "label" in frame.columns and "label" not in values else None)
    label = _labels(frame[label_name].alias("").gather(first)) if label_name else None
    if label is None and label_name is None and given is not None and given.dtype.is_integer():
        label = _labels(given.gather(first))
    known = {one: values for one, values in columns.items() if values is not None}
    objects, more = _objects(None if ids is None else ids.gather(first), label, known, len(first))
    used = {*known, *((name,) if name in frame.columns else ()), *((label_name,) if label_name and label is not None else ()), *_index_names(frame, metadata)}
    return Found(objects, repeated, first, frozenset(used), notes + more)


def asked(frame: pl.DataFrame, column: str, option: str, path: Path) -> str | None:
    """The column that an option names; None if it names none.

    Raises
    ------
    InvalidOption
        It is not there.
    """
    if column and column not in frame.columns:
        there = ", ".join(frame.columns[:12])
        raise InvalidOption(f"{path} has no column {column!r}; its columns are: {there}", option=option, given=column, allowed=there)
    return column or None


def _rows(ids: pl.Series | None, frame: pl.DataFrame, *, own: bool) -> tuple[pl.Series, pl.Series | None, pl.Series, Notes]:
    """Object of each row, ids as texts, first row of each object. Rows of the same id are one object if their values are the same."""
    every = pl.int_range(frame.height, dtype=pl.Int32, eager=True)
    if ids is None:
        return every, None, every, Notes()
    texts = id_texts(ids)
    missing = texts.null_count()
    if missing:
        texts = pl.select(pl.coalesce(texts, pl.concat_str(pl.lit("#"), (every + 1).cast(pl.Utf8)))).to_series()
    notes = [Note(Kind.ASSUMED, "{count row} without an id got the number of the row", Feature.OBJECT_ID, count=missing)] if missing else []
    keyed = pl.DataFrame({"id": texts, "row": every})
    first = keyed.unique("id", keep="first", maintain_order=True)["row"]
    if len(first) < len(texts):
        if not own and not _same_values(frame, texts):
            notes.append(Note(Kind.REPAIRED, "ids that several objects share were made different", Feature.OBJECT_ID, count=len(texts) - len(first)))
            return every, unique_texts(texts), every, Notes.of(*notes)
        order = pl.DataFrame({"id": texts.gather(first), "object": pl.int_range(len(first), dtype=pl.Int32, eager=True)})
        return keyed.join(order, on="id", how="left", maintain_order="left")["object"], texts, first, Notes.of(*notes)
    return every, texts, first, Notes.of(*notes)


def _same_values(frame: pl.DataFrame, texts: pl.Series) -> bool:
    """Whether rows of the same id agree in all scalar columns that are not about the shape."""
    about = [frame[one].alias(str(nth)) for nth, one in enumerate(frame.columns) if one not in (*SHAPE, KIND) and not frame[one].dtype.is_nested()]
    return pl.DataFrame([texts.alias("id"), *about]).unique().height == texts.n_unique()


def _labels(values: pl.Series) -> pl.Series | None:
    """Label numbers, if all are whole and from 1 on."""
    label = whole(values.alias(""), pl.UInt64)
    return label if label is not None and (label > 0).all() else None


def _column(frame: pl.DataFrame, name: str, first: pl.Series) -> pl.Series | None:
    """A column about objects as the model has it; None if it is of another type, and so means something else."""
    given = frame[name].gather(first).alias("")
    if name == "colour":
        return _colours(given)
    if name in ("layer", "name"):
        return given.cast(pl.Utf8) if given.dtype in (pl.Utf8, pl.Categorical, pl.Null) else None
    if name == "locked":
        return given.fill_null(value=False) if given.dtype == pl.Boolean else None
    return whole(given, SCHEMA[name])


def whole(given: pl.Series, dtype: Any) -> pl.Series | None:
    """Whole numbers, also as the floats that pandas makes of them where some are missing; None if they are not whole."""
    given = given.fill_nan(None) if given.dtype.is_float() else given
    if not given.dtype.is_numeric() and given.dtype != pl.Null:
        return None
    cast = given.cast(dtype, strict=False)
    return cast if cast.null_count() == given.null_count() and (cast.cast(given.dtype, strict=False) == given).all() else None


def _colours(given: pl.Series) -> pl.Series | None:
    """#RRGGBB and #RRGGBBAA."""
    if given.dtype not in (pl.Utf8, pl.Categorical):
        return None
    texts = given.cast(pl.Utf8)
    if not texts.drop_nulls().str.contains(r"^#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})$").all():
        return None
    digits = texts.str.strip_prefix("#").str.pad_end(8, "F")
    return digits.str.to_integer(base=16, strict=False).cast(pl.UInt32)


def _objects(ids: pl.Series | None, label: pl.Series | None, columns: dict[str, pl.Series], count: int) -> tuple[Objects, Notes]:
    given = {"id": ids, "label": label, **columns}
    empty = {name: pl.Series([None], dtype=dtype).new_from_index(0, count) for name, dtype in SCHEMA.items()}
    frame = pl.DataFrame({name: nothing if given.get(name) is None else given[name] for name, nothing in empty.items()})
    notes = Notes()
    repeated = repeated_labels(frame)
    if repeated.any():
        notes = Notes.of(Note(Kind.SKIPPED, "labels that several objects share are no labels", Feature.OBJECT_LABEL, count=int(repeated.sum())))
        shared = pl.struct("layer", "t", "label").is_duplicated()
        frame = frame.with_columns(label=pl.when(~shared).then("label"))
    if ids is None:
        frame = frame.with_columns(default_ids(frame))
    return Objects(frame), notes


def _index(frame: pl.DataFrame, metadata: dict[str, str]) -> pl.Series | None:
    """The index of pandas, with its name; None if it only counts the rows."""
    for one in _stated(metadata):
        if isinstance(one, str) and one in frame.columns:
            return frame[one]
        if isinstance(one, dict) and one.get("kind") == "range" and one.get("name") is not None:
            start, step = one.get("start"), one.get("step")
            if isinstance(start, int) and isinstance(step, int) and abs(start) < 2**62 and abs(step) < 2**20:
                return pl.Series("", np.arange(frame.height, dtype=np.int64) * step + start)
    return None


def _index_names(frame: pl.DataFrame, metadata: dict[str, str]) -> list[str]:
    """The row numbers that pandas wrote where the ids are elsewhere; an index of texts is a value."""
    stated = [one for one in _stated(metadata)[:1] if isinstance(one, str) and one.startswith("__index_level_") and one in frame.columns]
    return [one for one in stated if frame[one].dtype.is_integer()]


def _stated(metadata: dict[str, str]) -> list[Any]:
    try:
        columns = json.loads(metadata.get(PANDAS, "{}"))["index_columns"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return columns if isinstance(columns, list) else []
