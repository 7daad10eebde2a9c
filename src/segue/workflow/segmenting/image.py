"""One channel of an image: its thresholds, its particles, and a label image of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from segue.errors import UnsupportedVariant
from segue.measure.segmenting.particles import Removed, Wish, particles
from segue.measure.segmenting.threshold import METHODS, Level, binary_level, level_of
from segue.model.image import ArrayPixels, Image, LabelImage, in_memory, size_of
from segue.notes import Kind, Note, Notes
from segue.workflow.segmenting.choice import BINARY, Segmenting, threshold_of
from segue.workflow.segmenting.pixels import Beyond, Found, Frame, ParticlePixels

if TYPE_CHECKING:
    from segue.measure.measuring import Channel
    from segue.tasks.workers import Workers

LAYER = "labels"
IN_MEMORY = 1 << 28
"""Bytes of a label image up to which it is kept; beyond, its particles are found anew in what is read."""


@dataclass(frozen=True)
class Segmented:
    """The particles of a channel."""

    labels: LabelImage
    segments: pl.DataFrame
    """(layer, t, label) of each, in the order of the labels; t is null where there is one time point."""
    levels: tuple[Level | None, ...]
    """The values of objects, of each frame; None = it has one value only."""
    notes: Notes


def segmented(channel: Channel, how: Segmenting, wish: Wish, where: str, workers: Workers | None = None) -> Segmented:
    """Find the particles of a channel.

    A plane is looked at two to seven times, slab by slab (of 2**23 pixels, or 256 rows); memory is about 20 bytes per pixel of a slab, and 200 per particle.

    Parameters
    ----------
    channel
        Of an image of real numbers.
    how
        The threshold; checked.
    wish
        Which particles are wanted, in pixels.
    where
        What sentences call the image.
    workers
        Who measures the form of particles in planes of several slabs; None = threads.

    Raises
    ------
    UnsupportedVariant
        No threshold can be found: all pixels have one value.
    """
    image = channel.image
    if image.pixels.dtype.kind not in "buif":
        raise UnsupportedVariant(f"{where} holds pixels of type {image.pixels.dtype}, which have no threshold", where=where)
    frames = list(_frames(channel, volumes=how.volumes))
    dark_objects = (how.background == "light") != image.inverted
    levels = _levels(frames, how, where, dark_objects=dark_objects)
    found, first = [], 0
    for frame, level in zip(frames, levels, strict=True):
        one = particles(Beyond(frame, level), wish, workers)
        found.append(Found({name: at for name, at in frame.place.items() if name in "tz"}, one, first))
        first += one.count
    axes = "".join(name for name in "tzyx" if name in image.axes)
    pixels = ParticlePixels(tuple(found), axes, tuple(size_of(image.pixels, image.axes, name) for name in axes))
    notes = _notes(how, levels, [one.particles.removed for one in found], first, image, dark_objects=dark_objects)
    return Segmented(LabelImage(_kept(pixels), axes, LAYER), _segments(found, image), levels, notes)


def _frames(channel: Channel, *, volumes: bool) -> Iterator[Frame]:
    """The planes (volumes) of a channel, in the order t, z."""
    image = channel.image
    at_channel = {"c": channel.index} if "c" in image.axes else {}
    outer = [name for name in ("t" if volumes else "tz") if name in image.axes]
    for place in product(*(range(size_of(image.pixels, image.axes, name)) for name in outer)):
        yield Frame(image, {**at_channel, **dict(zip(outer, place, strict=True))}, volumes)


def _kept(pixels: ParticlePixels) -> ArrayPixels | ParticlePixels:
    small = int(np.prod(pixels.shape)) * pixels.dtype.itemsize <= IN_MEMORY
    return ArrayPixels(in_memory(pixels)) if small else pixels


def _segments(found: Sequence[Found], image: Image) -> pl.DataFrame:
    timed = size_of(image.pixels, image.axes, "t") > 1
    times = np.repeat([one.place.get("t", 0) for one in found], [one.particles.count for one in found])
    labels = pl.int_range(1, len(times) + 1, dtype=pl.UInt64, eager=True)
    t = pl.Series(times, dtype=pl.Int32) if timed else pl.Series([None] * len(times), dtype=pl.Int32)
    return pl.DataFrame({"layer": pl.Series([LAYER] * len(times), dtype=pl.Utf8), "t": t, "label": labels})


def _levels(frames: Sequence[Frame], how: Segmenting, where: str, *, dark_objects: bool) -> tuple[Level | None, ...]:
    """The values of objects in each frame."""
    threshold = threshold_of(how.threshold) if not isinstance(how.threshold, Level) else how.threshold
    if isinstance(threshold, Level):
        return (threshold,) * len(frames)
    if isinstance(threshold, float):
        return (Level(high=threshold) if dark_objects else Level(low=threshold),) * len(frames)
    if not frames:
        raise UnsupportedVariant(f"{where}: no pixel holds a number, so there is no threshold", where=where)
    if how.per_plane and len(frames) > 1:
        levels = [_level([frame], threshold, where, dark_objects=dark_objects, optional=True) for frame in frames]
        if not any(levels):
            raise UnsupportedVariant(f"{where}: every plane has one value only, so no threshold separates objects from background", where=where)
        return tuple(levels)
    return (_level(frames, threshold, where, dark_objects=dark_objects),) * len(frames)


def _level(frames: Sequence[Frame], method: str, where: str, *, dark_objects: bool, optional: bool = False) -> Level | None:
    dtype = frames[0].image.pixels.dtype
    several = len(frames) > 1 or (frames[0].volume and frames[0].shape[0] > 1)

    def blocks() -> Iterator[Any]:
        return (block for frame in frames for block in frame.slabs())

    try:
        if method == BINARY:
            return binary_level(blocks, dtype, dark_objects=dark_objects)
        return level_of(method, blocks, dtype, dark_objects=dark_objects, stack=several)
    except UnsupportedVariant as error:
        if optional and method != BINARY:
            return None
        raise UnsupportedVariant(f"{where}: {error}", where=where) from error


def _notes(how: Segmenting, levels: Sequence[Level | None], removed: Sequence[Removed], count: int, image: Image, *, dark_objects: bool) -> Notes:
    notes = [Note(Kind.DONE, _thresholds(how, levels))]
    if image.inverted:
        shown = f"the image shows low values bright, so objects {'darker' if how.background == 'light' else 'brighter'} than the background are its"
        other = "" if how.background == "light" else "; for objects darker than it: --background light"
        notes.append(Note(Kind.ASSUMED, f"{shown} {'low' if dark_objects else 'high'} values{other}"))
    empty = sum(level is None for level in levels)
    if empty:
        notes.append(Note(Kind.SKIPPED, "{count plane} of one value only: nothing was found in them", count=empty))
    reasons = {
        "edge": "at the edge of the image",
        "small": f"smaller than {_said(how.min_size)}",
        "large": f"larger than {_said(how.max_size)}",
        "form": "of another form",
    }
    totals = Counter[str]()
    for one in removed:
        totals.update({name: getattr(one, name) for name in reasons})
    notes += [Note(Kind.DONE, f"{{count particle}} left out: {why}", count=totals[name]) for name, why in reasons.items() if totals[name]]
    if not count:
        notes.append(Note(Kind.DONE, "no particle was found"))
    return Notes(tuple(notes))


def _said(size: float | str | None) -> str:
    return size if isinstance(size, str) else f"{size or 0:g} pixels"


def _thresholds(how: Segmenting, levels: Sequence[Level | None]) -> str:
    different = dict.fromkeys(str(level) for level in levels if level is not None)
    method = next((f" ({one.name}, {one.source})" for one in METHODS if one.name == how.threshold), "")
    shown = "; ".join(list(different)[:3]) + ("; ..." if len(different) > 3 else "")
    return f"objects are the values {shown}{method}"
