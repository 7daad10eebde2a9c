"""Patches as plain data: rows as Parquet in base64, everything else as JSON."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import polars as pl

from segue.codecs import parquet
from segue.codecs.parquet_lists import COLUMNS as LISTS
from segue.codecs.parquet_lists import list_columns, rings_of
from segue.formats.segue_study import added, populations
from segue.formats.segue_study.added import SetText
from segue.formats.segue_study.files import Files
from segue.formats.segue_study.layout import folder_names
from segue.formats.segue_study.plain import as_record, from_text, number
from segue.model.edited_pixels import NUMBERS, RUNS, Change, Painted, Renumbered
from segue.model.patch import ImageSetPatch, LabelPatch, Patch, Splice
from segue.model.populations import Population
from segue.model.rings import Rings
from segue.model.study import ImageSet, Property
from segue.model.tables import Column, Table


class _Labels(msgspec.Struct, frozen=True):
    layer: str
    before: str
    after: str
    kind: str
    rows: str


class _Definitions(msgspec.Struct, frozen=True):
    places: tuple[int, ...]
    populations: list[dict[str, Any]]


class _Table(msgspec.Struct, frozen=True):
    about: Literal["objects", "connections", "image set", "objects on planes"]
    columns: tuple[Column, ...]
    rows: str
    stale: tuple[int, ...]


class _ImageSet(msgspec.Struct, frozen=True):
    nth: int
    parts: dict[str, str]
    labels: tuple[_Labels, ...]
    tables: dict[str, tuple[_Table | None, _Table | None]] = {}


class _Patch(msgspec.Struct, frozen=True):
    image_sets: tuple[_ImageSet, ...]
    gone: _Definitions
    come: _Definitions
    properties: tuple[tuple[Property, ...], tuple[Property, ...]] | None = None
    sets_come: tuple[SetText, ...] = ()
    sets_gone: tuple[str, ...] = ()


def to_plain(patch: Patch, root: Path | None = None, stay: Sequence[str] = ()) -> dict[str, Any]:
    """A patch as what JSON knows.

    Parameters
    ----------
    patch
        The patch. The pixels of image sets that come lie in the study already (``added.with_pixels``).
    root, stay
        Of image sets that come: the study, and the names of those before them.
    """
    sets = tuple(
        _ImageSet(nth, {name: _rows(_splice(part, name)) for name, part in one.parts.items()}, tuple(map(_labels, one.labels)), _whole(one.tables))
        for nth, one in patch.image_sets.items()
    )
    added_sets = _sets(patch.sets_come, root, stay)
    whole = _Patch(sets, _definitions(patch.gone), _definitions(patch.come), patch.properties, added_sets, patch.sets_gone)
    found: dict[str, Any] = msgspec.to_builtins(whole, enc_hook=number)
    return found


def _sets(image_sets: Sequence[ImageSet], root: Path | None, stay: Sequence[str]) -> tuple[SetText, ...]:
    folders = folder_names([*stay, *(s.name for s in image_sets)])[len(stay) :]
    return tuple(added.to_text(s, root or Path(), folder) for s, folder in zip(image_sets, folders, strict=True))


def from_plain(plain: Any, where: str, files: Files | None = None) -> Patch:
    """The patch.

    Parameters
    ----------
    plain
        What `to_plain` returned.
    where
        For messages.
    files
        Those of the study, for the pixels of image sets that come. None = the patch is to be taken back: then their names are enough, and pixels may
        lie elsewhere since.

    Raises
    ------
    Malformed, ValueError
    """
    found: _Patch = as_record(plain, _Patch, where)
    sets = {
        one.nth: ImageSetPatch(
            {name: _splice_of(_frame(text, where), name) for name, text in one.parts.items()},
            tuple(_labels_of(label, where) for label in one.labels),
            {name: (_table_of(before, where), _table_of(after, where)) for name, (before, after) in one.tables.items()},
        )
        for one in found.image_sets
    }
    come = tuple(ImageSet(one.entry.name) if files is None else added.from_text(one, files) for one in found.sets_come)
    return Patch(sets, _definitions_of(found.gone, where), _definitions_of(found.come, where), found.properties, come, found.sets_gone)


def _whole(tables: Mapping[str, tuple[Table | None, Table | None]]) -> dict[str, tuple[_Table | None, _Table | None]]:
    return {name: (_table(before), _table(after)) for name, (before, after) in tables.items()}


def _table(table: Table | None) -> _Table | None:
    return None if table is None else _Table(table.about, table.columns, _rows(table.frame), tuple(table.stale))


def _table_of(plain: _Table | None, where: str) -> Table | None:
    return None if plain is None else Table(plain.about, _frame(plain.rows, where), plain.columns, pl.Series("row", plain.stale, pl.Int32))


def _rows(frame: pl.DataFrame) -> str:
    return b64encode(parquet.encode(frame)).decode()


def _frame(text: str, where: str) -> pl.DataFrame:
    return parquet.decode(b64decode(text.encode(), validate=True), where)


def _splice(splice: Splice, name: str) -> pl.DataFrame:
    """One table: whether a row comes, where it stands, what it holds (and the vertices of shapes). Columns are numbered: values may have any name."""
    sides = []
    for come, at, frame, rings in ((False, splice.gone_at, splice.gone, splice.gone_rings), (True, splice.come_at, splice.come, splice.come_rings)):
        lists = list_columns(rings) if name == "shapes" else {}
        own = frame.with_columns(pl.col("kind").cast(pl.Utf8)) if "kind" in frame.columns and frame.schema["kind"] == pl.Enum else frame
        head = [pl.Series("come", [come] * own.height, pl.Boolean), pl.Series("at", at, pl.Int64)]
        names = [f"{nth}:{column}" for nth, column in enumerate(own.columns)]
        sides.append(pl.DataFrame([*head, *(own[column].alias(other) for column, other in zip(own.columns, names, strict=True))]).with_columns(**lists))
    return pl.concat(sides)


def _splice_of(frame: pl.DataFrame, name: str) -> Splice:
    if frame.schema.get("come") != pl.Boolean or frame.schema.get("at") != pl.Int64:
        raise ValueError("rows without their places")
    own = frame.drop("come", "at", *(LISTS if name == "shapes" else ()))
    own = own.rename({column: column.partition(":")[2] for column in own.columns})
    come = frame["come"]
    rings = rings_of(frame) if name == "shapes" else Rings.empty(frame.height)
    at = frame["at"].to_numpy().astype(np.int64)
    (gone_at, gone, gone_rings), (come_at, coming, come_rings) = ((at[rows], own[rows], rings.take(rows)) for rows in (_where(~come), _where(come)))
    return Splice(gone_at, gone, come_at, coming, gone_rings, come_rings)


def _where(rows: pl.Series) -> Any:
    return np.flatnonzero(rows.to_numpy()).astype(np.int64)


def _labels(patch: LabelPatch) -> _Labels:
    painted = isinstance(patch.change, Painted)
    rows = patch.change.runs if isinstance(patch.change, Painted) else patch.change.numbers
    return _Labels(patch.layer, patch.before, patch.after, "painted" if painted else "renumbered", _rows(rows))


def _labels_of(plain: _Labels, where: str) -> LabelPatch:
    rows, schema = _frame(plain.rows, where), pl.Schema(RUNS if plain.kind == "painted" else NUMBERS)
    if rows.schema != schema or any(np.dtype(one).kind not in "uib" for one in (plain.before, plain.after)):
        raise ValueError(f"a change of labels of the kind {plain.kind!r}")
    change: Change = Painted(rows) if plain.kind == "painted" else Renumbered(rows)
    return LabelPatch(plain.layer, plain.before, plain.after, change)


def _definitions(pairs: tuple[tuple[int, Population], ...]) -> _Definitions:
    plain = from_text(populations.encode(tuple(one for _, one in pairs)), "the journal")
    return _Definitions(tuple(place for place, _ in pairs), plain["populations"])


def _definitions_of(plain: _Definitions, where: str) -> tuple[tuple[int, Population], ...]:
    return tuple(zip(plain.places, populations.from_plain(plain.populations, where), strict=True))
