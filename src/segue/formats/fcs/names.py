"""Names of channels: what may stand in ``$PnN``, what well-known programs call what, and which channel is which after others renamed them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

LABELS = ("label", "label_high", "label_highest")
"""The label, 24 bits each: what single precision holds exactly."""
IMAGE = "image_index"
OURS = ("segue", "MantisViewer (segue)")
"""What ``$CYT`` says where segue wrote the file: in its own dialect, and in that of Mantis Viewer."""
PREFIXES = ("FJComp-", "Comp-")
"""What FlowJo puts before the names of channels that it compensated."""
_LONGEST = 1000
_REPLACED = str.maketrans({"µ": "u", "\u03bc": "u", "²": "2", "³": "3", ",": "_"})
_SUFFIXED = re.compile(r"^(.+?)(?:\s*::.*|[-._ ]\w{1,3})$", re.DOTALL)
_BETWEEN = re.compile(r"[^A-Za-z0-9]")


@dataclass(frozen=True)
class Known:
    """What a channel of a well-known name is."""

    role: str
    origin: Literal["corner", "centre"] = "corner"
    pair: str = ""


def _all(role: str, *names: str) -> dict[str, Known]:
    return {name.casefold(): Known(role) for name in names}


def _pair(x: str, y: str, origin: Literal["corner", "centre"]) -> dict[str, Known]:
    return {x.casefold(): Known("x", origin, x), y.casefold(): Known("y", origin, x)}


WELL_KNOWN: dict[str, Known] = {
    **{name: Known(name) for name in (*LABELS, "z", "t", "track")},
    **_all("label", "SegmentID", "Segment ID", "segment_id", "CellID", "cell_id", "Cell ID", "CellLabel", "label_id", "LabelID", "mask_id"),
    **_all("label", "ObjectNumber", "object_number", "Object_Number", "ObjectID", "object_id", "Object"),
    **_all(IMAGE, IMAGE, "image_id", "ImageID", "ImageId", "ImageNumber", "Image_Number", "SampleID", "sample_id"),
    **_pair("x", "y", "corner"),
    **_pair("CentroidX", "CentroidY", "centre"),
    **_pair("X_centroid", "Y_centroid", "centre"),
    **_pair("centroid_x", "centroid_y", "centre"),
    **_pair("X_position", "Y_position", "centre"),
    **_pair("Pos_X", "Pos_Y", "centre"),
    **_pair("Location_Center_X", "Location_Center_Y", "centre"),
    **_pair("AreaShape_Center_X", "AreaShape_Center_Y", "centre"),
}


def plain(name: str) -> str:
    """A name as every program takes it: printable ASCII without commas, which separate the names of ``$SPILLOVER``."""
    text = unicodedata.normalize("NFKD", name.translate(_REPLACED))
    text = "".join(character for character in text if not unicodedata.combining(character))
    return "".join(character if " " <= character <= "~" else "_" for character in text).strip()


def shown(text: str) -> str:
    """A text in one line of printable characters, as keywords hold it."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def sample(names: Sequence[str]) -> str:
    """What ``$SMNO`` calls the sample: the names of its image sets, up to 1,000 characters."""
    return ", ".join(filter(None, map(shown, names)))[:_LONGEST].strip()


def unique(names: Sequence[str], taken: Sequence[str] = ()) -> list[str]:
    """The names, never empty, and different whatever the case of their letters: repeated ones get -2, -3."""
    used = {name.casefold() for name in taken}
    found = []
    for name in names:
        base = candidate = name or "channel"
        number = 1
        while candidate.casefold() in used:
            number += 1
            candidate = f"{base}-{number}"
        used.add(candidate.casefold())
        found.append(candidate)
    return found


def matched(names: Sequence[str], known: Sequence[str]) -> dict[int, int]:
    """Place of a channel -> place of its name among the known ones; FlowJo's prefixes, and suffixes behind a space or sign, do not hide it.

    Equal names come first, then the longest known name that a channel begins with; each known name is used once.
    """
    places = {name.casefold(): place for place, name in enumerate(known)}
    found = {place: places.pop(name.casefold()) for place, name in enumerate(names) if name.casefold() in places}
    left = sorted(places, key=len, reverse=True)
    for place, name in sorted(enumerate(names), key=lambda one: -len(one[1])):
        if place in found:
            continue
        text = bare(name).casefold()
        best = next((one for one in left if text.startswith(one) and (len(text) == len(one) or _BETWEEN.match(text[len(one)]))), None)
        if best is not None:
            left.remove(best)
            found[place] = places[best]
    return found


def bare(name: str) -> str:
    """A name without what FlowJo puts before it."""
    return next((name[len(prefix) :] for prefix in PREFIXES if name.startswith(prefix)), name)


def well_known(name: str) -> Known | None:
    """What a channel of this name is in the files of well-known programs; of labels and images also with a suffix."""
    text = bare(name).strip().casefold()
    if text in WELL_KNOWN:
        return WELL_KNOWN[text]
    renamed = _SUFFIXED.match(text)
    found = WELL_KNOWN.get(renamed[1]) if renamed else None
    return found if found is not None and found.role in (*LABELS, IMAGE) else None
