"""Options of the reader and writer of Mantis' population CSV."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """How a file is understood where it does not tell."""

    read_form: Literal["auto", "active", "project"] = Field(
        "auto", description="active = segment, population, colour of one image; project = name of the image first; auto = by the content"
    )


class WriteOptions(Options):
    """How populations are written."""

    form: Literal["auto", "active", "project"] = Field(
        "auto", description="active = of one image, project = with the name of the image in front; auto = active for one image set without a name"
    )
    colours: bool = Field(
        True, description="a last column with colours, where there are any (Mantis reads it from v1.2.2 on, in projects from v1.2.0 on; it never writes it)"
    )
