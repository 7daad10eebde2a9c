"""A study as the rows of a file."""

from __future__ import annotations

import polars as pl

from segue.codecs.javascript_numbers import trim
from segue.formats.cell_files import numbered
from segue.formats.mantis_files.colours import to_mantis
from segue.formats.mantis_files.csv_study import different, image_names
from segue.formats.mantis_files.names import plain
from segue.formats.mantis_populations.assemble import SCHEMA
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
    names = [trim(": ".join(one.name)) or plain(nth + 1) for nth, one in enumerate(populations)]
    return different(names)


def _rows(s: ImageSet, image: str, names: list[str], populations: tuple[Population, ...]) -> pl.DataFrame:
    facts = pl.DataFrame(
        {"population": [one.id for one in populations], "name": names, "colour": [to_mantis(one.colour) for one in populations]},
        schema={"population": pl.Utf8, "name": pl.Utf8, "colour": pl.UInt32},
    ).with_columns(place=pl.int_range(pl.len()))
    members = s.membership.frame.with_columns(label=numbered(s.objects).gather(s.membership.frame["object"]))
    rows = members.join(facts, on="population", how="left", maintain_order="left").sort("place", "nth_in_population")
    return rows.with_columns(image=pl.lit(image)).select(*SCHEMA)
