"""Options of Mantis Viewer's statistics."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from segue.formats.mantis_statistics.sheet import X, Y
from segue.formats.options import Options


class WriteOptions(Options):
    """Which Mantis Viewer writes it."""

    version: Literal["1.1", "1.0"] = Field(
        "1.1", description="1.1 = Mantis Viewer 1.1 and later: columns in the order of the bytes of their names; 1.0 = in that of their UTF-16 units"
    )

    @property
    def positions(self) -> tuple[str, ...]:
        """Columns of values that say what the file says of every object anyway."""
        return (X, Y)
