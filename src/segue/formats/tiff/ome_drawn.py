"""What is drawn on the image of an OME-TIFF: ROIs in its OME-XML."""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl

from segue.codecs.ome_document import read_document
from segue.codecs.tiff import ome_xml
from segue.codecs.tiff_ome import Drawn
from segue.formats.ome_files.annotations_write import annotation_texts, references
from segue.formats.ome_files.features import DRAWN
from segue.formats.ome_files.fit import fitted_objects, fitted_population
from segue.formats.ome_files.holes import Holes
from segue.formats.ome_files.plan import planned
from segue.formats.ome_files.read import drawn_on
from segue.formats.ome_files.rois_write import roi_texts
from segue.formats.pixel_files import fitted
from segue.formats.tiff.spec import KEPT
from segue.model.grid import Grid
from segue.model.image import Image
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_ROI = re.compile(rb"<(\w+:)?ROI[\s>]")


def read_drawn(study: Study, source: Source, number: int) -> tuple[Study, Notes]:
    """The study of an OME-TIFF with the ROIs of its image ``number`` (from 0 among those with pixels).

    Raises
    ------
    Malformed, TooLarge
    """
    text = ome_xml(source)
    if not _ROI.search(text):
        return study, Notes()
    (s,) = study.image_sets
    document = read_document(text, source.path, encoding="utf-8")
    if not s.images:
        what = "drawings on a label image are not read; the option role=image reads them"
        return study, Notes.of(Note(Kind.SKIPPED, what, where=source.path.name, count=len(document.rois)))
    found, populations, notes = drawn_on(document, source.path, number)
    s = replace(s, objects=found.objects, shapes=found.shapes, tables=found.tables, membership=found.membership, extras=_of_objects(found))
    return replace(study, image_sets=(s,), populations=populations), notes


def fit_drawn(study: Study, picture: Image) -> Study:
    """The study with its image and what is drawn on it."""
    kept = fitted(study, picture, KEPT | set(DRAWN)).map(lambda s: fitted_objects(replace(s, extras=_of_objects(s))))
    if not len(kept.image_sets[0].objects):
        return fitted(study, picture, KEPT)
    return replace(kept, populations=tuple(fitted_population(one) for one in kept.populations))


def drawn(study: Study, holes: Holes) -> Drawn | None:
    """What is drawn, as text; None if there is nothing."""
    (s,) = study.image_sets
    if not len(s.objects):
        return None
    alone = replace(s, name="", grid=Grid(), group=None, position=())
    plan = planned(replace(study, image_sets=(alone,)), holes)
    return Drawn(references(plan.parts[0]), "".join(annotation_texts(plan)), "".join(roi_texts(plan)))


def _of_objects(s: ImageSet) -> pl.DataFrame:
    """What is said about an image besides its pixels has no place here: its facts come from the pixels."""
    return s.extras.filter(pl.col("entity") == "object")
