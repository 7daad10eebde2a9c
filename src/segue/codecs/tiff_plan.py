"""What a TIFF file will hold: its layout, its pages in order, their tags.

Three layouts with the same pixels: ``imagej`` (what ImageJ and Fiji write themselves; also beyond 4 GB, which ImageJ reads as one run behind
the first page), ``ome`` (OME-XML) and ``plain`` (the JSON of tifffile). Equal input gives equal bytes: no date, no version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

import numpy as np

from segue.codecs import tiff_imagej, tiff_ome
from segue.codecs.pixel_facts import KEY, Facts, known_steps
from segue.codecs.tiff_ifd import ASCII, BYTE, LONG, RATIONAL, SHORT, Dialect, Tags, rational
from segue.errors import Incompatible, UnsupportedVariant

Array = np.ndarray[Any, np.dtype[Any]]

LAYOUTS = {"imagej": "tzc", "ome": "tcz", "plain": "tcz"}
"""Layout -> order of its pages, slowest first."""
IMAGEJ_TYPES = frozenset({"uint8", "uint16", "float32"})
COMPRESSIONS = {"none": 1, "lzw": 5, "deflate": 8, "zstd": 50000}
"""Name -> number in the file."""
CLASSIC_BYTES = (1 << 32) - (1 << 22)
_STRIP_BYTES = 1 << 20
_MICROMETRES = {"um": 1.0, "nm": 1e-3, "pm": 1e-6, "mm": 1e3, "cm": 1e4, "m": 1e6, "inch": 25_400.0, "angstrom": 1e-4}


@dataclass(frozen=True)
class Plan:
    """What is to be written."""

    layout: str
    sizes: Mapping[str, int]
    """Axis -> size; y and x, and those of t c z that the image has."""
    dtype: np.dtype[Any]
    facts: Facts = field(default_factory=Facts)
    colours: Array | None = None
    """(256, 3) uint8: the colours of the values, for layout ``imagej``."""
    compression: str = "none"
    tile: int = 0
    """Edge of the tiles in pixels, a multiple of 16; 0 = strips."""
    bigtiff: bool = False
    """BigTIFF whatever the size; else beyond 4 GB."""
    drawn: tiff_ome.Drawn | None = None
    """What is drawn on the image, for layout ``ome``."""
    rois: tiff_imagej.Drawn | None = None
    """What is drawn on the image, for layout ``imagej``."""

    @property
    def height(self) -> int:
        return self.sizes["y"]

    @property
    def width(self) -> int:
        return self.sizes["x"]

    @property
    def outer(self) -> str:
        """The axes of the pages, slowest first."""
        return "".join(axis for axis in LAYOUTS[self.layout] if axis in self.sizes)

    @property
    def pages(self) -> int:
        return prod(self.sizes[axis] for axis in self.outer)

    @property
    def plane_bytes(self) -> int:
        return self.height * self.width * self.dtype.itemsize

    @property
    def run(self) -> bool:
        """Whether all planes are one run of bytes behind the directories."""
        return self.compression == "none" and not self.tile

    @property
    def rows(self) -> int:
        """Rows of a piece: a tile, a compressed strip, or the whole plane."""
        return self.tile or (self.height if self.run else min(max(_STRIP_BYTES // (self.width * self.dtype.itemsize), 1), self.height))

    @property
    def across(self) -> int:
        """Pieces side by side."""
        return -(-self.width // self.tile) if self.tile else 1

    @property
    def pieces(self) -> int:
        """Pieces of a page."""
        return -(-self.height // self.rows) * self.across

    @property
    def places(self) -> list[dict[str, int]]:
        """Where the pages lie, in their order."""
        return [dict(zip(self.outer, place, strict=True)) for place in product(*(range(self.sizes[axis]) for axis in self.outer))]

    @property
    def big(self) -> bool:
        return self.layout != "imagej" and (self.bigtiff or self._most_bytes > CLASSIC_BYTES)

    @property
    def _most_bytes(self) -> int:
        """Of the whole file, at most."""
        packed = self.pieces * (self.rows * (self.tile or self.width) * self.dtype.itemsize)
        packed += packed // (2 if self.compression == "lzw" else 256) if self.compression != "none" else 0
        drawn = self.drawn or tiff_ome.Drawn()
        described = 4 * (len(drawn.references) + len(drawn.annotations) + len(drawn.rois))
        return self.pages * (packed + 16 * self.pieces) + described


def check(plan: Plan) -> None:
    """Whether there is such a file.

    Raises
    ------
    UnsupportedVariant
        The layout cannot hold such an image.
    Incompatible
        The layout cannot be packed like that.
    """
    other = "use the layout 'ome' or 'plain'"
    if plan.layout == "imagej" and plan.dtype.name not in IMAGEJ_TYPES:
        raise UnsupportedVariant(f"ImageJ's TIFF cannot hold {plan.dtype.name} pixels; {other}", layout=plan.layout)
    if plan.layout == "imagej" and plan.plane_bytes > CLASSIC_BYTES:
        raise UnsupportedVariant(f"ImageJ's TIFF cannot hold a plane of more than 4 GB; {other}", layout=plan.layout)
    if plan.layout == "imagej" and not plan.run:
        raise Incompatible(f"ImageJ reads its own stacks only without compression and tiles; {other} for those", layout=plan.layout)
    if plan.layout == "imagej" and plan.bigtiff:
        raise Incompatible(f"ImageJ does not read BigTIFF; {other} for that", layout=plan.layout)
    if plan.dtype.kind not in "uif" or plan.dtype.itemsize > 8 or min(plan.sizes.values()) < 1:
        sizes = " x ".join(f"{size:,}" for size in plan.sizes.values())
        raise UnsupportedVariant(f"TIFF cannot hold {sizes} pixels of type {plan.dtype.name}", layout=plan.layout)


def tags_of(plan: Plan, dialect: Dialect, nth: int, offsets: list[int], counts: list[int], places: list[dict[str, int]]) -> Tags:
    """The tags of page ``nth``, whose pieces lie at ``offsets``; the first page describes all ``places``."""
    palette = plan.colours is not None and plan.dtype == np.uint8
    tags: dict[int, tuple[int, Any]] = {
        254: (LONG, [0]),
        256: (LONG, [plan.width]),
        257: (LONG, [plan.height]),
        258: (SHORT, [plan.dtype.itemsize * 8]),
        259: (SHORT, [COMPRESSIONS[plan.compression]]),
        262: (SHORT, [3 if palette else 1]),
        277: (SHORT, [1]),
        339: (SHORT, [{"u": 1, "i": 2, "f": 3}[plan.dtype.kind]]),
    }
    if plan.tile:
        tags |= {322: (LONG, [plan.tile]), 323: (LONG, [plan.tile]), 324: (dialect.pointer, offsets), 325: (dialect.pointer, counts)}
    else:
        tags |= {273: (dialect.pointer, offsets), 278: (LONG, [plan.rows]), 279: (dialect.pointer, counts)}
    tags |= resolution(plan.facts, plan.layout)
    if plan.colours is not None:
        tags[320] = (SHORT, (plan.colours.T.astype(np.uint16) * 257).reshape(-1).tolist())
    return tags | (_description(plan, places) if nth == 0 else {})


def resolution(facts: Facts, layout: str) -> dict[int, tuple[int, Any]]:
    """The tags that say how large a pixel is; none where that is not known."""
    known = known_steps(facts)
    steps = [known.get(axis) for axis in "xy"]
    if None in steps:
        return {}
    if layout == "imagej":
        unit = 1
        densities = [rational(1 / step[0]) for step in steps if step]
    else:
        unit = 3
        densities = [rational(1e4 / (step[0] * _MICROMETRES.get(step[1] or "", 0) or float("inf"))) for step in steps if step]
    if (0, 1) in densities:
        return {}
    return {282: (RATIONAL, densities[0]), 283: (RATIONAL, densities[1]), 296: (SHORT, [unit])}


def _description(plan: Plan, places: list[dict[str, int]]) -> dict[int, tuple[int, Any]]:
    if plan.layout == "ome":
        return {270: (ASCII, tiff_ome.describe(plan.sizes, plan.dtype, plan.facts, plan.drawn))}
    if plan.layout == "plain":
        return {270: (ASCII, _json(plan))}
    tags: dict[int, tuple[int, Any]] = {270: (ASCII, tiff_imagej.describe(plan.sizes, plan.facts))}
    labels = [plan.facts.channels[place["c"]] for place in places] if plan.facts.channels and plan.sizes.get("c", 1) > 1 else []
    if labels or plan.rois:
        counts, data = tiff_imagej.metadata(labels, "<", plan.rois)
        tags |= {50838: (LONG, counts), 50839: (BYTE, data)}
    return tags


def _json(plan: Plan) -> bytes:
    axes = [axis for axis in "tczyx" if axis in plan.sizes]
    shape = ", ".join(str(plan.sizes[axis]) for axis in axes)
    return f'{{"shape": [{shape}], "axes": "{"".join(axes).upper()}", "{KEY}": {plan.facts.to_json()}}}'.encode("ascii")
