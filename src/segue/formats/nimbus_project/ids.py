"""Ids of datasets: what NimbusImage calls them, in the manifest and in every annotation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from segue.formats.nimbus_files.terms import DATASET, NAME
from segue.model.study import ALIASES, ImageSet, Study


def dataset_ids(parts: Sequence[tuple[str, Study]]) -> list[str]:
    """The id of each dataset (what its files are called, its study): that of NimbusImage, else what its files are called; each once."""
    found: list[str] = []
    for stem, one in parts:
        own = _id_of(one) or stem
        found.append(next(text for text in (own, stem, *(f"{stem} {nth}" for nth in range(2, len(parts) + 3))) if text not in found))
    return found


def with_id(s: ImageSet, own: str, stem: str) -> ImageSet:
    """The image set with the id of its dataset, and no other; one that is only what its files are called is none."""
    rows = [{"format": NAME, "entity": DATASET, "id": "", "alias": own}] if own and own != stem else []
    return replace(s, aliases=pl.DataFrame(rows, schema=ALIASES))


def has_id(s: ImageSet) -> bool:
    """Whether its annotations state the id of the dataset."""
    return bool(len(s.aliases))


def _id_of(study: Study) -> str | None:
    for s in study.image_sets:
        for form, entity, alias in s.aliases.select("format", "entity", "alias").iter_rows():
            if (form, entity) == (NAME, DATASET) and alias:
                return str(alias)
    return None
