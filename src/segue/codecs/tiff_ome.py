"""The OME-XML in an OME-TIFF file, as far as segue understands it: pixels, channel names, pixel size.

Schema 2016-06 (ome-model 8be3f6cb), read 2026-11. Documents that define entities are refused (`xml_read`), so that a small file
cannot become a large one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np

from segue.codecs import xml_read
from segue.codecs.pixel_facts import KEY, Facts, known_steps, parse
from segue.codecs.tiff_layout import Layout, layout_of
from segue.codecs.tiff_ome_files import OmeFiles, description_of
from segue.codecs.tiff_series import Series
from segue.codecs.tiff_tags import Structure
from segue.codecs.tiff_units import ome_unit, short_unit
from segue.codecs.xml_write import escaped, holdable, quoted
from segue.errors import Malformed, UnsupportedVariant

SCHEMA = "http://www.openmicroscopy.org/Schemas/OME/2016-06"
_MOST_PLANES = 10_000_000
_NOT_PIXELS = frozenset({"ROI", "MapAnnotation", "XMLAnnotation", "Plane", "Instrument", "Plate"})
"""Elements that may be many and say nothing about pixels."""


def is_ome(description: str) -> bool:
    return description[-20:].rstrip().endswith(("OME>", "ome>")) and "<" in description[:1]


def series(description: str, structure: Structure, path: Path) -> tuple[Series, ...]:
    """Every image of the file.

    Raises
    ------
    Malformed, UnsupportedVariant
    """
    root = _root(description, path)
    elsewhere = _child(root, "BinaryOnly")
    if elsewhere is not None:
        root = _root(description_of(path, elsewhere.get("MetadataFile", "")), path)
    names = {uuid.get("FileName") or uuid.text for uuid in root.iter() if _tag(uuid) == "UUID"}
    files = OmeFiles(path, structure, "" if elsewhere is not None else root.get("UUID", ""), alone=elsewhere is None and len(names) < 2)
    images = [image for image in root if _tag(image) == "Image" and _child(image, "Pixels") is not None]
    if not images:
        raise _bad(path, "its OME-XML describes no image")
    own = _own_facts(root) if len(images) == 1 else None
    start = 0
    found = []
    for image in images:
        one = _Image(image, files, path, start)
        start += prod(one.size[axis] for axis in "tzc") // one.samples
        found.append(one.series(own))
    return tuple(found)


class _Image:
    def __init__(self, image: ET.Element, files: OmeFiles, path: Path, start: int) -> None:
        self.image, self.files, self.path, self.start = image, files, path, start
        pixels = _child(image, "Pixels")
        assert pixels is not None
        self.pixels = pixels
        self.size = {axis: self._whole(pixels, f"Size{axis.upper()}", 1) for axis in "tczyx"}
        self.order = pixels.get("DimensionOrder", "XYCZT").lower()[2:]
        if sorted(self.order) != ["c", "t", "z"]:
            raise _bad(path, f"an unknown order of its axes ({self.order!r})")
        if prod(self.size[axis] for axis in "tzc") > _MOST_PLANES:
            raise _bad(path, "more planes than any file holds")
        self.channels = [element for element in pixels if _tag(element) == "Channel"]
        counts = {self._whole(channel, "SamplesPerPixel", 1) for channel in self.channels} or {1}
        if len(counts) != 1 or self.size["c"] % max(counts):
            raise UnsupportedVariant(f"{path} mixes grey and colour channels, which segue does not read", path=path)
        self.samples = counts.pop()

    def series(self, own: object) -> Series:
        """The planes in the order t, c, z."""
        layouts, numbers, of_layout = self._layouts()
        first = layouts[0]
        if (first.height, first.width, first.samples) != (self.size["y"], self.size["x"], self.samples):
            raise _bad(self.path, f"its OME-XML announces {self.size['x']} x {self.size['y']} pixels, its pages have {first.width} x {first.height}")
        outer = "".join(axis for axis in "tcz" if self.size[axis] > 1)
        return Series(
            kind="ome",
            axes=outer + "yx",
            shape=(*(self.size[axis] for axis in outer), first.height, first.width),
            dtype=first.dtype.newbyteorder("="),
            layouts=layouts,
            planes=numbers,
            facts=self._facts().updated(own),
            marker=tuple(channel.get("Name", "") for channel in self.channels[:1] if self.size["c"] == 1 and channel.get("Name")),
            files=tuple(self.files.sources) if any(of_layout) else (),
            of_layout=of_layout if any(of_layout) else (),
        )

    def _layouts(self) -> tuple[tuple[Layout, ...], np.ndarray[tuple[int, int], np.dtype[np.int64]], tuple[int, ...]]:
        """Layouts, (planes, 3) as in `Series`, the file of each layout."""
        places = self._pages()
        used, of_page = np.unique(places.reshape(-1, 2), axis=0, return_inverse=True)
        for file, page in used.tolist():
            if not 0 <= page < len(self.files.structures[file].pages):
                raise _bad(self.path, f"its OME-XML announces {of_page.size:,} planes, the file has {len(self.files.structures[file].pages):,}")
        layouts = tuple(self._layout(file, page) for file, page in used.tolist())
        if len({layout.signature for layout in layouts}) != 1:
            raise _bad(self.path, "the pages of one image have different sizes or types")
        t, groups, z = places.shape[:3]
        planes = np.zeros((t, groups, self.samples, z, 3), np.int64)
        planes[..., 0] = of_page.reshape(t, groups, z)[:, :, None, :]
        planes[..., 1] = np.arange(self.samples)[None, None, :, None]
        return layouts, planes.reshape(-1, 3), tuple(used[:, 0].tolist())

    def _layout(self, file: int, page: int) -> Layout:
        structure = self.files.structures[file]
        return layout_of(structure.pages[page], structure, self.files.sources[file - 1].path if file else self.path)

    def _pages(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """(t, c groups, z, 2): the file and the page of every plane, page -1 where none is named."""
        shape = {"t": self.size["t"], "c": self.size["c"] // self.samples, "z": self.size["z"]}
        slow_to_fast = self.order[::-1]
        sizes = [shape[axis] for axis in slow_to_fast]
        flat = np.full((*sizes, 2), (0, -1), np.int64)
        line = flat.reshape(-1, 2)
        for entry in [element for element in self.pixels if _tag(element) == "TiffData"] or [ET.Element("TiffData")]:
            first = np.ravel_multi_index([min(self._whole(entry, f"First{axis.upper()}", 0), shape[axis] - 1) for axis in slow_to_fast], sizes)
            file = self.files.number(entry)
            page = self._whole(entry, "IFD", 0 if entry.attrib or file else self.start)
            one = 1 if "IFD" in entry.attrib else len(self.files.structures[file].pages) if len(entry) else len(line)
            count = min(self._whole(entry, "PlaneCount", one), len(line) - int(first))
            line[first : first + count, 0] = file
            line[first : first + count, 1] = page + np.arange(count)
        return flat.transpose(*(slow_to_fast.index(axis) for axis in "tcz"), 3)

    def _facts(self) -> Facts:
        names = tuple(channel.get("Name", "") for channel in self.channels)
        scale = {axis: self._step(axis) for axis in "zyx"}
        scale["t"] = self._number("TimeIncrement", "TimeIncrementUnit", "s")
        return Facts(
            name=self.image.get("Name", ""),
            channels=names if all(names) and len(names) == self.size["c"] else (),
            scale={axis: step for axis, step in scale.items() if step is not None},
        )

    def _step(self, axis: str) -> tuple[float, str | None] | None:
        return self._number(f"PhysicalSize{axis.upper()}", f"PhysicalSize{axis.upper()}Unit", "um")

    def _number(self, name: str, unit: str, usual: str) -> tuple[float, str | None] | None:
        try:
            step = float(self.pixels.get(name, "0"))
        except ValueError:
            return None
        return (step, short_unit(self.pixels.get(unit, usual))) if 0 < step < float("inf") else None

    def _whole(self, element: ET.Element, name: str, usual: int) -> int:
        try:
            number = int(element.get(name, usual))
        except ValueError as error:
            raise _bad(self.path, f"{name} is no number") from error
        if not 0 <= number < 1 << 31 or (name.startswith("Size") and number == 0):
            raise _bad(self.path, f"{name} is {number}")
        return number


def _root(description: str, path: Path) -> ET.Element:
    try:
        return xml_read.tree(description.encode("utf-8", "surrogatepass"), path, encoding="utf-8", without=_NOT_PIXELS)
    except Malformed as error:
        raise _bad(path, f"its OME-XML cannot be understood ({error.fields['position']}: expected {error.fields['expected']})") from error


def _own_facts(root: ET.Element) -> object:
    for note in root.iter():
        if _tag(note) == "CommentAnnotation" and note.get("Namespace") == KEY:
            return parse("".join(note.itertext()))
    return None


def _tag(element: ET.Element) -> str:
    return str(element.tag)


def _child(element: ET.Element, name: str) -> ET.Element | None:
    return next((child for child in element if _tag(child) == name), None)


def _bad(path: Path, what: str) -> Malformed:
    return Malformed(f"{path} is damaged or incomplete: {what}", path=path, position="OME-XML", expected=what)


_TYPES = {"f4": "float", "f8": "double", "b1": "uint8"}


@dataclass(frozen=True)
class Drawn:
    """What is drawn on the image, as pieces of OME-XML."""

    references: str = ""
    """Behind the pixels of the image."""
    annotations: str = ""
    """Among the structured annotations."""
    rois: str = ""
    """Behind them."""


def describe(sizes: Mapping[str, int], dtype: np.dtype[np.generic], facts: Facts, drawn: Drawn | None = None) -> bytes:
    """The OME-XML of one image whose pages are in the order t, c, z with z fastest.

    Number types that OME does not know (64-bit integers, half floats) are named as numpy names them.
    """
    channels, known = sizes.get("c", 1), known_steps(facts)
    drawn = drawn or Drawn()
    kind = _TYPES.get(dtype.str[1:], dtype.name)
    size = " ".join(f'Size{axis.upper()}="{sizes.get(axis, 1)}"' for axis in "xyzct")
    steps = "".join(step_attributes(axis, *known[axis]) for axis in "xyzt" if axis in known)
    names = facts.channels or ("",) * channels
    lines = [f"<Channel ID={quoted(f'Channel:0:{index}')} SamplesPerPixel={quoted('1')}{_attribute(' Name', name)}/>" for index, name in enumerate(names)]
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<OME xmlns="{SCHEMA}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{SCHEMA} {SCHEMA}/ome.xsd">'
        f'<Image ID="Image:0"{_attribute(" Name", facts.name)}>'
        f'<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="{kind}" {size}{steps}>{"".join(lines)}<TiffData/></Pixels>{drawn.references}</Image>'
        f'<StructuredAnnotations><CommentAnnotation ID="Annotation:0" Namespace="{KEY}"><Value>{escaped(facts.to_json())}</Value>'
        f"</CommentAnnotation>{drawn.annotations}</StructuredAnnotations>{drawn.rois}</OME>"
    )
    return xml.encode("utf-8", "xmlcharrefreplace")


def step_attributes(axis: str, step: float, unit: str | None) -> str:
    """Size of a pixel or plane as attributes of Pixels, with a space in front; empty where the schema has no such unit."""
    name, usual = ("TimeIncrement", "s") if axis == "t" else (f"PhysicalSize{axis.upper()}", "um")
    symbol = ome_unit(axis, unit or usual)
    return f" {name}={quoted(repr(step))} {name}Unit={quoted(symbol)}" if symbol else ""


def _attribute(name: str, text: str) -> str:
    allowed = holdable(text)
    return f"{name}={quoted(allowed)}" if allowed else ""
