"""Annotations that a program put half a pixel off, moved to where they belong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from segue.errors import InvalidOption
from segue.formats.nimbus_files.tags import tag_texts
from segue.model.features import Feature
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes


def moved(study: Study, by: float, tag: str | None = None) -> tuple[Study, Notes]:
    """The study with its shapes moved by as many pixels in x and y, those of objects with a tag only if one is given.

    Raises
    ------
    InvalidOption
        No annotation has the tag.
    """
    if not by:
        return study, Notes()
    wanted = None if tag is None else {one for one, text in tag_texts(study.populations).items() if text == tag}
    if wanted is not None and not wanted:
        known = ", ".join(sorted(tag_texts(study.populations).values())[:20]) or "none"
        raise InvalidOption(f"no annotation has the tag {tag!r} of --set shift_tag; the tags of this file are: {known}", option="shift_tag", allowed=known)
    results = [_moved(s, by, wanted) for s in study.image_sets]
    count = sum(number for _, number in results)
    what = f"outlines moved by {by:g} pixel in x and y, as was asked for"
    notes = Notes.of(Note(Kind.REPAIRED, what, Feature.OBJECTS, count=count)) if count else Notes()
    return replace(study, image_sets=tuple(s for s, _ in results)), notes


def _moved(s: ImageSet, by: float, populations: set[str] | None) -> tuple[ImageSet, int]:
    shape = np.ones(len(s.shapes), np.bool_)
    if populations is not None:
        frame = s.membership.frame
        objects = frame["object"].filter(frame["population"].is_in(list(populations)))
        shape = s.shapes.frame["object"].is_in(objects.unique().implode()).to_numpy()
    rings = s.shapes.rings
    vertex = np.repeat(shape, np.diff(rings.coord_start))
    coords = np.where(vertex[:, None], rings.coords + by, rings.coords)
    count = s.shapes.frame["object"].filter(shape).n_unique() if len(shape) else 0
    return replace(s, shapes=replace(s.shapes, rings=rings.with_coords(coords))), count
