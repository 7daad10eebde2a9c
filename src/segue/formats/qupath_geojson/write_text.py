"""The text of features around their coordinates, as columns."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import numpy as np
import polars as pl

from segue.codecs.geojson_features import Floats, Ints
from segue.codecs.json_columns import numbers, quoted
from segue.codecs.uuid5 import is_uuid, uuid5
from segue.formats.qupath_geojson import kinds, populations, terms, types
from segue.formats.qupath_geojson.pieces import features, nuclei
from segue.formats.qupath_geojson.tables import Placed, as_text_or_number
from segue.formats.qupath_geojson.valid import rounded
from segue.model.populations import Population
from segue.model.rings import Rings
from segue.model.study import ImageSet

_CLOSE = "}}"


@dataclass(frozen=True)
class Prepared:
    """Everything of an image set that the texts are made of."""

    features: pl.DataFrame
    """The columns of ``pieces.features``, and ``end`` (text behind the properties)."""
    shapes: pl.DataFrame
    """Per shape: ``type``, ``ellipse``, ``hint`` (its kind where the geometry does not say it), ``role``, ``plane``, ``all``."""
    rings: Rings
    objects: pl.DataFrame
    """Per object: ``uuid``, ``id``, ``label``, ``layer``, ``track``, ``name``, ``colour``, ``class``, ``listed``, ``locked``, ``type``, ``other``."""
    columns: list[tuple[Placed, pl.Series]]
    """Columns of tables, a value per object."""
    namespace: uuid.UUID


def prepared(s: ImageSet, known: tuple[Population, ...], parent: Ints, columns: list[Placed]) -> Prepared:
    """What the texts of a fitted image set are made of."""
    found = features(s.shapes, parent)
    space = uuid.uuid5(terms.NAMESPACE, s.name)
    kind, rings = kinds.geometries(s.shapes)
    ellipse = (s.shapes.frame["kind"] == "oval").fill_null(value=False)
    vertices = rounded(rings.coords) if ellipse.any() else rings.coords
    series = [(one, as_text_or_number(s.tables[one.table].frame[one.column.name], one.column)) for one in columns]
    return Prepared(
        features=found.with_columns(end=_ends(found["depth"])),
        shapes=_shapes(s, kind, ellipse, rings),
        rings=rings.with_coords(vertices),
        objects=_objects(s, known, space),
        columns=series,
        namespace=space,
    )


def _ends(depth: pl.Series) -> pl.Series:
    """What stands behind the properties of each feature: its end and that of the features around it, or the list of those in it."""
    frame = pl.DataFrame({"depth": depth, "next": depth.shift(-1).fill_null(0)})
    closing = pl.concat_str(pl.lit(_CLOSE), pl.lit("]}}").repeat_by(pl.max_horizontal(pl.col("depth") - pl.col("next"), 0)).list.join(""))
    comma = pl.when(pl.int_range(pl.len()) < pl.len() - 1).then(pl.lit(",\n")).otherwise(pl.lit("\n"))
    opens = pl.col("next") > pl.col("depth")
    return frame.select(pl.when(opens).then(pl.lit(',"childObjects":[')).otherwise(pl.concat_str(closing, comma)).alias("end"))["end"]


def _shapes(s: ImageSet, kind: pl.Series, ellipse: pl.Series, rings: Rings) -> pl.DataFrame:
    own = s.shapes.frame["kind"].cast(pl.Utf8)
    implied = kinds.implied(kind, ellipse, rings)
    planes = s.shapes.frame.select("z", "c", t=s.objects.frame["t"].gather(s.shapes.frame["object"]))
    deep, late = ((planes[axis].fill_null(0) > 0).any() for axis in "zt")
    stated = pl.any_horizontal(pl.col(axis).is_not_null() for axis in "zct")
    numbers = [text for axis, default in (("c", -1), ("z", 0), ("t", 0)) for text in (pl.lit(f'"{axis}":'), pl.col(axis).fill_null(default).cast(pl.Utf8))]
    comma = pl.lit(",")
    plane = pl.when(stated).then(pl.concat_str(pl.lit(',"plane":{'), *numbers[:2], comma, *numbers[2:4], comma, *numbers[4:], pl.lit("}")))
    every = [pl.when(pl.col(axis).is_null() & (stated | pl.lit(some))).then(pl.lit(axis)).otherwise(pl.lit("")) for axis, some in (("z", deep), ("t", late))]
    role = s.shapes.frame["role"]
    return planes.select(
        pl.Series("type", kind),
        pl.Series("ellipse", ellipse),
        pl.when(pl.Series(own != implied)).then(pl.Series(own)).alias("hint"),
        pl.when(pl.Series(role != "outline")).then(pl.Series(role)).alias("role"),
        plane.alias("plane"),
        pl.concat_str(*every).replace("", None).alias("all"),
    )


def _objects(s: ImageSet, known: tuple[Population, ...], space: uuid.UUID) -> pl.DataFrame:
    frame, count = s.objects.frame, len(s.objects)
    classes, listed = populations.stated(s.membership, known, count)
    usual = types.usual(s.objects, s.shapes, nuclei(s.shapes, count))
    kept = is_uuid(frame["id"]) & (frame["id"] == frame["id"].str.to_lowercase())
    made = uuid5(space, frame["id"].filter(~kept))
    ids = frame["id"].clone().scatter(np.flatnonzero(~kept.to_numpy()), made) if len(made) else frame["id"]
    channel = [((pl.col("colour") // (1 << shift)) % 256).cast(pl.Utf8) for shift in (24, 16, 8)]
    comma = pl.lit(",")
    colour = pl.concat_str(pl.lit("["), channel[0], comma, channel[1], comma, channel[2], pl.lit("]"))
    default = pl.when(pl.col("label").is_not_null()).then(pl.lit("labels"))
    layer = pl.when(pl.col("layer").ne_missing(default)).then(pl.col("layer").fill_null(""))
    return frame.select(
        pl.Series("uuid", ids),
        pl.Series("own", kept),
        "id",
        pl.col("label").cast(pl.Utf8),
        layer.alias("layer"),
        pl.col("track").cast(pl.Utf8),
        pl.Series("name", quoted(frame["name"])),
        colour.alias("colour"),
        "locked",
        pl.Series("class", classes),
        pl.Series("listed", listed),
    ).hstack(types.stated(s.extras, s.objects, usual).drop("usual"))


def texts(made: Prepared, first: int, last: int) -> tuple[pl.Series, pl.Series, pl.Series, Rings]:
    """Some features: types, text before and text behind the coordinates of each geometry, and the geometries."""
    some = made.features[first:last]
    outline = some.with_row_index("nth").select("nth", "shape", pl.lit(0).alias("place"))
    nucleus = some.with_row_index("nth").filter(pl.col("nucleus").is_not_null()).select("nth", pl.col("nucleus").alias("shape"), pl.lit(1).alias("place"))
    order = pl.concat([outline, nucleus]).sort("nth", "place")
    tail = _tails(made, some).gather(order["nth"])
    kind = made.shapes["type"].gather(order["shape"])
    head = _heads(made, some).gather(order["nth"])
    inside = pl.Series(order["place"] == 1)
    before_last = pl.Series(order["place"].shift(-1).fill_null(0) == 1)
    start = pl.when(inside).then(pl.lit(',"nucleusGeometry":{"type":"')).otherwise(head)
    before = pl.select(pl.concat_str(start, kind, pl.lit('","coordinates":'))).to_series()
    detail = made.shapes[order["shape"]].select(pl.concat_str("plane", pl.when("ellipse").then(pl.lit(',"isEllipse":true')), pl.lit("}"), ignore_nulls=True))
    after = pl.select(pl.concat_str(detail.to_series(), pl.when(before_last).then(pl.lit("")).otherwise(tail))).to_series()
    return kind, before, after, kinds.taken(made.rings, order["shape"].to_numpy())


def _heads(made: Prepared, some: pl.DataFrame) -> pl.Series:
    """Up to the type of the geometry. Further shapes of an object have an id of their own."""
    ids = made.objects["uuid"].gather(some["object"])
    further = (some["part"] > 1).to_numpy()
    if further.any():
        names = pl.select(pl.concat_str(made.objects["id"].gather(some["object"]), pl.lit("\n"), some["part"].cast(pl.Utf8))).to_series()
        ids = ids.clone().scatter(np.flatnonzero(further), uuid5(made.namespace, names.filter(pl.Series(further))))
    return pl.select(pl.concat_str(pl.lit('{"type":"Feature","id":"'), ids, pl.lit('","geometry":{"type":"'))).to_series()


def _tails(made: Prepared, some: pl.DataFrame) -> pl.Series:
    """The properties and what stands behind them."""
    rows = made.objects[some["object"]]
    main = some["part"] == 1
    parts: list[pl.Expr | pl.Series] = [
        pl.concat_str(pl.lit(',"properties":{"objectType":"'), rows["type"], pl.lit('"')),
        pl.concat_str(pl.lit(',"name":'), rows["name"]),
        pl.concat_str(pl.lit(',"color":'), rows["colour"]),
        pl.concat_str(pl.lit(',"classification":'), rows["class"]),
        pl.when(rows["locked"]).then(pl.lit(',"isLocked":true')),
        pl.concat_str(pl.lit(',"measurements":{'), _members(_numbers(made, some)), pl.lit("}")),
        pl.concat_str(pl.lit(',"metadata":{'), _members(_metadata(made, some, rows, main)), pl.lit("}")),
        pl.when(main).then(pl.concat_str(pl.lit(","), rows["other"].str.slice(1, rows["other"].str.len_chars() - 2))),
        some["end"],
    ]
    return pl.select(pl.concat_str(*parts, ignore_nulls=True)).to_series()


def _members(members: list[tuple[str, pl.Series]]) -> pl.Expr:
    """``"name":value,...`` of the values that are not null; null where there is none."""
    if not members:
        return pl.lit(None, pl.Utf8)
    parts = [pl.concat_str(pl.lit(quoted(pl.Series([key]))[0] + ":"), values, pl.lit(",")) for key, values in members]
    return pl.concat_str(*parts, ignore_nulls=True).str.strip_suffix(",").replace("", None)


def _numbers(made: Prepared, some: pl.DataFrame) -> list[tuple[str, pl.Series]]:
    main = pl.Series(some["part"] == 1)
    found = [(one.key, numbers(values.gather(some["object"]))) for one, values in made.columns if one.is_number]
    return [(key, values.set(~main, None)) for key, values in found]


def _metadata(made: Prepared, some: pl.DataFrame, rows: pl.DataFrame, main: pl.Series) -> list[tuple[str, pl.Series]]:
    shape = made.shapes[some["shape"]]
    nucleus = made.shapes["hint"].gather(some["nucleus"])
    part = some["part"].cast(pl.Utf8).set(main, None)
    ids = rows["id"].set(rows["own"] & main, None)
    once = [(terms.LABEL, rows["label"]), (terms.LAYER, rows["layer"]), (terms.TRACK, rows["track"]), (terms.POPULATIONS, rows["listed"])]
    once += [(one.key, values.gather(some["object"])) for one, values in made.columns if not one.is_number]
    each = [(terms.KIND, shape["hint"]), (terms.NUCLEUS_KIND, nucleus), (terms.ROLE, shape["role"]), (terms.PART, part), (terms.ALL, shape["all"])]
    found = [(terms.ID, ids), *((key, values.set(~main, None)) for key, values in once), *each]
    return [(key, quoted(values)) for key, values in found if values.null_count() < len(values)]


def vertices(rings: Rings) -> tuple[Floats, Ints, Ints, Ints]:
    """The arrays of flat geometry, as the codec takes them."""
    return rings.coords, rings.ring_start, rings.part_start, rings.shape_start
