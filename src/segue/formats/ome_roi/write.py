"""Writing OME-XML."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from typing import Any, cast

from segue.codecs.tiff_ome import SCHEMA, step_attributes
from segue.codecs.xml_write import DECLARATION, escaped, holdable, quoted
from segue.formats.ome_files.annotations_write import annotation_texts, references
from segue.formats.ome_files.plan import Part, Plan, planned
from segue.formats.ome_files.rois_write import roi_texts
from segue.formats.ome_roi.options import WriteOptions
from segue.formats.options import Options
from segue.model.grid import Axis
from segue.model.study import ImageSet, Study
from segue.storage.sink import Sink

_LARGEST = 2**31 - 1


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write a fitted study, some thousand ROIs at a time.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    plan = planned(study, cast("WriteOptions", options).holes)
    with sink.open() as file:
        text = io.TextIOWrapper(cast("Any", file), encoding="utf-8", newline="", write_through=True)
        file.write(DECLARATION)
        for piece in _pieces(plan):
            text.write(piece)
        text.flush()
        text.detach()


def _pieces(plan: Plan) -> Iterator[str]:
    yield f'<OME xmlns="{SCHEMA}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{SCHEMA} {SCHEMA}/ome.xsd">\n'
    for part in plan.parts:
        yield from (_image(part), "\n")
    yield "<StructuredAnnotations>"
    yield from annotation_texts(plan)
    yield "</StructuredAnnotations>\n"
    yield from roi_texts(plan)
    yield "\n</OME>\n"


def _image(part: Part) -> str:
    s, given = part.s, part.image
    name = holdable(s.name)
    attributes = f" Name={quoted(name)}" if name else ""
    description = f"<Description>{escaped(given['description'])}</Description>" if "description" in given else ""
    pixels = {"DimensionOrder": "XYZCT", "Type": "uint8", **given.get("pixels", {})}
    count = max(len(given.get("channels", [])), _planes(s, "c"))
    sizes = "".join(f' Size{axis.upper()}="{count if axis == "c" else _size(s, axis)}"' for axis in "xyzct")
    facts = "".join(f' {key}="{value}"' for key, value in pixels.items())
    channels = "".join(_channel(part.nth, nth, one) for nth, one in enumerate(given.get("channels", [])))
    steps = "".join(_step(axis) for axis in s.grid.axes)
    return (
        f'<Image ID="{part.id}"{attributes}>{description}<Pixels ID="Pixels:{part.nth}"{facts}{sizes}{steps}>'
        f"{channels}<MetadataOnly/></Pixels>{references(part)}</Image>"
    )


def _channel(image: int, nth: int, one: dict[str, str]) -> str:
    return f'<Channel ID="Channel:{image}:{nth}"{"".join(f" {key}={quoted(value)}" for key, value in one.items())}/>'


def _size(s: ImageSet, axis: str) -> int:
    """The size of an axis; where it is not known, one that holds everything that is drawn."""
    known = s.grid.size(axis)
    if known is None:
        known = _extent(s, axis) if axis in "xy" else _planes(s, axis)
    return min(max(known, 1), _LARGEST)


def _extent(s: ImageSet, axis: str) -> int:
    coords = s.shapes.rings.coords
    return math.ceil(min(float(coords[:, "xy".index(axis)].max()), _LARGEST)) if len(coords) else 1


def _planes(s: ImageSet, axis: str) -> int:
    planes = s.objects.frame["t"] if axis == "t" else s.shapes.frame[axis]
    highest = planes.max()
    return 1 if highest is None else int(cast("int", highest)) + 1


def _step(axis: Axis) -> str:
    return step_attributes(axis.name, axis.scale, axis.unit) if axis.scale is not None and 0 < axis.scale < math.inf else ""
