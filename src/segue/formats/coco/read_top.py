"""What a file says beside its annotations: images, categories, and everything about the file as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from segue.codecs.json_rows import items, one
from segue.codecs.json_text import dumps
from segue.errors import Malformed
from segue.formats.annotation_files import relative
from segue.formats.coco.terms import KNOWN_CATEGORY, KNOWN_IMAGE, KNOWN_TOP, NAME, SIDE
from segue.formats.description_files import DAMAGED, MEMBER, Described, as_text, read_image, read_population, read_tables, with_sizes
from segue.model.grid import Grid
from segue.model.populations import Population
from segue.model.study import EXTRAS, ImageSet

Key = int | str


@dataclass
class Picture:
    """An image of the file."""

    image_set: ImageSet
    """Without objects."""
    described: Described
    other: dict[str, Any] = field(default_factory=dict)
    """Members that are not known, and the id where it is not the place in the list."""

    @property
    def payload(self) -> str:
        """The other members as JSON."""
        return dumps(dict(sorted(self.other.items()))).decode()


@dataclass
class Top:
    """Everything but the annotations."""

    pictures: list[Picture]
    of_image: dict[Key, int]
    """Id -> place in ``pictures``."""
    populations: list[Population]
    of_category: dict[Key, str | None]
    """Id -> id of the population; None for the category of what has none."""
    extras: list[dict[str, str]]
    """Rows of extras about the file and its categories."""
    paths: int = 0
    """Absolute paths that were left out."""
    unnamed: int = 0
    """Annotations of images or categories that the file does not list."""

    def image(self, key: Key | None) -> int:
        """The place of the image that an annotation names; an image that is not listed becomes one without a name."""
        if key is None and len(self.pictures) == 1:
            return 0
        found = self.of_image.get(key if key is not None else "")
        if found is None:
            self.unnamed += 1
            found = self.of_image[key if key is not None else ""] = len(self.pictures)
            other = {} if key is None or key == found + 1 else {"id": key}
            self.pictures.append(Picture(ImageSet(""), {}, other))
        return found

    def population(self, key: Key | None) -> str | None:
        """The population that a category is; one that is not listed is called by its id."""
        if key is None:
            return None
        if key not in self.of_category:
            self.unnamed += 1
            _add(self, Population(_free(self, str(key)), (str(key),), "class", number=_number(key), exclusive=True), key)
        return self.of_category[key]


def read_top(members: dict[str, msgspec.Raw], path: Path) -> Top:
    """All members of the file but the annotations.

    Raises
    ------
    Malformed
    """
    top = Top([], {}, [], {}, [])
    side = one(members[MEMBER], dict[str, Any], "a description", path) if MEMBER in members else {}
    try:
        tables = [read_tables(value) for value in side.get("tables", [])]
        for value in items(members.get("images"), "images", path):
            _image(top, one(value, dict[str, Any], "an image", path), tables, path)
        for value in items(members.get("categories"), "categories", path):
            _category(top, one(value, dict[str, Any], "a category", path))
    except DAMAGED as error:
        raise Malformed(f"{path} is damaged: {error}", path=path, expected="images and categories as COCO defines them") from error
    rest = {name: one(value, Any, "JSON", path) for name, value in members.items() if name not in KNOWN_TOP}
    if rest:
        top.extras.insert(0, extra("study", "", rest))
    return top


def extra(entity: str, name: str, payload: dict[str, Any]) -> dict[str, str]:
    """A row of extras."""
    return {"format": NAME, "entity": entity, "id": name, "payload": dumps(dict(sorted(payload.items()))).decode()}


def _key(value: Any) -> Key:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError(f"{value!r} is no id")
    return value


def _number(key: Key) -> int | None:
    return key if isinstance(key, int) and -(2**63) <= key < 2**63 else None


def _image(top: Top, value: dict[str, Any], tables: list[Described], path: Path) -> None:
    key, place = _key(value["id"]), len(top.pictures)
    if key in top.of_image:
        raise ValueError(f"two images have the id {key}")
    side = value.get(MEMBER) or {}
    name, cut = relative(value.get("file_name"))
    grid = _grid(value)
    image_set = ImageSet(name, grid)
    if side:
        stated = read_image({"image": {"name": name, **side.get("image", {})}, **({"grid": side["grid"]} if "grid" in side else {})})
        image_set = ImageSet(stated.name, stated.grid if "grid" in side else grid, stated.group, stated.position)
    other = {name: one for name, one in value.items() if name not in KNOWN_IMAGE}
    absolute = [name for name, one in other.items() if isinstance(one, str) and relative(one)[1] and "://" not in one]
    top.paths += cut + len(absolute)
    other = {name: one for name, one in other.items() if name not in absolute}
    number = side.get("tables")
    described = {} if number is None else tables[number]
    top.pictures.append(Picture(image_set, described, other if key == place + 1 else {**other, "id": key}))
    top.of_image[key] = place


def _grid(value: dict[str, Any]) -> Grid:
    sizes = [value.get("height"), value.get("width")]
    if any(not isinstance(size, int | float) or isinstance(size, bool) or not 0 < size <= SIDE or size != int(size) for size in sizes):
        if all(size is None or (isinstance(size, int) and not isinstance(size, bool) and size in (0, -1)) for size in sizes):
            return Grid()
        raise ValueError(f"an image of {sizes[0]} x {sizes[1]} pixels")
    return with_sizes(Grid(), int(sizes[0]), int(sizes[1]))  # type: ignore[arg-type]


def _category(top: Top, value: dict[str, Any]) -> None:
    key = _key(value["id"])
    if key in top.of_category:
        raise ValueError(f"two categories have the id {key}")
    side = value.get(MEMBER) or {}
    if side.get("none"):
        top.of_category[key] = None
        return
    if side:
        population = read_population(side)
        if population.id in {known.id for known in top.populations}:
            raise ValueError("populations with the same id")
        _add(top, population, key)
    else:
        names = _names(value)
        _add(top, Population(_free(top, ": ".join(names)), names, "class", colour_of(value.get("color")), number=_number(key), exclusive=True), key)
    known = KNOWN_CATEGORY | ({"color"} if colour_of(value.get("color")) is not None else set())
    rest = {name: one for name, one in value.items() if name not in known}
    if rest:
        top.extras.append(extra("population", top.populations[-1].id, rest))


def _names(value: dict[str, Any]) -> tuple[str, ...]:
    name, above = value.get("name"), value.get("supercategory")
    name = as_text(name) if isinstance(name, str) and name else str(value["id"])
    nested = isinstance(above, str) and above not in ("", "none", name)
    return (as_text(above), name) if nested else (name,)


def colour_of(value: Any) -> int | None:
    """0xRRGGBBAA of a list of red, green and blue; None for anything else."""
    if not isinstance(value, list) or len(value) != 3 or not all(isinstance(one, int) and not isinstance(one, bool) and 0 <= one <= 255 for one in value):
        return None
    red, green, blue = value
    return int(red) << 24 | int(green) << 16 | int(blue) << 8 | 0xFF


def _free(top: Top, name: str) -> str:
    taken = {one.id for one in top.populations}
    nth = 2
    while name in taken:
        name, nth = f"{name.rpartition('-')[0] if nth > 2 else name}-{nth}", nth + 1
    return name


def _add(top: Top, population: Population, key: Key) -> None:
    top.populations.append(population)
    top.of_category[key] = population.id


def extras_frame(rows: list[dict[str, str]]) -> pl.DataFrame:
    """Rows of extras as a table."""
    return pl.DataFrame(rows, schema=EXTRAS)
