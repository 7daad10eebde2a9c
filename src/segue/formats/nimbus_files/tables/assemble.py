"""What columns mean: a table of a file as a study. Reading and fitting share it, so that a file holds exactly what fitting promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from segue.formats.nimbus_files.places import column_names
from segue.formats.nimbus_files.tables.datasets import by_position
from segue.formats.nimbus_files.tables.flat import Flat
from segue.formats.nimbus_files.tables.headings import BETWEEN, DATASET, MISSING, WKT
from segue.formats.nimbus_files.tables.places import extras_of
from segue.formats.nimbus_files.tables.wkt import Drawn, drawn
from segue.formats.nimbus_files.tags import as_populations, members
from segue.formats.nimbus_files.terms import TABLE
from segue.model.objects import Objects, unique_texts
from segue.model.populations import Population
from segue.model.study import ImageSet, Property, Study
from segue.model.tables import Column, Table

_NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$|^[+-]?(?i:inf|infinity)$"
_LARGEST = 2**31 - 1


def whole(values: pl.Series) -> pl.Series:
    """Numbers that a plane or a time point can have."""
    return values.clip(0, _LARGEST).cast(pl.Int32)


def typed(values: pl.Series) -> tuple[str, pl.Series]:
    """The type of a column of values and the values, as reading the texts of them gives: texts that look like numbers are numbers."""
    if values.dtype == pl.Boolean:
        return ("boolean" if values.null_count() < len(values) else "number"), values if values.null_count() < len(values) else values.cast(pl.Float64)
    if values.dtype != pl.Utf8:
        return "number", values.cast(pl.Float64).fill_nan(None)
    texts = values.set(values.is_in(list(MISSING)).fill_null(value=False), None)
    there = texts.drop_nulls()
    if there.is_in(["True", "False"]).all() and len(there):
        return "boolean", texts == "True"
    tight = texts.str.strip_chars()
    if tight.drop_nulls().str.contains(_NUMBER).all():
        return "number", tight.cast(pl.Float64)
    return "text", texts


def assembled(flat: Flat) -> Study:
    """The study of a table of objects; an image set for each XY."""
    fixed = dict(zip(flat.names[: flat.fixed], flat.columns, strict=False))
    lists, codes = _tag_lists(fixed["Tags"])
    populations, tag_ids = as_populations(lists, ())
    titles, values, wkt = _values(flat)
    facts, properties = _columns(titles, [kind for kind, _ in values])
    frame = pl.DataFrame(
        {
            "id": fixed["Id"],
            "xy": whole(fixed["XY"] - 1),
            "c": whole(fixed["Channel"]),
            "z": whole(fixed["Z"] - 1),
            "t": whole(fixed["Time"] - 1),
            "code": codes,
            "shape": fixed["Shape"],
            "name": fixed["Name"].set(fixed["Name"] == "", None),
            "at": pl.int_range(flat.height, eager=True),
            **({"dataset": fixed[DATASET]} if DATASET in fixed else {}),
        }
    )
    sets = [_image_set(rows, facts, [one for _, one in values], wkt, lists, tag_ids, s) for rows, s in by_position(frame)]
    return Study(tuple(sets), _used(populations, sets), properties)


def _used(populations: tuple[Population, ...], sets: list[ImageSet]) -> tuple[Population, ...]:
    used = {one for s in sets for one in s.membership.frame["population"].unique()}
    return tuple(one for one in populations if one.id in used)


def _tag_lists(texts: pl.Series) -> tuple[list[list[str]], pl.Series]:
    """The different lists of tags, and which each row has."""
    texts = texts.fill_null("").alias("text")
    distinct = texts.unique(maintain_order=True)
    lists = [list(dict.fromkeys(tag for tag in text.split(BETWEEN) if tag)) for text in distinct]
    table = pl.DataFrame({"text": distinct, "code": pl.int_range(len(distinct), dtype=pl.Int32, eager=True)})
    return lists, texts.to_frame().join(table, on="text", how="left", maintain_order="left")["code"]


def _values(flat: Flat) -> tuple[list[str], list[tuple[str, pl.Series]], Drawn | None]:
    """Names and values of properties, and the column of shapes."""
    wkt, titles, values = None, [], []
    for title, column in zip(flat.names[flat.fixed :], flat.columns[flat.fixed :], strict=True):
        found = typed(column)
        if title == WKT and wkt is None and found[0] == "text":
            wkt = drawn(found[1])
            if wkt is not None:
                continue
        titles.append(title)
        values.append(found)
    return titles, values, wkt


def _columns(titles: list[str], kinds: list[str]) -> tuple[list[Column], tuple[Property, ...]]:
    """The columns; those whose names are repeated belong to properties of equal names."""
    names = column_names(titles)
    ids = unique_texts(pl.Series(titles, dtype=pl.Utf8))
    repeated = {title for title in titles if titles.count(title) > 1} if len(set(titles)) < len(titles) else set()
    facts = [
        Column(name, kind, own if title in repeated else None)  # type: ignore[arg-type]
        for name, kind, own, title in zip(names, kinds, ids, titles, strict=True)
    ]
    return facts, tuple(Property(own, title) for own, title in zip(ids, titles, strict=True) if title in repeated)


def _image_set(
    rows: pl.DataFrame,
    facts: list[Column],
    values: list[pl.Series],
    wkt: Drawn | None,
    lists: list[list[str]],
    tag_ids: dict[str, str],
    s: ImageSet,
) -> ImageSet:
    at = rows["at"]
    objects = objects_of(rows)
    number = pl.int_range(len(rows), dtype=pl.Int32, eager=True).alias("row")
    tables = {}
    if facts:
        cells = {fact.name: one.gather(at) for fact, one in zip(facts, values, strict=True)}
        tables = {TABLE: Table("objects", pl.DataFrame({"row": number, **cells}), tuple(facts))}
    s = replace(s, objects=objects, tables=tables, membership=members(number, rows["code"], lists, tag_ids))
    return _placed(s, rows, wkt)


def objects_of(rows: pl.DataFrame) -> Objects:
    """The objects; ids that are repeated or missing are made unique."""
    ids = rows["id"]
    if ids.null_count() or (ids == "").any():
        number = pl.concat_str(pl.lit("#"), (pl.int_range(pl.len()) + 1).cast(pl.Utf8))
        ids = rows.select(pl.when(pl.col("id").fill_null("") == "").then(number).otherwise("id").alias("id"))["id"]
    frame = rows.select("t", *(name for name in ("name", "track") if name in rows.columns)).with_columns(id=unique_texts(ids))
    every = {"layer": pl.Utf8, "label": pl.UInt64, "track": pl.Int64, "name": pl.Utf8, "colour": pl.UInt32}
    missing = {name: pl.lit(None, dtype) for name, dtype in every.items() if name not in frame.columns}
    return Objects(frame.with_columns(**missing, locked=pl.lit(value=False)).select(list(Objects.empty().frame.columns)))


def _placed(s: ImageSet, rows: pl.DataFrame, wkt: Drawn | None) -> ImageSet:
    """Shapes where they are known, and else what was said of them."""
    there = np.zeros(len(rows), np.bool_)
    if wkt is not None:
        shapes = wkt.taken(rows["at"].to_numpy(), rows["shape"] == "rectangle")
        owner = shapes.frame["object"]
        there[owner.to_numpy()] = True
        s = replace(s, shapes=shapes.with_columns(z=rows["z"].gather(owner), c=rows["c"].gather(owner)))
    said = pl.Series(~there) & ((rows["shape"] != "") | (rows["c"] > 0) | (rows["z"] > 0))
    rest = rows.filter(said)
    return replace(s, extras=extras_of(s.objects.frame["id"].filter(said), rest["shape"], rest["c"], rest["z"]))
