"""The columns of an object table as a study."""

from __future__ import annotations

import numpy as np
import polars as pl

from segue.errors import Malformed
from segue.formats.cell_files import cell_numbers, table_of, typed
from segue.formats.ilastik_objects.raw import Crops, Raw
from segue.formats.ilastik_objects.terms import CENTRE, CLASS, LABEL, OBJECT, SIZE, TIME, TRAINED, UNITS, UNTRAINED, measurement_of
from segue.model.frames import taken
from segue.model.objects import SCHEMA, Objects, default_ids
from segue.model.populations import Membership, Population
from segue.model.rings import Rings, concat
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import ALIASES, ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]


def assembled(raw: Raw, source: Source, layer: str) -> tuple[Study, Notes]:
    """One image set.

    Raises
    ------
    Malformed
        Labels or time steps are no whole numbers, or two rows are about the same object.
    """
    keys = {name: column.alias(name) for name, column in raw.keys.items()}
    label = cell_numbers(keys[LABEL], source)
    times = cell_numbers(keys[TIME], source).cast(pl.Int32, strict=False) if TIME in keys else None
    there, notes = _there(raw, label)
    objects = _objects(label.gather(there), None if times is None else times.gather(there), layer, source)
    values = [taken(column, there) for column in raw.values]
    shapes = _shapes(values, raw.crops, there, len(label))
    known, membership = _classes(keys, there)
    trained = _trained(keys, there)
    columns = [*([trained] if trained is not None else []), *values]
    described = [typed(column, **_facts(column)) for column in columns]
    tables = {"features": table_of(np.arange(len(there), dtype=np.int32), columns, described)} if columns else {}
    aliases = _aliases(objects, keys, there)
    s = ImageSet("", objects=objects, shapes=shapes, tables=tables, membership=membership, aliases=aliases)
    return Study((s,), known), raw.notes + notes


def _there(raw: Raw, label: pl.Series) -> tuple[Ints, Notes]:
    """Rows about objects: ilastik writes rows of zeros for labels that are not in the image."""
    size = next((column for column in raw.values if column.name == SIZE and column.dtype.is_numeric()), None)
    empty = label.eq(0) if size is None else label.eq(0) | size.eq(0).fill_null(value=False)
    count = int(empty.sum())
    notes = Notes.of(Note(Kind.SKIPPED, "{count row} about a label that is not in the image", count=count)) if count else Notes()
    return np.flatnonzero(~empty.to_numpy()).astype(np.int64), notes


def _objects(label: pl.Series, times: pl.Series | None, layer: str, source: Source) -> Objects:
    frame = pl.DataFrame({name: pl.Series(name, [None], dtype=dtype).new_from_index(0, len(label)) for name, dtype in SCHEMA.items()})
    frame = frame.with_columns(label=label, layer=pl.lit(layer))
    if times is not None and len(times) and (times.null_count() or times.max() != 0):
        frame = frame.with_columns(t=times)
    repeated = frame.select(pl.struct("t", "label").is_duplicated().arg_true()).to_series()
    if len(repeated):
        sentence = f"{source.path}: two rows are about the object {label[int(repeated[0])]} of the same time step; tables of several images are read one by one"
        raise Malformed(sentence, path=source.path, position=f"column {LABEL}")
    return Objects(frame.with_columns(default_ids(frame).alias("id")))


def _aliases(objects: Objects, keys: dict[str, pl.Series], there: Ints) -> pl.DataFrame:
    """The running numbers of the objects."""
    if OBJECT not in keys:
        return pl.DataFrame(schema=ALIASES)
    frame = pl.DataFrame({"id": objects.frame["id"], "alias": keys[OBJECT].gather(there).cast(pl.Utf8)}).drop_nulls()
    return frame.select(pl.lit("ilastik-objects").alias("format"), pl.lit("object").alias("entity"), "id", "alias")


def _facts(column: pl.Series) -> dict[str, str]:
    measurement, channel = measurement_of(column.name)
    found = {"measurement": measurement, "channel": channel, "unit": UNITS.get(column.name)}
    return {name: value for name, value in found.items() if value is not None} if column.dtype.is_numeric() else {}


def _classes(keys: dict[str, pl.Series], there: Ints) -> tuple[tuple[Population, ...], Membership]:
    """What the objects were classified as."""
    if CLASS not in keys:
        return (), Membership.empty()
    names = keys[CLASS].gather(there).cast(pl.Utf8)
    rows = pl.DataFrame({"population": names, "object": pl.int_range(len(names), dtype=pl.Int32, eager=True)}).drop_nulls()
    rows = rows.filter(~pl.col("population").is_in(list(UNTRAINED)))
    known = tuple(Population(name, (name,), "class", exclusive=True) for name in rows["population"].unique(maintain_order=True))
    return known, Membership.of(rows)


def _trained(keys: dict[str, pl.Series], there: Ints) -> pl.Series | None:
    """What the user labelled objects as, for training; missing where they did not."""
    if TRAINED not in keys:
        return None
    names = keys[TRAINED].gather(there).cast(pl.Utf8)
    return names.set(names.is_in(list(UNTRAINED)).fill_null(value=True), None)


def _shapes(values: list[pl.Series], crops: Crops, there: Ints, height: int) -> Shapes:
    """Masks where the file holds the pixels, else the centres as points."""
    if not crops.row:
        return _points({column.name: column for column in values})
    place = np.full(height, -1, np.int64)
    place[there] = np.arange(len(there))
    rows = place[np.array(crops.row, np.int64)]
    kept = np.flatnonzero(rows >= 0)
    frame = pl.DataFrame({"object": rows[kept].astype(np.int32), "z": pl.Series(crops.z, dtype=pl.Int32).gather(kept)})
    order = frame.with_columns(nth=pl.int_range(pl.len())).sort("object", "nth")["nth"].to_numpy()
    shapes = Shapes(frame.with_columns(kind=pl.lit(str(ShapeKind.MASK))), concat(crops.rings).take(kept))
    return shapes.take(order)


def _points(values: dict[str, pl.Series]) -> Shapes:
    centres = [values[name].cast(pl.Float64) for name in CENTRE if name in values and values[name].dtype.is_numeric()]
    if len(centres) < 2:
        return Shapes.empty()
    coords = np.stack([column.fill_null(np.nan).to_numpy() for column in centres], axis=1)
    placed = np.flatnonzero(np.isfinite(coords).all(axis=1) & (np.abs(coords) < 2**30).all(axis=1))
    frame = pl.DataFrame({"object": placed.astype(np.int32)}).with_columns(kind=pl.lit(str(ShapeKind.POINT)))
    if len(centres) > 2:
        frame = frame.with_columns(z=pl.Series(np.floor(coords[placed, 2] + 0.5).astype(np.int32)))
    return Shapes(frame, Rings.simple(coords[placed, :2] + 0.5, np.arange(len(placed) + 1)))
