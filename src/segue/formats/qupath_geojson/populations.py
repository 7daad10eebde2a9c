"""Populations as QuPath classes: names, colours, and which population a class is."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass, field, replace

import polars as pl

from segue.codecs.colours import label_colours
from segue.codecs.json_text import dumps
from segue.formats.qupath_geojson.terms import CLASS_JOINT
from segue.model.populations import Membership, Population
from segue.model.rules import ListRule

Names = tuple[str, ...]
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def names_of(population: Population) -> Names:
    """The names of its class: what QuPath accepts (no line ends, not empty)."""
    cleaned = (_CONTROL.sub(" ", name).strip() for name in population.name)
    return tuple(name for name in cleaned if name) or ("Unnamed",)


def colour_of(population: Population) -> int:
    """Its colour, else always the same one for the same names: QuPath refuses classes without."""
    if population.colour is not None:
        return population.colour
    row = 1 + zlib.crc32(CLASS_JOINT.join(names_of(population)).encode()) % 255
    red, green, blue = (int(value) for value in label_colours()[row])
    return red << 24 | green << 16 | blue << 8 | 0xFF


def class_text(population: Population) -> str:
    """The JSON text of its class."""
    names, colour = names_of(population), colour_of(population)
    plain = len(names) == 1 and CLASS_JOINT not in names[0]
    named = {"name": names[0]} if plain else {"names": list(names)}
    return dumps(named | {"color": [colour >> 24, colour >> 16 & 255, colour >> 8 & 255]}).decode()


def fitted(population: Population) -> Population:
    """Opaque, and without a rule."""
    colour = None if population.colour is None else population.colour | 0xFF
    return replace(population, colour=colour, rule=ListRule())


def as_classes(populations: tuple[Population, ...], membership: Membership) -> tuple[tuple[Population, ...], Membership]:
    """Populations of a bare list of features: only the classes that objects are in, one per object."""
    known = {one.id: one for one in populations}
    pairs = membership.frame.sort("object", "nth_of_object").unique("object", keep="first", maintain_order=True)
    used = [known[one] for one in pairs["population"].unique(maintain_order=True)]
    classes: dict[str, Population] = {}
    for one in used:
        made = new_class(names_of(one), colour_of(one))
        classes.setdefault(made.id, made)
    ids = {one.id: CLASS_JOINT.join(names_of(one)) for one in used}
    frame = pairs.select(pl.col("population").replace(ids), "object")
    return tuple(classes.values()), Membership.of(frame)


def new_class(names: Names, colour: int | None) -> Population:
    """The population that a class of a file is where nothing else is known of it."""
    return Population(CLASS_JOINT.join(names), names, "class", colour, exclusive=True)


def stated(membership: Membership, populations: tuple[Population, ...], count: int) -> tuple[pl.Series, pl.Series]:
    """Per object: the JSON text of its class, and its populations as a JSON list where the class does not say them; null for none."""
    known = {one.id: one for one in populations}
    names = [names_of(one) for one in populations]
    clear = {one.id for one, own in zip(populations, names, strict=True) if names.count(own) == 1}
    texts = {one.id: class_text(one) for one in populations}
    grouped = membership.frame.sort("object", "nth_of_object").group_by("object", maintain_order=True).agg("population")
    rows, lists = grouped["object"], [tuple(one) for one in grouped["population"].to_list()]
    listed = {one: None if len(one) == 1 and one[0] in clear else dumps(list(one)).decode() for one in set(lists)}
    empty = pl.Series([None], dtype=pl.Utf8).new_from_index(0, count)
    assert all(one[0] in known for one in lists)
    classes = empty.clone().scatter(rows, pl.Series([texts[one[0]] for one in lists], dtype=pl.Utf8))
    return classes, empty.clone().scatter(rows, pl.Series([listed[one] for one in lists], dtype=pl.Utf8))


@dataclass
class Found:
    """Populations and memberships while a file is read."""

    defined: tuple[Population, ...]
    made: dict[Names, Population] = field(default_factory=dict)

    def membership(self, classes: pl.Series, lists: pl.Series) -> Membership:
        """From the JSON texts of the class and of the list of each object."""
        pairs = pl.DataFrame({"class": classes, "list": lists, "object": pl.int_range(len(classes), dtype=pl.Int32, eager=True)})
        pairs = pairs.filter(pl.col("class").is_not_null())
        kinds = pairs.select("class", "list").unique(maintain_order=True)
        ids = [self._ids(*row) for row in kinds.iter_rows()]
        frame = pairs.join(
            kinds.with_columns(population=pl.Series(ids, dtype=pl.List(pl.Utf8))), on=["class", "list"], how="left", nulls_equal=True, maintain_order="left"
        )
        return Membership.of(frame.select("population", "object").explode("population").filter(pl.col("population").is_not_null()))

    @property
    def populations(self) -> tuple[Population, ...]:
        return (*self.defined, *self.made.values())

    def _ids(self, text: str, listed: str | None) -> list[str]:
        names, colour = class_of(json.loads(text))
        known = {one.id: one for one in self.defined}
        ids = [one for one in _texts(listed) if one in known]
        if ids and names_of(known[ids[0]]) == names:
            return ids
        rest = [one for one in ids[1:] if names_of(known[one]) != names]
        return [self._class(names, colour), *rest] if names else rest

    def _class(self, names: Names, colour: int | None) -> str:
        """The id of the population of these names; the first one that has them, or a new one."""
        for one in self.defined:
            if names_of(one) == names:
                return one.id
        if names not in self.made:
            one = new_class(names, colour)
            taken = {other.id for other in self.populations}
            while one.id in taken:
                one = replace(one, id=one.id + "-2")
            self.made[names] = one
        return self.made[names].id


def class_of(value: object) -> tuple[Names, int | None]:
    """Names and colour of a class as any version of QuPath, or another program, writes it; no names for what is none."""
    if isinstance(value, str):
        return _split(value), None
    if not isinstance(value, dict):
        return (), None
    names = value.get("names")
    if isinstance(names, list) and names and all(isinstance(name, str) and name.strip() for name in names):
        found = tuple(_clean(name) for name in names)
    else:
        found = _split(value["name"]) if isinstance(value.get("name"), str) else ()
    return found, rgba(value.get("color", value.get("colorRGB")))


def _split(text: str) -> Names:
    return tuple(_clean(name) for name in text.split(CLASS_JOINT) if name.strip())


def _clean(name: str) -> str:
    return _CONTROL.sub(" ", name.encode("utf-16", "surrogatepass").decode("utf-16", "replace")).strip()


def _texts(listed: str | None) -> list[str]:
    try:
        value = json.loads(listed or "[]")
    except (ValueError, RecursionError):
        return []
    return list(dict.fromkeys(one for one in value if isinstance(one, str))) if isinstance(value, list) else []


def rgba(value: object) -> int | None:
    """0xRRGGBBAA of ``[r, g, b]``, ``[r, g, b, a]`` or a packed ARGB number; None for anything else. Colours are opaque."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value & 0xFFFFFF) << 8 | 0xFF
    if isinstance(value, list) and len(value) in (3, 4) and all(isinstance(one, int | float) and 0 <= one <= 255 for one in value):
        red, green, blue = (int(one) for one in value[:3])
        return red << 24 | green << 16 | blue << 8 | 0xFF
    return None
