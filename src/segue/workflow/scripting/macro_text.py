"""The language of ImageJ's macros: texts, lists, paths, and the words of Set Measurements."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from segue import __version__
from segue.errors import UsageError
from segue.measure.presets import IMAGEJ

VERSION = "1.53t"
"""The ImageJ with which macros are tested."""
WORDS = {
    "area": "area",
    "mean": "mean",
    "std_sample": "standard",
    "mode": "modal",
    "min": "min",
    "max": "min",
    "x": "centroid",
    "y": "centroid",
    "weighted_x": "center",
    "weighted_y": "center",
    "perimeter": "perimeter",
    **dict.fromkeys(("left", "top", "width", "height"), "bounding"),
    **dict.fromkeys(("major", "minor", "angle"), "fit"),
    **dict.fromkeys(("circularity", "aspect_ratio", "roundness", "solidity"), "shape"),
    **dict.fromkeys(("feret", "feret_x", "feret_y", "feret_angle", "min_feret"), "feret's"),
    **dict.fromkeys(("integrated_density", "raw_integrated_density"), "integrated"),
    "median_imagej": "median",
    "skewness": "skewness",
    "kurtosis": "kurtosis",
    "nonzero_percent": "area_fraction",
}
"""Measurement -> the word with which a macro asks for it in Set Measurements; a word may give several columns."""


def quoted(text: str) -> str:
    """A text of the macro language.

    Raises
    ------
    UsageError
        It holds a line break, which no text of the language can hold.
    """
    if "\n" in text or "\r" in text:
        raise UsageError(f"{text!r} has a line break, which a macro of ImageJ cannot name; rename it")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def paths(name: str, many: Iterable[Path], macro: Path) -> list[str]:
    """A list of paths as a variable; ``newArray`` with one text would be read as a size."""
    lines = [f"{name}[{nth}] = {placed(path, macro)};" for nth, path in enumerate(many)]
    return [f"{name} = newArray({len(lines)});", *lines]


def folders(many: Iterable[Path], macro: Path) -> list[str]:
    """What makes the folders of these files, the outer ones first."""
    wanted = {above: None for path in many for above in reversed(path.absolute().parents) if not above.is_dir()}
    return [f"File.makeDirectory({placed(above, macro)});" for above in wanted]


def placed(path: Path, macro: Path) -> str:
    """A path as the macro names it: from the folder where the macro lies; with / on every system."""
    try:
        return f"folder + {quoted(Path(os.path.relpath(path.absolute(), macro.absolute().parent)).as_posix())}"
    except ValueError:  # another drive
        return quoted(path.absolute().as_posix())


def words_for(measurements: Sequence[str]) -> str:
    """What Set Measurements is asked for.

    Raises
    ------
    UsageError
        ImageJ has no such measurement; names those that it has.
    """
    missing = [name for name in measurements if name not in WORDS]
    if missing:
        known = ", ".join(WORDS)
        raise UsageError(f"ImageJ {VERSION} does not measure {', '.join(missing)}, so the macro cannot; leave it out, or use --preset {IMAGEJ.name}: {known}")
    order = list(dict.fromkeys(WORDS.values()))
    return " ".join(sorted({WORDS[name] for name in measurements}, key=order.index))


def head(what: str) -> list[str]:
    """The first lines of every macro."""
    return [
        f"// Made by segue {__version__}: {what}, as ImageJ {VERSION} does it.",
        "// Files are named from the folder in which this macro lies.",
        'folder = File.getParent(getInfo("macro.filepath")) + "/";',
    ]
