"""Checking a study beyond what its construction guarantees: are its areas valid?"""

from __future__ import annotations

from segue.formats.shape_files import area_rings, area_rows
from segue.model.shapes import AREAS, ShapeKind
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes


def check(study: Study) -> Notes:
    """What is wrong with the areas of a study; empty = nothing.

    Rings that cross themselves are filled even-odd by segue and ImageJ, and refused by QuPath and shapely.

    Returns
    -------
    A note of kind ``assumed`` per image set and kind of shape, with the first object it is about.
    """
    return Notes.joined(_image_set(s) for s in study.image_sets)


def _image_set(s: ImageSet) -> Notes:
    areas = s.shapes.take(area_rows(s.shapes))
    areas = areas.of_kinds(tuple(kind for kind in AREAS if kind is not ShapeKind.MASK))  # pixels cannot cross each other
    if not len(areas):
        return Notes()
    from segue.geometry.validity import invalid

    found = invalid(area_rings(areas))
    if not found:
        return Notes()
    row, reason = found[0]
    first = s.objects.frame["id"][areas.frame["object"][row]]
    what = f"{{count area}} not valid, filled even-odd; the first is of object {first!r}: {reason}"
    return Notes.of(Note(Kind.ASSUMED, what, where=s.name, count=len(found)))
