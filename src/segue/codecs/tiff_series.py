"""From the pages of a TIFF file to images: which page is which plane of t, c, z.

The same pages mean different things to different programs; the description of the first page decides: OME-XML, ImageJ, the JSON of tifffile
(and of segue), or nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from segue.codecs.pixel_facts import Facts
from segue.codecs.ramps import ramp_of
from segue.codecs.tiff_layout import Layout
from segue.codecs.tiff_tags import Page, Structure
from segue.errors import Malformed
from segue.storage.source import Source

UNNAMED = "?"
"""Stands in ``axes`` for an axis whose meaning the file does not tell."""
_PRINTERS = frozenset({72, 75, 90, 96, 100, 120, 144, 150, 180, 200, 240, 300, 350, 360, 400, 600, 720, 1200})
"""Dots per inch that programs write without meaning a pixel size."""


@dataclass(frozen=True, eq=False)
class Series:
    """One image in a TIFF file."""

    kind: str
    """``ome``, ``imagej``, ``shaped`` (JSON of tifffile and segue) or ``plain``."""
    axes: str
    """One letter of ``t c z y x`` or ``?`` per dimension; y and x come last."""
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    """In native byte order."""
    layouts: tuple[Layout, ...]
    planes: np.ndarray[Any, np.dtype[np.int64]]
    """(planes, 3) int64, in C order of the outer axes: layout, sample, bytes to add to the place of the layout."""
    facts: Facts = field(default_factory=Facts)
    marker: tuple[str, ...] = ()
    """Name of the only channel, where an image without an axis c says one."""
    files: tuple[Source, ...] = ()
    """The other files in which it lies."""
    of_layout: tuple[int, ...] = ()
    """For each layout its file: 0 = the file itself, 1 = the first of ``files``; empty = all are in the file itself."""


def stack(kind: str, outer: str, sizes: tuple[int, ...], layouts: tuple[Layout, ...], facts: Facts) -> Series:
    """A series of whole pages in C order of the outer axes; colour samples become the last outer axis c."""
    first = layouts[0]
    number = prod(sizes)
    page, offset = (np.arange(number), np.zeros(number)) if len(layouts) >= number else (np.zeros(number), np.arange(number) * first.plane_bytes)
    planes = np.stack((np.repeat(page, first.samples), np.tile(np.arange(first.samples), number), np.repeat(offset, first.samples)), axis=1)
    if first.samples > 1:
        outer, sizes = _with_samples(outer, sizes, first.samples)
    return Series(
        kind=kind,
        axes=outer + "yx",
        shape=(*sizes, first.height, first.width),
        dtype=first.dtype.newbyteorder("="),
        layouts=layouts[:number],
        planes=planes.astype(np.int64),
        facts=facts,
    )


def shown_inverted(page: Page) -> bool:
    """Whether low values are bright: WhiteIsZero, or a palette from white to black (how ImageJ stores its inverting LUT)."""
    palette, samples = page.numbers(320), page.number(277, 1)
    if samples > 1:
        return False
    if len(palette) % 3 == 0 and 6 <= len(palette) <= 3 << 16 and max(palette) < 1 << 16:
        return ramp_of(np.array(palette, np.uint16).reshape(3, -1).T) == "falling"
    return page.number(262, 1) == 0


def holds(layouts: tuple[Layout, ...], number: int, structure: Structure, path: Path) -> bool:
    """Whether ``number`` planes are there: as pages, or behind the first page in one run (as ImageJ stores more than 4 GB).

    Raises
    ------
    Malformed
        More planes are announced than the file holds.
    """
    first = layouts[0]
    if len(layouts) >= number:
        return len(layouts) == number
    if len(layouts) == 1 and first.contiguous and first.offsets[0] + number * first.plane_bytes <= structure.size:
        return True
    what = f"{number:,} planes announced, {len(layouts):,} found"
    raise Malformed(f"{path} is damaged or incomplete: {what}", path=path, position="page description", expected=what)


def resolution(layout: Layout) -> dict[str, tuple[float | None, str | None]]:
    """Pixel size from the resolution tags, unless it is a printer's."""
    unit = {2: "inch", 3: "cm"}.get(layout.page.number(296, 2))
    found: dict[str, tuple[float | None, str | None]] = {}
    for axis, tag in (("x", 282), ("y", 283)):
        pixels, per = (*layout.page.numbers(tag), 0, 0)[:2]
        if unit is None or pixels <= 0 or per <= 0:
            return {}
        dots = pixels / per * (2.54 if unit == "cm" else 1)
        if dots <= 1.001 * (2.54 if unit == "cm" else 1) or any(abs(dots - known) < 0.6 for known in _PRINTERS):
            return {}
        found[axis] = (per / pixels * (10_000 if unit == "cm" else 25_400), "um")
    return found


def _with_samples(outer: str, sizes: tuple[int, ...], samples: int) -> tuple[str, tuple[int, ...]]:
    if outer.endswith("c"):
        return outer, (*sizes[:-1], sizes[-1] * samples)
    if "c" in outer:
        return outer.replace("c", UNNAMED) + "c", (*sizes, samples)
    return outer + "c", (*sizes, samples)


def plane_index(series: Series, region: tuple[slice, ...]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """(planes of the region, 3) int64: the rows of ``series.planes`` that the outer axes of a region select, in C order."""
    outer = series.shape[:-2]
    numbers = np.arange(prod(outer)).reshape(outer)[region[:-2]]
    return series.planes[numbers.reshape(-1)]
