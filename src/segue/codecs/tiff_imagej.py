"""ImageJ's dialect of TIFF: the description of the first page, and the private tags 50838 and 50839.

Read in the source of ImageJ 1.54 (public domain; TiffDecoder, TiffEncoder, FileSaver), 2026-11.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

from segue.codecs.pixel_facts import KEY, Facts, known_steps, parse
from segue.codecs.tiff_layout import Layout
from segue.codecs.tiff_series import UNNAMED, Series, holds, resolution, stack
from segue.codecs.tiff_tags import Page, Structure
from segue.codecs.tiff_units import short_unit

_MAGIC = 0x494A494A  # "IJIJ"
_LABEL, _ROI, _OVERLAY = 0x6C61626C, 0x726F6920, 0x6F766572  # "labl", "roi ", "over"
_ORDERS = {"czt": "tzc", "ctz": "ztc", "zct": "tcz", "ztc": "ctz", "tcz": "zct", "tzc": "czt"}
VERSION = "1.54p"
"""The version whose dialect is written."""


def series(description: str, layouts: tuple[Layout, ...], structure: Structure, path: Path) -> Series:
    """The one image of an ImageJ file.

    Raises
    ------
    Malformed
        It announces more planes than it holds.
    """
    keys = _keys(description)
    outer, sizes = _axes(keys, layouts)
    complete = holds(layouts, prod(sizes), structure, path)
    if not complete:
        outer, sizes = UNNAMED, (len(layouts),)
    facts = Facts(channels=_channels(layouts[0], structure, outer, sizes), scale=_scale(keys, layouts[0]), data_range=_range(keys))
    facts = facts.updated(parse(keys.get(KEY, "")))
    return stack("imagej", outer, sizes, layouts, facts)


def _keys(description: str) -> dict[str, str]:
    pairs = (line.split("=", 1) for line in description.splitlines() if "=" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def _axes(keys: Mapping[str, str], layouts: tuple[Layout, ...]) -> tuple[str, tuple[int, ...]]:
    """Outer axes with more than one plane, slowest first."""
    size = {axis: _whole(keys.get(name)) for axis, name in (("c", "channels"), ("z", "slices"), ("t", "frames"))}
    if layouts[0].samples > 1 and size["c"] == layouts[0].samples:
        size["c"] = 1
    images = _whole(keys.get("images"))
    if prod(size.values()) == 1:
        images = max(images, len(layouts)) if images == 1 or images > len(layouts) else images
        return ("z", (images,)) if "images" in keys and images > 1 else (UNNAMED, (images,)) if images > 1 else ("", ())
    order = _ORDERS.get(keys.get("order", "czt").lower(), "tzc")
    outer = "".join(axis for axis in order if size[axis] > 1)
    return outer, tuple(size[axis] for axis in outer)


def _whole(text: str | None) -> int:
    try:
        return max(int(text or 1), 1)
    except ValueError:
        return 1


def _number(text: str | None) -> float:
    try:
        number = float(text or 0)
    except ValueError:
        return 0.0
    return number if 0 < number < float("inf") else 0.0


def _scale(keys: Mapping[str, str], layout: Layout) -> dict[str, tuple[float | None, str | None]]:
    unit = short_unit(keys.get("unit", ""))
    found: dict[str, tuple[float | None, str | None]] = {}
    if unit is None:
        found |= resolution(layout)
    else:
        for axis, tag, own in (("x", 282, "unit"), ("y", 283, "yunit")):
            pixels, per = (*layout.page.numbers(tag), 0, 0)[:2]
            if pixels > 0 and per > 0:
                found[axis] = (per / pixels, short_unit(keys.get(own, "")) or unit)
        if _number(keys.get("spacing")):
            found["z"] = (_number(keys.get("spacing")), short_unit(keys.get("zunit", "")) or unit)
    if _number(keys.get("finterval")):
        found["t"] = (_number(keys.get("finterval")), short_unit(keys.get("tunit", "")) or "s")
    return {} if all(step == (1.0, "pixel") for step in found.values()) else found


def _range(keys: Mapping[str, str]) -> tuple[float, float] | None:
    try:
        low, high = float(keys["min"]), float(keys["max"])
    except (KeyError, ValueError):
        return None
    return (low, high) if low < high else None


def _channels(layout: Layout, structure: Structure, outer: str, sizes: Sequence[int]) -> tuple[str, ...]:
    """Slice labels that are the same for every plane of a channel are the names of the channels."""
    labels = _slice_labels(layout, structure.byte_order)
    if "c" not in outer or len(labels) != prod(sizes):
        return ()
    at = outer.index("c")
    inner = prod(sizes[at + 1 :])
    names = tuple(labels[index * inner] for index in range(sizes[at]))
    agree = all(label == names[number // inner % sizes[at]] for number, label in enumerate(labels))
    return names if agree and all(names) else ()


def _slice_labels(layout: Layout, order: str) -> list[str]:
    """The labels of the planes; none where they cannot be read."""
    code = "utf-16-le" if order == "<" else "utf-16-be"
    return [data.decode(code, "replace") for kind, data in _entries(layout.page, order) if kind == _LABEL]


def _entries(page: Page, order: str) -> list[tuple[int, bytes]]:
    """(kind, bytes) of what ImageJ keeps in its private tags."""
    counts, data = page.numbers(50838), page.tags.get(50839)
    if not counts or data is None:
        return []
    raw = data if isinstance(data, bytes) else bytes(int(value) & 255 for value in data)
    head = counts[0]
    if head < 12 or head > 804 or head % 8 != 4 or len(raw) < head or struct.unpack_from(f"{order}I", raw)[0] != _MAGIC:
        return []
    found, at, part = [], head, 1
    for kind, count in struct.iter_unpack(f"{order}II", raw[4:head]):
        for _ in range(min(count, len(counts) - part)):
            found.append((kind, raw[at : at + max(counts[part], 0)]))
            at += max(counts[part], 0)
            part += 1
    return found


@dataclass(frozen=True)
class Drawn:
    """What is drawn on an image: ROIs, each the bytes of a ``.roi`` file."""

    active: bytes = b""
    """The active selection; empty = none."""
    overlay: bytes = b""
    """The ROIs of the overlay, one behind the other."""
    lengths: tuple[int, ...] = ()
    """Bytes of each of them."""

    @property
    def size(self) -> int:
        return len(self.active) + len(self.overlay) + 8 * len(self.lengths)


def drawn_in(structure: Structure) -> Drawn:
    """The ROIs of a file."""
    found = _entries(structure.pages[0], structure.byte_order)
    active = [data for kind, data in found if kind == _ROI and data]
    overlay = [data for kind, data in found if kind == _OVERLAY and data]
    return Drawn(active[0] if active else b"", b"".join(overlay), tuple(map(len, overlay)))


def describe(sizes: Mapping[str, int], facts: Facts) -> bytes:
    """The description of the first page, ASCII with ``\\uXXXX`` escapes, and segue's facts in a line of their own."""
    planes = prod(sizes.get(axis, 1) for axis in "tzc")
    lines = [f"ImageJ={VERSION}"]
    lines += [f"images={planes}"] if planes > 1 else []
    lines += [f"{name}={sizes[axis]}" for axis, name in (("c", "channels"), ("z", "slices"), ("t", "frames")) if sizes.get(axis, 1) > 1]
    lines += ["hyperstack=true", "mode=grayscale"] if sum(sizes.get(axis, 1) > 1 for axis in "tzc") > 1 or sizes.get("c", 1) > 1 else []
    lines += _calibration(facts)
    lines += ["loop=false"] if planes > 1 else []
    lines += [f"{name}={float(value)!r}" for name, value in zip(("min", "max"), facts.data_range or (), strict=False)]
    return ("\n".join([*lines, f"{KEY}={facts.to_json()}"]) + "\n").encode("ascii", "replace")


def _calibration(facts: Facts) -> list[str]:
    steps = known_steps(facts)
    unit = steps.get("x", (0.0, None))[1]
    lines = [f"unit={_escaped(unit)}"] if unit else []
    for axis in "yz":
        own = steps.get(axis, (0.0, None))[1]
        lines += [f"{axis}unit={_escaped(own)}"] if own and own != unit else []
    lines += [f"spacing={steps['z'][0]!r}"] if "z" in steps else []
    if "t" in steps:
        lines += [f"finterval={steps['t'][0]!r}"]
        own = steps["t"][1]
        lines += [f"tunit={_escaped(own)}"] if own and own != "s" else []
    return lines


def _escaped(unit: str | None) -> str:
    text = {"um": "µm", "angstrom": "Å", "s": "sec"}.get(unit or "", unit or "")
    return "".join(char if char.isascii() else f"\\u{ord(char):04X}" for char in " ".join(text.split()))


def metadata(labels: Sequence[str], order: str, drawn: Drawn | None = None) -> tuple[tuple[int, ...], bytes]:
    """Values of the tags 50838 and 50839 for slice labels and ROIs."""
    texts = [label.encode("utf-16-le" if order == "<" else "utf-16-be", "replace") for label in labels]
    rois = drawn or Drawn()
    active = (rois.active,) if rois.active else ()
    kinds = ((_LABEL, len(texts)), (_ROI, len(active)), (_OVERLAY, len(rois.lengths)))
    head = struct.pack(f"{order}I", _MAGIC) + b"".join(struct.pack(f"{order}II", kind, count) for kind, count in kinds if count)
    return (len(head), *map(len, texts), *map(len, active), *rois.lengths), head + b"".join(texts) + b"".join(active) + rois.overlay
