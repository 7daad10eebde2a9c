"""Which column is what: by names in the first row if there are any, else by what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from segue.codecs.delimited_sniff import Cells
from segue.codecs.javascript_numbers import number, whole_numbers
from segue.formats.mantis_files.colours import understood

Form = Literal["active", "project"]
_OWN = {"segment_id", "segmentid", "segment", "population_name", "populationname"}
"""Names that hardly any other table has."""
_SEGMENT = {"segment_id", "segment", "segmentid", "id", "label", "cell_id", "cellid", "object_id", "objectnumber"}
_NAME = {"population_name", "population", "populationname", "name"}
_IMAGE = {"image_set_name", "image_set", "imageset", "image_name", "image", "fov", "image_id"}
_COLOUR = {"colour", "color", "population_colour", "population_color"}


@dataclass(frozen=True)
class Places:
    """Numbers of columns, from 0."""

    segment: int
    name: int
    image: int | None = None
    colour: int | None = None

    @property
    def form(self) -> Form:
        return "active" if self.image is None else "project"


def by_form(form: Form, width: int) -> Places:
    """Where Mantis looks."""
    first = int(form == "project")
    return Places(first, first + 1, 0 if first else None, first + 2 if width > first + 2 else None)


def by_names(row: Cells) -> Places | None:
    """Where a row of names says it; None = it does not name segment and population."""
    names = list(map(_plain, row))
    found = [next((nth for nth, name in enumerate(names) if name in known), None) for known in (_SEGMENT, _NAME, _IMAGE, _COLOUR)]
    segment, name, image, colour = found
    return None if segment is None or name is None else Places(segment, name, image, colour)


def surely_named(row: Cells) -> bool:
    """Whether a row names segment and population as Mantis does, and nothing else that it does not know."""
    found = by_names(row)
    known = found is not None and len(row) == 2 + (found.image is not None) + (found.colour is not None)
    return known and bool(_OWN & set(map(_plain, row)))


def _plain(cell: str | None) -> str:
    return "_".join((cell or "").casefold().replace("-", " ").replace("_", " ").split())


def fits(row: Cells) -> bool:
    """Whether a row can be one of either form."""
    return any(_fits(row, by_form(form, len(row))) for form in ("active", "project"))


def _fits(row: Cells, at: Places) -> bool:
    if len(row) <= at.name or len(row) > at.name + 2 or not row[at.name]:
        return False
    colour = row[at.colour] if at.colour is not None else None
    return number(row[at.segment] or "") is not None and (not colour or understood(colour) is not None)


def forms_of(columns: Sequence[pl.Series]) -> dict[Form, float]:
    """The share of the rows that are as each form wants them."""
    found: dict[Form, float] = {}
    for form in ("active", "project"):
        at = by_form(form, len(columns))
        fitting = _fitting(columns, at) if at.name < len(columns) else None
        found[form] = int(fitting.sum()) / len(fitting) if fitting is not None and len(fitting) else 0.0
    return found


def _fitting(columns: Sequence[pl.Series], at: Places) -> pl.Series:
    good = whole_numbers(columns[at.segment]).is_not_null() & columns[at.name].is_not_null()
    return good & are_colours(columns[at.colour]) if at.colour is not None else good


def are_colours(texts: pl.Series) -> pl.Series:
    """Per cell whether it is a colour or empty."""
    meant = {text: understood(text) is not None for text in texts.drop_nulls().unique()}
    return texts.is_null() if not meant else texts.replace_strict(meant, default=True, return_dtype=pl.Boolean).fill_null(value=True)


def surely_colours(texts: pl.Series) -> bool:
    """Whether all that stands in a column is written as a colour and nothing else: ``0xFF0000``, ``#ff0000``."""
    return bool(texts.drop_nulls().str.contains(r"^\s*(?:0[xX]|#)[0-9a-fA-F]{6}\s*$").all())
