"""Reading events as a gate: all of them are one population, and every image set says its number if that is all that is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from segue.errors import Incompatible
from segue.formats.fcs.events import Events, Parts
from segue.formats.gate_files import NUMBERED
from segue.model.populations import Population
from segue.model.study import ImageSet

_SAMPLES = ("sampleid", "sample_id", "sampleorder", "file_id", "filenum", "sample")
"""What programs call the channel that they add to concatenated samples."""


def gated(parts: Parts, name: str, count: int) -> Parts:
    """The parts with one population instead of those that are in the file."""
    return replace(parts, populations=[(name, np.ones(count, bool))])


def population(name: str) -> Population:
    return Population(name, (name,), "gate")


def numbered(known: Mapping[int, ImageSet], sample: str) -> dict[int, ImageSet]:
    """The image sets that a file names, with their numbers; a single one without a name has that of the sample."""
    return {index: replace(s, name=s.name or (sample if len(known) == 1 else ""), position=((NUMBERED, index),)) for index, s in known.items()}


def by_number(s: ImageSet) -> ImageSet:
    """An image set of which only the number is known, which is its name where a file is read for itself."""
    return s if s.position or not s.name else replace(s, name="", position=((NUMBERED, int(s.name)),))


def refuse_mixed(events: Events, parts: Parts, path: object) -> None:
    """Raise Incompatible if samples were concatenated that nothing tells apart."""
    if parts.image is not None or not len(events):
        return
    sample = next((place for place, name in enumerate(events.names) if name.casefold() in _SAMPLES), None)
    several = sample is not None and len(np.unique(events.columns[sample])) > 1
    if several or _repeated(parts):
        what = f"several samples ({events.names[sample]})" if several and sample is not None else "several events with the same label"
        hint = "write the files with --set image_index=1, 2, ... before they are concatenated in another program, or export the gate of each sample by itself"
        raise Incompatible(f"{path} holds {what}, and nothing says which event is of which image; {hint}", path=path)


def _repeated(parts: Parts) -> bool:
    """Whether a label occurs twice at a time and in a layer."""
    labels = parts.roles.get("label")
    if labels is None:
        return False
    keys = labels.to_frame("label").with_columns(parts.roles[name].alias(name) for name in ("layer", "t") if name in parts.roles)
    return bool(keys.drop_nulls("label").is_duplicated().any())
