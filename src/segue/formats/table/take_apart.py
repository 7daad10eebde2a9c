"""From the columns of a file to roles and values."""

from __future__ import annotations

from typing import Any

import polars as pl

from segue.codecs.delimited_numbers import MISSING
from segue.errors import InvalidOption
from segue.formats.table.cells import kind_of, real, text, typed, whole
from segue.formats.table.names import unit_in
from segue.formats.table.options import ReadOptions
from segue.formats.table.raw import Parts, Raw
from segue.formats.table.roles import ROLES, SEVERAL, Role, assigned
from segue.model.tables import KEYS, Column
from segue.notes import Kind, Note, Notes

_COLOUR = r"^#[0-9a-fA-F]{6}(?:[0-9a-fA-F]{2})?$"


def taken_apart(raw: Raw, options: ReadOptions) -> tuple[Parts, Notes]:
    """What every column is, and the columns as what they are; what was assumed is noted.

    Raises
    ------
    InvalidOption
        A column that an option names does not exist, or cannot be what the option says.
    """
    asked = {role: getattr(options, role) for role in ROLES if role in ReadOptions.model_fields}
    places = assigned(raw.names, asked)
    notes: list[Note] = list(raw.notes)
    roles: dict[str, pl.Series] = {}
    what: dict[str, Role] = {}
    missing = (*MISSING, *filter(None, options.missing.split(",")))
    for place, role in places.items():
        found = _as(role, raw.columns[place], raw.decimal)
        if found is not None:
            roles[role.role], what[role.role] = found, role
        elif asked.get(role.role):
            raise _impossible(role.role, raw.names[place])
    if "image" in roles:
        roles["image"] = _without_folders(roles["image"], notes)
    used = {place for place, role in places.items() if role.role in roles}
    used |= _label_or_id(raw, places, roles, what)
    numbered = _row_numbers(raw, roles, used, notes)
    pixel_size = _positions(raw, options, places, roles, what, used, notes)
    _assumed(raw, places, what, used, notes)
    rest = _wanted(raw, options, [place for place in range(len(raw.names)) if place not in used])
    values = [_value(raw, place, missing) for place in rest]
    several = "populations" not in what or next(raw.names[p] for p, r in places.items() if r.role == "populations").strip().casefold() in SEVERAL
    height = raw.columns[0].len() if raw.columns else 0
    return Parts(roles, what, values, height, raw.table, pixel_size, several or options.populations is not None, numbered), Notes(tuple(notes))


def _as(role: Role, column: pl.Series, decimal: str) -> pl.Series | None:
    """The column as what its role needs; None = it is something else."""
    if role.role in ("id", "name", "layer", "image", "populations"):
        return text(column)
    if role.role == "label":
        found = whole(column, pl.UInt64)
        return None if found is None else found.set(found.eq(0).fill_null(value=False), None)
    if role.role in ("t", "z", "c", "track"):
        found = whole(column, pl.Int64 if role.role == "track" else pl.Int32)
        return None if found is None else found - role.step if role.step else found
    if role.role in ("x", "y"):
        return real(column, decimal)
    if role.role == "locked":
        found = typed(column)
        return found if found.dtype == pl.Boolean else None
    return _colours(text(column))


def _without_folders(names: pl.Series, notes: list[Note]) -> pl.Series:
    """Names of images without the folders of whoever made them, where that leaves different images apart."""
    if not names.str.contains(r"^(?:/|[A-Za-z]:[/\\\\])").any():
        return names
    last = names.str.extract(r"([^/\\\\]+)[/\\\\]*$")
    if last.null_count() > names.null_count() or last.n_unique() < names.n_unique():
        return names
    notes.append(Note(Kind.ASSUMED, "images are called by the last part of their paths"))
    return last


def _colours(column: pl.Series) -> pl.Series | None:
    filled = column.drop_nulls()
    if not filled.str.contains(_COLOUR).all():
        return None
    digits = column.str.slice(1)
    opaque = pl.select(pl.when(digits.str.len_chars() == 6).then(digits + "ff").otherwise(digits)).to_series()
    return opaque.str.to_integer(base=16, strict=False).cast(pl.UInt32)


def _label_or_id(raw: Raw, places: dict[int, Role], roles: dict[str, pl.Series], what: dict[str, Role]) -> set[int]:
    """A column called label with words in it is the id where there is none, or the name: ImageJ calls the title of the image so."""
    place = next((place for place, role in places.items() if role.role == "label" and "label" not in roles), None)
    if place is None or raw.columns[place].dtype != pl.Utf8:
        return set()
    free = next((role for role in ("id", "name") if role not in roles), None)
    if free is None or (free == "id" and raw.columns[place].n_unique() < raw.columns[place].len()):
        free = "name" if "name" not in roles else None
    if free is None:
        return set()
    roles[free], what[free] = raw.columns[place], Role(free, certain=False)
    places[place] = what[free]
    return {place}


def _row_numbers(raw: Raw, roles: dict[str, pl.Series], used: set[int], notes: list[Note]) -> bool:
    """A first column without a name that counts the rows: ids, and labels as ImageJ numbers them."""
    if raw.row_numbers is None or 0 in used:
        return _row_names(raw, roles, used, notes)
    used.add(0)
    if "id" in roles or "label" in roles:
        return False
    roles["id"] = text(raw.columns[0])
    if raw.row_numbers:
        roles["label"] = roles["id"].cast(pl.UInt64)
        notes.append(Note(Kind.ASSUMED, "the numbers of the rows are the labels of the objects"))
    else:
        notes.append(Note(Kind.ASSUMED, "the numbers of the rows are the ids of the objects"))
    return raw.row_numbers


def _row_names(raw: Raw, roles: dict[str, pl.Series], used: set[int], notes: list[Note]) -> bool:
    """A first column without a name that holds another text in each row: what R calls row names."""
    if raw.own or not raw.names or raw.names[0].strip() or 0 in used or "id" in roles or raw.columns[0].is_duplicated().any() or raw.columns[0].null_count():
        return False
    used.add(0)
    roles["id"] = text(raw.columns[0])
    notes.append(Note(Kind.ASSUMED, "the names of the rows are the ids of the objects"))
    return False


def _positions(
    raw: Raw, options: ReadOptions, places: dict[int, Role], roles: dict[str, pl.Series], what: dict[str, Role], used: set[int], notes: list[Note]
) -> tuple[float, str | None] | None:
    """Bring x and y to pixels from the corner; without a pixel size, positions in other units stay values."""
    if not {"x", "y"} <= set(roles):
        for one in ("x", "y"):
            roles.pop(one, None)
            used -= {place for place, role in places.items() if role.role == one}
        return _size(options, None)
    role = what["x"]
    unit = role.unit if options.read_unit == "auto" else options.read_unit
    origin = role.origin if options.read_origin == "auto" else options.read_origin
    name = next(raw.names[place] for place, one in places.items() if one.role == "x")
    if unit == "physical" and options.pixel_size is None:
        notes.append(Note(Kind.ASSUMED, "positions in another unit than pixels are values; --set pixel_size=... makes points of them"))
        for one in ("x", "y"):
            del roles[one]
            used -= {place for place, known in places.items() if known.role == one}
        return None
    for one in ("x", "y"):
        column = roles[one] / options.pixel_size if unit == "physical" and options.pixel_size else roles[one]
        roles[one] = column + 0.5 if origin == "centre" else column
    if not raw.own:
        notes.append(
            Note(
                Kind.ASSUMED, f"positions are in pixels from the {origin} of the first one" if unit == "pixel" else f"positions are physical, from the {origin}"
            )
        )
    return _size(options, unit_in(name))


def _size(options: ReadOptions, unit: str | None) -> tuple[float, str | None] | None:
    return None if options.pixel_size is None else (options.pixel_size, unit)


def _assumed(raw: Raw, places: dict[int, Role], what: dict[str, Role], used: set[int], notes: list[Note]) -> None:
    """What columns were taken for, where their names are not those that segue writes."""
    facts = [(role.role, raw.names[place]) for place, role in places.items() if place in used and raw.names[place] != role.role]
    if facts and not raw.own:
        notes.append(Note(Kind.ASSUMED, "columns taken by their names: " + ", ".join(f"{role} = {name.strip() or 'the first'}" for role, name in facts)))


def _wanted(raw: Raw, options: ReadOptions, rest: list[int]) -> list[int]:
    if options.columns is None:
        return rest
    names = [name.strip() for name in options.columns.split(",") if name.strip()]
    unknown = [name for name in names if name not in raw.names]
    if unknown:
        listed = ", ".join(raw.names[:12])
        raise InvalidOption(f"columns={unknown[0]}: the table has no such column; it has {listed}", option="columns", given=unknown[0], allowed=listed)
    return [place for place in rest if raw.names[place] in names]


def _value(raw: Raw, place: int, missing: tuple[str, ...]) -> tuple[Column, pl.Series]:
    name = raw.names[place]
    known = raw.facts.get(name)
    if known is not None:
        return known, raw.columns[place]
    values = raw.columns[place]
    if not raw.typed or values.null_count() == values.len():
        values = typed(values, raw.decimal, missing)
    values = plain(values)
    name = f"{name} (value)" if name in KEYS["objects"] and f"{name} (value)" not in raw.names else name
    return Column(name, _kind(values), unit=raw.units.get(name) or unit_in(name)), values


def plain(values: pl.Series) -> pl.Series:
    """Whole numbers beyond 64 bits with sign as text."""
    if values.dtype == pl.UInt64:
        signed = values.cast(pl.Int64, strict=False)
        return signed if signed.null_count() == values.null_count() else values.cast(pl.Utf8)
    return values


def _kind(values: pl.Series) -> Any:
    return kind_of(values)


def _impossible(role: str, name: str) -> InvalidOption:
    wanted = {"label": "whole numbers", "x": "numbers", "y": "numbers", "colour": "colours such as #ff0000"}.get(role, "whole numbers")
    return InvalidOption(f"{role}={name}: this column does not hold {wanted}", option=role, given=name)
