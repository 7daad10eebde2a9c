"""What a population CSV can hold of a study: what reading the rows that would be written gives."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import polars as pl

from segue.formats.mantis_files.csv_study import is_project, without_background
from segue.formats.mantis_populations.assemble import assembled
from segue.formats.mantis_populations.options import WriteOptions
from segue.formats.mantis_populations.rows import rows_of
from segue.formats.mantis_populations.spec import FORMAT
from segue.formats.options import Options
from segue.model.keep import keep
from segue.model.study import Study


def fit(study: Study, options: Options) -> Study:
    """Members of populations by label number. Where no population has a member, the file is empty (Mantis writes none then)."""
    chosen = cast("WriteOptions", options)
    project = is_project(study, chosen.form)
    kept = keep(study, FORMAT.keeps).map(without_background)
    kept = replace(kept, image_sets=kept.image_sets if project else kept.image_sets[:1])
    rows = rows_of(kept, project=project)
    return assembled(rows if chosen.colours else rows.with_columns(colour=pl.lit(None, pl.UInt32)))
