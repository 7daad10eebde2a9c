"""What QuPath takes an object for, and properties that only other programs know."""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt
import polars as pl

from segue.codecs.geojson_features import KNOWN
from segue.codecs.json_columns import quoted, unquoted
from segue.codecs.json_text import dumps, loads
from segue.errors import Malformed
from segue.formats.qupath_geojson.spec import FORMAT
from segue.formats.qupath_geojson.terms import MANY, OLD_CLASSES
from segue.model.objects import Objects
from segue.model.shapes import AREAS, Shapes
from segue.model.study import EXTRAS

Bools = npt.NDArray[np.bool_]
TYPES = tuple(OLD_CLASSES.values())
_TYPE = "objectType"


def usual(objects: Objects, shapes: Shapes, nucleus: Bools) -> pl.Series:
    """The type of every object where nothing else is said; ``nucleus`` (objects,): which have one."""
    areas = shapes.frame["kind"].cast(pl.Utf8).is_in([str(kind) for kind in AREAS])
    area = np.zeros(len(objects), np.bool_)
    area[shapes.frame["object"].filter(areas).to_numpy()] = True
    detected = area & (objects.frame["label"].is_not_null().to_numpy() | (np.count_nonzero(area) > MANY))
    detection = pl.when(pl.Series(detected)).then(pl.lit("detection")).otherwise(pl.lit("annotation"))
    return pl.select(pl.when(pl.Series(nucleus)).then(pl.lit("cell")).otherwise(detection).alias("type")).to_series()


def others_of(extras: pl.DataFrame, objects: Objects) -> pl.DataFrame:
    """``row``, ``type``, ``other`` (JSON object without the type) of the objects of which extras of this format say something."""
    own = extras.filter((pl.col("format") == FORMAT.name) & (pl.col("entity") == "object")).unique("id", keep="first", maintain_order=True)
    rows = own.join(objects.frame.select("id", row=pl.int_range(pl.len(), dtype=pl.Int32)), on="id", how="inner", maintain_order="left")
    found = {text: _split(text) for text in rows["payload"].unique()}
    columns = {name: pl.Series([found[text][nth] for text in rows["payload"]], dtype=pl.Utf8) for nth, name in enumerate(("type", "other"))}
    return rows.select("row").with_columns(**columns).sort("row")


def _split(payload: str | None) -> tuple[str | None, str | None]:
    try:
        value = loads((payload or "null").encode())
    except Malformed:
        return None, None
    if not isinstance(value, dict):
        return None, None
    kind = value.get(_TYPE)
    rest = {key: one for key, one in sorted(value.items()) if key not in KNOWN}
    return kind if kind in TYPES else None, dumps(rest).decode() if rest else None


def stated(extras: pl.DataFrame, objects: Objects, usual_types: pl.Series, wanted: str = "auto") -> pl.DataFrame:
    """``type`` and ``other`` of every object; cells with nuclei stay cells whatever is wanted."""
    frame = pl.DataFrame({"row": pl.int_range(len(objects), dtype=pl.Int32, eager=True), "usual": usual_types})
    frame = frame.join(others_of(extras, objects), on="row", how="left", maintain_order="left")
    option = pl.col("usual") if wanted == "auto" else pl.when(pl.col("usual") == "cell").then("usual").otherwise(pl.lit(wanted))
    return frame.select("usual", pl.coalesce("type", option).alias("type"), "other")


def as_extras(objects: Objects, types: pl.DataFrame) -> pl.DataFrame:
    """The extras that say what ``stated`` says: one row for every object of an unusual type or with other properties."""
    unusual = pl.when(pl.col("type") != pl.col("usual")).then(quoted(types["type"]))
    inner = pl.col("other").str.slice(1, pl.col("other").str.len_chars() - 2)
    head = pl.concat_str(pl.lit('{"objectType":'), unusual)
    alone, both = pl.concat_str(head, pl.lit("}")), pl.concat_str(head, pl.lit(","), inner, pl.lit("}"))
    payload = pl.when(pl.col("other").is_null()).then(alone).when(unusual.is_null()).then("other").otherwise(both)
    frame = types.with_columns(id=objects.frame["id"], payload=payload, format=pl.lit(FORMAT.name), entity=pl.lit("object"))
    return frame.filter(pl.col("payload").is_not_null()).select(list(EXTRAS))


def read_types(types: pl.Series, ids: pl.Series, usual_types: pl.Series) -> pl.Series:
    """Types from the JSON texts of the type and of the id (QuPath 0.2 wrote its class there); usual where they say nothing."""
    named = unquoted(types).cast(pl.Utf8)
    named = named.set(~named.is_in(TYPES).fill_null(value=False), None)
    old = unquoted(ids).cast(pl.Utf8).replace_strict(OLD_CLASSES, default=None, return_dtype=pl.Utf8)
    return pl.select(pl.coalesce(named, old, usual_types)).to_series()


def joined_properties(properties: pl.DataFrame, rows: pl.Series, count: int) -> pl.Series:
    """Unknown properties (``feature``, ``key``, ``value``) as one JSON object per object; ``rows``: the object of each feature or null."""
    empty = pl.Series([None], dtype=pl.Utf8).new_from_index(0, count)
    if properties.is_empty():
        return empty
    frame = properties.with_columns(object=rows.gather(properties["feature"])).filter(pl.col("object").is_not_null()).sort("object", "key")
    distinct = frame["value"].unique()
    table = {text: _tidy(text) for text in distinct}
    member = pl.concat_str(quoted(frame["key"]), pl.lit(":"), pl.col("value").replace_strict(table, return_dtype=pl.Utf8))
    texts = frame.with_columns(member=member).group_by("object", maintain_order=True).agg(pl.col("member").str.join(","))
    return empty.clone().scatter(texts["object"], texts.select(pl.concat_str(pl.lit("{"), "member", pl.lit("}"))).to_series())


def _tidy(text: str) -> str:
    """The JSON text that ``others_of`` would make of the same value."""
    return dumps(json.loads(text)).decode("utf-8", "replace")
