"""Where the outputs of an item go."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from segue.storage.names import safe_name
from segue.storage.source import home_of
from segue.workflow.exporting.choice import Exporting
from segue.workflow.exporting.inputs import Entry
from segue.workflow.exporting.outcome import Outcome
from segue.workflow.exporting.template import SLICE, Template, padded, plain, roi_text, template_of, with_ending


def into_folder(output: str, how: Exporting) -> bool:
    """Whether the output is a folder in which each item gets a name of its own."""
    record = how.container.record
    return output.endswith(("/", "\\")) or (Path(output).is_dir() and not (record.folder and output.lower().endswith(record.suffixes)))


def template_for(output: str, how: Exporting) -> Template:
    """The template of an output, with the ending of its format.

    Raises
    ------
    UsageError
        It cannot be understood.
    """
    if into_folder(output, how):
        inside = "{nickname}" + (f"_{{{SLICE}}}" if how.container.sequence else "")
        output = os.path.join(output.replace("{", "{{").replace("}", "}}"), inside)  # noqa: PTH118  # a template is no path yet
    return with_ending(template_of(output), how.container.record.suffixes, how.container.ending)


def named(template: Template, entry: Entry, made: Outcome, number: int, how: Exporting, step: str | None, indexes: range) -> dict[str, Any]:
    """The outputs of an item, and their pattern, in which only ``{slice_index}`` is left.

    ``number`` is the place of the item, from 1; ``step`` the axis of a sequence, and ``indexes`` its indexes in the coordinates of the source.

    Raises
    ------
    UsageError
        A placeholder has no value here, or a specification does not fit its value.
    """
    values = _values(entry, made, number, how)
    if SLICE not in template.names:
        return {"outputs": (Path(template.filled(values)),), "pattern": template.filled(values, keep={SLICE})}
    if step is None:
        return {}
    template = padded(template, indexes)
    channels = made.image_set.images[0].channels
    filling = [values | ({"channel": _channel(channels, nth, index)} if step == "c" else {}) | {SLICE: index} for nth, index in enumerate(indexes)]
    keep = {SLICE, "channel"} if step == "c" else {SLICE}
    return {"outputs": tuple(Path(template.filled(one)) for one in filling), "pattern": template.filled(values, keep=keep)}


def _values(entry: Entry, made: Outcome, number: int, how: Exporting) -> dict[str, Any]:
    """What the placeholders stand for."""
    assert entry.chosen is not None
    home = home_of(entry.files[0])
    values: dict[str, Any] = {
        "nickname": safe_name(entry.nickname),
        "dataset_dir": home,
        "parent": home.resolve().name,
        "result_type": plain(entry.chosen.picture.name),
        "roi": roi_text(entry.chosen.axes, entry.chosen.shape, made.window),
        "index": number,
        "ext": how.container.ending.lstrip("."),
    }
    for name in "tczyx":
        values[f"{name}_start"], values[f"{name}_stop"] = made.window.get(name, (0, 1))
    if dict(zip(made.axes, made.shape, strict=True)).get("c", 1) == 1:
        values["channel"] = _channel(made.image_set.images[0].channels, 0, made.window.get("c", (0, 1))[0])
    return values


def _channel(names: Sequence[str], nth: int, index: int) -> str:
    return plain(names[nth]) if names else str(index)
