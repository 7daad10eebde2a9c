"""Reading the tables of an export, and the label images beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from segue.formats.cellprofiler.decode import decode
from segue.formats.cellprofiler.files import of_export
from segue.formats.cellprofiler.load import load
from segue.formats.cellprofiler.masks import with_masks
from segue.formats.cellprofiler.options import ReadOptions
from segue.formats.cellprofiler.terms import ANY_PATH
from segue.formats.options import Options
from segue.model.features import Feature
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """One image set per ``ImageNumber``, one layer and one table per type of objects.

    Memory: some ten times the tables; label images are read when they are asked for.

    Raises
    ------
    SegueError
        There is no export, or several; a table is damaged (Malformed names the line).
    """
    chosen = cast("ReadOptions", options)
    files, prefix = of_export(source, chosen.prefix)
    sheets, notes = load(files, prefix)
    clean = {key: ANY_PATH.sub("", text) for key, text in sheets.experiment.items()}
    if clean != sheets.experiment:
        notes += Notes.of(Note(Kind.SKIPPED, "absolute paths in the description of the experiment left out", Feature.EXTRAS))
    study, images, more = decode(replace(sheets, experiment=clean), str(source.path), chosen.parents)
    notes += more
    if chosen.masks:
        folder = source.path if source.is_folder else source.path.parent
        study, more = with_masks(study, images, folder, list(sheets.objects))
        notes += more
    return study, notes
