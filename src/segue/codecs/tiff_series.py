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

from segue.codecs.pixel_facts import KEY, Facts, parse
from segue.codecs.tiff_layout import Layout, layout_of
from segue.codecs.tiff_tags import Structure
from segue.errors import Malformed

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


def all_series(structure: Structure, path: Path) -> tuple[Series, ...]:
    """The images of a file, in its own order.

    Raises
    ------
    Malformed, UnsupportedVariant, TooLarge
    """
    from segue.codecs import tiff_imagej, tiff_ome

    description = structure.pages[0].text(270)
    if tiff_ome.is_ome(description):
        return tiff_ome.series(description, structure, path)
    layouts = tuple(layout_of(page, structure, path) for page in structure.pages if page.number(254, 0) & 5 == 0)
    if not layouts:
        raise Malformed(f"{path} holds only thumbnails, no image", path=path, expected="a page at full resolution")
    if description.startswith(("ImageJ=", "SCIFIO=")):
        return (tiff_imagej.series(description, layouts, structure, path),)
    if description.startswith("{"):
        shaped = _shaped(layouts, structure, path)
        if shaped:
            return shaped
    return _plain(layouts)


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


def _shaped(layouts: tuple[Layout, ...], structure: Structure, path: Path) -> tuple[Series, ...]:
    """Series described by JSON; empty if the first description is not such JSON."""
    found: list[Series] = []
    at = 0
    while at < len(layouts):
        facts = _description(layouts[at].page.text(270))
        if facts is None:
            return () if not found else (*found, *_plain(layouts[at:]))
        one, pages = _one_shaped(facts, layouts[at:], structure, path)
        found.append(one)
        at += pages
    return tuple(found)


def _description(text: str) -> dict[str, Any] | None:
    facts = parse(text)
    shape = facts.get("shape") if isinstance(facts, dict) else None
    if not isinstance(facts, dict) or not isinstance(shape, list) or not shape or not all(isinstance(size, int) and 0 < size < 1 << 40 for size in shape):
        return None
    return facts


def _one_shaped(facts: dict[str, Any], layouts: tuple[Layout, ...], structure: Structure, path: Path) -> tuple[Series, int]:
    first, shape = layouts[0], tuple(facts["shape"])
    letters = str(facts.get("axes") or "").lower()
    inner = (
        (first.height, first.width)
        if first.samples == 1
        else (first.samples, first.height, first.width)
        if first.planar
        else (first.height, first.width, first.samples)
    )
    if shape[-1:] == (1,) and first.samples == 1 and shape[-3:-1] == inner:
        shape, letters = shape[:-1], letters[:-1]
    if shape[-len(inner) :] != inner:
        return _plain(layouts)[0], len(layouts)
    sizes = shape[: -len(inner)]
    number = prod(sizes)
    same = tuple(layout for layout in layouts[:number] if layout.signature == first.signature)
    holds(same if len(same) > 1 else layouts[:1], number, structure, path)
    outer = _outer(letters, len(shape), len(inner))
    name = facts["name"] if isinstance(facts.get("name"), str) else ""
    return stack("shaped", outer, sizes, same, Facts(name=name).updated(facts.get(KEY))), max(len(same), 1)


def _outer(letters: str, dimensions: int, inner: int) -> str:
    outer = letters[: dimensions - inner] if len(letters) == dimensions else UNNAMED * (dimensions - inner)
    known = "".join(letter if letter in "tcz" and outer.count(letter) == 1 else UNNAMED for letter in outer)
    return known if inner == 2 or "c" not in known else known.replace("c", UNNAMED)


def _plain(layouts: tuple[Layout, ...]) -> tuple[Series, ...]:
    """Pages of equal size and type form one image with an unnamed axis."""
    groups: dict[tuple[object, ...], list[Layout]] = {}
    for layout in layouts:
        groups.setdefault(layout.signature, []).append(layout)
    found = []
    for members in groups.values():
        names = tuple(layout.page.text(285) for layout in members)
        several = len(members) > 1
        named = several and all(names) and len(set(names)) == len(names) and members[0].samples == 1
        outer = "c" if named else UNNAMED if several else ""
        facts = Facts(channels=names if named else (), scale=resolution(members[0]))
        found.append(stack("plain", outer, (len(members),) if several else (), tuple(members), facts))
    return tuple(found)


def plane_index(series: Series, region: tuple[slice, ...]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """(planes of the region, 3) int64: the rows of ``series.planes`` that the outer axes of a region select, in C order."""
    outer = series.shape[:-2]
    numbers = np.arange(prod(outer)).reshape(outer)[region[:-2]]
    return series.planes[numbers.reshape(-1)]
