"""One study of many items: for one table of all images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from segue.model.gather import gathered as together
from segue.model.objects import unique_texts
from segue.model.study import Study


def gathered(studies: Sequence[Study]) -> Study:
    """The image sets of all studies, with different names; see ``model.gather``."""
    study = together(studies)
    names = unique_texts(pl.Series([s.name for s in study.image_sets], dtype=pl.Utf8))
    return replace(study, image_sets=tuple(replace(s, name=name) for s, name in zip(study.image_sets, names, strict=True)))
