"""Writing TIFF files, a few rows at a time.

Three layouts with the same pixels: ``imagej`` (what ImageJ and Fiji write themselves; also beyond 4 GB, which ImageJ reads as one run behind
the first page), ``ome`` (OME-XML) and ``plain`` (the JSON of tifffile). Equal input gives equal bytes: no date, no version.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, BinaryIO

import numpy as np

from segue.codecs import tiff_imagej, tiff_ome
from segue.codecs.pixel_facts import KEY, Facts, known_steps
from segue.codecs.tiff_ifd import ASCII, BYTE, LONG, RATIONAL, SHORT, Dialect, Tags, rational
from segue.errors import UnsupportedVariant

Array = np.ndarray[Any, np.dtype[Any]]
Rows = Callable[[Mapping[str, int], int, int], Array]
"""``rows({"t": 0, "c": 1, "z": 2}, start, stop)`` -> (stop - start, width) pixels of one plane."""

LAYOUTS = {"imagej": "tzc", "ome": "tcz", "plain": "tcz"}
"""Layout -> order of its pages, slowest first."""
IMAGEJ_TYPES = frozenset({"uint8", "uint16", "float32"})
BLOCK_BYTES = 16 << 20
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
    deflate: bool = False
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
    def plane_bytes(self) -> int:
        return self.height * self.width * self.dtype.itemsize

    @property
    def places(self) -> list[dict[str, int]]:
        """Where the pages lie, in their order."""
        order = [axis for axis in LAYOUTS[self.layout] if axis in self.sizes]
        return [dict(zip(order, place, strict=True)) for place in product(*(range(self.sizes[axis]) for axis in order))]

    @property
    def big(self) -> bool:
        return self.layout != "imagej" and self.plane_bytes * len(self.places) + self._described > CLASSIC_BYTES

    @property
    def _described(self) -> int:
        """Bytes of what is drawn, at most."""
        drawn = self.drawn or tiff_ome.Drawn()
        return 4 * (len(drawn.references) + len(drawn.annotations) + len(drawn.rois))


def write_tiff(file: BinaryIO, plan: Plan, rows: Rows) -> None:
    """Write one image to an empty file.

    Raises
    ------
    UnsupportedVariant
        The layout cannot hold such an image.
    """
    _check(plan)
    if plan.deflate and plan.layout != "imagej":
        _write_deflated(file, plan, rows)
    else:
        _write_plain(file, plan, rows)


def _check(plan: Plan) -> None:
    if plan.layout == "imagej" and plan.dtype.name not in IMAGEJ_TYPES:
        raise UnsupportedVariant(f"ImageJ's TIFF cannot hold {plan.dtype.name} pixels; use the layout 'ome' or 'plain'", layout=plan.layout)
    if plan.layout == "imagej" and plan.plane_bytes > CLASSIC_BYTES:
        raise UnsupportedVariant("ImageJ's TIFF cannot hold a plane of more than 4 GB; use the layout 'ome' or 'plain'", layout=plan.layout)
    if plan.dtype.kind not in "uif" or plan.dtype.itemsize > 8 or plan.height < 1 or plan.width < 1:
        raise UnsupportedVariant(f"TIFF cannot hold {plan.height} x {plan.width} pixels of type {plan.dtype.name}", layout=plan.layout)


def _write_plain(file: BinaryIO, plan: Plan, rows: Rows) -> None:
    """Header, directories, then all planes as one run."""
    dialect = Dialect(plan.big)
    places = plan.places
    room = CLASSIC_BYTES - (plan.rois.size if plan.rois else 0)
    listed = 1 if len(places) * plan.plane_bytes > room and not plan.big else len(places)
    head = len(dialect.header(0))
    first, other = (-(-dialect.size(_tags(plan, dialect, nth, [0], [plan.plane_bytes])) // 16) * 16 for nth in (0, 1))
    start = -(-(head + first + other * (listed - 1)) // 4096) * 4096
    file.write(dialect.header(head))
    at = head
    for nth in range(listed):
        following = at + (other if nth else first)
        tags = _tags(plan, dialect, nth, [start + nth * plan.plane_bytes], [plan.plane_bytes])
        file.write(dialect.directory(tags, at, following if nth < listed - 1 else 0).ljust(following - at, b"\0"))
        at = following
    file.write(bytes(start - at))
    for place in places:
        for block in _blocks(plan, place, rows, max(BLOCK_BYTES // (plan.width * plan.dtype.itemsize), 1)):
            file.write(block.data)


def _write_deflated(file: BinaryIO, plan: Plan, rows: Rows) -> None:
    """Header, compressed strips, then the directories."""
    dialect = Dialect(plan.big)
    at = file.write(dialect.header(0))
    pages: list[tuple[list[int], list[int]]] = []
    for place in plan.places:
        offsets, counts = [], []
        for block in _blocks(plan, place, rows, _strip_rows(plan)):
            data = zlib.compress(block.data, 6)
            offsets.append(at)
            counts.append(len(data))
            at += file.write(data)
        pages.append((offsets, counts))
    at += file.write(bytes(-at % 8))
    first = at
    for nth, (offsets, counts) in enumerate(pages):
        tags = _tags(plan, dialect, nth, offsets, counts)
        following = at + dialect.size(tags)
        following += -following % 8
        file.write(dialect.directory(tags, at, following if nth < len(pages) - 1 else 0).ljust(following - at, b"\0"))
        at = following
    file.seek(0)
    file.write(dialect.header(first))
    file.seek(at)


def _blocks(plan: Plan, place: Mapping[str, int], rows: Rows, count: int) -> Iterator[Array]:
    little = plan.dtype.newbyteorder("<")
    for start in range(0, plan.height, count):
        yield np.ascontiguousarray(rows(place, start, min(start + count, plan.height)), little)


def _strip_rows(plan: Plan) -> int:
    return max(_STRIP_BYTES // (plan.width * plan.dtype.itemsize), 1)


def _tags(plan: Plan, dialect: Dialect, nth: int, offsets: list[int], counts: list[int]) -> Tags:
    deflated = plan.deflate and plan.layout != "imagej"
    palette = plan.colours is not None and plan.dtype == np.uint8
    tags: dict[int, tuple[int, Any]] = {
        254: (LONG, [0]),
        256: (LONG, [plan.width]),
        257: (LONG, [plan.height]),
        258: (SHORT, [plan.dtype.itemsize * 8]),
        259: (SHORT, [8 if deflated else 1]),
        262: (SHORT, [3 if palette else 1]),
        273: (dialect.pointer, offsets),
        277: (SHORT, [1]),
        278: (LONG, [_strip_rows(plan) if deflated else plan.height]),
        279: (dialect.pointer, counts),
        339: (SHORT, [{"u": 1, "i": 2, "f": 3}[plan.dtype.kind]]),
    }
    tags |= _resolution(plan)
    if plan.colours is not None:
        tags[320] = (SHORT, (plan.colours.T.astype(np.uint16) * 257).reshape(-1).tolist())
    return tags | (_description(plan) if nth == 0 else {})


def _resolution(plan: Plan) -> dict[int, tuple[int, Any]]:
    known = known_steps(plan.facts)
    steps = [known.get(axis) for axis in "xy"]
    if None in steps:
        return {}
    if plan.layout == "imagej":
        unit = 1
        densities = [rational(1 / step[0]) for step in steps if step]
    else:
        unit = 3
        densities = [rational(1e4 / (step[0] * _MICROMETRES.get(step[1] or "", 0) or float("inf"))) for step in steps if step]
    if (0, 1) in densities:
        return {}
    return {282: (RATIONAL, densities[0]), 283: (RATIONAL, densities[1]), 296: (SHORT, [unit])}


def _description(plan: Plan) -> dict[int, tuple[int, Any]]:
    if plan.layout == "ome":
        return {270: (ASCII, tiff_ome.describe(plan.sizes, plan.dtype, plan.facts, plan.drawn))}
    if plan.layout == "plain":
        return {270: (ASCII, _json(plan))}
    tags: dict[int, tuple[int, Any]] = {270: (ASCII, tiff_imagej.describe(plan.sizes, plan.facts))}
    labels = [plan.facts.channels[place["c"]] for place in plan.places] if plan.facts.channels and plan.sizes.get("c", 1) > 1 else []
    if labels or plan.rois:
        counts, data = tiff_imagej.metadata(labels, "<", plan.rois)
        tags |= {50838: (LONG, counts), 50839: (BYTE, data)}
    return tags


def _json(plan: Plan) -> bytes:
    axes = [axis for axis in "tczyx" if axis in plan.sizes]
    shape = ", ".join(str(plan.sizes[axis]) for axis in axes)
    return f'{{"shape": [{shape}], "axes": "{"".join(axes).upper()}", "{KEY}": {plan.facts.to_json()}}}'.encode("ascii")
