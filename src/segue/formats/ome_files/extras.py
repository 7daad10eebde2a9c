"""What the model has no word for: descriptions, comments, ways of drawing."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from segue.codecs.ome_document import Document, ImageElement
from segue.codecs.xml_write import holdable
from segue.model.objects import Objects
from segue.model.study import EXTRAS

NAME = "ome"
"""In whose name the rows stand; OME-TIFF files have the same details."""
STYLES = {"FillRule": ("EvenOdd", "NonZero"), "FontStyle": ("Bold", "BoldItalic", "Italic", "Normal"), "StrokeDashArray": None}
"""Attributes of shapes that the model has no column for, and their values; None = any text."""
TEXTS = ("Comment", "Term", "Timestamp")
"""Annotations whose value is one text."""


def roi_details(document: Document, rest: dict[int, list[dict[str, Any]]]) -> dict[int, dict[str, Any]]:
    """ROI -> what is said about it besides."""
    found: dict[int, dict[str, Any]] = {roi: {"annotations": annotations} for roi, annotations in rest.items()}
    for roi, text in document.roi_descriptions.items():
        if text:
            found.setdefault(roi, {})["description"] = text
    styles: dict[int, dict[str, str]] = {}
    for roi, shape in zip(document.shape_roi, document.shapes, strict=True):
        mine = {name: shape[name] for name in STYLES if name in shape}
        if roi not in styles:
            styles[roi] = mine
        elif mine != styles[roi]:
            styles[roi] = {}
    for roi, style in styles.items():
        if style:
            found.setdefault(roi, {})["style"] = style
    return found


def image_details(image: ImageElement, rest: list[dict[str, Any]]) -> dict[str, Any]:
    """What is said about an image besides: type of its pixels, channels, description."""
    pixels = {name: image.pixels[name] for name in ("DimensionOrder", "Type") if image.pixels and name in image.pixels}
    usual = {"DimensionOrder": "XYZCT", "Type": "uint8"}
    channels = [{name: one[name] for name in ("Name", "Color") if name in one} for one in image.channels]
    facts = {
        "pixels": {name: value for name, value in pixels.items() if value != usual[name]},
        "channels": channels if any(channels) or len(channels) > 1 else [],
        "description": image.description or "",
        "annotations": rest,
    }
    return {key: value for key, value in facts.items() if value}


def as_rows(objects: Objects, details: dict[int, dict[str, Any]], image: dict[str, Any]) -> pl.DataFrame:
    """Rows of extras: of the image set, and of objects (row -> details)."""
    ids = objects.frame["id"]
    rows = [(NAME, "image set", "", _payload(image))] if image else []
    rows += [(NAME, "object", ids[row], _payload(one)) for row, one in sorted(details.items()) if one]
    return pl.DataFrame(rows, schema=EXTRAS, orient="row")


def stated(extras: pl.DataFrame, objects: Objects) -> tuple[dict[int, dict[str, Any]], dict[str, Any]]:
    """(row of an object -> details, details of the image set), as far as OME-XML can hold them."""
    own = extras.filter(pl.col("format") == NAME)
    image = next((_checked_image(_parsed(text)) for text in own.filter(pl.col("entity") == "image set")["payload"]), {})
    rows = objects.frame.select("id").with_row_index("row")
    joined = rows.join(own.filter(pl.col("entity") == "object").unique("id", keep="first", maintain_order=True), on="id", how="inner", maintain_order="left")
    found = {int(row): _checked(_parsed(text)) for row, text in joined.select("row", "payload").iter_rows()}
    return {row: one for row, one in found.items() if one}, image


def _parsed(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    """Only what can be written, in the order in which it is read."""
    style = given.get("style")
    if isinstance(style, dict):
        style = {name: holdable(style[name]) for name, allowed in STYLES.items() if _is_one(style.get(name), allowed)}
    facts = {"annotations": _annotations(given.get("annotations")), "description": _text(given.get("description")), "style": style}
    return {key: value for key, value in facts.items() if value and isinstance(value, str | list | dict)}


def _checked_image(given: dict[str, Any]) -> dict[str, Any]:
    pixels, channels = given.get("pixels"), given.get("channels")
    allowed = {"DimensionOrder": {f"XY{a}{b}{c}" for a, b, c in ("ZCT", "ZTC", "CTZ", "CZT", "TCZ", "TZC")} - {"XYZCT"}, "Type": _TYPES - {"uint8"}}
    kept = {name: pixels[name] for name, values in allowed.items() if pixels.get(name) in values} if isinstance(pixels, dict) else {}
    listed = [_channel(one) for one in channels] if isinstance(channels, list) and all(isinstance(one, dict) for one in channels) else []
    listed = listed[:_MOST_CHANNELS] if any(listed) or len(listed) > 1 else []
    facts = {"pixels": kept, "channels": listed, "description": _text(given.get("description")), "annotations": _annotations(given.get("annotations"))}
    return {key: value for key, value in facts.items() if value}


_MOST_CHANNELS = 10_000
_TYPES = {"int8", "int16", "int32", "uint8", "uint16", "uint32", "float", "double", "complex", "double-complex", "bit"}


def _channel(one: dict[str, Any]) -> dict[str, str]:
    colour = one.get("Color")
    found = {"Name": _text(one.get("Name"))} if isinstance(one.get("Name"), str) else {}
    if isinstance(colour, str) and colour.removeprefix("-").isdecimal() and colour.isascii() and -(2**31) <= int(colour) < 2**31:
        found["Color"] = colour
    return found


def _annotations(given: Any) -> list[dict[str, str]]:
    found = []
    for one in given if isinstance(given, list) else []:
        if isinstance(one, dict) and one.get("type") in TEXTS:
            facts = {name: _text(one.get(name)) for name in ("type", "namespace", "value", "description") if isinstance(one.get(name), str)}
            found.append(facts)
    return found


def _is_one(value: Any, allowed: tuple[str, ...] | None) -> bool:
    return isinstance(value, str) and (allowed is None or value in allowed)


def _text(value: Any) -> str:
    return holdable(value) if isinstance(value, str) else ""


def _payload(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
