"""Features to objects and shapes: which feature is which object, ids, planes, kinds."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.codecs.geojson_features import Features
from segue.codecs.json_columns import unquoted
from segue.formats.qupath_geojson import kinds, terms
from segue.formats.qupath_geojson.fit import with_unique_labels
from segue.formats.qupath_geojson.populations import rgba
from segue.formats.qupath_geojson.types import read_types
from segue.model.objects import SCHEMA, Objects, default_ids, unique_texts
from segue.model.rings import Ints, Rings
from segue.model.shapes import Shapes


@dataclass(frozen=True)
class Read:
    """What the features of a file are."""

    features: Features
    ours: dict[str, pl.Series]
    """Texts of segue's metadata, a value per feature."""
    texts: dict[str, pl.Series]
    """Texts of other metadata, a value per feature."""
    rows: pl.Series
    """The object of each feature."""
    first: Ints
    """(objects,) The feature that says what an object is."""


def arranged(found: Features) -> Read:
    """Which feature is which object: a further shape (``segue.part``) belongs to the first feature whose id is its ``segue.id``."""
    texts = _metadata(found)
    count = found.frame.height
    ours = {key: values for key, values in texts.items() if key.startswith(terms.PREFIX)}
    empty = pl.Series([None], dtype=pl.Utf8).new_from_index(0, count)
    noted = ours.get(terms.ID, empty)
    own = pl.select(pl.coalesce(noted, _ids(found.frame["id"]))).to_series()
    frame = pl.DataFrame({"noted": noted, "id": own, "part": ours.get(terms.PART, empty)}).with_row_index("row")
    mains = frame.filter(pl.col("part").is_null() | pl.col("noted").is_null())
    known = mains.filter(pl.col("id").is_not_null()).unique("id", keep="first", maintain_order=True)
    parts = frame.join(mains, on="row", how="anti", maintain_order="left")
    orphans = parts.join(known, on="id", how="anti", maintain_order="left").unique("id", keep="first", maintain_order=True)
    first = pl.concat([mains, orphans]).sort("row")
    numbered = first.with_columns(object=pl.int_range(pl.len(), dtype=pl.Int32))
    by_id = numbered.join(pl.concat([known, orphans]).select("row"), on="row", how="semi").select("id", pl.col("object").alias("of_id"))
    rows = frame.join(numbered.select("row", "object"), on="row", how="left", maintain_order="left").join(by_id, on="id", how="left", maintain_order="left")
    others = {key: values for key, values in texts.items() if key not in ours}
    return Read(found, ours, others, rows.select(pl.coalesce("object", "of_id")).to_series(), first["row"].to_numpy().astype(np.int64))


def _metadata(found: Features) -> dict[str, pl.Series]:
    """Key -> a text per feature; values that are no texts as JSON."""
    empty = pl.Series([None], dtype=pl.Utf8).new_from_index(0, found.frame.height)
    values = found.metadata.with_columns(value=pl.coalesce(unquoted(found.metadata["value"]), pl.col("value")))
    keys = values["key"].unique(maintain_order=True)
    parts = values.partition_by("key", maintain_order=True, as_dict=True)
    return {key: empty.clone().scatter(parts[(key,)]["feature"], parts[(key,)]["value"]) for key in keys}


def shapes_of(read: Read) -> tuple[Shapes, npt.NDArray[np.bool_]]:
    """All shapes in the order of their objects, and (features,) which features have an outline and a nucleus."""
    frame = read.features.shapes
    flat = Rings(read.features.coords, read.features.ring_start, read.features.part_start, read.features.shape_start)
    place = _places(read).gather(frame["feature"])
    filled = np.diff(flat.coord_start) > 0
    order = frame.select(read.rows.gather(frame["feature"]).alias("object"), place.alias("place"), "nucleus").with_row_index("shape")
    chosen = order.filter(pl.Series(filled)).sort("object", "place", "nucleus")["shape"].to_numpy().astype(np.int64)
    frame, flat = frame[chosen], flat if (chosen == np.arange(len(flat))).all() and len(chosen) == len(flat) else flat.take(chosen)
    frame, flat = _single_lines(frame, flat)
    kind = _kinds(read, frame, flat)
    ovals = np.flatnonzero((kind == "oval").to_numpy() | (kind == "rectangle").to_numpy())
    if len(ovals):
        boxes = kinds.bounds(flat.take(ovals))
        flat = kinds.replaced(flat, ovals, boxes)
    planes = plane_columns(read).with_columns(pl.Series("role", _role(read)))
    columns = planes[frame["feature"]]
    role = pl.when(frame["nucleus"]).then(pl.lit("nucleus")).otherwise(columns["role"])
    rows = read.rows.gather(frame["feature"])
    table = columns.select("z", "c", object=pl.Series(rows), role=role, kind=pl.Series(kind))
    return Shapes(table, flat), _with_nucleus(frame, read.features.frame.height)


def _places(read: Read) -> pl.Series:
    """The number of each feature among the shapes of its object."""
    part = read.ours.get(terms.PART)
    count = read.features.frame.height
    found = pl.Series([None], dtype=pl.Int64).new_from_index(0, count) if part is None else part.cast(pl.Int64, strict=False)
    first = np.zeros(count, np.bool_)
    first[read.first] = True
    return pl.select(pl.when(pl.Series(first)).then(pl.lit(0, pl.Int64)).otherwise(found.fill_null(1))).to_series()


def _single_lines(frame: pl.DataFrame, flat: Rings) -> tuple[pl.DataFrame, Rings]:
    """Every line of a multi-line as a shape of its own."""
    lines = (frame["type"] == "MultiLineString").to_numpy()
    if not lines.any():
        return frame, flat
    parts = np.diff(flat.shape_start)
    repeats = np.where(lines, parts, 1)
    own = np.repeat(lines, parts)
    starts = np.unique(np.concatenate([flat.shape_start, np.flatnonzero(own), [flat.shape_start[-1]]]))
    return frame[np.repeat(np.arange(len(lines)), repeats)], Rings(flat.coords, flat.ring_start, flat.part_start, starts)


def _kinds(read: Read, frame: pl.DataFrame, flat: Rings) -> pl.Series:
    """The kind of every shape: what segue noted, as far as the geometry still is one, else what the geometry says."""
    types = frame["type"].cast(pl.Utf8)
    implied = kinds.implied(types, frame["ellipse"], flat)
    area, line = types.str.ends_with("Polygon"), types.str.ends_with("LineString")
    empty = pl.Series([None], dtype=pl.Utf8).new_from_index(0, read.features.frame.height)
    outline, nucleus = (read.ours.get(key, empty).gather(frame["feature"]) for key in (terms.KIND, terms.NUCLEUS_KIND))
    hint = pl.when(frame["nucleus"]).then(nucleus).otherwise(outline)
    whole = pl.Series(kinds.is_whole(flat))
    fits = (area & hint.is_in(["polygon", "freehand"])) | (area & whole & (hint == "traced")) | (line & (hint == "polyline"))
    return pl.select(pl.when(fits).then(hint).otherwise(implied).alias("kind")).to_series()


def _role(read: Read) -> pl.Series:
    count = read.features.frame.height
    return read.ours[terms.ROLE].fill_null("outline") if terms.ROLE in read.ours else pl.Series(["outline"]).new_from_index(0, count)


def plane_columns(read: Read) -> pl.DataFrame:
    """``z``, ``c``, ``t`` of every feature. Without a plane it is the first one where others name planes, else all."""
    count = read.features.frame.height
    outlines = read.features.shapes.filter(~pl.col("nucleus"))
    empty = pl.select(z=pl.lit(None, pl.Int32), c=pl.lit(None, pl.Int32), t=pl.lit(None, pl.Int32), stated=pl.lit(None, pl.Boolean))
    frame = pl.DataFrame({"feature": pl.int_range(count, dtype=pl.Int32, eager=True)}).join(outlines, on="feature", how="left", maintain_order="left")
    frame = frame.select("z", "c", "t", "stated") if count else empty.clear()
    every = read.ours.get(terms.ALL, pl.Series([None], dtype=pl.Utf8).new_from_index(0, count)).fill_null("")
    columns = {"c": pl.when(pl.col("c") >= 0).then("c")}
    for axis in "zt":
        some = bool((frame[axis].fill_null(0) > 0).any())
        meant = (pl.col("stated") | pl.lit(some)) & ~pl.Series(every.str.contains(axis, literal=True)) & (pl.col(axis) >= 0)
        columns[axis] = pl.when(meant).then(axis)
    return frame.select(columns["z"].alias("z"), columns["c"].alias("c"), columns["t"].alias("t"))


def _with_nucleus(frame: pl.DataFrame, count: int) -> npt.NDArray[np.bool_]:
    both = frame.group_by("feature").agg(pl.col("nucleus").n_unique().alias("roles")).filter(pl.col("roles") == 2)
    found = np.zeros(count, np.bool_)
    found[both["feature"].to_numpy()] = True
    return found


def objects_of(read: Read) -> tuple[Objects, int]:
    """The objects, and how many ids had to be made unique."""
    frame = read.features.frame[read.first]
    empty = pl.Series([None], dtype=pl.Utf8).new_from_index(0, frame.height)
    own = {key: values.gather(read.first) for key, values in read.ours.items()}
    label = own.get(terms.LABEL, empty).cast(pl.UInt64, strict=False)
    layer = own.get(terms.LAYER, empty)
    default = pl.when(label.is_not_null()).then(pl.lit("labels"))
    table = pl.select(
        id=pl.coalesce(own.get(terms.ID, empty), _ids(frame["id"])),
        layer=pl.when(layer.is_not_null()).then(layer.replace("", None)).otherwise(default),
        label=label,
        t=plane_columns(read)["t"].gather(read.first),
        track=own.get(terms.TRACK, empty).cast(pl.Int64, strict=False),
        name=unquoted(frame["name"]).cast(pl.Utf8),
        colour=_colours(frame["color"]),
        locked=(frame["isLocked"] == "true").fill_null(value=False),
    ).cast(pl.Schema(SCHEMA))
    table = with_unique_labels(table)
    ids = table.select(pl.coalesce("id", default_ids(table)))["id"] if table["id"].null_count() else table["id"]
    unique = ids if ids.n_unique() == len(ids) else unique_texts(ids)
    return Objects(table.with_columns(id=unique)), int((ids != unique).sum())


def _ids(values: pl.Series) -> pl.Series:
    """Texts, and numbers as texts; the class names that QuPath 0.2 wrote are no ids."""
    number = pl.when(values.str.contains(r"^-?[0-9]")).then(values)
    return pl.select(pl.coalesce(unquoted(values).cast(pl.Utf8), number).replace(dict.fromkeys(terms.OLD_CLASSES))).to_series()


def _colours(values: pl.Series) -> pl.Series:
    table = {text: rgba(json.loads(text)) for text in values.drop_nulls().unique()}
    return values.replace_strict(table, default=None, return_dtype=pl.UInt32)


def types_of(read: Read, usual: pl.Series) -> pl.Series:
    """The type of every object."""
    frame = read.features.frame[read.first]
    return read_types(frame["objectType"], frame["id"], usual)
