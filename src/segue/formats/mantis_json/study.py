"""Rows of a file and a study, in both directions: what `read` and `fit` have in common, so that a file holds what `fit` promises."""

from __future__ import annotations

from collections.abc import Sequence

from segue.formats.mantis_files.rows import Row
from segue.formats.mantis_files.to_model import contents, definition
from segue.model.grid import Grid
from segue.model.image import LabelImage
from segue.model.study import ImageSet, Study


def assembled(rows: Sequence[Row], path: object = "", *, labels: LabelImage | None = None, width: int | None = None, grid: Grid | None = None) -> Study:
    """The study that the rows of one image set are.

    Parameters
    ----------
    rows
        Each with an id of its own.
    path
        For error messages.
    labels
        The segmentation in the file: its segments are objects then, too.
    width
        Of the image, if it is known.
    grid
        Of the image, if it is known.

    Raises
    ------
    Malformed
    """
    ids = [row.id for row in rows]
    found = contents(rows, ids, width=width)
    pixels = () if labels is None else (labels,)
    s = ImageSet("", grid or Grid(), labels=pixels, objects=found.objects, shapes=found.shapes, membership=found.membership, extras=found.extras)
    return Study((s,), tuple(definition(row, row.id, found.regions.get(row.id), path) for row in rows))
