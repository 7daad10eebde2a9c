"""A population as Mantis Viewer stores it: one JSON object, in every version from 0.5 (schema A) to 1.2 (E), read tolerantly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from segue.codecs.json_text import malformed
from segue.formats.description_files import as_text
from segue.formats.mantis_files import names
from segue.formats.mantis_files.colours import understood
from segue.formats.mantis_files.numbers import outline_of, pixels_of, segments_of
from segue.formats.mantis_files.repairs import Repairs
from segue.formats.mantis_files.side import NOTHING, Side, read_side
from segue.formats.mantis_files.terms import DRAWN, KNOWN, SIDE
from segue.model.rings import Floats, Ints

Segments = npt.NDArray[np.uint64]
_BAD = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
_REGIONS = ("selectedRegion", "regionOutline", "pixelIndexes")


def _nobody() -> Segments:
    return np.empty(0, np.uint64)


@dataclass(frozen=True, eq=False)
class Row:
    """One population of one image set."""

    id: str
    """Mantis' own (a short random text); empty = none is stated."""
    name: str
    order: int | None = None
    """``renderOrder``, from 1."""
    colour: int | None = None
    """0xRRGGBB; 0 is black, None = none is stated."""
    visible: bool = True
    members: Segments = field(default_factory=_nobody)
    """(n,) uint64: numbers of segments, each once."""
    outline: Floats | None = None
    """(n, 2) x, y: the polygon of a region, until v1.0."""
    pixels: Ints | None = None
    """(n,) y * width + x: the pixels of a region, since v1.1."""
    other: dict[str, Any] = field(default_factory=dict)
    """Members that have no meaning here, as JSON values."""
    side: Side = NOTHING
    """What segue wrote beside it."""

    @property
    def is_region(self) -> bool:
        return self.outline is not None or self.pixels is not None


def read_rows(values: Sequence[msgspec.Raw | bytes], repairs: Repairs, path: object = "") -> list[Row]:
    """The populations that some JSON objects are; each has an id of its own afterwards, and a name.

    Parameters
    ----------
    values
        JSON texts; those that are no objects are passed over.
    repairs
        Counts what was mended.
    path
        For error messages.

    Raises
    ------
    Malformed
        It is not JSON, or what segue wrote beside a population is damaged.
    """
    found = [row for nth, value in enumerate(values) if (row := _row(value, nth, repairs, path)) is not None]
    taken: set[str] = set()
    return [_with_id(row, taken, repairs) for row in found]


def _with_id(row: Row, taken: set[str], repairs: Repairs) -> Row:
    own, number = row.id, 1
    while row.id in taken:
        number += 1
        row = replace(row, id=f"{own}-{number}")
    repairs.repeated_ids += number > 1
    taken.add(row.id)
    return row


def _row(value: msgspec.Raw | bytes, nth: int, repairs: Repairs, path: object) -> Row | None:
    try:
        members = msgspec.json.decode(value, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:
        repairs.no_objects += 1
        return None
    except _BAD as error:
        malformed(str(path), 0, f"valid JSON ({error})", error)
    small = {name: _decoded(one, path) for name, one in members.items() if name not in (*_REGIONS, "selectedSegments", *DRAWN)}
    repairs.drawings += any(name in members for name in DRAWN)
    outline, pixels = _region(members, repairs)
    return Row(
        id=_id(small, nth, repairs),
        name=_name(small, nth, repairs),
        order=_order(small.get("renderOrder"), repairs),
        colour=_colour(small.get("color"), repairs),
        visible=_visible(small.get("visible", True), repairs),
        members=segments_of(members.get("selectedSegments"), repairs),
        outline=outline,
        pixels=pixels,
        other={name: one for name, one in small.items() if name not in KNOWN},
        side=read_side(small[SIDE], path) if small.get(SIDE) is not None else NOTHING,
    )


def _decoded(value: msgspec.Raw, path: object) -> Any:
    try:
        return msgspec.json.decode(value)
    except _BAD as error:
        malformed(str(path), 0, f"valid JSON ({error})", error)


def _region(members: dict[str, msgspec.Raw], repairs: Repairs) -> tuple[Floats | None, Ints | None]:
    for name in _REGIONS[:2]:
        if (outline := outline_of(members.get(name), repairs)) is not None:
            return outline, None
    return None, pixels_of(members.get(_REGIONS[2]), repairs)


def _id(small: dict[str, Any], nth: int, repairs: Repairs) -> str:
    found = small.get("id")
    if isinstance(found, str):
        return as_text(found)
    repairs.without_id += 1
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else f"#{nth + 1}"


def _name(small: dict[str, Any], nth: int, repairs: Repairs) -> str:
    found = small.get("name")
    if isinstance(found, str):
        return as_text(found)
    repairs.without_name += 1
    return names.plain(nth + 1) if found is None or isinstance(found, dict | list) else str(found)


def _order(found: Any, repairs: Repairs) -> int | None:
    whole = int(found) if isinstance(found, float) and found.is_integer() and abs(found) < 2**53 else found
    if isinstance(whole, int) and not isinstance(whole, bool) and abs(whole) < 2**63:
        return whole
    repairs.odd_settings += found is not None
    return None


def _colour(found: Any, repairs: Repairs) -> int | None:
    colour = understood(found)
    repairs.odd_colours += found is not None and (colour is None or not isinstance(found, int))
    return colour


def _visible(found: Any, repairs: Repairs) -> bool:
    repairs.odd_settings += not isinstance(found, bool)
    return True if found is None else bool(found)
