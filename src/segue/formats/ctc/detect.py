"""Is it a folder of the Cell Tracking Challenge?"""

from __future__ import annotations

from segue.errors import SegueError
from segue.formats.ctc.places import TEXTS, places_in
from segue.formats.format import Evidence
from segue.storage.source import Source


def detect(source: Source) -> Evidence:
    """By the names of its files."""
    if not source.is_folder:
        return Evidence(0, "it is a file")
    try:
        found = places_in(source.path)
    except SegueError:
        return Evidence(0, "it is a folder without masks of the Cell Tracking Challenge")
    first = found.masks[0].path.name
    if found.kind == "man_seg" or found.text is not None:
        return Evidence(96, f"it holds {first}" + (f" and {found.text.name}" if found.text else ""))
    if found.folder.name.lower().endswith(("_res", "_gt", "tra")) or source.suffix == ".ctc":
        return Evidence(90, f"it holds {first}, and is called {found.folder.name}")
    return Evidence(0, f"it holds {first}, but no {TEXTS[found.kind]}")
