"""Options of the table reader and writer."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from segue.formats.options import Options

_COLUMN = "name of the column that holds it; empty = none does; default: found by well-known names"


class ReadOptions(Options):
    """How a table is understood where it does not tell."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, coerce_numbers_to_str=True)

    id: str | None = Field(None, description=f"id of an object: {_COLUMN}")
    label: str | None = Field(None, description=f"number of an object in its label image: {_COLUMN}")
    image: str | None = Field(None, description=f"name of the image set: {_COLUMN}")
    x: str | None = Field(None, description=f"position: {_COLUMN}")
    y: str | None = Field(None, description=f"position: {_COLUMN}")
    z: str | None = Field(None, description=f"z plane: {_COLUMN}")
    t: str | None = Field(None, description=f"time point: {_COLUMN}")
    layer: str | None = Field(None, description=f"layer: {_COLUMN}")
    track: str | None = Field(None, description=f"track: {_COLUMN}")
    name: str | None = Field(None, description=f"name of an object: {_COLUMN}")
    colour: str | None = Field(None, description=f"colour of an object, #rrggbb or #rrggbbaa: {_COLUMN}")
    populations: str | None = Field(None, description=f"populations that an object is in: {_COLUMN}")
    columns: str | None = Field(None, description="names of the columns of values to read, with , between them; default: all")
    read_origin: Literal["auto", "corner", "centre"] = Field(
        "auto", description="whether 0, 0 is the corner or the centre of the first pixel; auto = by the names"
    )
    read_unit: Literal["auto", "pixel", "physical"] = Field("auto", description="unit of positions; auto = by the names")
    pixel_size: float | None = Field(None, gt=0, description="size of a pixel in the unit of physical positions")
    delimiter: str | None = Field(None, description="one character, or tab; default: found by the content")
    read_decimal: Literal["auto", "point", "comma"] = Field("auto", description="decimal mark of a text table")
    header_rows: int | None = Field(None, ge=0, le=20, description="rows of names at the top; default: found by the content")
    missing: str = Field("", description="more texts that mean missing among numbers, with , between them (NA, N/A and ø always do)")
    repeated: Literal["mend", "error"] = Field("mend", description="ids or labels that occur twice: mend = they are made unique, and counted")
    sheet: str | None = Field(None, description="XLSX: name of the sheet; default: the first")


class WriteOptions(Options):
    """How a table is written."""

    container: Literal["csv", "tsv", "parquet", "xlsx"] = Field("csv", description="kind of file; the suffix says it")
    packed: bool = Field(False, description="gzip a text table; the suffix .gz says it")
    undefined: Literal["", "NA", "NaN"] = Field("", description="what stands for a missing number in a text table")
    decimal: Literal["point", "comma"] = Field("point", description="comma = for spreadsheets in such a locale: decimal commas, and ; between the cells")
    bom: bool = Field(False, description="a byte order mark in front, by which Excel recognises µ and other letters")
    newline: Literal["lf", "crlf"] = Field("lf", description="end of a line in a text table")
    origin: Literal["corner", "centre"] = Field("corner", description="whether 0, 0 is the corner or the centre of the first pixel")
    unit: Literal["pixel", "physical"] = Field("pixel", description="physical = positions in the unit of the pixel size")
