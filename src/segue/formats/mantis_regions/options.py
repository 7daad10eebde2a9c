"""Options of the reader and writer of Mantis' regions."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """What is read of a file to which Mantis appended."""

    appended: Literal["last", "first"] = Field(
        "last", description="Mantis appends to a file that is there already: last = the newest picture, first = the one that Mantis itself would see"
    )


class WriteOptions(Options):
    """How regions are written."""

    overlaps: Literal["pages", "last"] = Field(
        "pages",
        description="regions that share pixels: pages = on further pages, of which Mantis sees the first; last = a later one covers another",
    )
