"""Files of microscopes: by their names, and only where no other format reads them."""

from __future__ import annotations

from segue.formats.bioio.spec import FORMAT
from segue.formats.format import Evidence
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    if source.suffix not in FORMAT.suffixes or source.is_folder or source.size == 0:
        return Evidence(0, "it is not named like a file of a microscope")
    return Evidence(20, f"files ending in {source.suffix} are of microscopes, and nothing else reads it")
