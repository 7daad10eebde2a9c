"""Which display a picture has: a preset, a file, that of the image set, or an automatic one; with what the user changes of it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from segue.errors import InvalidOption
from segue.model.display import Display
from segue.model.study import ImageSet, Study
from segue.notes import Notes
from segue.render.lettering import MOST_SIZE
from segue.render.paint import WIDEST
from segue.workflow.rendering.choice import Rendering
from segue.workflow.rendering.settings import read_settings


def display_of(study: Study, s: ImageSet, how: Rendering, given: Display | None = None) -> tuple[Display, Notes]:
    """The display of an image set, before its channels, planes and populations are looked up.

    Parameters
    ----------
    study, s
        Whose presets and settings count.
    how
        What the user asks for.
    given
        A display in memory, which counts instead of those of the study.

    Raises
    ------
    InvalidOption
        There is no such preset.
    Malformed, NotFound
        The file holds no display.
    """
    notes = Notes()
    if given is not None:
        found = given
    elif how.preset is not None:
        found = _preset(study, how.preset)
    elif how.file is not None:
        found, notes = read_settings(how.file)
    else:
        found = s.display or Display(label_opacity=0.0 if s.images else 1.0)
    return within_limits(replace(found, **how.changes)), notes


def within_limits(display: Display) -> Display:
    """The display with numbers that can be painted: files may hold any. What is no number has its usual value."""
    usual = Display()
    shares = ("label_opacity", "outline_opacity", "population_opacity", "region_opacity")
    found: dict[str, Any] = {name: _within(getattr(display, name), getattr(usual, name), 0.0, 1.0) for name in shares}
    found["outline_width"] = _within(display.outline_width, usual.outline_width, 0.0, WIDEST)
    found["text_size"] = None if display.text_size is None else _within(display.text_size, 12.0, 1.0, MOST_SIZE)
    if display.scale_bar_length is not None and not 0 < display.scale_bar_length < math.inf:
        found["scale_bar_length"] = None
    channels = tuple(replace(one, low=_finite(one.low), high=_finite(one.high)) for one in display.channels)
    return replace(display, channels=channels, **found)


def _within(value: float, usual: float, low: float, high: float) -> float:
    return usual if math.isnan(value) else min(max(value, low), high)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _preset(study: Study, name: str) -> Display:
    found = next((one for one in study.displays if one.name == name), None)
    if found is None:
        names = ", ".join(repr(one.name) for one in study.displays)
        there = f"there are {names}" if names else "it has none"
        raise InvalidOption(f"the study has no display {name!r}; {there} (a file with settings is given with --display-file)", option="display", given=name)
    return found
