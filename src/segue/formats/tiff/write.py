"""Writing TIFF."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np

from segue.codecs.blocks import write_whole
from segue.codecs.colours import label_colours
from segue.codecs.pixel_facts import Facts
from segue.codecs.pixels import converted
from segue.codecs.ramps import inverting_colours
from segue.codecs.tiff_colour import colour_blocks
from segue.codecs.tiff_plan import Plan
from segue.codecs.tiff_write import tiff_blocks, write_tiff
from segue.errors import Incompatible
from segue.formats.options import Options
from segue.formats.pixel_files import Picture, facts_of, picture_of, said_to_be
from segue.formats.tiff.options import WriteOptions
from segue.formats.tiff.storage import Span, has_colours, span_of, storage_of
from segue.model.image import LabelImage, size_of
from segue.model.study import ImageSet, Study
from segue.storage.sink import Sink
from segue.tasks.workers import Threads

if TYPE_CHECKING:
    from segue.codecs.blocks import BlockWriter

MANY_BYTES = 32 << 20
"""Images beyond this are compressed by several threads."""


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write the only picture of a fitted study, a few megabytes at a time.

    Raises
    ------
    SinkError
        It cannot be written.
    Incompatible
        The file is called .ome.tif, and OME-TIFF has no such number type.
    """
    chosen = cast("WriteOptions", options)
    picture = picture_of(study)
    if chosen.colour and has_colours(picture):
        with sink.open() as file, _colours(file, picture, facts_of(study), chosen) as writer:
            write_whole(writer, picture.pixels)
        return
    span = span_of(picture)
    layout, dtype = storage_of(picture, _layout(chosen, sink.name), span, packed=chosen.packed)
    if isinstance(picture, LabelImage):
        facts, colours = _for_labels(facts_of(study), dtype, span), label_colours() if layout == "imagej" else None
    else:
        if dtype != picture.pixels.dtype:
            raise Incompatible(f"OME-TIFF has no {picture.pixels.dtype.name} pixels; choose a name without .ome, or say layout=ome to convert them")
        facts, colours = facts_of(study), inverting_colours() if picture.inverted and layout == "imagej" else None
    on_top = rois = None
    if layout == "ome" and len(study.image_sets[0].objects):
        from segue.formats.tiff.ome_drawn import drawn

        on_top = drawn(study, chosen.holes)
    if layout == "imagej" and len(study.image_sets[0].objects):
        from segue.formats.tiff import imagej_drawn

        rois = imagej_drawn.drawn(study)
    pixels = converted(picture.pixels, dtype)
    plan = _plan(picture, layout, dtype, facts, chosen, colours=colours, drawn=on_top, rois=rois)
    with sink.open() as file:
        write_tiff(file, plan, pixels, picture.axes, Threads() if plan.compression != "none" and plan.plane_bytes * plan.pages > MANY_BYTES else None)


@contextmanager
def blocks(image_set: ImageSet, sink: Sink, options: Options) -> Iterator[BlockWriter]:
    """The pages of the only image, in the order of the layout.

    Raises
    ------
    Incompatible
        The layout has no such number type.
    SinkError
        It cannot be written.
    """
    chosen = cast("WriteOptions", options)
    picture = picture_of(image_set, "image")
    if chosen.colour and has_colours(picture):
        with sink.open() as file, _colours(file, picture, facts_of(image_set), chosen) as writer:
            yield writer
        return
    layout, dtype = storage_of(picture, _layout(chosen, sink.name), (0, 0), packed=chosen.packed)
    if dtype != picture.pixels.dtype and picture.pixels.dtype != np.bool_:
        own, name = ("ImageJ's TIFF" if layout == "imagej" else "OME-TIFF"), picture.pixels.dtype.name
        raise Incompatible(f"{own} has no {name} pixels; choose --dtype {dtype.name}, or {'layout=ome' if layout == 'imagej' else 'layout=plain'}")
    facts, colours = said_to_be(facts_of(image_set), chosen.role), None
    if layout == "imagej" and facts.role == "labels":
        facts, colours = _for_labels(facts, dtype, (0, 0)), label_colours()
    elif layout == "imagej" and facts.inverted:
        colours = inverting_colours()
    plan = _plan(picture, layout, dtype, facts, chosen, colours=colours)
    with sink.open() as file, tiff_blocks(file, plan, picture.pixels, picture.axes) as writer:
        yield writer


def _colours(file: BinaryIO, picture: Picture, facts: Facts, options: WriteOptions) -> AbstractContextManager[BlockWriter]:
    """The writer of a picture of colours."""
    return colour_blocks(file, picture.pixels, picture.axes, facts, options.compression, bigtiff=options.bigtiff)


def _plan(picture: Picture, layout: str, dtype: np.dtype[np.generic], facts: Facts, options: WriteOptions, **others: Any) -> Plan:
    sizes = {name: size_of(picture.pixels, picture.axes, name) for name in "tczyx" if name in picture.axes}
    return Plan(layout, sizes, dtype, facts, compression=options.compression, tile=options.tile, bigtiff=options.bigtiff, **others)


def _layout(options: WriteOptions, name: str) -> str:
    return "ome" if options.layout == "auto" and name.lower().endswith((".ome.tif", ".ome.tiff", ".ome.btf")) else options.layout


def _for_labels(facts: Facts, dtype: np.dtype[np.generic], span: Span) -> Facts:
    """ImageJ shows labels black unless the file says up to which number it should use its colours."""
    highest = 255 if dtype == np.uint8 else max(span[1], 255)
    return replace(facts, data_range=(0.0, float(highest)))
