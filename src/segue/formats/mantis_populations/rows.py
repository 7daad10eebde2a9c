"""A study as the rows of a file."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from segue.formats.cell_files import numbered
from segue.formats.mantis_files.colours import to_mantis
from segue.formats.mantis_files.names import plain
from segue.formats.mantis_populations.assemble import SCHEMA
from segue.model.objects import unique_texts
from segue.model.populations import Population
from segue.model.study import ImageSet, Study


def rows_of(study: Study, *, project: bool) -> pl.DataFrame:
    """The rows in the order of image sets, populations and members; as in ``assemble.SCHEMA``.

    Parameters
    ----------
    study
        What ``keep`` left of a study.
    project
        Whether image sets have names.
    """
    names = population_names(study.populations)
    images = image_names(study.image_sets) if project else [""]
    found = [_rows(s, image, names, study.populations) for s, image in zip(study.image_sets, images, strict=False)]
    return pl.concat(found) if found else pl.DataFrame(schema=SCHEMA)


def population_names(populations: tuple[Population, ...]) -> list[str]:
    """One name each: not empty, no blanks around it, none twice."""
    names = [": ".join(one.name).strip() or plain(nth + 1) for nth, one in enumerate(populations)]
    return _different(names)


def image_names(image_sets: tuple[ImageSet, ...]) -> list[str]:
    """One name each: not empty, no blanks around it, none twice."""
    return _different([s.name.strip() or f"image {nth + 1}" for nth, s in enumerate(image_sets)])


def _different(names: list[str]) -> list[str]:
    return unique_texts(pl.Series(names, dtype=pl.Utf8)).to_list()


def _rows(s: ImageSet, image: str, names: list[str], populations: tuple[Population, ...]) -> pl.DataFrame:
    facts = pl.DataFrame(
        {"population": [one.id for one in populations], "name": names, "colour": [to_mantis(one.colour) for one in populations]},
        schema={"population": pl.Utf8, "name": pl.Utf8, "colour": pl.UInt32},
    ).with_columns(place=pl.int_range(pl.len()))
    members = s.membership.frame.with_columns(label=numbered(s.objects).gather(s.membership.frame["object"]))
    rows = members.join(facts, on="population", how="left", maintain_order="left").sort("place", "nth_in_population")
    return rows.with_columns(image=pl.lit(image)).select(*SCHEMA)


def is_project(study: Study, form: str) -> bool:
    """Whether the names of image sets are written: where there are several, or the only one has a name."""
    return form == "project" or (form == "auto" and (len(study.image_sets) > 1 or any(s.name.strip() for s in study.image_sets)))


def with_free_labels(s: ImageSet) -> ImageSet:
    """The image set in which label 0, which is background, is no label."""
    label = s.objects.frame["label"]
    return s if not (label == 0).any() else replace(s, objects=s.objects.with_columns(label=label.set((label == 0).fill_null(value=False), None)))
