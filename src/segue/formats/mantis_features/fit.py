"""What a feature CSV can hold of a study."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import polars as pl

from segue.codecs.javascript_numbers import trim
from segue.formats.cell_files import numbered
from segue.formats.mantis_features.assemble import assembled
from segue.formats.mantis_features.options import WriteOptions
from segue.formats.mantis_features.spec import FORMAT
from segue.formats.mantis_files.csv_study import different, image_names, is_project, without_background
from segue.formats.options import Options
from segue.formats.value_files import held
from segue.model.keep import keep
from segue.model.study import Study

_NUMBERS = ("number", "integer", "boolean")


def fit(study: Study, options: Options) -> Study:
    """Numbers of objects by label number."""
    project = is_project(study, cast("WriteOptions", options).form)
    kept = keep(study, FORMAT.keeps).map(without_background)
    sets = kept.image_sets if project else kept.image_sets[:1]
    kept = replace(kept, image_sets=sets)
    labels = pl.concat([pl.Series([], dtype=pl.UInt64), *(numbered(s.objects) for s in sets)])
    names = image_names(sets) if project else [""]
    images = pl.Series([name for name, s in zip(names, sets, strict=False) for _ in range(len(s.objects))], dtype=pl.Utf8)
    return assembled(images, labels, values_of(kept))


def values_of(study: Study) -> list[pl.Series]:
    """Every column of numbers of all tables about objects, one value for each object of all image sets; NaN is missing."""
    found = [one for one in held(study.image_sets) if one.column.type in _NUMBERS]
    names = different([trim(one.column.name) or f"feature {nth + 1}" for nth, one in enumerate(found)])
    # adding 0 takes the sign off zeros, which has no text
    return [(one.series.cast(pl.Float64) + 0.0).fill_nan(None).alias(name) for one, name in zip(found, names, strict=True)]
