"""Documents of NimbusImage as a study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File
from typing import Any

import numpy as np
import polars as pl

from segue.codecs.nimbus_documents import SIDE, Documents
from segue.codecs.nimbus_plain import json_of
from segue.errors import Malformed
from segue.formats.nimbus_files.about import history_of
from segue.formats.nimbus_files.described import Described, Description, described
from segue.formats.nimbus_files.ids_read import Known, known_ids
from segue.formats.nimbus_files.measured import with_measurements
from segue.formats.nimbus_files.positions import implied
from segue.formats.nimbus_files.properties import corrected, read_properties
from segue.formats.nimbus_files.read_cells import cells_of
from segue.formats.nimbus_files.read_connections import connections_of
from segue.formats.nimbus_files.read_notes import about_documents, about_properties, left_out
from segue.formats.nimbus_files.read_objects import objects_of, owners
from segue.formats.nimbus_files.read_parts import own_tags
from segue.formats.nimbus_files.read_rows import Rows, plain_ids, rows_of
from segue.formats.nimbus_files.read_shapes import shapes_of
from segue.formats.nimbus_files.read_values import kind_of, tables_of
from segue.formats.nimbus_files.rejoin import Found, rejoined
from segue.formats.nimbus_files.side import read_sides
from segue.formats.nimbus_files.tags import as_populations, members, read_tags
from segue.formats.nimbus_files.terms import ANNOTATION, DATASET, NAME, STUDY
from segue.model.populations import Membership
from segue.model.study import ALIASES, EXTRAS, ImageSet, Property, Study
from segue.notes import Note, Notes

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True)
class Whole:
    """A file on its way to a study; rows are those of the annotations."""

    documents: Documents
    rows: Rows
    side: pl.DataFrame | None
    said: Description
    known: Known
    owner: Ints
    """Per annotation the annotation that its object is."""


def study_of(documents: Documents, path: File | str, *, rejoin: bool = False) -> tuple[Study, Notes]:
    """The study that is in a file, and what had to be left out or repaired.

    Parameters
    ----------
    documents
        All of the file.
    path
        What messages call it.
    rejoin
        Whether holes and parts are put together again that went through NimbusImage.

    Raises
    ------
    Malformed
        Something in it is not what NimbusImage or segue writes.
    """
    try:
        return _study(documents, path, rejoin=rejoin)
    except (ValueError, OverflowError, pl.exceptions.PolarsError) as error:
        raise Malformed(f"{path} is damaged: {str(error).splitlines()[0]}", path=path, expected="what NimbusImage or segue writes") from error


def _study(documents: Documents, path: File | str, *, rejoin: bool) -> tuple[Study, Notes]:
    rows = rows_of(documents, path)
    side = read_sides(documents.annotations["side"], path)
    said = described(documents.members.get(SIDE), path)
    known, id_notes = known_ids(rows.frame["id"], rows.frame["xy"])
    again = rejoined(documents, rows, known, wanted=rejoin) if side is None else Found(documents, side, [])
    documents, side = again.documents, again.side
    whole = Whole(documents, rows, side, said, known, owners(rows.frame, side, known))
    properties, property_notes, ids = _properties(whole)
    codes, lists, odd = read_tags(own_tags(documents.annotations["tags"], side, whole.owner))
    populations, tags = as_populations(lists, said.populations)
    images = _images(whole)
    selected = [_rows_at(whole, one.xy, alone=len(images) == 1) for one in images]
    object_row = _object_rows(whole, selected)
    connections, connection_notes = connections_of(documents.connections, whole.known, whole.owner, rows.frame["xy"], object_row, [one.xy for one in images])
    cells, value_notes = cells_of(documents, whole.known, whole.owner, rows.frame["xy"], object_row, [one.xy for one in images])
    kinds = {(ids.get(place[0], place[0]), *place[1:]): kind_of(leaf) for place, leaf in documents.leaves.items()}
    names = {one.id: one.name for one in properties}
    sets = []
    for one, mine, own_cells, own_connections in zip(images, selected, cells, connections, strict=True):
        s = _image_set(whole, one, mine, object_row)
        main = mine[whole.owner[mine] == mine]
        membership = members(pl.int_range(len(main), dtype=pl.Int32, eager=True), codes.gather(main), lists, tags)
        exact = _exact(whole, main)
        named = {(ids.get(place[0], place[0]), *place[1:]): values for place, values in own_cells.items()}
        stated = {table: [((ids.get(at[0], at[0]), *at[1:]), column) for at, column in columns] for table, columns in one.columns.items()}
        tables = tables_of(named, kinds, names, stated, exact, len(main))
        tables = with_measurements(tables, properties, stated, one.about.get("channels"))
        s = replace(s, tables=tables, connections=own_connections.connections, membership=_made_on(membership, one.made_on))
        sets.append(replace(s, extras=pl.concat([s.extras, own_connections.extras])))
    notes = [*rows.notes, *id_notes, *again.notes, *property_notes, *connection_notes, *value_notes, *about_documents(documents, odd), *left_out(documents)]
    extras = {key: value for key, value in documents.members.items() if key not in (SIDE, "propertyIdMap", "datasetId")}
    study = Study(tuple(sets), populations, properties, extras=_study_extras(extras))
    return study, Notes.of(*notes)


def _study_extras(members_: dict[str, Any]) -> pl.DataFrame:
    rows = [{"format": NAME, "entity": STUDY, "id": "", "payload": json_of(members_)}] if members_ else []
    return pl.DataFrame(rows, schema=EXTRAS)


def _properties(whole: Whole) -> tuple[tuple[Property, ...], list[Note], dict[str, str]]:
    found, repeated, nameless, account = read_properties(whole.documents.properties)
    defined, ids = corrected(found, whole.said.properties, whole.said.made)
    there = {one.id for one in defined}
    missing = dict.fromkeys(place[0] for place in whole.documents.leaves if ids.get(place[0], place[0]) not in there and place[0] not in whole.said.made)
    more = tuple(Property(one, one) for one in missing)
    return (*defined, *more), about_properties(repeated, nameless, len(more), account=account), ids


def _images(whole: Whole) -> list[Described]:
    """The image sets: those that the file describes, then those in which annotations are."""
    found = {one.xy: one for one in whole.said.images}
    there = np.unique(whole.rows.frame["xy"].to_numpy()).tolist()
    every = dict.fromkeys([*found, *there]) or {0: None}
    dataset = _dataset(whole.documents)
    return [found.get(xy) or Described(xy, implied(xy, alone=len(every) == 1, dataset=dataset)) for xy in every]


def _dataset(documents: Documents) -> str | None:
    """The id of the dataset, if one is stated."""
    for column in (documents.annotations["dataset"], documents.connections["dataset"]):
        found = plain_ids(column.drop_nulls().head(1))
        if len(found):
            return str(found[0])
    stated = documents.members.get("datasetId")
    return stated if isinstance(stated, str) else None


def _rows_at(whole: Whole, xy: int, *, alone: bool) -> Ints:
    if alone:
        return np.arange(whole.rows.frame.height)
    found: Ints = np.flatnonzero(whole.rows.frame["xy"].to_numpy() == xy)
    return found


def _object_rows(whole: Whole, selected: Sequence[Ints]) -> Ints:
    """Per annotation the row of its object in its image set."""
    found = np.zeros(whole.rows.frame.height, np.int64)
    for mine in selected:
        main = mine[whole.owner[mine] == mine]
        found[main] = np.arange(len(main))
    return found[whole.owner] if len(found) else found


def _image_set(whole: Whole, one: Described, mine: Ints, object_row: Ints) -> ImageSet:
    objects = objects_of(whole.documents, whole.rows, whole.side, whole.known, mine[whole.owner[mine] == mine], one.everywhere)
    shapes = shapes_of(whole.rows, whole.side, mine, object_row, one.everywhere)
    dataset = _dataset(whole.documents)
    rows = [{"format": NAME, "entity": DATASET, "id": "", "alias": dataset}] if dataset else []
    main = mine[whole.owner[mine] == mine]
    other = whole.documents.annotations["other"].gather(main)
    frame = pl.DataFrame({"id": objects.frame["id"], "payload": other}).filter(pl.col("payload").is_not_null())
    own = frame.select(format=pl.lit(NAME), entity=pl.lit(ANNOTATION), id="id", payload="payload")
    aliases = pl.DataFrame(rows, schema=ALIASES)
    return replace(one.image_set, objects=objects, shapes=shapes, extras=own.cast(pl.Schema(EXTRAS)), aliases=aliases, history=history_of(one.about))


def _made_on(membership: Membership, made_on: dict[str, str]) -> Membership:
    if not made_on:
        return membership
    table = pl.DataFrame({"population": list(made_on), "found": list(made_on.values())}, schema={"population": pl.Utf8, "found": pl.Utf8})
    frame = membership.frame.join(table, on="population", how="left", maintain_order="left")
    return Membership(frame.with_columns(labels="found").drop("found"))


def _exact(whole: Whole, main: Ints) -> list[tuple[int, dict[str, dict[str, Any]]]]:
    """Values that NimbusImage cannot hold: (row of the object, table -> column -> value)."""
    if not whole.said.values:
        return []
    rows = {int(row): nth for nth, row in enumerate(main)}
    places = {key: rows.get(whole.known.row_of(key), -1) for key in whole.said.values}
    return [(places[key], tables) for key, tables in whole.said.values.items() if places[key] >= 0]
