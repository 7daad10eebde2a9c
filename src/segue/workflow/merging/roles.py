"""Whether an imported image is an image or the label image of one that the study has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segue.errors import UnsupportedVariant
from segue.model.diff_pixels import same_pixels
from segue.model.study import ImageSet, Study
from segue.notes import Kind, Note, Notes
from segue.workflow.labelled import is_one_image, with_labels
from segue.workflow.merging.partners import partners
from segue.workflow.merging.wish import Wish


def in_their_roles(study: Study, coming: Study, wish: Wish, options: Mapping[str, Any], where: str) -> tuple[Study, Notes]:
    """What is imported, with integer images taken for label images.

    Where image sets are added, the image of a new one stays an image unless the user says ``role=labels``, and so does one that the study has already.

    Raises
    ------
    UnsupportedVariant, InvalidOption
        An image does not look like labels.
    """
    if not wish.add_image_sets:
        try:
            return with_labels(coming, options, where)
        except UnsupportedVariant as error:
            raise UnsupportedVariant(f"{error.message}; an image that the study does not have is added with --add-image-sets", **error.fields) from error
    asked = bool({"role", "components", "channel"} & set(options))
    told = partners(coming.image_sets, study.image_sets, where, adding=True)
    new = {nth for nth, (_, found) in enumerate(told) if not isinstance(found, int) and (not asked or options.get("role") == "image")}
    known = {nth for nth, (s, found) in enumerate(told) if isinstance(found, int) and _has(study.image_sets[found], s)}
    notes = Notes.of(Note(Kind.DONE, "{count image} in the study already", count=len(known))) if known else Notes()
    found, more = with_labels(coming, options, where, new | known)
    return found, notes + more


def _has(target: ImageSet, s: ImageSet) -> bool:
    """Whether the only image of an image set is one of the study's, pixel by pixel; these are compared plane by plane."""
    return is_one_image(s) and any(same_pixels(image, s.images[0]) for image in target.images)
