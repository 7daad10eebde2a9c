"""From a study to one table: a row per object, own names for what segue knows, values behind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from segue.errors import Incompatible
from segue.formats.table import populations
from segue.formats.table.options import WriteOptions
from segue.formats.table.roles import ROLES, assigned
from segue.model.objects import unique_texts
from segue.model.shapes import ShapeKind
from segue.model.study import ImageSet, Study
from segue.model.tables import TYPES, Column

_POSITIONS = {"corner": ("x", "y"), "centre": ("X_centroid", "Y_centroid")}
"""Names that say what positions are counted from."""
_DIGITS = "#{:08x}"


@dataclass(frozen=True)
class Flat:
    """A table to write."""

    names: list[str]
    columns: list[pl.Series]
    values: int
    """How many of the columns, at the end, are values."""
    facts: tuple[Column, ...]
    """What the columns of values mean."""
    table: str = "measurements"


def flat(study: Study, options: WriteOptions) -> Flat:
    """One table of all image sets.

    Raises
    ------
    Incompatible
        Positions are asked for in physical units, and the pixel size is not known.
    """
    known = populations.fitted(study.populations)
    names = {one: population.name[0] for one, population in known.items()}
    sets = [s for s in study.image_sets if len(s.objects)] or [s for s in study.image_sets if s.tables]
    x, y = _position_names(sets, options)
    frames = [_of_one(s, names, options).rename({"x": x, "y": y}, strict=False) for s in sets]
    roles = pl.concat(frames, how="diagonal") if frames else pl.DataFrame(schema={"id": pl.Utf8})
    if len(frames) > 1 or any(s.name for s in sets):
        titles = _titles([s.name for s in sets])
        roles = roles.with_columns(
            image=pl.concat([pl.Series([name], dtype=pl.Utf8).new_from_index(0, frame.height) for name, frame in zip(titles, frames, strict=True)])
        )
    order = [{"x": x, "y": y}.get(role, role) for role in ROLES]
    roles = roles[[name for name in order if name in roles.columns]]
    always = ("id", "label") if not roles.height else ("id",)  # the table of no objects has the head of the others
    roles = roles[[name for name in roles.columns if name in always or roles[name].null_count() < roles.height]]
    columns, facts, table = _values(sets)
    taken = _safe(roles.columns, [column.name for column in facts])
    return Flat([*roles.columns, *taken], [*roles.get_columns(), *columns], len(columns), facts, table)


def _position_names(sets: list[ImageSet], options: WriteOptions) -> tuple[str, str]:
    """The names of the two columns; they end with the unit if it is another than pixels."""
    x, y = _POSITIONS[options.origin]
    if options.unit == "pixel":
        return x, y
    units = {axis.unit for s in sets if (axis := s.grid.axis("x")) is not None and len(s.shapes)}
    if len(units) > 1:
        raise Incompatible("the image sets have pixel sizes in different units, so positions cannot be physical; leave out --set unit=physical")
    unit = (units.pop() if units else None) or "physical"
    unit = "µm" if unit == "um" else unit
    return f"{x} {unit}", f"{y} {unit}"


def _titles(names: list[str]) -> list[str]:
    return list(unique_texts(pl.Series(names, dtype=pl.Utf8)))


def _of_one(s: ImageSet, names: dict[str, str], options: WriteOptions) -> pl.DataFrame:
    frame = s.objects.frame
    usual = pl.when(pl.col("label").is_not_null()).then(pl.lit("labels"))
    plain = frame.select(pl.col("layer").eq_missing(usual).all()).item()
    frame = frame.with_columns(
        layer=pl.lit(None, pl.Utf8) if plain else pl.col("layer"),
        colour=_hexadecimal(frame["colour"]),
        locked=pl.col("locked") if frame["locked"].any() else pl.lit(None, pl.Boolean),
    )
    if len(s.membership):
        frame = frame.with_columns(populations=populations.cells(s.membership, names, frame.height))
    return _with_positions(frame, s, options)


def _hexadecimal(colours: pl.Series) -> pl.Series:
    known = colours.drop_nulls().unique()
    texts = {colour: _DIGITS.format(colour) for colour in known}
    return colours.replace_strict(texts, return_dtype=pl.Utf8) if texts else colours.cast(pl.Utf8)


def _with_positions(frame: pl.DataFrame, s: ImageSet, options: WriteOptions) -> pl.DataFrame:
    """The objects with x, y, z and c of the first point of each."""
    rows = np.flatnonzero((s.shapes.frame["kind"] == str(ShapeKind.POINT)).to_numpy())
    if not len(rows):
        return frame
    owner = s.shapes.frame["object"].to_numpy()[rows]
    places = np.full(frame.height, -1, np.int64)
    places[owner[::-1]] = rows[::-1]  # of several points the first one stays
    coords = s.shapes.rings.coords[s.shapes.rings.coord_start[:-1][np.maximum(places, 0)]]
    at = pl.Series(places)
    at = at.set(at < 0, None)
    columns = {name: pl.Series(_shifted(coords[:, nth], s, name, options)).set(at.is_null(), None) for nth, name in enumerate("xy")}
    return frame.with_columns(**columns, **{name: s.shapes.frame[name].gather(at) for name in ("z", "c")})


def _shifted(values: np.ndarray[Any, np.dtype[np.float64]], s: ImageSet, axis: str, options: WriteOptions) -> np.ndarray[Any, np.dtype[np.float64]]:
    moved = values - 0.5 if options.origin == "centre" else values
    if options.unit == "pixel":
        return moved
    found = s.grid.axis(axis)
    if found is None or found.scale is None:
        raise Incompatible(f"the pixel size of {s.name or 'this study'} is not known, so positions cannot be physical; leave out --set unit=physical")
    return moved * found.scale


def _values(sets: list[ImageSet]) -> tuple[list[pl.Series], tuple[Column, ...], str]:
    """The columns of all tables about objects, one row per object; columns of equal names of several image sets are one."""
    tables = [name for s in sets for name, table in s.tables.items() if table.about == "objects"]
    order = list(dict.fromkeys(tables))
    places = list(dict.fromkeys((name, column.name) for s in sets for name in order if name in s.tables for column in s.tables[name].columns))
    facts = [_fact(sets, table, column) for table, column in places]
    titles = [column for _, column in places]
    unique = [column if titles.count(column) == 1 else f"{table}: {column}" for table, column in places]
    columns = [pl.concat([_cells(s, table, column, fact) for s in sets]) for (table, column), fact in zip(places, facts, strict=True)]
    named = tuple(_renamed(fact, name) for fact, name in zip(facts, unique, strict=True))
    return columns, named, order[0] if len(order) == 1 else "measurements"


def _fact(sets: list[ImageSet], table: str, name: str) -> Column:
    """What a column means: as the first image set says; of several types, text."""
    found = [column for s in sets if table in s.tables for column in s.tables[table].columns if column.name == name]
    kinds = {column.type for column in found}
    return found[0] if len(kinds) == 1 else Column(name, "number" if kinds <= {"number", "integer"} else "text")


def _renamed(column: Column, name: str) -> Column:
    return column if column.name == name else replace(column, name=name)


def _cells(s: ImageSet, table: str, name: str, fact: Column) -> pl.Series:
    rows, dtype = len(s.objects), TYPES[fact.type]
    held = s.tables.get(table)
    if held is None or not len(held) or held.about != "objects" or name not in held.frame.columns:
        return pl.Series("", [None], dtype=dtype).new_from_index(0, rows)
    values = held.frame[name].alias("").cast(dtype)
    row = held.frame["row"]
    if len(held) == rows and bool((row == pl.int_range(rows, dtype=pl.Int32, eager=True)).all()):
        return values
    places = np.full(rows, -1, np.int64)
    places[row.to_numpy()] = np.arange(len(held))
    at = pl.Series(places)
    return values.gather(at.set(at < 0, None))


def _safe(roles: Iterable[str], names: list[str]) -> list[str]:
    """Names of values that no reader takes for something else."""
    own = list(roles)
    names = list(unique_texts(pl.Series([*own, *names], dtype=pl.Utf8)))[len(own) :]
    while True:
        found = assigned([*own, *names], {})
        wrong = [place - len(own) for place, role in found.items() if place >= len(own) and role.unit == "pixel"]
        if not wrong:
            return names
        names = [f"{name} (value)" if place in wrong else name for place, name in enumerate(names)]
        names = list(unique_texts(pl.Series([*own, *names], dtype=pl.Utf8)))[len(own) :]
