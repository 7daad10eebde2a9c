"""A ``.roi`` or RoiSet.zip -> study."""

from __future__ import annotations

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
    image_set, populations, notes = read_rois(contents(source), Stack(options.stack), source.path)
    return Study((image_set,), populations), notes
