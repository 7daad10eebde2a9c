"""Which display a picture has: a preset, a file, that of the image set, or an automatic one; with what the user changes of it."""

from __future__ import annotations

from dataclasses import replace

from segue.errors import InvalidOption
from segue.model.display import Display
from segue.model.study import ImageSet, Study
from segue.notes import Notes
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
    return replace(found, **how.changes), notes


def _preset(study: Study, name: str) -> Display:
    found = next((one for one in study.displays if one.name == name), None)
    if found is None:
        names = ", ".join(repr(one.name) for one in study.displays)
        there = f"there are {names}" if names else "it has none"
        raise InvalidOption(f"the study has no display {name!r}; {there} (a file with settings is given with --display-file)", option="display", given=name)
    return found
