"""The record of Mantis Viewer's text segmentation."""

from __future__ import annotations

from segue.formats.format import Accepts, Format, Reference, approximate
from segue.model.features import Feature

FORMAT = Format(
    name="mantis-segments",
    title="Mantis Viewer segmentation as text",
    suffixes=("_segments.txt", "_segments.csv"),
    summary="the pixels of one segment in each line: x1,y1,x2,y2,...",
    specification=Reference("Mantis Viewer: segmentation from TXT and CSV", "1.2.4-alpha.3 (54afc51)", "2026-11-21"),
    detect="segue.formats.mantis_segments.detect:detect",
    reader="segue.formats.mantis_segments.read:read",
    fit="segue.formats.mantis_segments.fit:fit",
    writer="segue.formats.mantis_segments.write:write",
    read_options="segue.formats.mantis_segments.options:ReadOptions",
    accepts=frozenset({Accepts.LABELS}),
    identity="the number of its line is all that names a segment",
    opened_by=("Mantis Viewer (File > Import > Segmentation)",),
    keeps={
        Feature.LABELS: approximate("the pixels of its segments, on the first plane of the first label image; the size of the image has no place"),
        Feature.OBJECTS: approximate("those that have pixels, by label number"),
        Feature.OBJECT_LABEL: approximate("numbered by their lines, from 1 without gaps"),
        Feature.MASK: approximate("its pixels, if there is no label image; other areas are drawn on a label image first"),
    },
)
