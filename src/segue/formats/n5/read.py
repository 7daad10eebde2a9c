"""Reading N5: the arrays that are pictures, their pixels when they are asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, cast

from segue.codecs.axistags import guess, named, parse
from segue.codecs.n5 import NAME, N5Data, N5Pixels, describe
from segue.codecs.pixel_facts import Facts
from segue.codecs.tiff_units import short_unit
from segue.formats.ilastik_files.arrays import Array, absent, study_of_arrays
from segue.formats.ilastik_files.attributes import told
from segue.formats.n5.options import ReadOptions
from segue.formats.options import Options
from segue.model.study import Study
from segue.notes import Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read the arrays of a container, or of the group or array that the source is.

    Raises
    ------
    NotFound, Malformed, UnsupportedVariant, TooLarge
        The part is not there, is damaged or holds no picture.
    InvalidOption
        The options do not fit.
    Incompatible
        It cannot be a label image.
    """
    chosen = cast("ReadOptions", options)
    place = "/".join(part for part in chosen.path.split("/") if part)
    folder = source.path / place
    if ".." in place.split("/") or not folder.is_dir():
        raise absent(source, place, [one.path for one in describe(source.path)])
    found = [_array(one, "/".join(filter(None, (place, one.path))) or source.path.name) for one in describe(folder)]
    return study_of_arrays(source, found, place, axes=chosen.axes.lower(), role=chosen.role)


def _array(data: N5Data, path: str) -> Array:
    attributes = {name: _text(value) for name, value in data.attributes.items()}
    stated = data.attributes.get("axes")
    axes = "".join(map(str, stated)) if isinstance(stated, list) else stated
    labels = axes[::-1].lower() if isinstance(axes, str) and len(axes) == len(data.shape) and named(axes.lower()) else ""
    tags = parse(attributes["axistags"]) if isinstance(attributes.get("axistags"), str) else None
    order = tags.axes if tags is not None else labels or guess(data.shape)
    found = told(attributes, labels, data.shape, data.dtype, other=Facts(scale=_steps(data.attributes, order)))
    pixels = N5Pixels(Source(data.folder / NAME), data.shape, data.dtype, data.block, data.compression, replace(found.manner, labelled=True))
    return Array(path, pixels, found)


def _text(value: Any) -> Any:
    """An attribute as ilastik has it: some write the JSON in the text as JSON itself."""
    return json.dumps(value) if isinstance(value, dict) else value


def _steps(attributes: dict[str, Any], axes: str) -> dict[str, tuple[float | None, str | None]]:
    """Pixel sizes as Fiji's N5 plugins (``pixelResolution``) and neuroglancer (``resolution``, ``units``) have them, x first."""
    found = attributes.get("pixelResolution", attributes.get("resolution"))
    units: Any = attributes.get("units")
    if isinstance(found, dict):
        units = [found.get("unit")] * len(axes)
        found = found.get("dimensions")
    if not isinstance(found, list) or len(found) != len(axes):
        return {}
    words = units if isinstance(units, list) and len(units) == len(axes) else [None] * len(axes)
    pairs = zip(reversed(axes), found, words, strict=True)
    return {name: (float(step), short_unit(word) if isinstance(word, str) else None) for name, step, word in pairs if name in "tzyx" and _is_step(step)}


def _is_step(step: Any) -> bool:
    return isinstance(step, int | float) and not isinstance(step, bool) and 0 < step < float("inf")
