"""Options of the study's reader and writer."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """How a study is read."""

    trust_changes: bool = Field(False, description="accept tables that another program has changed since segue wrote them")


class WriteOptions(Options):
    """How a study is written."""

    pixels: Literal["copy", "reference"] = Field(
        "copy", description="copy the pixels, or only refer to the files that they are in (those must then stay where they are)"
    )
