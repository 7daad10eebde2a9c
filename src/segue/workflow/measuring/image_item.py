"""An image whose results go into files: what the items of a measurement and of a segmentation share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from segue.workflow.measuring.outputs import fields_of, record_of


@dataclass(frozen=True)
class ImageItem:
    """One image of a batch (see ``jobs.item.BatchItem``)."""

    image: Path
    outputs: tuple[Path, ...]
    number: int | None = None
    """Its place among several, from 1."""
    stated: tuple[Path, ...] = ()
    """The outputs that were planned, where these are others; empty = these are. What is written says these places."""

    @property
    def name(self) -> str:
        return self.image.name

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Every file whose content matters."""
        return (self.image,)

    @property
    def facts(self) -> dict[str, int]:
        """What decides about the outputs, and is neither in a file nor a setting."""
        return {} if self.number is None else {"number": self.number}

    def facts_for(self, output: Path, to: str | None, preset: str | None) -> dict[str, int]:
        """The options of a writer that say which of several images this is."""
        known = self.number is not None and "image_index" in fields_of(record_of(output, to, preset), "write")
        return {"image_index": self.number or 1} if known else {}

    def at(self, outputs: tuple[Path, ...]) -> Self:
        """The same item, written elsewhere."""
        return replace(self, outputs=outputs, stated=self.stated or self.outputs)
