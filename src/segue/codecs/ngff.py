"""The metadata of OME-Zarr 0.5 (https://ngff.openmicroscopy.org/0.5): plain data in, the ``attributes`` of a group out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

VERSION = "0.5"
ORDER = "tczyx"
"""Order of the axes in every OME-Zarr image."""
_TYPES = {"t": "time", "c": "channel"}
_UNITS = {
    "µm": "micrometer", "μm": "micrometer", "um": "micrometer", "micron": "micrometer", "microns": "micrometer", "nm": "nanometer", "mm": "millimeter",
    "cm": "centimeter", "m": "meter", "pm": "picometer", "s": "second", "sec": "second", "ms": "millisecond", "min": "minute", "h": "hour",
}  # fmt: skip
_KNOWN = frozenset((*_UNITS.values(), "angstrom", "inch", "foot", "microsecond", "nanosecond", "day"))
_LOWEST, _HIGHEST = 0.0, 1.0
"""The display range of floating-point pixels of which nothing is known."""


@dataclass(frozen=True)
class Step:
    """Pixel size and place of one axis; None = not known."""

    scale: float | None = None
    unit: str | None = None
    translation: float = 0.0


@dataclass(frozen=True)
class Channel:
    """How a channel is shown."""

    label: str
    colour: int = 0xFFFFFFFF
    """0xRRGGBBAA."""
    low: float | None = None
    high: float | None = None
    active: bool = True


def image_attributes(name: str, axes: str, steps: Mapping[str, Step], channels: Sequence[Channel] = (), dtype: str = "") -> dict[str, Any]:
    """The attributes of an image of one resolution, which is the array ``0`` of the group.

    Parameters
    ----------
    name
        What people call it.
    axes
        Letters in the order of the stored array.
    steps
        Axis letter -> pixel size; an axis that is not named has none.
    channels
        One per plane along c; empty = nothing is said about the display.
    dtype
        Name of the number type: the range of the display where a channel does not state one.
    """
    ome: dict[str, Any] = {"version": VERSION, "multiscales": [_multiscale(name, axes, steps)]}
    if channels:
        ome["omero"] = {"channels": [_channel(channel, dtype) for channel in channels]}
    return {"ome": ome}


def label_attributes(name: str, axes: str, steps: Mapping[str, Step], *, has_image: bool) -> dict[str, Any]:
    """The attributes of a label image; ``has_image`` = it lies in the ``labels`` folder of an image."""
    attributes = image_attributes(name, axes, steps)
    attributes["ome"]["image-label"] = {"version": VERSION, **({"source": {"image": "../../"}} if has_image else {})}
    return attributes


def labels_attributes(names: Sequence[str]) -> dict[str, Any]:
    """The attributes of the ``labels`` group."""
    return {"ome": {"version": VERSION, "labels": list(names)}}


def bare_attributes() -> dict[str, Any]:
    """The attributes of a group that holds label images and no image."""
    return {"ome": {"version": VERSION}}


def as_version_04(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of version 0.5 in the words of 0.4: not under ``ome``, and the version in every part."""
    ome = {name: value for name, value in attributes["ome"].items() if name != "version"}
    for name in ome.keys() & {"multiscales", "image-label"}:
        ome[name] = [one | {"version": "0.4"} for one in ome[name]] if isinstance(ome[name], list) else ome[name] | {"version": "0.4"}
    return ome


def unit_name(unit: str | None) -> str | None:
    """The name that OME-Zarr has for a unit, None if it has none."""
    name = _UNITS.get(unit or "", unit)
    return name if name in _KNOWN else None


def _multiscale(name: str, axes: str, steps: Mapping[str, Step]) -> dict[str, Any]:
    known = [steps.get(axis, Step()) for axis in axes]
    transformations: list[dict[str, Any]] = [{"type": "scale", "scale": [_usable(step.scale) for step in known]}]
    if any(step.translation for step in known):
        places = [step.translation if math.isfinite(step.translation) else 0.0 for step in known]
        transformations.append({"type": "translation", "translation": places})
    return {
        "name": name,
        "axes": [_axis(axis, step) for axis, step in zip(axes, known, strict=True)],
        "datasets": [{"path": "0", "coordinateTransformations": transformations}],
    }


def _usable(scale: float | None) -> float:
    return float(scale) if scale is not None and math.isfinite(scale) and scale > 0 else 1.0


def _axis(axis: str, step: Step) -> dict[str, str]:
    unit = unit_name(step.unit)
    return {"name": axis, "type": _TYPES.get(axis, "space"), **({"unit": unit} if unit and axis != "c" else {})}


def _channel(channel: Channel, dtype: str) -> dict[str, Any]:
    lowest, highest = _range(dtype)
    low, high = (default if value is None or not math.isfinite(value) else value for value, default in ((channel.low, lowest), (channel.high, highest)))
    window = {"min": min(lowest, low), "max": max(highest, high), "start": low, "end": high}
    return {"label": channel.label, "color": f"{channel.colour >> 8 & 0xFFFFFF:06X}", "active": channel.active, "window": window}


def _range(dtype: str) -> tuple[float, float]:
    bits = dtype.lstrip("uint")
    if not bits.isdigit() or "int" not in dtype:
        return _LOWEST, _HIGHEST
    return (0.0, 2.0 ** int(bits) - 1) if dtype.startswith("u") else (-(2.0 ** (int(bits) - 1)), 2.0 ** (int(bits) - 1) - 1)
