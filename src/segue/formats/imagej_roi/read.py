"""A ``.roi`` or RoiSet.zip -> study."""

from __future__ import annotations

from dataclasses import replace

from segue.formats.imagej_roi.borders import hint, with_border
from segue.formats.imagej_roi.entries import contents
from segue.formats.imagej_roi.options import ReadOptions
from segue.formats.roi_files.planes import Stack
from segue.formats.roi_files.read import read_rois
from segue.model.study import Study
from segue.notes import Notes
from segue.storage.source import Source


def read(source: Source, options: ReadOptions) -> tuple[Study, Notes]:
    """Read the ROIs of a file.

    Raises
    ------
    SourceError
        The file is none of ROIs, damaged, or asks for too much.
    """
    found = contents(source)
    image_set, populations, notes = read_rois(found, Stack(options.stack), source.path)
    if options.outlines == "border":
        shapes, more = with_border(image_set.shapes)
        image_set, notes = replace(image_set, shapes=shapes), notes + more
    elif not found.comment:  # what segue wrote says so
        notes += hint(image_set.shapes)
    return Study((image_set,), populations), notes
