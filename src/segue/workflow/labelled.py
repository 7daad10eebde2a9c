"""Taking an integer image for the label image that it has to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from segue.model.image import LabelImage
from segue.model.study import ImageSet, Study
from segue.notes import Notes
from segue.workflow.roles import as_labels


def with_labels(study: Study, options: Mapping[str, Any], where: str) -> tuple[Study, Notes]:
    """The study with an integer image taken for the label image that it has to be, if objects are to be found in it.

    ``options`` may hold ``role``, ``components`` and ``channel`` (see ``prepare.SETTINGS``).

    Raises
    ------
    UnsupportedVariant, InvalidOption
        It does not look like labels.
    """
    notes: list[Notes] = []

    def labelled(s: ImageSet) -> ImageSet:
        if s.labels or len(s.objects) or len(s.shapes) or len(s.images) != 1:
            return s
        labels: LabelImage
        labels, more = as_labels(
            s.images[0], components=options.get("components"), where=s.name or where, force=options.get("role") == "labels", channel=options.get("channel")
        )
        notes.append(more)
        return replace(s, images=(), labels=(labels,))

    return study.map(labelled), Notes.joined(notes)
