"""What a results table can hold of a study: what reading its cells would give."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from segue.formats.imagej_results.options import ReadOptions, WriteOptions
from segue.formats.imagej_results.parse import parsed
from segue.formats.imagej_results.render import rendered
from segue.formats.imagej_results.sheet import Sheet
from segue.formats.imagej_results.spec import FORMAT
from segue.formats.options import Options
from segue.model.keep import keep
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """Rows with ImageJ's numbers.

    Raises
    ------
    Incompatible
        The options leave out what tells rows, or image sets, apart.
    """
    chosen = cast("WriteOptions", options)
    sheet = rendered(keep(study, FORMAT.keeps), chosen)
    if not chosen.headers:
        sheet = replace(sheet, names=_counted(sheet))
    return parsed(sheet, ReadOptions())[0]


def _counted(sheet: Sheet) -> tuple[str, ...]:
    """What ImageJ calls columns without headings."""
    return tuple(f"C{nth + 1}" for nth in range(sheet.first, sheet.first + len(sheet.names)))
