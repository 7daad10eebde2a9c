"""Annotations as objects; one that is a further shape of another is none of its own."""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from segue.codecs.json_columns import unquoted
from segue.codecs.nimbus_documents import Documents
from segue.formats.nimbus_files.ids_read import Known
from segue.formats.nimbus_files.read_rows import Rows
from segue.model.objects import SCHEMA, Objects, default_ids, repeated_labels, unique_texts

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,\s*([0-9.]+)\s*)?\)")


def owners(frame: pl.DataFrame, side: pl.DataFrame | None, known: Known) -> Ints:
    """Per annotation the annotation that its object is: itself, unless it says that it belongs to another one at the same position."""
    own = np.arange(frame.height)
    if side is None or side["of"].null_count() == len(side):
        return own
    named = np.flatnonzero(side["of"].is_not_null().to_numpy())
    target = known.rows_of(side["of"].gather(named))
    alone = side["of"].is_null().to_numpy()
    xy = frame["xy"].to_numpy()
    good = (target >= 0) & alone[target] & (xy[target] == xy[named])
    own[named[good]] = target[good]
    return own


def objects_of(documents: Documents, rows: Rows, side: pl.DataFrame | None, known: Known, main: Ints, everywhere: str) -> Objects:
    """The objects of one image set: the annotations ``main``."""
    given = documents.annotations[main]
    frame = rows.frame[main]
    name, colour = unquoted(given["name"]), colours(given["colour"])
    own = pl.DataFrame({"id": known.ids.gather(main), "t": frame["t"], "name": name, "colour": colour})
    said = None if side is None else side[main]
    own = own.with_columns(t=at_or_all(own["t"], said, "t", everywhere))
    if said is not None:
        layer = pl.when(said["layered"].fill_null(value=False)).then(said["layer"]).otherwise(pl.when(said["label"].is_not_null()).then(pl.lit("labels")))
        own = own.with_columns(
            id=pl.coalesce(said["id"], pl.col("id")),
            label=said["label"],
            layer=layer,
            track=said["track"],
            colour=pl.coalesce(said["colour"], pl.col("colour")),
            locked=said["locked"],
        )
    whole = pl.DataFrame(
        {key: own[key] if key in own.columns else pl.Series([None], dtype=dtype).new_from_index(0, own.height) for key, dtype in SCHEMA.items()}
    )
    whole = whole.with_columns(pl.col("t").cast(pl.Int32), pl.col("locked").fill_null(value=False))
    if whole["label"].null_count() < whole.height:
        whole = whole.with_columns(label=pl.when(~repeated_labels(whole)).then("label"))
    if whole["id"].null_count():
        whole = whole.with_columns(id=pl.coalesce("id", default_ids(whole)))
    return Objects(whole if whole["id"].n_unique() == whole.height else whole.with_columns(id=unique_texts(whole["id"])))


def at_or_all(values: pl.Series, said: pl.DataFrame | None, axis: str, everywhere: str) -> pl.Series:
    """The place that NimbusImage states, or what the side member says; 0 is "all" where the whole image set says so."""
    native = values.set(values == 0, None) if axis in everywhere else values
    if said is None:
        return native.alias(axis)
    chosen = pl.when(said[f"{axis}_stated"].fill_null(value=False)).then(said[axis]).otherwise(native)
    return pl.select(chosen.alias(axis)).to_series()


def colours(texts: pl.Series) -> pl.Series:
    """JSON texts of colours as 0xRRGGBBAA; null for those that are none."""
    if texts.null_count() == len(texts):
        return pl.Series([None], dtype=pl.UInt32).new_from_index(0, len(texts))
    distinct = texts.drop_nulls().unique()
    found = pl.Series([read_colour(text) for text in unquoted(distinct)], dtype=pl.UInt32)
    table = pl.DataFrame({"text": distinct, "colour": found})
    return texts.alias("text").to_frame().join(table, on="text", how="left", maintain_order="left")["colour"]


def read_colour(text: str | None) -> int | None:
    """``#RRGGBB``, ``#RGB``, ``#RRGGBBAA`` or ``rgb(r, g, b)`` as 0xRRGGBBAA."""
    text = (text or "").strip()
    if _HEX.fullmatch(text):
        digits = text[1:] if len(text) > 4 else "".join(digit * 2 for digit in text[1:])
        return int(digits.ljust(8, "f"), 16)
    parts = _RGB.fullmatch(text)
    if parts is None:
        return None
    red, green, blue = (min(int(part), 255) for part in parts.groups()[:3])
    try:
        alpha = 255 if parts[4] is None else round(min(max(float(parts[4]), 0.0), 1.0) * 255)
    except ValueError:
        return None
    return red << 24 | green << 16 | blue << 8 | alpha
