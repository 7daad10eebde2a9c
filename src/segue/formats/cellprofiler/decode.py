"""From the tables of an export to a study. Used when reading and when fitting, so both agree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.json_text import dumps
from segue.formats.cellprofiler.decode_objects import Sheet, classes_in, sheet_of
from segue.formats.cellprofiler.decode_relations import Parents, connections_of
from segue.formats.cellprofiler.images import Images, images_of
from segue.formats.cellprofiler.sheets import Sheets, unique
from segue.formats.cellprofiler.spec import FORMAT
from segue.formats.cellprofiler.terms import ROLE
from segue.model.connections import Connections
from segue.model.features import Feature
from segue.model.objects import Objects, default_ids, unique_texts
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import EXTRAS, ImageSet, Study
from segue.model.tables import Table
from segue.notes import Kind, Note, Notes


def decode(sheets: Sheets, where: str, parents: Parents = "link") -> tuple[Study, Images, Notes]:
    """The study, what is known about its images, and notes.

    Raises
    ------
    Malformed
        An image or an object stands twice.
    """
    images = images_of(sheets, where)
    classes = classes_in(sheets)
    types = [sheet_of(name, frame, images, classes, where) for name, frame in sheets.objects.items()]
    offsets = [np.searchsorted(one.things["image"].to_numpy(), np.arange(len(images.numbers) + 1)) for one in types]
    notes = images.notes + _miscounted(types, offsets, images)
    sets = [
        _image_set(nth, images, [(one, int(at[nth]), int(at[nth + 1])) for one, at in zip(types, offsets, strict=True)]) for nth in range(len(images.numbers))
    ]
    populations = tuple(Population(name, (name,), "class") for name in classes)
    found, more = connections_of(sheets.relations, types, offsets, images, parents)
    sets = [replace(s, connections=Connections(found[nth])) if nth in found else s for nth, s in enumerate(sets)]
    if sheets.experiment and sets:
        sets[0] = replace(sets[0], extras=_extras(sheets.experiment))
    return Study(tuple(sets), populations), images, notes + more


def _image_set(nth: int, images: Images, parts: list[tuple[Sheet, int, int]]) -> ImageSet:
    """One image set of slices of the sheets."""
    parts = [(sheet, begin, end) for sheet, begin, end in parts if end > begin]
    s = ImageSet(images.names[nth], images.grids[nth], images.groups[nth], images.positions[nth], tables=images.tables[nth])
    if not parts:
        return s
    things = pl.concat([sheet.things.slice(begin, end - begin) for sheet, begin, end in parts])
    objects = _objects(things)
    tables, members, first = dict(s.tables), [], 0
    for sheet, begin, end in parts:
        rows = pl.int_range(first, first + end - begin, dtype=pl.Int32, eager=True)
        if sheet.columns:
            frame = sheet.values.slice(begin, end - begin)
            name = unique([sheet.name], tables)[0]
            tables[name] = Table("objects", frame.insert_column(0, rows.alias("row")), sheet.columns)
        for one in sheet.classes.columns:
            inside = rows.filter(sheet.classes[one].alias("").slice(begin, end - begin).fill_null(value=False))
            members.append(pl.DataFrame({"population": pl.Series([one], dtype=pl.Utf8).new_from_index(0, len(inside)), "object": inside}))
        first += end - begin
    membership = Membership.of(pl.concat(members).sort("object", maintain_order=True)) if members else Membership.empty()
    return replace(s, objects=objects, shapes=_points(things), tables=tables, membership=membership)


def _objects(things: pl.DataFrame) -> Objects:
    frame = things.select("layer", "label", "t", "track", "name")
    frame = frame.with_columns(label=pl.when(pl.struct("layer", "t", "label").is_first_distinct()).then("label"))
    made, given = default_ids(frame), things["given"]
    ids = made if given.null_count() == len(given) else unique_texts(pl.select(pl.coalesce(given, made)).to_series())
    return Objects(frame.with_columns(id=ids))


def _points(things: pl.DataFrame) -> Shapes:
    there = things.select(pl.int_range(pl.len(), dtype=pl.Int32).alias("object"), "x", "y").filter(pl.col("x").is_not_null())
    frame = there.select("object").with_columns(role=pl.lit(ROLE), kind=pl.lit(str(ShapeKind.POINT)))
    return Shapes(frame, Rings.simple(there.select("x", "y").to_numpy(), np.arange(there.height + 1)))


def _miscounted(types: list[Sheet], offsets: list[Any], images: Images) -> Notes:
    """Where the table of images counts other numbers of objects than there are rows."""
    found = Notes()
    for one, at in zip(types, offsets, strict=True):
        wrong = sum(count is not None and count != rows for count, rows in zip(images.counts.get(one.name, []), np.diff(at).tolist(), strict=False))
        if wrong:
            what = f"the table of images counts other numbers of {one.name} than there are rows, in {{count image}}"
            found += Notes.of(Note(Kind.ASSUMED, what, Feature.OBJECTS, count=wrong))
    return found


def _extras(experiment: dict[str, str]) -> pl.DataFrame:
    payload = dumps(dict(sorted(experiment.items()))).decode()
    return pl.DataFrame([(FORMAT.name, "study", "", payload)], schema=EXTRAS, orient="row")
