"""Lists of members in files that hold the labels, too, but do not say on which labels the lists were made."""

from __future__ import annotations

from dataclasses import replace

from segue.notes import Notes
from segue.workflow.opening import Opened


def with_judgement(opened: Opened, *, noted: bool = True) -> Opened:
    """What was opened, its lists of members judged by the regions beside them (``selecting.judged``), if its format does not say what they were made on.

    Only label images of image sets with such lists are read.

    Raises
    ------
    SourceError
        A label image cannot be read.
    """
    if not opened.record.unsigned or not any(len(s.membership) for s in opened.study.image_sets):
        return opened
    from segue.workflow.selecting.fit import judged

    study, notes = judged(opened.study, where=opened.source.path.name)
    return replace(opened, study=study, notes=opened.notes + (notes if noted else Notes()))
