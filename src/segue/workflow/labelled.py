"""Taking an integer image for the label image that it has to be."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Any

from segue.model.image import LabelImage
from segue.model.study import ImageSet, Study
from segue.notes import Notes
from segue.workflow.roles import as_labels


def with_labels(study: Study, options: Mapping[str, Any], where: str, images: Container[int] = ()) -> tuple[Study, Notes]:
    """The study with an integer image taken for the label image that it has to be, if objects are to be found in it.

    Parameters
    ----------
    study
        Any.
    options
        May hold ``role``, ``components`` and ``channel`` (see ``prepare.SETTINGS``).
    where
        What messages call it.
    images
        Places of image sets whose image is an image.

    Raises
    ------
    UnsupportedVariant, InvalidOption
        It does not look like labels.
    """
    notes: list[Notes] = []

    def labelled(nth: int, s: ImageSet) -> ImageSet:
        if nth in images or not is_one_image(s):
            return s
        labels: LabelImage
        labels, more = as_labels(
            s.images[0], components=options.get("components"), where=s.name or where, force=options.get("role") == "labels", channel=options.get("channel")
        )
        notes.append(more)
        return replace(s, images=(), labels=(labels,))

    sets = tuple(labelled(nth, s) for nth, s in enumerate(study.image_sets))
    return replace(study, image_sets=sets), Notes.joined(notes)


def is_one_image(s: ImageSet) -> bool:
    """Whether an image set is one image, of which it is not said that it is labels."""
    return len(s.images) == 1 and not (s.labels or len(s.objects) or len(s.shapes))
