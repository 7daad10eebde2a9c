"""Reading TIFF: one image or label image, its pixels when they are asked for, and what is drawn on it."""

from __future__ import annotations

from typing import cast

from segue.codecs.tiff import UNNAMED, Series, TiffPixels, describe
from segue.errors import InvalidOption
from segue.formats.options import Options
from segue.formats.pixel_files import study_of
from segue.formats.tiff.options import ReadOptions
from segue.model.study import Study
from segue.notes import Kind, Note, Notes
from segue.storage.source import Source

_FILLED = {1: "z", 2: "zc", 3: "tzc"}
"""Meaning of unnamed axes, as ImageJ orders them."""
_MEANING = {"t": "time points", "c": "channels", "z": "z planes"}


def read(source: Source, options: Options) -> tuple[Study, Notes]:
    """Read one image of a TIFF file.

    Raises
    ------
    WrongFormat, Malformed, UnsupportedVariant, TooLarge
        The file is no TIFF, is damaged, or is of a kind that segue does not read.
    InvalidOption
        The options do not fit the file.
    Incompatible
        It cannot be a label image.
    """
    chosen = cast("ReadOptions", options)
    found = describe(source)
    if chosen.image > len(found):
        raise InvalidOption(f"{source.path} holds {len(found)} image(s), not {chosen.image}", option="image", given=chosen.image, allowed=f"1..{len(found)}")
    series = found[chosen.image - 1]
    axes, notes = _axes(series, chosen, source)
    pixels = TiffPixels(source, chosen.image - 1, series.shape, series.dtype)
    if len(found) > 1:
        what = f"the file holds {len(found)} images, and this is number {chosen.image}; the option image chooses another"
        notes += Notes.of(Note(Kind.SKIPPED, what, where=source.path.name, count=len(found) - 1))
    study = study_of(pixels, axes, series.facts, role=chosen.role)
    if series.kind == "ome":
        from segue.formats.tiff.ome_drawn import read_drawn

        study, more = read_drawn(study, source, chosen.image - 1)
        notes += more
    if series.kind == "imagej":
        from segue.formats.tiff import imagej_drawn

        study, more = imagej_drawn.read_drawn(study, source)
        notes += more
    return study, notes


def _axes(series: Series, options: ReadOptions, source: Source) -> tuple[str, Notes]:
    if options.axes:
        return _given(series, options.axes.lower(), source), Notes()
    missing = series.axes.count(UNNAMED)
    if not missing:
        return series.axes, Notes()
    axes = series.axes
    for letter in _meanings(series, options, missing):
        axes = axes.replace(UNNAMED, letter, 1)
    if UNNAMED in axes or len(set(axes)) != len(axes):
        raise InvalidOption(
            f"{source.path} has {len(axes)} axes that it does not name; say which they are with axes=", option="axes", given="", allowed="t c z y x"
        )
    if options.pages != "auto" and missing == 1:
        return axes, Notes()
    meaning = ", ".join(_MEANING[letter] for letter, before in zip(axes, series.axes, strict=True) if before == UNNAMED)
    return axes, Notes.of(Note(Kind.ASSUMED, f"its pages are {meaning} (the option pages or axes says otherwise)", where=source.path.name))


def _meanings(series: Series, options: ReadOptions, missing: int) -> str:
    if missing == 1 and options.pages != "auto":
        return options.pages
    channels = series.kind == "plain" and series.dtype.kind == "f" and options.role != "labels"  # imaging mass cytometry
    if missing == 1:
        return next(letter for letter in ("c" if channels else "z", "z", "t", "c") if letter not in series.axes)
    free = [letter for letter in "tzc" if letter not in series.axes and (letter != "c" or options.role != "labels")]
    wanted = [letter for letter in _FILLED.get(missing, "") if letter in free]
    return "".join(wanted if len(wanted) == missing else free[-missing:])


def _given(series: Series, axes: str, source: Source) -> str:
    if len(axes) != len(series.shape) or len(set(axes)) != len(axes) or axes[-2:] != "yx":
        shape = " x ".join(map(str, series.shape))
        raise InvalidOption(
            f"axes={axes} does not name the axes of {source.path} ({shape}; y and x are the last)", option="axes", given=axes, allowed="t c z y x"
        )
    return axes
