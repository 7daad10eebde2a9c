"""A configuration as a study, and a study as a configuration."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from segue.codecs.json_text import loads
from segue.codecs.nimbus_plain import json_of
from segue.formats.nimbus_files.about import object_of
from segue.formats.nimbus_files.terms import NAME, RESERVED
from segue.model.display import ChannelDisplay, Display
from segue.model.grid import Axis, Grid
from segue.model.study import EXTRAS, ImageSet, Study

COLLECTION = "collection"
"""Entity of the extras that hold what the model has no word for."""
LENGTHS = {"nm": "nm", "µm": "um", "\u03bcm": "um", "um": "um", "mm": "mm", "m": "m"}
TIMES = {"ms": "ms", "s": "s", "m": "min", "h": "h", "d": "d"}
SCALES = {"pixelSize": ("yx", LENGTHS), "zStep": ("z", LENGTHS), "tStep": ("t", TIMES)}
"""Member -> axes and units, as NimbusImage calls them."""
WHITE = 0xFFFFFFFF
ACCOUNT = tuple(
    one for one in RESERVED if one in ("access", "creatorId", "creator", "createdBy", "owner", "ownerId", "userId", "user", "users", "email", "login")
)


def study_of(body: Mapping[str, Any]) -> Study:
    """What a configuration says; members that are not understood are kept as they are, without what is about accounts."""
    meta = _object(body.get("meta"))
    layers = [one for one in meta.get("layers") or [] if isinstance(one, dict)] if isinstance(meta.get("layers"), list) else []
    names = _object(_object(meta.get("compatibility")).get("channels"))
    display = Display(_text(body.get("name")), tuple(_channel(layer, names) for layer in layers))
    grid = _grid(_object(meta.get("scales")))
    extras = pl.DataFrame([{"format": NAME, "entity": COLLECTION, "id": "", "payload": json_of(more)}] if (more := _more(body, layers)) else [], schema=EXTRAS)
    return Study((ImageSet("", grid),), displays=(display,) if display != Display() else (), extras=extras)


def body_of(study: Study) -> dict[str, Any]:
    """The configuration of a study: its first preset, else the first display of an image set, and the pixel size of the first image set."""
    own = study.extras.filter((pl.col("format") == NAME) & (pl.col("entity") == COLLECTION))
    more = _without_accounts(object_of(next(iter(own["payload"]), None)))
    shown = [*study.displays, *(s.display for s in study.image_sets if s.display is not None)]
    display = shown[0] if shown else Display()
    names = list(dict.fromkeys(one.channel for one in display.channels))
    kept = more.get("layers") if isinstance(more.get("layers"), list) else []
    layers = [{**_at(kept, nth), **_layer(one, names)} for nth, one in enumerate(display.channels)]
    meta = _object(more.get("meta"))
    compatibility = {**_object(meta.get("compatibility")), "channels": {str(nth): name for nth, name in enumerate(names)}}
    scales = _scales(study.image_sets[0].grid if study.image_sets else Grid())
    body = {**{key: value for key, value in more.items() if key not in ("meta", "layers", "name")}, "name": display.name}
    return {**body, "meta": {"subtype": "contrastConfiguration", **meta, "compatibility": compatibility, "layers": layers, "scales": scales}}


def _channel(layer: Mapping[str, Any], names: Mapping[str, Any]) -> ChannelDisplay:
    number = layer.get("channel")
    known = names.get(str(number))
    name = known if isinstance(known, str) else str(number) if isinstance(number, int) else _text(layer.get("name"))
    contrast = _object(layer.get("contrast"))
    low, high = (_finite(contrast.get(key)) for key in ("blackPoint", "whitePoint"))
    absolute = contrast.get("mode") == "absolute" and low is not None and high is not None
    return ChannelDisplay(name, _colour(layer.get("color")), low if absolute else None, high if absolute else None, layer.get("visible") is not False)


def _layer(one: ChannelDisplay, names: Sequence[str]) -> dict[str, Any]:
    stated = one.low is not None and one.high is not None and math.isfinite(one.low) and math.isfinite(one.high)
    automatic = {"mode": "percentile", "blackPoint": 0, "whitePoint": 100}
    contrast = {"mode": "absolute", "blackPoint": one.low, "whitePoint": one.high} if stated else automatic
    return {"name": one.channel, "color": f"#{one.colour >> 8:06x}", "channel": names.index(one.channel), "visible": one.visible, "contrast": contrast}


def _at(kept: Any, nth: int) -> dict[str, Any]:
    return _object(kept[nth]) if nth < len(kept) else {}


def _more(body: Mapping[str, Any], layers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the model has no word for."""
    top = {key: value for key, value in body.items() if key not in ("name", "meta", "layers")}
    meta = {key: value for key, value in _object(body.get("meta")).items() if key not in ("layers", "scales")}
    meta = {key: value for key, value in meta.items() if (key, value) != ("subtype", "contrastConfiguration")}
    compatibility = {key: value for key, value in _object(meta.pop("compatibility", None)).items() if key != "channels"}
    rest = [{key: value for key, value in one.items() if key not in ("name", "color", "channel", "visible", "contrast")} for one in layers]
    found = top | ({"meta": meta | ({"compatibility": compatibility} if compatibility else {})} if meta or compatibility else {})
    return _object(_without_accounts(found | ({"layers": rest} if any(rest) else {})))


def _without_accounts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_accounts(one) for key, one in value.items() if key not in ACCOUNT}
    return [_without_accounts(one) for one in value] if isinstance(value, list) else value


def _grid(scales: Mapping[str, Any]) -> Grid:
    found: dict[str, Axis] = {"y": Axis("y"), "x": Axis("x")}
    for member, (axes, units) in SCALES.items():
        stated = _object(scales.get(member))
        size, unit = _finite(stated.get("value")), units.get(_text(stated.get("unit")))
        if size is not None and size > 0 and unit is not None:
            found |= {axis: Axis(axis, scale=size, unit=unit) for axis in axes}
    return Grid(tuple(found[name] for name in "tzyx" if name in found))


def _scales(grid: Grid) -> dict[str, Any]:
    found = {}
    for member, (axes, units) in SCALES.items():
        known = {(axis.scale, axis.unit) for name in axes if (axis := grid.axis(name)) is not None}
        size, unit = next(iter(known)) if len(known) == 1 else (None, None)
        shown = {ours: theirs for theirs, ours in reversed(units.items())}
        if size is not None and size > 0 and math.isfinite(size) and unit in shown:
            found[member] = {"value": size, "unit": shown[unit]}
    return found


def _colour(value: Any) -> int:
    text = _text(value).removeprefix("#")
    try:
        return (int(text, 16) << 8 | 0xFF) if len(text) == 6 else WHITE
    except ValueError:
        return WHITE


def _finite(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300 else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _object(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


def read_back(body: Mapping[str, Any]) -> Study:
    """What reading a configuration that was written gives."""
    return study_of(loads(json_of(body).encode()))
