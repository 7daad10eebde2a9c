"""Which column of a table is what: the names that well-known tools use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from segue.errors import InvalidOption

ROLES = ("id", "image", "label", "layer", "t", "track", "name", "colour", "locked", "x", "y", "z", "c", "populations")
"""What a column may be other than a value; also the names that segue writes, in this order."""
Origin = Literal["corner", "centre"]
Unit = Literal["pixel", "physical"]


@dataclass(frozen=True)
class Role:
    """What the values of a column are."""

    role: str
    step: int = 0
    """What is subtracted: 1 for planes and times that count from 1."""
    origin: Origin = "corner"
    unit: Unit = "pixel"
    pair: str = ""
    """Names of x and y that belong together have the same."""
    certain: bool = True
    """Whether its own tool defines it so; else it is assumed, and said."""


def _named(role: str, *names: str, **facts: object) -> dict[str, Role]:
    return {name.casefold(): Role(role, **facts) for name in names}  # type: ignore[arg-type]


def _pair(x: str, y: str, origin: Origin, unit: Unit = "pixel", *, certain: bool = False) -> dict[str, Role]:
    return {name: Role(role, origin=origin, unit=unit, pair=x, certain=certain) for role, name in (("x", x), ("y", y))}


_EXACT: dict[str, Role] = {
    "Frame": Role("t", step=1, certain=False),
    "frame": Role("t", certain=False),
    "FRAME": Role("t"),
    "Slice": Role("z", step=1, certain=False),
    **_pair("x", "y", "corner"),
    **_pair("X", "Y", "corner"),
    **_pair("X_centroid", "Y_centroid", "centre"),
    **_pair("centroid-1", "centroid-0", "centre"),
    **_pair("centroid_x", "centroid_y", "centre"),
    **_pair("Centroid X px", "Centroid Y px", "corner", certain=True),
    **_pair("Centroid X µm", "Centroid Y µm", "corner", "physical", certain=True),
    **_pair("x_centroid", "y_centroid", "corner", "physical"),
    **_pair("x µm", "y µm", "corner", "physical", certain=True),
    **_pair("X_centroid µm", "Y_centroid µm", "centre", "physical", certain=True),
    **_pair("POSITION_X", "POSITION_Y", "centre", "physical"),
    **_pair("Location_Center_X", "Location_Center_Y", "centre"),
    **_pair("AreaShape_Center_X", "AreaShape_Center_Y", "centre"),
    **_pair("Center of the object_0", "Center of the object_1", "centre"),
}
"""Names that count only as they are written: upper and lower case tell tools apart."""

_ANY: dict[str, Role] = {
    **_named("id", "id", "object id", "object_id", "objectid", "cell_id", "cell id", "entityid", "spot_id"),
    **_named("label", "label", "cellid", "objectnumber", "labelimage_oid", "labelimageid", "label_id", "labelid", "object_number", "mask_id"),
    **_named("name", "name"),
    **_named("image", "image", "image set", "image_name", "image name"),
    **_named("layer", "layer"),
    **_named("t", "t", "timepoint", "timestep"),
    **_named("z", "z", "z-slice"),
    **_named("c", "c"),
    **_named("track", "track", "track_id", "trackid", "track id"),
    **_named("colour", "colour", "color"),
    **_named("locked", "locked"),
    **_named("populations", "populations", "population", "classification", "class", "predicted class", "cell_type", "celltype", "cell type", "phenotype"),
}

SEVERAL = ("populations",)
"""Names of columns that hold several names in a cell, with ``;`` between them."""


def well_known(name: str) -> Role | None:
    """What a column of this name is, wherever it stands."""
    text = name.strip().replace("\u03bc", "µ")
    return _EXACT.get(text) or _ANY.get(text.casefold())


def assigned(names: Sequence[str], asked: Mapping[str, str | None]) -> dict[int, Role]:
    """Place of a column -> what it is.

    Parameters
    ----------
    names
        The names of the columns.
    asked
        Role -> name of a column, as the user says; an empty text = no column has it.

    Raises
    ------
    InvalidOption
        There is no column of that name.
    """
    found: dict[int, Role] = {}
    for role, name in asked.items():
        if name:
            known = well_known(name)
            found[_place(names, name, role)] = Role(role, origin=known.origin, unit=known.unit) if known and known.role == role else Role(role)
    closed = {role for role, name in asked.items() if name is not None}
    for place, guess in _guessed(names).items():
        if place not in found and guess.role not in closed:
            found[place] = guess
    return _pairs(found)


def _guessed(names: Sequence[str]) -> dict[int, Role]:
    """The first column of each role; of positions the first complete pair, pixels before other units."""
    known = {place: role for place, name in enumerate(names) if (role := well_known(name)) is not None}
    pairs = [role.pair for role in known.values() if role.pair]
    complete = [pair for pair in dict.fromkeys(pairs) if {role.role for role in known.values() if role.pair == pair} == {"x", "y"}]
    best = min(complete, key=lambda pair: next(role.unit != "pixel" for role in known.values() if role.pair == pair), default=None)
    found: dict[str, int] = {}
    for place, role in known.items():
        if not role.pair or role.pair == best:
            found.setdefault(role.role, place)
    return {place: known[place] for place in found.values()}


def _pairs(found: dict[int, Role]) -> dict[int, Role]:
    """Without a lone x or y."""
    there = {role.role for role in found.values()}
    return found if {"x", "y"} <= there else {place: role for place, role in found.items() if role.role not in ("x", "y")}


def _place(names: Sequence[str], name: str, role: str) -> int:
    for place, one in enumerate(names):
        if one == name:
            return place
    for place, one in enumerate(names):
        if one.strip().casefold() == name.strip().casefold():
            return place
    listed = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    raise InvalidOption(f"{role}={name}: the table has no such column; it has {listed}", option=role, given=name, allowed=listed)
