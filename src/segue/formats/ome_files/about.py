"""What OME-XML has no words for, as one JSON text: grids, groups, settings of populations, descriptions of columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segue.errors import Malformed
from segue.formats.description_files import (
    DAMAGED,
    VERSION,
    Described,
    column_facts,
    image_facts,
    population_facts,
    read_image,
    read_population,
    read_tables,
)
from segue.formats.ome_files.terms import STUDY
from segue.model.populations import Population
from segue.model.study import ImageSet


@dataclass(frozen=True)
class About:
    """What the text says."""

    image_sets: Mapping[str, ImageSet] = field(default_factory=dict)
    """ID of an image -> its image set, without objects."""
    tables: Mapping[str, Described] = field(default_factory=dict)
    """ID of an image -> its tables: name -> keys and columns."""
    populations: Mapping[str, Population] = field(default_factory=dict)
    """ID of a tag -> the population."""


def read_about(text: str | None, path: Path | str) -> About:
    """The facts in a text; without one there are none.

    Raises
    ------
    Malformed
    """
    if text is None:
        return About()
    try:
        value = json.loads(text)
        images, populations = value.get("images", {}), value.get("populations", {})
        return About(
            {name: read_image(one) for name, one in images.items()},
            {name: read_tables(one.get("tables", [])) for name, one in images.items()},
            {name: read_population(one) for name, one in populations.items()},
        )
    except (*DAMAGED, RecursionError) as error:
        raise Malformed(
            f"{path} has a damaged annotation {STUDY!r} ({error}); remove it and read again", path=path, position=STUDY, expected="a description"
        ) from error


def written_about(images: Mapping[str, tuple[ImageSet, Described]], populations: Mapping[str, Population]) -> str:
    """The text about images (ID -> image set, tables) and populations (ID of a tag -> population)."""
    about = {
        "version": VERSION,
        "images": {name: _image(s, tables) for name, (s, tables) in images.items()},
        "populations": {tag: population_facts(one) for tag, one in populations.items()},
    }
    return json.dumps(about, separators=(",", ":"), allow_nan=False)


def _image(s: ImageSet, tables: Described) -> dict[str, Any]:
    described = [{"name": name, "columns": [column_facts(column, key) for key, column in columns]} for name, columns in tables.items()]
    return image_facts(s) | ({"tables": described} if described else {})
