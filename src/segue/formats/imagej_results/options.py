"""Options of ImageJ's results tables."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """What the table does not say."""

    numbers: Literal["auto", "labels", "rows"] = Field(
        "auto",
        description="what the numbers of the rows are where nothing names the objects: labels, as Analyze Particles numbers its count masks, or only the "
        "order of the rows; auto = labels, but a table that is joined has to be told",
    )
    repeated: Literal["mend", "error"] = Field("mend", description="rows that nothing tells apart: error = refuse them, as --table does")
    pixel_size: float | None = Field(None, gt=0, description="size of a pixel in the unit of X and Y, which then become points too; 1 = they count pixels")
    read_decimal: Literal["auto", "point", "comma"] = Field(
        "auto", description="decimal mark; auto = comma where a spreadsheet wrote ; between cells, or a comma in a measurement of ImageJ"
    )


class WriteOptions(Options):
    """What ImageJ asks in Set Measurements and in its options for tables."""

    separator: Literal["comma", "tab"] = Field("comma", description="between the cells; the suffix says it")
    decimals: int = Field(9, ge=0, le=9, description="decimals of numbers that are not whole; ImageJ writes 3 unless told otherwise, and at most 9")
    scientific: bool = Field(False, description="scientific notation for all numbers, with as many decimals")
    label_column: Literal["auto", "always", "never"] = Field(
        "auto",
        description="the column Label with the ids of the objects, behind the title of the image: auto = where the numbers of the rows do not say the same",
    )
    row_numbers: bool = Field(True, description="number the rows in a first column")
    headers: bool = Field(True, description="begin with the row of headings")
