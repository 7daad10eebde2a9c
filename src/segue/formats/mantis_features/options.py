"""Options of the reader and writer of Mantis' feature CSV."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.options import Options


class ReadOptions(Options):
    """How a file is understood where it does not tell."""

    read_form: Literal["auto", "active", "project"] = Field(
        "auto", description="active = segments and values of one image; project = name of the image first; auto = by names and content"
    )


class WriteOptions(Options):
    """How features are written."""

    form: Literal["auto", "active", "project"] = Field(
        "auto", description="active = of one image, project = with the name of the image in front; auto = active for one image set without a name"
    )
