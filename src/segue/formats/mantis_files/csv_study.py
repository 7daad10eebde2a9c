"""What Mantis' CSV files about segments share: names of images, forms of a file, numbers of segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from segue.codecs.javascript_numbers import trim
from segue.model.objects import unique_texts
from segue.model.study import ImageSet, Study

LAYER = "labels"
"""Layer of the segments."""


def is_project(study: Study, form: str) -> bool:
    """Whether the names of image sets are written: where there are several, or the only one has a name.

    Parameters
    ----------
    study
        What is written.
    form
        ``active``, ``project`` or ``auto``, as the user says.
    """
    return form == "project" or (form == "auto" and (len(study.image_sets) > 1 or any(trim(s.name) for s in study.image_sets)))


def image_names(image_sets: Sequence[ImageSet]) -> list[str]:
    """One name each: not empty, no blanks around it, none twice."""
    return different([trim(s.name) or f"image {nth + 1}" for nth, s in enumerate(image_sets)])


def different(names: Sequence[str]) -> list[str]:
    """The names, repeated ones made unique."""
    return unique_texts(pl.Series(names, dtype=pl.Utf8)).to_list()


def without_background(s: ImageSet) -> ImageSet:
    """The image set in which label 0, which is background, is no label."""
    label = s.objects.frame["label"]
    return s if not (label == 0).any() else replace(s, objects=s.objects.with_columns(label=label.set((label == 0).fill_null(value=False), None)))
