"""What the attributes of an OME-Zarr group say, of every version from 0.1 to 0.5 (https://ngff.openmicroscopy.org).

0.1 and 0.2 know five fixed axes, 0.3 names them, 0.4 gives them types, units and transformations, 0.5 puts all of it under ``ome``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from segue.codecs.ngff import ORDER, Channel, Step
from segue.errors import Malformed, UnsupportedVariant

_BY_TYPE = {"time": "t", "channel": "c"}
MOST_ENTRIES = 100_000


@dataclass(frozen=True)
class Level:
    """One resolution of an image."""

    path: str
    """Of its array, from the group."""
    steps: dict[str, Step]
    """Axis letter -> pixel size and place; without c."""


@dataclass(frozen=True)
class Multiscale:
    """One image in several resolutions, the finest first."""

    name: str
    axes: str
    """One letter of ``t c z y x`` per dimension of the stored arrays."""
    levels: tuple[Level, ...]


def ome_of(attributes: dict[str, Any]) -> dict[str, Any]:
    """The part of a group's attributes that belongs to OME-Zarr."""
    ome = attributes.get("ome")
    return ome if isinstance(ome, dict) else attributes


def multiscales(ome: dict[str, Any], where: Path) -> tuple[Multiscale, ...]:
    """The images of a group; usually there is one.

    Raises
    ------
    Malformed
        The metadata make no sense.
    UnsupportedVariant
        The axes have no meaning that segue knows.
    """
    found = ome.get("multiscales")
    if not isinstance(found, list) or not found:
        _bad(where, "multiscales: a list of images")
    return tuple(_multiscale(one, where) for one in found)


def _multiscale(one: Any, where: Path) -> Multiscale:
    datasets = _member(one, "datasets")
    if not isinstance(datasets, list) or not 0 < len(datasets) <= 1000 or not all(isinstance(_member(part, "path"), str) for part in datasets):
        _bad(where, "datasets: a list of arrays with their paths")
    axes, units = _axes(one.get("axes"), where)
    common = _transformation(one.get("coordinateTransformations"), len(axes), where)
    own = [_transformation(part.get("coordinateTransformations"), len(axes), where) for part in datasets]
    levels = tuple(Level(part["path"], _steps(axes, units, place, common)) for part, place in zip(datasets, own, strict=True))
    name = one.get("name")
    return Multiscale(name if isinstance(name, str) else "", axes, _cornered(levels))


def _axes(axes: Any, where: Path) -> tuple[str, dict[str, str]]:
    """(letters, letter -> unit as it stands there)."""
    if axes is None:
        return ORDER, {}
    if not isinstance(axes, list) or not 2 <= len(axes) <= 5:
        _bad(where, "axes: two to five of them")
    letters, units = "", {}
    for axis in axes:
        name, kind = (axis.get("name"), axis.get("type")) if isinstance(axis, dict) else (axis, None)
        letter = str(name).lower()
        letter = letter if letter in tuple(ORDER) else _BY_TYPE.get(str(kind), "")
        if not letter or letter in letters:
            known = ", ".join(str(axis.get("name") if isinstance(axis, dict) else axis)[:20] for axis in axes)
            raise UnsupportedVariant(f"{where} has the axes {known}; segue knows t, c, z, y and x, each once", path=where)
        letters += letter
        if isinstance(axis, dict) and isinstance(axis.get("unit"), str):
            units[letter] = axis["unit"]
    if not {"y", "x"} <= set(letters):
        raise UnsupportedVariant(f"{where} has no axes y and x, so it is no image that segue reads", path=where)
    return letters, units


def _transformation(found: Any, count: int, where: Path) -> tuple[list[float], list[float]]:
    """(scale, translation), one number per axis."""
    scale, translation = [1.0] * count, [0.0] * count
    for one in found if isinstance(found, list) else []:
        kind = one.get("type") if isinstance(one, dict) else None
        if kind == "identity":
            continue
        values = one.get(kind) if kind in ("scale", "translation") else None
        if not isinstance(values, list) or len(values) != count or not all(_is_number(value) for value in values):
            _bad(where, f"a scale or translation with a number for each of the {count} axes")
        if kind == "scale":
            scale = [float(a * b) for a, b in zip(scale, values, strict=True)]
            translation = [float(a * b) for a, b in zip(translation, values, strict=True)]
        else:
            translation = [float(a + b) for a, b in zip(translation, values, strict=True)]
    return scale, translation


def _steps(axes: str, units: dict[str, str], own: tuple[list[float], list[float]], common: tuple[list[float], list[float]]) -> dict[str, Step]:
    """The transformation of an array, then that of all. A step of 1 without a unit is what writers put where they do not know."""
    found = {}
    for nth, axis in enumerate(axes):
        scale = own[0][nth] * common[0][nth]
        place = own[1][nth] * common[0][nth] + common[1][nth]
        known = math.isfinite(scale) and scale > 0 and (scale != 1.0 or axis in units)
        if axis != "c":
            found[axis] = Step(scale if known else None, units.get(axis) if known else None, place if math.isfinite(place) else 0.0)
    return found


def _cornered(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    """Coarser levels have no pixel size where the finest has none, and begin where it does: translations that place the centres of their first pixels
    say the same in other words."""
    first = levels[0].steps
    found = [levels[0]]
    for level in levels[1:]:
        steps = {}
        for axis, step in level.steps.items():
            a, b = first[axis].scale or 1.0, step.scale or 1.0
            centred = math.isclose(step.translation - first[axis].translation, (b - a) / 2, rel_tol=1e-6, abs_tol=1e-9 * abs(b))
            known = first[axis].scale is not None or step.unit is not None
            steps[axis] = Step(step.scale if known else None, step.unit, first[axis].translation if centred else step.translation)
        found.append(Level(level.path, steps))
    return tuple(found)


def channels(ome: dict[str, Any]) -> tuple[Channel, ...]:
    """How the channels are shown (``omero``); empty where it is not said for all of them."""
    listed = _member(ome.get("omero"), "channels")
    if not isinstance(listed, list) or len(listed) > MOST_ENTRIES or not all(isinstance(one, dict) for one in listed):
        return ()
    return tuple(_channel(one) for one in listed)


def _channel(one: dict[str, Any]) -> Channel:
    low, high = (float(value) if _is_number(value) else None for value in (_member(one.get("window"), name) for name in ("start", "end")))
    label, active = one.get("label"), one.get("active")
    return Channel(
        label if isinstance(label, str) else "",
        _colour(one.get("color")),
        low,
        high,
        active if isinstance(active, bool) else True,
        inverted=one.get("inverted") is True,
    )


def _colour(text: Any) -> int:
    digits = text.lstrip("#") if isinstance(text, str) else ""
    try:
        return int(digits, 16) << 8 | 0xFF if len(digits) == 6 else 0xFFFFFFFF
    except ValueError:
        return 0xFFFFFFFF


def label_rows(ome: dict[str, Any]) -> tuple[dict[int, int], list[tuple[int, dict[str, Any]]]]:
    """What is said about the labels of a label image: label -> 0xRRGGBBAA, and (label, properties) in order."""
    about = ome.get("image-label")
    about = about if isinstance(about, dict) else {}
    colours = {}
    for label, entry in _of_labels(about.get("colors")):
        rgba = entry.get("rgba")
        if isinstance(rgba, list) and len(rgba) in (3, 4) and all(isinstance(part, int) and 0 <= part <= 255 for part in rgba):
            colours[label] = int.from_bytes(bytes([*rgba, 255][:4]), "big")
    rows = [(label, {name: value for name, value in entry.items() if name != "label-value"}) for label, entry in _of_labels(about.get("properties"))]
    return colours, rows


def _of_labels(entries: Any) -> list[tuple[int, dict[str, Any]]]:
    found: dict[int, dict[str, Any]] = {}
    for entry in entries if isinstance(entries, list) else []:
        label = _member(entry, "label-value")
        label = int(label) if isinstance(label, float) and label.is_integer() else label
        if isinstance(label, int) and not isinstance(label, bool) and 0 < label < 1 << 64:
            found.setdefault(label, entry)
    return list(found.items())


def texts(values: Any) -> list[str]:
    """The texts of a list; anything else is passed over."""
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _bad(where: Path, expected: str) -> NoReturn:
    raise Malformed(f"{where} is damaged: its metadata should hold {expected}", path=where, expected=expected)
