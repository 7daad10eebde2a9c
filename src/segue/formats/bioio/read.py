"""Reading files of microscopes: an image set for every scene."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np

from segue.codecs.pixel_facts import Facts
from segue.codecs.tiff_units import short_unit
from segue.errors import UnsupportedVariant
from segue.formats.bioio.pixels import BioioPixels, Opened, guarded
from segue.formats.options import Options
from segue.formats.pixel_files import study_of
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage import handles
from segue.storage.source import Source

MOST_SCENES = 100_000


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read all scenes of a file; their pixels stay in it.

    Raises
    ------
    MissingDependency
        bioio is not installed.
    UnsupportedVariant
        None of its plugins reads the file, or its pixels are no numbers.
    Malformed
        The file is damaged.
    """
    with handles.opened(source, Opened) as file:
        scenes = guarded(source.path, lambda: list(file.image.scenes))[:MOST_SCENES]
        sets = [guarded(source.path, lambda nth=nth: _scene(source, file, nth)) for nth in range(len(scenes))]  # type: ignore[misc]
    if len(sets) > 1:
        sets = [replace(s, name=str(name)) for s, name in zip(sets, scenes, strict=True)]
    return Study(tuple(sets)), _assumed(sets, source)


def _scene(source: Source, file: Opened, nth: int) -> ImageSet:
    image = file.image
    image.set_scene(nth)
    sizes = {name: int(size) for name, size in zip(image.dims.order, image.shape, strict=True)}
    if "S" in sizes and sizes.get("C", 1) > 1:
        raise UnsupportedVariant(f"{source.path} has channels of pictures in colours, which segue does not read", path=source.path)
    order = "".join(name for name in "TCZYXS" if name in sizes and (sizes[name] > 1 or name in "YX") and not (name == "C" and "S" in sizes))
    lazy = file.array(nth, order)
    dtype = np.dtype(lazy.dtype)
    if dtype.kind not in "biufc":
        raise UnsupportedVariant(f"{source.path} holds values of the type {dtype.name}, which are no pixels that segue reads", path=source.path)
    pixels = BioioPixels(source, nth, order, tuple(map(int, lazy.shape)), dtype.newbyteorder("="), tuple(map(int, lazy.chunksize)))
    axes = order.lower().replace("s", "c")
    names = tuple(map(str, image.channel_names or ())) if "C" in order or sizes.get("C") == 1 else ()
    facts = Facts(channels=names if len(names) == sizes.get("C", 1) and "S" not in sizes else (), scale=_steps(image))
    return study_of(pixels, axes, facts, role="image").image_sets[0]


def _steps(image: Any) -> dict[str, tuple[float, str | None]]:
    """Axis -> (step, unit)."""
    found: dict[str, tuple[float, str | None]] = {}
    for name in "ZYX":
        value = getattr(image.physical_pixel_sizes, name, None)
        if isinstance(value, int | float) and math.isfinite(value) and value > 0:
            found[name.lower()] = (float(value), _unit(image, name) or "um")
    interval = getattr(image, "time_interval", None)
    seconds = interval.total_seconds() if isinstance(interval, timedelta) else interval
    if isinstance(seconds, int | float) and math.isfinite(seconds) and seconds > 0:
        found["t"] = (float(seconds), "s" if isinstance(interval, timedelta) else _unit(image, "T") or "s")
    return found


def _unit(image: Any, name: str) -> str | None:
    unit = getattr(getattr(getattr(image, "dimension_properties", None), name, None), "unit", None)
    return short_unit(str(unit)) if unit is not None else None


def _assumed(sets: list[ImageSet], source: Source) -> Notes:
    """bioio's readers give micrometres, and do not say so."""
    sized = sum(any(axis.unit == "um" for axis in s.grid.axes) for s in sets)
    what = "pixel sizes are taken to be in micrometres, which is what bioio gives where it names no unit"
    return Notes.of(Note(Kind.ASSUMED, what, where=source.path.name, count=sized)) if sized else Notes()
