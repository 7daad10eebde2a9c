"""Reading AnnData as objects."""

from __future__ import annotations

from typing import cast

import numpy as np
import polars as pl

from segue.codecs.h5ad import Annotated
from segue.codecs.h5ad_read import read_h5ad
from segue.formats.anndata import foreign, ours
from segue.formats.anndata.facts import Facts, decode, stated
from segue.formats.anndata.options import ReadOptions
from segue.formats.anndata.parts import image_sets
from segue.formats.description_files import DAMAGED
from segue.formats.options import Options
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read observations as objects: values, positions, populations, connections.

    Memory: the matrix once, and its columns once; a sparse matrix is filled up.

    Raises
    ------
    SourceError
        It is no AnnData file, damaged, older than anndata 0.7, or too large.
    InvalidOption
        An option names a column or layer that is not there.
    """
    chosen = cast("ReadOptions", options)
    content = read_h5ad(source, None if chosen.matrix in ("none", "None", "") else chosen.matrix)
    notes: list[Note] = []
    with np.errstate(invalid="ignore"):  # a signalling NaN in a damaged file is no more than any other
        study = _ours(content, notes) or _foreign(content, chosen, notes)
    if content.others:
        listed = ", ".join(content.others[:5]) + (", ..." if len(content.others) > 5 else "")
        notes.append(Note(Kind.SKIPPED, f"{{count part}} that segue does not read: {listed}", count=len(content.others)))
    return study, Notes(tuple(notes)).merged()


def as_read(content: Annotated, facts: Facts, notes: list[Note]) -> Study:
    """Observations that segue wrote as a study."""
    parts = ours.parts_of(content, facts, notes)
    return Study(tuple(image_sets(parts, notes)), tuple(one for one, _ in facts.populations))


def _ours(content: Annotated, notes: list[Note]) -> Study | None:
    """By what segue says about the columns; None if it did not write them."""
    text = stated(content.uns)
    if text is None:
        return None
    mine: list[Note] = []
    try:
        study = as_read(content, decode(text), mine)
    except (*DAMAGED, ArithmeticError, pl.exceptions.PolarsError):
        notes.append(Note(Kind.REPAIRED, "what segue wrote about the columns is damaged; they are known by their names only"))
        return None
    notes += mine
    return study


def _foreign(content: Annotated, options: ReadOptions, notes: list[Note]) -> Study:
    parts, populations = foreign.parts_of(content, options, notes)
    return Study(tuple(image_sets(parts, notes)), tuple(populations))
