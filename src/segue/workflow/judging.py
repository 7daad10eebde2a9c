"""Lists of members in files that hold the labels, too, but do not say on which labels the lists were made."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from segue.model.features import Feature
from segue.model.study import ImageSet
from segue.notes import Kind, Note, Notes
from segue.workflow.joining import labels_in
from segue.workflow.opening import Opened


def with_judgement(opened: Opened) -> Opened:
    """What was opened, its lists of members judged by the regions beside them (``selecting.judged``), if its format does not say what they were made on.

    Segments that are listed but that the labels do not have stay, without pixels, and are noted with their number. Only label images of image sets with
    such lists are read.

    Raises
    ------
    SourceError
        A label image cannot be read.
    """
    if not opened.record.unsigned or not any(len(s.membership) for s in opened.study.image_sets):
        return opened
    from segue.workflow.selecting.fit import judged

    study, notes = judged(opened.study, where=opened.source.path.name)
    strangers = [_strangers(s) for s in study.image_sets]
    what = "{count segment} listed that the segmentation does not have"
    notes += Notes(tuple(Note(Kind.SKIPPED, what, Feature.MEMBERSHIP, s.name, count) for s, count in zip(study.image_sets, strangers, strict=True) if count))
    return replace(opened, study=study, notes=opened.notes + notes)


def _strangers(s: ImageSet) -> int:
    """How many objects are in populations, but not among the labels."""
    if not s.labels or not len(s.membership):
        return 0
    listed = s.objects.frame[s.membership.frame["object"].unique()].filter(pl.col("label").is_not_null())
    return listed.join(labels_in(s), on=["layer", "t", "label"], how="anti", nulls_equal=True).height
