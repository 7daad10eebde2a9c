"""What ROIs hold and the model has no word for: one JSON text per object in extras.

Unknown properties; drawing options and labels of overlays; the symbol of points, their counters and places; font style and justification
of texts; the pixels of image ROIs. Written is what differs from what ImageJ does anyway, of the first ROI of an object.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import polars as pl
from numpy.typing import NDArray

from segue.codecs import roi_record as roi
from segue.codecs.roi_record import Rois
from segue.formats.roi_files import ring_order
from segue.formats.roi_files.active import ACTIVE
from segue.formats.roi_files.keys import KEYS
from segue.formats.roi_files.kinds import POINTS
from segue.formats.roi_files.parameters import line_widths, written_widths
from segue.formats.roi_files.planes import Stack
from segue.formats.roi_files.points import PointsRead, usable
from segue.formats.roi_files.qupath import ID, NAME, derived
from segue.formats.roi_files.switches import switches
from segue.formats.roi_files.things import Things
from segue.model.rings import Ints
from segue.model.shapes import ShapeKind, Shapes
from segue.model.study import EXTRAS, ImageSet

OWNER = "imagej"
"""What the rows in extras name as their format: the program, since its ROIs are in several."""
MOST = {"options": 0xFFFF, "label_colour": 0xFFFFFFFF, "font_size": 0x7FFF, "point_type": 0xFF, "point_size": 0xFFFF, "text_style": 0x7FFFFFFF, "active": 2}
"""Numbers of a ROI, and the largest of each. Of the options those bits count that differ from the usual ones."""
SIZE = 1
"""What ImageJ takes for the size of points."""
OLD = 227
"""The last version whose line widths always scale with the picture."""
_USUAL = {"point_size": SIZE}


@dataclass(frozen=True, eq=False)
class Special:
    """Lists that only some ROIs have, by their rows."""

    points: PointsRead
    rings: dict[int, list[int]]
    """The places of rings; see ``ring_order``."""
    active: dict[int, int] | None
    """See ``Contents``."""


def first_rows(shapes: Shapes, count: int) -> Ints:
    """(count,) The first shape of each object; shapes are sorted by object, and every object has one."""
    return np.searchsorted(shapes.frame["object"].to_numpy(), np.arange(count)).astype(np.int64)


def read_extras(rois: Rois, keys: pl.DataFrame, others: dict[int, dict[str, str]], things: Things, shapes: Shapes, special: Special) -> pl.DataFrame:
    """The extras of the ROIs that are the first of their objects. ``shapes`` are theirs, sorted by object."""
    first, objects = things.first_row.to_numpy(), things.objects.frame
    numbers = _numbers(rois, first, shapes.take(first_rows(shapes, len(objects)))) | {"active": _active(keys["segue.active"][first], first, special.active)}
    unusual = np.any([values != _USUAL.get(name, 0) for name, values in numbers.items()], axis=0)
    foreign = [keys[name][first].is_not_null().to_numpy() for name in (ID, NAME)]
    listed = [*others, *special.points.numbers, *special.rings, *rois.images]
    rows = np.flatnonzero(unusual | np.isin(first, listed) | foreign[0] | foreign[1])
    found, texts = [], _Plain()
    for thing, row in zip(rows.tolist(), first[rows].tolist(), strict=True):
        properties = others.get(row, {}) | {name: value for name in (ID, NAME) if (value := keys[name][row]) is not None}
        payload: dict[str, Any] = {name: int(values[thing]) for name, values in numbers.items()}
        if row in special.points.numbers:
            payload |= {"counters": special.points.numbers[row].tolist()} | ({"by_point": 1} if row in special.points.groups else {})
        if row in special.rings:
            payload["rings"] = special.rings[row]
        if row in rois.images:
            payload["image"] = base64.b64encode(rois.images[row]).decode()
        found.append((OWNER, "object", objects["id"][thing], texts.text(payload, properties, *objects.select("id", "name").row(thing))))
    return pl.DataFrame(found, schema=EXTRAS, orient="row").drop_nulls("payload")


def _active(stated: pl.Series, first: Ints, known: dict[int, int] | None) -> NDArray[np.int64]:
    """Per object the number of ACTIVE: of what the container says, else of the property ``segue.active``."""
    if known is not None:
        return np.array([known.get(row, 0) for row in first.tolist()] if known else np.zeros(len(first)), np.int64)
    return stated.replace_strict(ACTIVE, default=0, return_dtype=pl.Int64).to_numpy()


def _numbers(rois: Rois, first: Ints, shapes: Shapes) -> dict[str, NDArray[np.int64]]:
    """The numbers of MOST, of the first ROI of each object, as they differ from the usual; 227 for ``version`` where it matters."""
    width = line_widths(rois)[first]
    usual, free = switches(shapes, width)
    version = rois.version[first]
    options = rois.options[first] | np.where((version < roi.SCALING) & (width > 0), roi.SCALE_STROKE, 0)
    point = shapes.frame["kind"].cast(pl.Utf8).is_in(POINTS).to_numpy()
    text = np.zeros(len(first), np.int64)
    for thing, row in enumerate(first.tolist() if rois.texts else []):
        text[thing] = rois.texts[row].style if row in rois.texts else 0
    found = {
        "options": (options ^ usual) & free,
        "label_colour": rois.label_colour[first],
        "font_size": np.maximum(rois.font_size[first], 0),
        "point_type": np.where(point, rois.style[first] >> np.uint32(24), 0),
        "point_size": np.where(point, rois.width[first], SIZE),
        "text_style": np.clip(text, 0, MOST["text_style"]),
        "version": np.where((version == OLD) & (width > 0) & (rois.group[first] == 0), OLD, 0),
    }
    return {name: values.astype(np.int64) for name, values in found.items()}


class _Plain:
    """JSON texts; those of equal numbers without anything else are made once."""

    def __init__(self) -> None:
        self.known: dict[tuple[int, ...], str | None] = {}

    def text(self, payload: dict[str, Any], properties: dict[str, str], own: str, name: str | None) -> str | None:
        numbers = {key: value for key, value in payload.items() if value != _USUAL.get(key, 0) or key not in {*MOST, "version"}}
        if properties or not numbers.keys() <= {*MOST, "version"}:
            return _text(numbers | {"properties": _free(properties, own, name)})
        key = tuple(payload.values())
        if key not in self.known:
            self.known[key] = _text(numbers)
        return self.known[key]


def fitted_extras(s: ImageSet, stack: Stack, grouped: NDArray[np.bool_]) -> pl.DataFrame:
    """The rows of this format about objects that are there, in the order of the objects and as they will be read back.

    The shapes are fitted and sorted by object; ``grouped``: per object whether it is in a ROI group.
    """
    order = s.objects.frame.select("id", "name", "t", row=pl.int_range(pl.len()))
    own = s.extras.filter((pl.col("format") == OWNER) & (pl.col("entity") == "object")).unique("id", keep="first", maintain_order=True)
    own = own.join(order, on="id").sort("row")
    if own.is_empty():
        return own.select(list(EXTRAS))
    facts = _Facts(s.shapes, len(s.objects), stack, grouped)
    facts.find_ring_orders(own)
    texts, known = [], dict[str, Any]()
    for text, one, name, row, t in own.select("payload", "id", "name", "row", "t").iter_rows():
        payload = known.setdefault(text, _parsed(text)) if len(text or "") < 100 else _parsed(text)
        texts.append(_text(facts.kept(payload, row, one, name, t)) if isinstance(payload, dict) else None)
    return own.with_columns(payload=pl.Series(texts, dtype=pl.Utf8)).drop_nulls("payload").select(list(EXTRAS))


class _Facts:
    """What decides which details can be written with an object."""

    def __init__(self, shapes: Shapes, count: int, stack: Stack, grouped: NDArray[np.bool_]) -> None:
        self.shapes, self.stack = shapes, stack
        self.start = np.append(first_rows(shapes, count), len(shapes))
        first = shapes.take(self.start[:-1])
        self.kind = first.frame["kind"].cast(pl.Utf8).to_list()
        width = written_widths(first.frame)[0]
        self.free = switches(first, width)[1]
        self.old = (width > 0) & ~grouped
        self.ordered: set[int] = set()

    def find_ring_orders(self, own: pl.DataFrame) -> None:
        """Which objects' lists of rings lead back to the same rings; all at once."""
        listed = own.filter(pl.col("payload").str.contains('"rings":', literal=True))
        wanted = {int(self.start[row]): (_parsed(text) or {}) for text, row in listed.select("payload", "row").iter_rows()}
        self.ordered = ring_order.usable({row: one.get("rings") for row, one in wanted.items() if isinstance(one, dict)}, self.shapes)

    def kept(self, payload: dict[str, Any], row: int, own: str, name: str | None, t: int | None) -> dict[str, Any]:
        numbers = {key: value for key, most in MOST.items() if type(value := payload.get(key)) is int and 0 <= value <= most}
        if "options" in numbers:
            numbers["options"] &= int(self.free[row])
        kind = self.kind[row]
        if kind != str(ShapeKind.TEXT):
            numbers.pop("text_style", None)
        if kind not in POINTS:
            for key in ("point_type", "point_size"):
                numbers.pop(key, None)
        found: dict[str, Any] = {key: value for key, value in numbers.items() if value != _USUAL.get(key, 0)}
        if payload.get("version") == OLD and self.old[row]:
            found["version"] = OLD
        if "counters" in payload:
            found |= usable(payload, self.shapes, np.arange(self.start[row], self.start[row + 1]), t, self.stack)
        if "rings" in payload and int(self.start[row]) in self.ordered:
            found["rings"] = payload["rings"]
        if kind == str(ShapeKind.IMAGE) and picture(payload):
            found["image"] = payload["image"]
        stated = payload.get("properties")
        return found | {"properties": _free(stated if isinstance(stated, dict) else {}, own, name)}


def _free(properties: dict[str, Any], own: str, name: str | None) -> dict[str, str]:
    """Properties that are not written anyway."""
    anyway = {ID: derived(own) if ID in properties else "", NAME: name}
    taken = set(KEYS) - set(anyway)
    return {key: value for key, value in properties.items() if isinstance(value, str) and key not in taken and anyway.get(key) != value}


def picture(payload: Any) -> bytes:
    """The pixels of an image ROI, a TIFF file; empty where there are none."""
    stated = payload.get("image") if isinstance(payload, dict) else None
    if not isinstance(stated, str):
        return b""
    try:
        found = base64.b64decode(stated, validate=True)
    except (ValueError, binascii.Error):
        return b""
    return found if base64.b64encode(found).decode() == stated else b""


def payloads(s: ImageSet) -> dict[int, dict[str, Any]]:
    """Row of the object -> what `fitted_extras` left."""
    rows = dict(zip(s.objects.frame["id"], range(len(s.objects)), strict=True)) if len(s.extras) else {}
    return {rows[one]: orjson.loads(text) for one, text in s.extras.select("id", "payload").iter_rows()}


def all_payloads(s: ImageSet) -> dict[int, dict[str, Any]]:
    """The same of any study: row of the object -> what may be used of it."""
    own = s.extras.filter((pl.col("format") == OWNER) & (pl.col("entity") == "object"))
    rows = dict(zip(s.objects.frame["id"], range(len(s.objects)), strict=True)) if len(own) else {}
    found = {rows[one]: _parsed(text) for one, text in own.select("id", "payload").iter_rows() if one in rows}
    return {row: payload for row, payload in found.items() if isinstance(payload, dict)}


def _parsed(text: str | None) -> Any:
    try:
        return orjson.loads(text or "null")
    except ValueError:
        return None


def _text(kept: dict[str, Any]) -> str | None:
    """The JSON text; None for nothing."""
    filled = {key: value for key, value in kept.items() if key != "properties" or value}
    return orjson.dumps(filled, option=orjson.OPT_SORT_KEYS).decode() if filled else None
