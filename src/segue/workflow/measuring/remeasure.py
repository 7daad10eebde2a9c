"""Values of segments that are new: columns that know what was measured are measured again, the others go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from segue.errors import SegueError
from segue.measure.preset import PresetColumn
from segue.model.features import Feature
from segue.model.image import LabelImage
from segue.model.study import ImageSet
from segue.model.tables import TYPES, Column, Table
from segue.notes import Kind, Note, Notes
from segue.workflow.measuring.channels import Named, channels_of
from segue.workflow.measuring.choice import BY_NAME, Choice, of_values
from segue.workflow.measuring.headings import known_headings
from segue.workflow.measuring.layers import Frame, dimensions, of_labels
from segue.workflow.measuring.study import check_sizes
from segue.workflow.measuring.units import physical_size, unit_of

if TYPE_CHECKING:
    from segue.tasks.workers import Workers


@dataclass(frozen=True)
class _Again:
    """A column to measure."""

    table: str
    column: Column
    asked: PresetColumn
    physical: bool


def remeasured(s: ImageSet, old: ImageSet, image: LabelImage, workers: Workers | None = None, where: str = "") -> tuple[ImageSet, Notes]:
    """The image set with values of its new segments.

    Parameters
    ----------
    s
        With the new labels, an object per segment, and the values that are left: those of objects of other layers.
    old
        The image set as it was.
    image
        The new label image.
    workers
        Who measures; None = threads.
    where
        What notes call the image set.

    Returns
    -------
    The image set and notes: LOST for values that do not say how they were measured, or whose image is not here.
    """
    held = {name: _held(old, name, image.name) for name, table in old.tables.items() if table.about == "objects"}
    channels = _channels(s, image, where)
    again = _known(old, held, channels, image)
    values = _measure(s, again, channels, image, workers, where)
    tables, lost, names = dict(s.tables), 0, []
    for name, counts in held.items():
        made = {one.column.name: values[number] for number, one in enumerate(again) if one.table == name}
        tables[name] = _table(s, s.tables[name], made)
        gone = {column: count for column, count in counts.items() if count and column not in made}
        lost += sum(gone.values())
        names += list(gone)
        tables[name] = _without(tables[name], gone)
        if not tables[name].columns and old.tables[name].columns:
            del tables[name]
    planes = sum(len(old.tables[name]) - len(s.tables[name]) for name, table in old.tables.items() if table.about == "objects on planes")
    return replace(s, tables=tables), _notes(lost, names, planes, len({one.column.name for one in again}), where)


def _notes(lost: int, names: Sequence[str], planes: int, again: int, where: str) -> Notes:
    notes = []
    if again:
        notes.append(Note(Kind.DONE, "{count column} measured again on the new labels", where=where, count=again))
    if lost:
        shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        what = f"they do not say how they were measured, or their image is not here, so they cannot be measured on the new labels: {shown}"
        notes.append(Note(Kind.LOST, what, Feature.VALUES, where, lost))
    if planes:
        notes.append(Note(Kind.LOST, "values of segments on single planes are not measured again", Feature.VALUES, where, planes))
    return Notes(tuple(notes))


def _held(s: ImageSet, table: str, layer: str) -> dict[str, int]:
    """How many values of segments of a layer each column has."""
    mine = s.objects.frame.select(pl.col("layer").eq_missing(pl.lit(layer)) & pl.col("label").is_not_null()).to_series()
    frame = s.tables[table].frame
    frame = frame.filter(mine.gather(frame["row"]))
    return {column.name: frame.height - frame.get_column(column.name).null_count() for column in s.tables[table].columns}


def _channels(s: ImageSet, image: LabelImage, where: str) -> tuple[Named, ...]:
    """The channels that have the size of the labels; none where images have another."""
    try:
        for one in s.images:
            check_sizes(image, one, where)
        return channels_of(s, where=where) if s.images else ()
    except SegueError:
        return ()


def _known(old: ImageSet, held: dict[str, dict[str, int]], channels: Sequence[Named], image: LabelImage) -> list[_Again]:
    """The columns that had values and can be measured again."""
    titles = [one.name for one in channels]
    headings = known_headings(titles, dimensions(image))
    numbers = {one.name or None: number for number, one in enumerate(channels)}
    found = []
    for name, counts in held.items():
        for column in old.tables[name].columns:
            asked = _asked(column, numbers, headings) if counts[column.name] else None
            physical = None if asked is None else _physical(old, column, image)
            if asked is not None and physical is not None:
                found.append(_Again(name, column, asked, physical))
    return found


def _asked(column: Column, numbers: dict[str | None, int], headings: dict[str, PresetColumn]) -> PresetColumn | None:
    """How a column was measured, as far as it says so; as the program that names a column so shows its numbers."""
    measurement = column.measurement or ""
    if (measurement not in BY_NAME and not measurement.startswith("percentile ")) or column.type not in ("number", "integer"):
        return None
    if of_values(measurement) and column.channel not in numbers:
        return None
    named = headings.get(column.name)
    convention = named.convention if named is not None and named.measurement == measurement else "plain"
    return PresetColumn(column.name, measurement, numbers[column.channel] if of_values(measurement) else None, convention)


def _physical(s: ImageSet, column: Column, image: LabelImage) -> bool | None:
    """Whether a column is in the unit of the pixel size; None if it is in one that cannot be made."""
    measurement, dims = column.measurement or "", dimensions(image)
    if column.unit == unit_of(measurement, None, dims) or column.unit == "degrees":
        return False
    try:
        _, unit = physical_size(s.grid, dims, s.name)
    except SegueError:
        return None
    return True if column.unit == unit_of(measurement, unit, dims) else None


def _measure(
    s: ImageSet, again: Sequence[_Again], channels: tuple[Named, ...], image: LabelImage, workers: Workers | None, where: str
) -> dict[int, pl.DataFrame]:
    """Number in ``again`` -> (row, value)."""
    found: dict[int, pl.DataFrame] = {}
    for physical in (False, True):
        mine = [number for number, one in enumerate(again) if one.physical is physical]
        if not mine:
            continue
        asked = [again[number].asked._replace(name=f"{number}") for number in mine]
        used = channels if any(one.channel is not None for one in asked) else ()
        layer = of_labels(s, image, Frame(used, Choice(()), physical=physical, workers=workers, where=where), asked)
        numbered = s.objects.frame.select("layer", "t", "label", row=pl.int_range(pl.len(), dtype=pl.Int32))
        rows = layer.keys.join(numbered, on=["layer", "t", "label"], how="left", nulls_equal=True, maintain_order="left")["row"]
        found |= {int(column.name.split()[0]): pl.DataFrame({"row": rows, "value": values}) for column, values in layer.columns}
    return found


def _table(s: ImageSet, table: Table, made: dict[str, pl.DataFrame]) -> Table:
    """The table with rows for what was measured."""
    if not made:
        return table
    rows = next(iter(made.values()))["row"]
    columns = tuple(replace(one, type="number") if one.name in made and _fractions(made[one.name]["value"]) else one for one in table.columns)
    order = rows.arg_sort()
    new = {
        one.name: made[one.name]["value"].gather(order).cast(TYPES[one.type]) if one.name in made else pl.Series([None] * len(rows), dtype=TYPES[one.type])
        for one in columns
    }
    kept = {one.name: table.frame.get_column(one.name).cast(TYPES[one.type]) for one in columns}
    frame = pl.concat([pl.DataFrame({"row": table.frame["row"], **kept}), pl.DataFrame({"row": rows.gather(order), **new})]).sort("row", maintain_order=True)
    return Table(table.about, frame, columns, table.stale)


def _fractions(values: pl.Series) -> bool:
    return values.dtype == pl.Float64


def _without(table: Table, gone: dict[str, int]) -> Table:
    """The table without columns that have no value any more."""
    empty = {name for name in gone if table.frame.get_column(name).null_count() == len(table)}
    if not empty:
        return table
    columns = tuple(one for one in table.columns if one.name not in empty)
    return Table(table.about, pl.DataFrame([table.frame.get_column(name) for name in table.frame.columns if name not in empty]), columns, table.stale)
