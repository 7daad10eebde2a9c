"""Joining a table to objects: by id, or by label; never by the order of rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from segue.errors import Incompatible
from segue.model.connections import Connections
from segue.model.image import LabelImage, planes
from segue.model.objects import Objects, unique_texts
from segue.model.populations import Membership
from segue.model.select import take_objects
from segue.model.study import ImageSet, Property, Study
from segue.model.tables import Table
from segue.notes import Kind, Note, Notes
from segue.storage.source import split_suffix
from segue.workflow.derive import with_new_objects
from segue.workflow.enabling import require
from segue.workflow.joined_columns import with_columns
from segue.workflow.joined_populations import without_repeated
from segue.workflow.opening import Opened

Rows = np.ndarray[tuple[int], np.dtype[np.int64]]
_FACTS = ("name", "colour", "track")
_KEYS = {"layer": pl.Utf8, "t": pl.Int32, "label": pl.UInt64}


def with_table(study: Study, table: Opened, names: Collection[str] = ()) -> tuple[Study, Notes]:
    """The study with the values, populations, connections, names and colours of a table.

    Parameters
    ----------
    study
        Label images or objects, or both.
    table
        What was read from the table: objects with values.
    names
        What the item is also called, for a table about several image sets.

    Returns
    -------
    The study, in which every label is an object, and notes about rows and objects that have no partner. What an object has already is kept;
    columns and populations that say the same again are not doubled.

    Raises
    ------
    Incompatible
        The table is about other image sets, not one row fits, or labels alone do not tell objects apart.
    """
    where = table.source.path.name
    if any(len(s.objects) for s in table.study.image_sets):
        require("import features", study, where=next(iter(names), ""))
    properties, own = _properties(study, table.study)
    several = len(study.image_sets) > 1
    results = [
        (s, Notes()) if several and not s.labels and not len(s.objects) else _image_set(s, _partner(s, table, names), where, properties, own)
        for s in study.image_sets
    ]
    used = {column.property for s, _ in results for one in s.tables.values() for column in one.columns}
    properties = (*study.properties, *(one for one in properties[len(study.properties) :] if one.id in used))
    known = {one.id for one in study.populations}
    populations = (*study.populations, *(one for one in table.study.populations if one.id not in known))
    joined = replace(study, image_sets=tuple(s for s, _ in results), populations=populations, properties=properties)
    return without_repeated(joined, known), Notes.joined(notes for _, notes in results)


def _properties(study: Study, table: Study) -> tuple[tuple[Property, ...], dict[str, str]]:
    """All properties; and the id that each of the table has among them, another one where the study has one of the same id."""
    known = {one.id: one for one in study.properties}
    more = [one for one in table.properties if known.get(one.id) != one]
    ids = unique_texts(pl.Series([*known, *(one.id for one in more)], dtype=pl.Utf8))[len(known) :].to_list()
    own = dict(zip((one.id for one in more), ids, strict=True))
    return (*study.properties, *(replace(one, id=own[one.id]) for one in more)), own


def _partner(s: ImageSet, table: Opened, names: Collection[str]) -> ImageSet:
    """The image set of a table that is about the same image: the only one, or the one of the same name, or of the same position."""
    found = table.study.image_sets
    if len(found) == 1:
        return found[0]
    wanted = {split_suffix(name)[0] for name in (s.name, *names) if name} | {s.name, *names}
    fitting = [one for one in found if {one.name, split_suffix(one.name or "-")[0]} & wanted]
    if len(fitting) == 1:
        return fitting[0]
    placed = [one for one in found if one.position and one.position == s.position]
    grouped = [one for one in placed if one.group == s.group]
    if len(grouped) == 1 or len(placed) == 1:
        return (grouped or placed)[0]
    listed = ", ".join(repr(one.name) for one in found[:3])
    sentence = f"{table.source.path.name} is about {len(found)} images ({listed}), and none of them is called {' or '.join(sorted(wanted - {''}))}"
    raise Incompatible(f"{sentence}; give the table of this image alone", path=table.source.path)


def _image_set(s: ImageSet, table: ImageSet, where: str, properties: Sequence[Property], own: Mapping[str, str]) -> tuple[ImageSet, Notes]:
    s = replace(s, objects=with_new_objects(s.objects, labels_in(s)))
    rows = rows_of(s.objects, table.objects, where)
    matched = np.flatnonzero(rows >= 0).astype(np.int64)
    if not len(matched) and len(table.objects):
        raise Incompatible(_nothing_fits(s.objects, table.objects, where), path=where)
    mine = take_objects(table, matched)
    target = pl.Series(rows[matched], dtype=pl.Int32)
    notes = _unmatched(len(table.objects) - len(matched), len(s.objects) - len(matched), where)
    if len(table.shapes):
        notes.append(Note(Kind.SKIPPED, f"{{count position}} in {where}", count=len(table.shapes)))
    tables, more = with_columns(s.tables, _moved_tables(mine, target, own), properties, where)
    joined = replace(
        s,
        objects=_facts(s.objects, mine.objects, target),
        tables=tables,
        membership=_membership(s, mine, target),
        connections=_connections(s, mine, target),
    )
    return joined, Notes((*notes, *more))


def labels_in(s: ImageSet) -> pl.DataFrame:
    """(layer, t, label) of everything in the label images."""
    found = [_labels_of(image) for image in s.labels]
    return pl.concat(found).unique(maintain_order=True) if found else pl.DataFrame(schema=_KEYS)


def _labels_of(image: LabelImage) -> pl.DataFrame:
    timed = "t" in image.axes and image.pixels.shape[image.axes.index("t")] > 1
    frames = []
    for place, plane in planes(image.pixels, image.axes):
        labels = np.unique(plane)
        frame = pl.DataFrame({"label": labels[labels > 0]}).with_columns(
            pl.lit(image.name, pl.Utf8).alias("layer"), t=pl.lit(place["t"] if timed else None, pl.Int32)
        )
        frames.append(frame.select(*_KEYS).cast(_KEYS))  # type: ignore[arg-type]
    return pl.concat(frames)


def rows_of(objects: Objects, table: Objects, where: str) -> Rows:
    """Per row of the table the row of its object; -1 for none. No object has two rows. An id that only repeats the label is no id: labels count first then.

    Raises
    ------
    Incompatible
        Labels alone do not tell the objects apart.
    """
    numbered = objects.frame.with_columns(object=pl.int_range(pl.len(), dtype=pl.Int64))
    asked = table.frame.with_columns(row=pl.int_range(pl.len(), dtype=pl.Int64))
    found = np.full(len(table), -1, np.int64)
    derived = bool(asked.select((pl.col("id") == pl.col("label").cast(pl.Utf8)).all()).item()) and asked["label"].null_count() == 0
    for step in (_by_label, _by_id) if derived else (_by_id, _by_label):
        taken = pl.Series(found[found >= 0])
        rows, targets = step(asked.filter(pl.Series(found < 0)), numbered.filter(~pl.col("object").is_in(taken.implode())), numbered, where)
        found[rows] = targets
    return found


def _by_id(asked: pl.DataFrame, free: pl.DataFrame, objects: pl.DataFrame, where: str) -> tuple[Rows, Rows]:
    both = asked.join(free.select("id", "object"), on="id", how="inner")
    return both["row"].to_numpy(), both["object"].to_numpy()


def _by_label(asked: pl.DataFrame, free: pl.DataFrame, objects: pl.DataFrame, where: str) -> tuple[Rows, Rows]:
    rest = asked.with_columns(label=pl.coalesce("label", pl.col("id").cast(pl.UInt64, strict=False))).drop_nulls("label")
    free = free.filter(pl.col("label").is_not_null())
    if not rest.height or not free.height:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    keys = ["label", *(name for name in ("t", "layer") if _told(name, rest, objects))]
    _check_alone(free, keys, where)
    both = rest.unique(keys, keep="first", maintain_order=True).join(free.select(*keys, "object"), on=keys, how="inner", nulls_equal=True)
    return both["row"].to_numpy(), both["object"].to_numpy()


def _told(name: str, table: pl.DataFrame, objects: pl.DataFrame) -> bool:
    """Whether both sides tell labels apart by time, or by layer."""
    return objects[name].n_unique() > 1 and table[name].null_count() < table.height and bool(table[name].is_in(objects[name].unique().implode()).any())


def _check_alone(objects: pl.DataFrame, keys: list[str], where: str) -> None:
    repeated = objects.filter(pl.struct(keys).is_duplicated())
    if repeated.height:
        missing = next((name for name in ("t", "layer") if name not in keys and repeated[name].n_unique() > 1), "id")
        what = {"t": "time points", "layer": "layers"}.get(missing, "objects")
        raise Incompatible(
            f"label {repeated['label'][0]} is at several {what}, and {where} does not say which it means; add a column {missing} to it", path=where
        )


def _nothing_fits(objects: Objects, table: Objects, where: str) -> str:
    ours, theirs = (", ".join(one.frame["id"].head(3)) or "none" for one in (objects, table))
    hint = "say which column holds them with --set id=COLUMN or --set label=COLUMN"
    return f"no row of {where} belongs to an object: its ids are {theirs}, ..., those of the objects {ours}, ...; {hint}"


def _unmatched(rows: int, objects: int, where: str) -> list[Note]:
    notes = []
    if rows:
        notes.append(Note(Kind.SKIPPED, f"{{count row}} of {where} without an object", count=rows))
    if objects:
        notes.append(Note(Kind.SKIPPED, f"{{count object}} without a row in {where}: the values are missing", count=objects))
    return notes


def _facts(objects: Objects, found: Objects, target: pl.Series) -> Objects:
    """Names, colours and tracks where an object has none."""
    told = found.frame.select(pl.col(_FACTS).name.prefix("new_")).with_columns(target.alias("object"))
    frame = objects.frame.with_columns(object=pl.int_range(pl.len(), dtype=pl.Int32)).join(told, on="object", how="left", maintain_order="left")
    return Objects(frame.with_columns(pl.coalesce(name, f"new_{name}").alias(name) for name in _FACTS).select(objects.frame.columns))


def _moved_tables(found: ImageSet, target: pl.Series, own: Mapping[str, str]) -> dict[str, Table]:
    """The tables about objects, with the rows that these have here, and the properties that the study has."""
    return {
        name: replace(
            table,
            frame=_moved(table.frame, target),
            columns=tuple(replace(column, property=own.get(column.property or "", column.property)) for column in table.columns),
            stale=_moved_rows(table.stale, target),
        )
        for name, table in found.tables.items()
        if table.about in ("objects", "objects on planes")
    }


def _moved(frame: pl.DataFrame, target: pl.Series) -> pl.DataFrame:
    return frame.with_columns(_moved_rows(frame["row"], target)).sort("row", maintain_order=True)


def _moved_rows(rows: pl.Series, target: pl.Series) -> pl.Series:
    return target.gather(rows).alias("row")


def _membership(s: ImageSet, found: ImageSet, target: pl.Series) -> Membership:
    if not len(found.membership):
        return s.membership
    new = found.membership.frame.select("population", object=target.gather(found.membership.frame["object"]))
    pairs = pl.concat([s.membership.frame.select("population", "object"), new.sort("object", maintain_order=True)]).unique(maintain_order=True)
    merged = Membership.of(pairs).frame.drop("labels")
    labels = s.membership.frame.select("population", "object", "labels")
    return Membership(merged.join(labels, on=["population", "object"], how="left", maintain_order="left"))


def _connections(s: ImageSet, found: ImageSet, target: pl.Series) -> Connections:
    """Those that were there, and those of the table that are not: an id with the same ends is the same connection."""
    if not len(found.connections):
        return s.connections
    new = found.connections.frame.with_columns(target.gather(found.connections.frame[name]).alias(name) for name in ("parent", "child"))
    new = new.join(s.connections.frame, on=["id", "parent", "child"], how="anti", maintain_order="left")
    both = pl.concat([s.connections.frame, new])
    return Connections(both.with_columns(unique_texts(both["id"])))
