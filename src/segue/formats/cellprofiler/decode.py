"""From the tables of an export to a study. Used when reading and when fitting, so both agree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import polars as pl

from segue.codecs.json_text import dumps
from segue.errors import Malformed
from segue.formats.cellprofiler import relations
from segue.formats.cellprofiler.columns import channel_of
from segue.formats.cellprofiler.images import Images, images_of, is_of_image
from segue.formats.cellprofiler.sheets import Sheets, Texts, blank, typed, unique
from segue.formats.cellprofiler.spec import FORMAT
from segue.formats.cellprofiler.terms import CENTRE, CLASS, FACTS, FARTHEST, HALF, IMAGE_NUMBER, OBJECT_NUMBER, PARENT, ROLE, TRACK
from segue.model.connections import Connections
from segue.model.features import Feature
from segue.model.objects import Objects, default_ids, unique_texts
from segue.model.populations import Membership, Population
from segue.model.rings import Rings
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import EXTRAS, ImageSet, Study
from segue.model.tables import Column, Table
from segue.notes import Kind, Note, Notes

Parents = Literal["link", "part-of", "contains"]
_FACTS = {"layer": pl.Utf8, "label": pl.UInt64, "t": pl.Int32, "track": pl.Int64, "name": pl.Utf8, "given": pl.Utf8}


@dataclass(frozen=True)
class Sheet:
    """The objects of one type in all image sets, in the order of these."""

    name: str
    things: pl.DataFrame
    """``image`` (place of the image set), ``number``, the facts of objects, ``x``, ``y`` (null = no centre)."""
    values: pl.DataFrame
    """Typed columns."""
    columns: tuple[Column, ...]
    classes: pl.DataFrame
    """0, 1 or null."""
    parents: pl.DataFrame
    """Numbers of parents."""


def decode(sheets: Sheets, where: str, parents: Parents = "link") -> tuple[Study, Images, Notes]:
    """The study, what is known about its images, and notes.

    Raises
    ------
    Malformed
        An image or an object stands twice.
    """
    images = images_of(sheets, where)
    classes = _classes(sheets)
    types = [_sheet(name, frame, images, classes, where) for name, frame in sheets.objects.items()]
    offsets = [np.searchsorted(one.things["image"].to_numpy(), np.arange(len(images.numbers) + 1)) for one in types]
    notes = images.notes + _miscounted(types, offsets, images)
    sets = [
        _image_set(nth, images, [(one, int(at[nth]), int(at[nth + 1])) for one, at in zip(types, offsets, strict=True)]) for nth in range(len(images.numbers))
    ]
    populations = tuple(Population(name, (name,), "class") for name in classes)
    found, more = _connections(sheets.relations, types, offsets, images, parents)
    sets = [replace(s, connections=Connections(found[nth])) if nth in found else s for nth, s in enumerate(sets)]
    if sheets.experiment and sets:
        sets[0] = replace(sets[0], extras=_extras(sheets.experiment))
    return Study(tuple(sets), populations), images, notes + more


def _classes(sheets: Sheets) -> list[str]:
    """Columns of all tables that say whether an object is in a class."""
    found: dict[str, list[pl.Series]] = {}
    for frame in sheets.objects.values():
        for name in frame.columns:
            if name.startswith(CLASS) and name != CLASS:
                found.setdefault(name, []).append(frame[name])
    texts = {name: pl.concat([column.alias(name) for column in columns]).drop_nulls() for name, columns in found.items()}
    return [name.removeprefix(CLASS) for name, said in texts.items() if len(said) and said.is_in(["0", "1", "0.0", "1.0"]).all()]


def _sheet(name: str, frame: Texts, images: Images, classes: list[str], where: str) -> Sheet:
    place = {number: nth for nth, number in enumerate(images.numbers)}
    image = frame[IMAGE_NUMBER].cast(pl.Int64).replace_strict(place, return_dtype=pl.Int64)
    order = image.arg_sort() if not image.is_sorted() else None
    frame = frame if order is None else frame[order]
    image = image if order is None else image.gather(order)
    number = frame[OBJECT_NUMBER].cast(pl.Int64)
    keys = pl.DataFrame({"image": image, "number": number})
    if keys.n_unique() < keys.height:
        row = keys.filter(keys.is_duplicated()).row(0)
        message = f"{where} is damaged: object {row[1]} of image {images.numbers[row[0]]} stands twice in the table of {name}"
        raise Malformed(message, path=where, expected="each object once")
    rest = {own: frame[own] for own in frame.columns if own not in (IMAGE_NUMBER, OBJECT_NUMBER) and not is_of_image(own)}
    facts = _facts(rest, name, number)
    centre = _centre(rest, len(frame))
    marked = {one: rest.pop(CLASS + one) for one in classes if CLASS + one in rest}
    parent = {own: rest[own].cast(pl.Float64, strict=False) for own in rest if own.startswith(PARENT)}
    names = unique(rest, ["row"])
    found = [typed(values) for values in rest.values()]
    return Sheet(
        name,
        pl.DataFrame([image.alias("image"), number.alias("number"), *facts, *centre]),
        pl.DataFrame([values.alias(own) for own, (_, values) in zip(names, found, strict=True)]),
        tuple(Column(own, kind, channel=channel_of(own, images.channels)) for own, (kind, _) in zip(names, found, strict=True)),
        pl.DataFrame([values.is_in(["1", "1.0"]).alias(one) for one, values in marked.items()]),
        pl.DataFrame([values.alias(own) for own, values in parent.items()]),
    )


def _facts(rest: dict[str, pl.Series], name: str, number: pl.Series) -> list[pl.Series]:
    """What segue wrote about objects, and their track; what is not there is what CellProfiler means."""
    count = len(number)
    given = {fact: rest.pop(column, None) for fact, column in FACTS.items()}
    layer, label = given["layer"], given["label"]
    found: dict[str, pl.Series] = {
        "layer": pl.Series([name], dtype=pl.Utf8).new_from_index(0, count) if layer is None else layer,
        "label": number.cast(pl.UInt64, strict=False) if label is None else label.cast(pl.UInt64, strict=False),
        "t": blank(count) if given["t"] is None else given["t"].cast(pl.Int32, strict=False),
        "track": _track(rest, count),
        "name": blank(count) if given["name"] is None else given["name"],
        "given": blank(count) if given["id"] is None else given["id"],
    }
    found["label"] = found["label"].set((found["label"] == 0).fill_null(value=False), None)
    return [values.cast(_FACTS[fact]).alias(fact) for fact, values in found.items()]


def _track(rest: dict[str, pl.Series], count: int) -> pl.Series:
    """The one column of track numbers; several (of several radii) stay values."""
    named = [name for name in rest if name == TRACK or name.removeprefix(f"{TRACK}_").isdigit()]
    if TRACK in named or len(named) == 1:
        name = TRACK if TRACK in named else named[0]
        plain = rest[name].str.strip_chars().str.replace(r"^(-?[0-9]+)\.0*$", "$1")
        plain = plain.set((plain.str.to_lowercase() == "nan").fill_null(value=False), None)
        found = plain.cast(pl.Int64, strict=False)
        if found.null_count() == plain.null_count():
            rest.pop(name)
            return found
    return blank(count)


def _centre(rest: dict[str, pl.Series], count: int) -> list[pl.Series]:
    """x and y of the centres, from the corner of the first pixel."""
    if not set(CENTRE) <= set(rest):
        return [pl.Series(name, [None], dtype=pl.Float64).new_from_index(0, count) for name in "xy"]
    kinds = [typed(rest[name])[0] if rest[name].null_count() < count else "number" for name in CENTRE]
    if "text" in kinds:
        return [pl.Series(name, [None], dtype=pl.Float64).new_from_index(0, count) for name in "xy"]
    x, y = (rest.pop(name).str.strip_chars().cast(pl.Float64, strict=False) for name in CENTRE)
    there = (x.abs() < FARTHEST).fill_null(value=False) & (y.abs() < FARTHEST).fill_null(value=False)
    return [(values + HALF).set(~there, None).alias(name) for name, values in (("x", x), ("y", y))]


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
            inside = rows.filter(sheet.classes[one].slice(begin, end - begin).fill_null(value=False))
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


def _connections(said: Texts | None, types: list[Sheet], offsets: list[Any], images: Images, parents: Parents) -> tuple[dict[int, pl.DataFrame], Notes]:
    """Place of an image set -> the frame of its connections."""
    if not types:
        return {}, Notes()
    rows = _rows(types, offsets)
    if said is not None:
        place = {str(number): nth for nth, number in enumerate(images.numbers)}
        frame = relations.kinds(said)
        for end in ("First", "Second"):
            image = said[f"{end} Image Number"].replace_strict(place, default=None, return_dtype=pl.Int64)
            frame = frame.with_columns(
                said[f"{end} Object Name"].alias(f"{end}.sheet"),
                image.alias(f"{end}.image"),
                said[f"{end} Object Number"].cast(pl.Int64).alias(f"{end}.number"),
            )
    else:
        frame = _parents(types, parents)
    for end, column in (("First", "first"), ("Second", "second")):
        keys = [f"{end}.sheet", f"{end}.image", f"{end}.number"]
        frame = frame.join(rows.rename({"row": column}), left_on=keys, right_on=["sheet", "image", "number"], how="left", maintain_order="left")
    whole = frame.filter(pl.col("first").is_not_null() & pl.col("second").is_not_null())
    within = whole.filter(pl.col("First.image") == pl.col("Second.image"))
    notes = Notes()
    if whole.height > within.height:
        what = "{count relationship} between objects of two images left out; where they are tracks, objects keep their track numbers"
        notes += Notes.of(Note(Kind.SKIPPED, what, Feature.CONNECTIONS, count=whole.height - within.height))
    if frame.height > whole.height:
        notes += Notes.of(
            Note(Kind.SKIPPED, "{count relationship} of objects that are in no table left out", Feature.CONNECTIONS, count=frame.height - whole.height)
        )
    found = within.partition_by("First.image", as_dict=True, maintain_order=True)
    return {int(key[0]): relations.connections(part) for key, part in found.items()}, notes


def _rows(types: list[Sheet], offsets: list[Any]) -> pl.DataFrame:
    """``sheet``, ``image``, ``number`` of every object, and its ``row`` in its image set."""
    before = np.zeros(len(offsets[0]) - 1, np.int64)
    found = []
    for one, at in zip(types, offsets, strict=True):
        image = one.things["image"].to_numpy()
        row = np.arange(len(image)) - at[:-1][image] + before[image]
        found.append(one.things.select("image", "number").with_columns(sheet=pl.lit(one.name), row=pl.Series(row)))
        before = before + np.diff(at)
    return pl.concat(found)


def _parents(types: list[Sheet], meaning: Parents) -> pl.DataFrame:
    """Relationships that only the columns ``Parent_`` state."""
    schema = {"kind": pl.Utf8, "turned": pl.Boolean, "label": pl.Utf8}
    found = [pl.DataFrame(schema={**schema, **{f"{end}.{key}": kind for end in ("First", "Second") for key, kind in _KEYS.items()}})]
    known = {one.name for one in types}
    for one in types:
        for column in one.parents.columns:
            name = column.removeprefix(PARENT)
            if name not in known:
                continue
            keys = one.things.select("image", "number").with_columns(parent=one.parents[column]).filter(pl.col("parent").is_finite() & (pl.col("parent") > 0))
            found.append(
                keys.select(
                    kind=pl.lit(meaning),
                    turned=pl.lit(meaning == "part-of"),
                    label=pl.lit("Parent" if meaning == "link" else None, pl.Utf8),
                    **{"First.sheet": pl.lit(name), "First.image": pl.col("image"), "First.number": pl.col("parent").cast(pl.Int64, strict=False)},
                    **{"Second.sheet": pl.lit(one.name), "Second.image": pl.col("image"), "Second.number": pl.col("number")},
                )
            )
    return pl.concat(found)


_KEYS: dict[str, Any] = {"sheet": pl.Utf8, "image": pl.Int64, "number": pl.Int64}


def _extras(experiment: dict[str, str]) -> pl.DataFrame:
    payload = dumps(dict(sorted(experiment.items()))).decode()
    return pl.DataFrame([(FORMAT.name, "study", "", payload)], schema=EXTRAS, orient="row")
