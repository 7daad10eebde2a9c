"""What COCO files say beyond the model: about the file, its images and its categories; and the ids of images."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from segue.codecs.json_text import loads
from segue.errors import Malformed
from segue.formats.coco.read_top import Key, colour_of, extra, extras_frame
from segue.formats.coco.terms import KNOWN_CATEGORY, KNOWN_IMAGE, KNOWN_TOP, NAME
from segue.model.populations import Population
from segue.model.study import ImageSet

STUDY, IMAGE_SET, POPULATION = "study", "image set", "population"


class Extras:
    """The extras of this format in all image sets, read once."""

    def __init__(self, image_sets: tuple[ImageSet, ...]) -> None:
        self._payload: dict[tuple[int, str, str], dict[str, Any]] = {}
        self._first: dict[tuple[str, str], dict[str, Any]] = {}
        for nth, s in enumerate(image_sets):
            for form, entity, name, text in s.extras.iter_rows():
                if form == NAME and (nth, entity, name or "") not in self._payload:
                    value = _parsed(text)
                    self._payload[nth, entity, name or ""] = value
                    if value:
                        self._first.setdefault((entity, name or ""), value)

    def of_file(self) -> dict[str, Any]:
        """Members of the file that have no meaning here, from the first image set that has any."""
        return _without(self._first.get((STUDY, ""), {}), KNOWN_TOP)

    def of_image(self, nth: int) -> dict[str, Any]:
        """Members of an image that have no meaning here."""
        return _without(self._payload.get((nth, IMAGE_SET, ""), {}), KNOWN_IMAGE)

    def image_id(self, nth: int) -> Key | None:
        """The id that its file gave an image; None if that is no id."""
        key = self._payload.get((nth, IMAGE_SET, ""), {}).get("id")
        return key if isinstance(key, int | str) and not isinstance(key, bool) else None

    def of_population(self, one: Population) -> dict[str, Any]:
        """Members of a category that have no meaning here; its colour is that of the population."""
        found = _without(self._first.get((POPULATION, one.id), {}), KNOWN_CATEGORY)
        if one.colour is not None or colour_of(found.get("color")) is not None:
            found = _without(found, ("color",))
        return found


def fitted_extras(image_sets: tuple[ImageSet, ...], populations: tuple[Population, ...]) -> tuple[ImageSet, ...]:
    """The image sets with the extras that the file will hold: about the file and categories in the first, about its image in each."""
    own = Extras(image_sets)
    rows = [extra(STUDY, "", own.of_file())] if own.of_file() else []
    rows += [extra(POPULATION, one.id, found) for one in populations if (found := own.of_population(one))]
    fitted = []
    for nth, (s, key) in enumerate(zip(image_sets, image_ids(own, len(image_sets)), strict=True)):
        payload = own.of_image(nth) if key == nth + 1 else {**own.of_image(nth), "id": key}
        about = [extra(IMAGE_SET, "", payload)] if payload else []
        fitted.append(replace(s, extras=extras_frame((rows if nth == 0 else []) + about)))
    return tuple(fitted)


def image_ids(own: Extras, count: int) -> list[Key]:
    """The id of every image: the one its file gave it, if no earlier one has it, else its place from 1 or the first number that is free."""
    stated = [own.image_id(nth) for nth in range(count)]
    taken: set[Key] = set()
    found: list[Key | None] = []
    for key in stated:
        found.append(None if key in taken else key)
        if key is not None:
            taken.add(key)
    number, ids = count, []
    for nth, key in enumerate(found):
        if key is None:
            key = nth + 1
            while key in taken:
                number += 1
                key = number
            taken.add(key)
        ids.append(key)
    return ids


def _parsed(text: str | None) -> dict[str, Any]:
    try:
        value = loads((text or "null").encode())
    except Malformed:
        return {}
    return value if isinstance(value, dict) else {}


def _without(payload: dict[str, Any], known: Collection[str]) -> dict[str, Any]:
    return {key: value for key, value in payload.items() if key not in known}
