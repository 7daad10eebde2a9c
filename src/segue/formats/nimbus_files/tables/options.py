"""Options of the writer: those of NimbusImage's export dialog, and what it lacks."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.errors import InvalidOption
from segue.formats.options import Options

EXTRA = ("centroid", "bbox", "area", "wkt")
_MANY = "several with ; between them, or a list"


class TextOptions(Options):
    """How a table is written, and which columns it has beside the usual ones."""

    dialect: Literal["rfc4180", "nimbus"] = Field(
        "rfc4180",
        description="how a CSV is written: rfc4180 = every cell is quoted where it has to be; nimbus = byte for byte as NimbusImage's server writes objects",
    )
    unescaped: Literal["refuse", "write"] = Field(
        "refuse", description="dialect=nimbus: cells that the server would write without escaping them, so that they shift the row"
    )
    delimiter: Literal["comma", "tab"] = Field("comma", description="between the cells of a CSV; tab for files .tsv")
    undefined: Literal["", "NA", "NaN"] = Field("", description="what stands for a missing value in a CSV")
    sanitize: bool = Field(False, description="names of columns of a CSV with letters, digits and _ only, each once")
    properties: str | tuple[str, ...] = Field("all", description=f"all, none, or names of columns, or what they begin with, in the order wanted; {_MANY}")
    columns: str | tuple[str, ...] = Field("", description=f"columns of a CSV that are computed from the shapes: {', '.join(EXTRA)}; {_MANY}")

    @property
    def separator(self) -> str:
        """Between the cells."""
        return "\t" if self.delimiter == "tab" else ","

    @property
    def listed(self) -> tuple[str, ...] | None:
        """The properties that were chosen, in order; None = all."""
        if self.properties in ("all", "none", ""):
            return None if self.properties == "all" else ()
        return several(self.properties)

    @property
    def extra(self) -> tuple[str, ...]:
        """The computed columns that were chosen.

        Raises
        ------
        InvalidOption
        """
        found = several(self.columns)
        for one in found:
            if one not in EXTRA:
                sentence = f"there is no computed column {one!r}; there are: {', '.join(EXTRA)}"
                raise InvalidOption(sentence, option="columns", given=one, allowed=", ".join(EXTRA))
        return found


class RowOptions(Options):
    """What a row is."""

    kind: Literal["objects", "connections", "tracks"] = Field("objects", description="what a row is about; tracks = an object with its track and lineage")


class WriteOptions(TextOptions, RowOptions):
    """What is written, and how."""

    dataset: bool = Field(False, description="a first column Dataset: one file about the image sets of several datasets")
    ids: str | tuple[str, ...] = Field("", description=f"only the objects with these ids; {_MANY}")
    population: str | tuple[str, ...] = Field("", description=f"only the objects in one of these populations (tags), by name or id; {_MANY}")


def several(given: str | tuple[str, ...]) -> tuple[str, ...]:
    """The parts of an option that holds several texts."""
    parts = given.split(";") if isinstance(given, str) else given
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
