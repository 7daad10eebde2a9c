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
_PREFIXES = (
    *("yotta", "zetta", "exa", "peta", "tera", "giga", "mega", "kilo", "hecto"),
    *("deci", "centi", "milli", "micro", "nano", "pico", "femto", "atto", "zepto", "yocto"),
)
_LENGTHS = frozenset(("meter", *(f"{prefix}meter" for prefix in _PREFIXES), "angstrom", "foot", "inch", "mile", "parsec", "yard"))
_TIMES = frozenset(("second", *(f"{prefix}second" for prefix in _PREFIXES), "minute", "hour", "day"))
_SYMBOLS = {
    "t": {"s": "second", "sec": "second", "ms": "millisecond", "us": "microsecond", "µs": "microsecond", "μs": "microsecond", "ns": "nanosecond",
          "m": "minute", "min": "minute", "h": "hour", "d": "day"},
    "": {"µm": "micrometer", "μm": "micrometer", "um": "micrometer", "micron": "micrometer", "microns": "micrometer", "nm": "nanometer",
         "mm": "millimeter", "cm": "centimeter", "dm": "decimeter", "m": "meter", "km": "kilometer", "pm": "picometer", "fm": "femtometer",
         "å": "angstrom", "Å": "angstrom", "in": "inch", "ft": "foot"},
}  # fmt: skip
_LOWEST, _HIGHEST = 0.0, 1.0
"""The display range of floating-point pixels of which nothing is known."""
_RULES = {
    "mean": "each resolution is the mean of neighbours of the one before",
    "nearest": "each resolution is every second pixel of the one before: no label number is made up",
}


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
    inverted: bool = False
    """Low values are shown bright."""


def image_attributes(
    name: str,
    axes: str,
    steps: Mapping[str, Step],
    channels: Sequence[Channel] = (),
    dtype: str = "",
    *,
    factors: Sequence[Mapping[str, int]] = ({},),
    rule: str = "mean",
) -> dict[str, Any]:
    """The attributes of an image, whose resolutions are the arrays ``0``, ``1``, ... of the group.

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
    factors
        For each resolution: axis letter -> how many of the finest pixels one of its pixels stands for; 1 where an axis is not named.
    rule
        How coarser resolutions are made: ``mean`` or ``nearest``.
    """
    ome: dict[str, Any] = {"version": VERSION, "multiscales": [_multiscale(name, axes, steps, factors, rule)]}
    if channels:
        ome["omero"] = {"channels": [_channel(channel, dtype) for channel in channels]}
    return {"ome": ome}


def label_attributes(
    name: str,
    axes: str,
    steps: Mapping[str, Step],
    *,
    has_image: bool,
    factors: Sequence[Mapping[str, int]] = ({},),
    colours: Mapping[int, int] | None = None,
) -> dict[str, Any]:
    """The attributes of a label image.

    Parameters
    ----------
    name, axes, steps, factors
        See `image_attributes`.
    has_image
        It lies in the ``labels`` folder of an image.
    colours
        Label -> 0xRRGGBBAA.
    """
    attributes = image_attributes(name, axes, steps, factors=factors, rule="nearest")
    about: dict[str, Any] = {"version": VERSION}
    if colours:
        about["colors"] = [{"label-value": label, "rgba": list(colour.to_bytes(4, "big"))} for label, colour in sorted(colours.items())]
    attributes["ome"]["image-label"] = about | ({"source": {"image": "../../"}} if has_image else {})
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


def unit_name(unit: str | None, axis: str = "") -> str | None:
    """The name that OME-Zarr has for a unit (those of UDUNITS-2), None if it has none. ``m`` is a minute along t."""
    known = _TIMES if axis == "t" else _LENGTHS
    text = unit or ""
    name = _SYMBOLS["t" if axis == "t" else ""].get(text, text.lower().replace("metre", "meter"))
    name = name if name in known else name.removesuffix("s")
    return name if name in known else None


def _multiscale(name: str, axes: str, steps: Mapping[str, Step], factors: Sequence[Mapping[str, int]], rule: str) -> dict[str, Any]:
    known = [steps.get(axis, Step()) for axis in axes]
    found: dict[str, Any] = {
        "name": name,
        "axes": [_axis(axis, step) for axis, step in zip(axes, known, strict=True)],
        "datasets": [_dataset(nth, axes, known, factor) for nth, factor in enumerate(factors)],
    }
    if len(factors) > 1:
        found |= {"type": rule, "metadata": {"method": "segue.transform.halved", "description": _RULES[rule]}}
    return found


def _dataset(nth: int, axes: str, steps: Sequence[Step], factor: Mapping[str, int]) -> dict[str, Any]:
    """All resolutions begin at the same corner."""
    scale = [_usable(step.scale) * factor.get(axis, 1) for axis, step in zip(axes, steps, strict=True)]
    transformations: list[dict[str, Any]] = [{"type": "scale", "scale": scale}]
    if any(step.translation for step in steps):
        transformations.append({"type": "translation", "translation": [step.translation if math.isfinite(step.translation) else 0.0 for step in steps]})
    return {"path": str(nth), "coordinateTransformations": transformations}


def _usable(scale: float | None) -> float:
    return float(scale) if scale is not None and math.isfinite(scale) and scale > 0 else 1.0


def _axis(axis: str, step: Step) -> dict[str, str]:
    unit = unit_name(step.unit, axis)
    return {"name": axis, "type": _TYPES.get(axis, "space"), **({"unit": unit} if unit and axis != "c" else {})}


def _channel(channel: Channel, dtype: str) -> dict[str, Any]:
    lowest, highest = _range(dtype)
    low, high = (default if value is None or not math.isfinite(value) else value for value, default in ((channel.low, lowest), (channel.high, highest)))
    window = {"min": min(lowest, low), "max": max(highest, high), "start": low, "end": high}
    colour = f"{channel.colour >> 8 & 0xFFFFFF:06X}"
    return {"label": channel.label, "color": colour, "active": channel.active, "window": window} | ({"inverted": True} if channel.inverted else {})


def _range(dtype: str) -> tuple[float, float]:
    bits = dtype.lstrip("uint")
    if not bits.isdigit() or "int" not in dtype:
        return _LOWEST, _HIGHEST
    return (0.0, 2.0 ** int(bits) - 1) if dtype.startswith("u") else (-(2.0 ** (int(bits) - 1)), 2.0 ** (int(bits) - 1) - 1)
