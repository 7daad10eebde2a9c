"""Writing TIFF."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np

from segue.codecs.colours import label_colours
from segue.codecs.pixel_facts import Facts
from segue.codecs.pixels import converted, rows_of
from segue.codecs.ramps import inverting_colours
from segue.codecs.tiff_write import Plan, write_tiff
from segue.errors import Incompatible
from segue.formats.options import Options
from segue.formats.pixel_files import facts_of, picture_of
from segue.formats.tiff.options import WriteOptions
from segue.formats.tiff.storage import Span, span_of, storage_of
from segue.model.image import LabelImage, size_of
from segue.model.study import Study
from segue.storage.sink import Sink


def write(study: Study, sink: Sink, options: Options) -> None:
    """Write the only picture of a fitted study, a block of rows at a time.

    Raises
    ------
    SinkError
        It cannot be written.
    Incompatible
        The file is called .ome.tif, and OME-TIFF has no such number type.
    """
    chosen = cast("WriteOptions", options)
    picture = picture_of(study)
    span = span_of(picture)
    layout, dtype = storage_of(picture, _layout(chosen, sink.name), span)
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
    sizes = {name: size_of(picture.pixels, picture.axes, name) for name in "tczyx" if name in picture.axes}
    plan = Plan(layout, sizes, dtype, facts, colours, deflate=chosen.compression == "deflate", drawn=on_top, rois=rois)
    with sink.open() as file:
        write_tiff(file, plan, rows_of(converted(picture.pixels, dtype), picture.axes))


def _layout(options: WriteOptions, name: str) -> str:
    return "ome" if options.layout == "auto" and name.lower().endswith((".ome.tif", ".ome.tiff", ".ome.btf")) else options.layout


def _for_labels(facts: Facts, dtype: np.dtype[np.generic], span: Span) -> Facts:
    """ImageJ shows labels black unless the file says up to which number it should use its colours."""
    highest = 255 if dtype == np.uint8 else max(span[1], 255)
    return replace(facts, data_range=(0.0, float(highest)))
