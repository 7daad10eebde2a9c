"""What images a TIFF file holds, from the description of its first page: OME-XML, ImageJ, the JSON of tifffile (and of segue), or nothing."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

from segue.codecs import tiff_imagej, tiff_ome
from segue.codecs.pixel_facts import KEY, Facts, parse
from segue.codecs.tiff_layout import Layout, layout_of
from segue.codecs.tiff_series import UNNAMED, Series, holds, resolution, shown_inverted, stack
from segue.codecs.tiff_tags import Page, Structure
from segue.errors import Malformed


def all_series(structure: Structure, path: Path) -> tuple[Series, ...]:
    """The images of a file, in its own order.

    Raises
    ------
    Malformed, UnsupportedVariant, TooLarge
    """
    return tuple(_with_display(one) for one in _all_series(structure, path))


def _with_display(one: Series) -> Series:
    inverted = one.facts.inverted or shown_inverted(one.layouts[0].page)
    return replace(one, facts=replace(one.facts, inverted=True)) if inverted else one


def _all_series(structure: Structure, path: Path) -> tuple[Series, ...]:
    description = structure.pages[0].text(270)
    if tiff_ome.is_ome(description):
        return tiff_ome.series(description, structure, path)
    layouts = tuple(layout_of(page, structure, path) for page in structure.pages if page.number(254, 0) & 5 == 0)
    if not layouts:
        raise Malformed(f"{path} holds only thumbnails, no image", path=path, expected="a page at full resolution")
    if description.startswith(("ImageJ=", "SCIFIO=")):
        return (tiff_imagej.series(description, layouts, structure, path),)
    if description.startswith("{"):
        shaped = _shaped(layouts, structure, path)
        if shaped:
            return shaped
    return _plain(layouts)


def _shaped(layouts: tuple[Layout, ...], structure: Structure, path: Path) -> tuple[Series, ...]:
    """Series described by JSON; empty if the first description is not such JSON."""
    found: list[Series] = []
    at = 0
    while at < len(layouts):
        facts = _description(layouts[at].page.text(270))
        if facts is None:
            return () if not found else (*found, *_plain(layouts[at:]))
        one, pages = _one_shaped(facts, layouts[at:], structure, path)
        found.append(one)
        at += pages
    return tuple(found)


def _description(text: str) -> dict[str, Any] | None:
    facts = parse(text)
    shape = facts.get("shape") if isinstance(facts, dict) else None
    if not isinstance(facts, dict) or not isinstance(shape, list) or not shape or not all(isinstance(size, int) and 0 < size < 1 << 40 for size in shape):
        return None
    return facts


def _one_shaped(facts: dict[str, Any], layouts: tuple[Layout, ...], structure: Structure, path: Path) -> tuple[Series, int]:
    first, shape = layouts[0], tuple(facts["shape"])
    letters = str(facts.get("axes") or "").lower()
    inner = (
        (first.height, first.width)
        if first.samples == 1
        else (first.samples, first.height, first.width)
        if first.planar
        else (first.height, first.width, first.samples)
    )
    if shape[-1:] == (1,) and first.samples == 1 and shape[-3:-1] == inner:
        shape, letters = shape[:-1], letters[:-1]
    if shape[-len(inner) :] != inner:
        return _plain(layouts)[0], len(layouts)
    sizes = shape[: -len(inner)]
    number = prod(sizes)
    same = tuple(layout for layout in layouts[:number] if layout.signature == first.signature)
    holds(same if len(same) > 1 else layouts[:1], number, structure, path)
    outer = _outer(letters, len(shape), len(inner))
    name = facts["name"] if isinstance(facts.get("name"), str) else ""
    return stack("shaped", outer, sizes, same, Facts(name=name).updated(facts.get(KEY))), max(len(same), 1)


def _outer(letters: str, dimensions: int, inner: int) -> str:
    outer = letters[: dimensions - inner] if len(letters) == dimensions else UNNAMED * (dimensions - inner)
    known = "".join(letter if letter in "tcz" and outer.count(letter) == 1 else UNNAMED for letter in outer)
    return known if inner == 2 or "c" not in known else known.replace("c", UNNAMED)


def _plain(layouts: tuple[Layout, ...]) -> tuple[Series, ...]:
    """Pages of equal size and type form one image with an unnamed axis."""
    groups: dict[tuple[object, ...], list[Layout]] = {}
    for layout in layouts:
        groups.setdefault(layout.signature, []).append(layout)
    found = []
    for members in groups.values():
        targets = tuple(_target(layout.page) for layout in members)
        names = targets if all(targets) else tuple(layout.page.text(285) for layout in members)
        several = len(members) > 1
        named = several and all(names) and len(set(names)) == len(names) and members[0].samples == 1
        outer = "c" if named else UNNAMED if several else ""
        facts = Facts(channels=names if named else (), scale=resolution(members[0]))
        one = stack("plain", outer, (len(members),) if several else (), tuple(members), facts)
        found.append(replace(one, marker=targets) if not several and targets[0] else one)
    return tuple(found)


def _target(page: Page) -> str:
    """The name that MIBItiff gives a page, in the JSON of its description; empty if there is none."""
    text = page.text(270)
    about = parse(text) if text.startswith("{") else None
    target = about.get("channel.target") if isinstance(about, dict) else None
    return target if isinstance(target, str) else ""
